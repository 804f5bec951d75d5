//! A second person approves what somebody else asked for.

use serde::Serialize;

use crate::account::{Account, Case, Progress};
use crate::command::{AccountRule, Decision};
use crate::event::BypassGranted;
use crate::{
    AccountId, Context, FreshId, IdentityCheck, NewEvent, Permission, RecoveryId, Refusal, Terms,
};

/// Approves a request: the bypass is granted on the terms that were asked for,
/// if policy still allows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApproveBypass {
    account: AccountId,
    recovery: RecoveryId,
    identity_check: Option<IdentityCheck>,
}

impl ApproveBypass {
    /// Approves this case of this account, and no other that may have taken its place.
    pub fn new(account: impl Into<AccountId>, recovery: RecoveryId) -> Self {
        Self { account: account.into(), recovery, identity_check: None }
    }

    /// How the approver made sure of the customer, in place of what the request
    /// says. A customer or a service cannot say it for themselves.
    #[must_use]
    pub const fn identity_check(mut self, check: IdentityCheck) -> Self {
        self.identity_check = Some(check);
        self
    }
}

impl AccountRule for ApproveBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context.tenant)?;
        let case = account.request_to_answer(self.recovery, context)?;
        let Progress::Awaiting { requested_by, from, until } = &case.progress else {
            return Err(Refusal::NotAwaiting);
        };
        if context.now >= *until {
            return Err(Refusal::RequestTooOld);
        }
        if account.id.is_admin() {
            // An owner who asks for their own account is not the owner it takes.
            let asked_by_owner =
                context.is_owner(requested_by) && requested_by.account() != Some(account.id);
            if !context.actor_is_owner() && !asked_by_owner {
                return Err(Refusal::OwnerRequired);
            }
        }
        account.require_usable()?;
        account.require_bypassable(&context.tenant.policy)?;
        let identity_check = self.identity_check.unwrap_or(case.terms.identity_check);
        let terms = Terms { identity_check, ..case.terms.clone() };
        terms.require_allowed(&context.tenant.policy)?;
        context.require_fresh_second_factor()?;
        let from = from.map_or(context.now, |from| from.max(context.now));
        let until = from + terms.lifetime_seconds;
        let granted = BypassGranted { bypass: case.bypass, terms, from, until };
        Ok(vec![NewEvent::of(case.recovery, granted)])
    }
}

impl Account {
    /// The case that an approver may answer: somebody else's request for somebody else.
    pub(super) fn request_to_answer(
        &self,
        recovery: RecoveryId,
        context: &Context<'_>,
    ) -> Result<&Case, Refusal> {
        context.permit(Permission::ApproveBypass)?;
        if context.is_self(self.id) {
            return Err(Refusal::OwnAccount);
        }
        let case = self.case.as_ref().filter(|case| case.recovery == recovery);
        let case = case.ok_or(Refusal::NoOpenCase)?;
        match &case.progress {
            Progress::Awaiting { requested_by, .. } if requested_by.is_same(&context.actor.who) => {
                Err(Refusal::OwnRequest)
            }
            Progress::Awaiting { .. } => Ok(case),
            Progress::Open(_) => Err(Refusal::NotAwaiting),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{GrantBypass, RequestBypass};
    use crate::event::{AccountFrozen, AdminAuthorised, AdminSuspended};
    use crate::testing::{ALICE, AUDREY, BOB, HANS, OLGA, PETRA, Scenario};
    use crate::{Actor, AdminId, Reason, Role, Stage};

    /// Hans has asked for a bypass for this account.
    fn requested(account: impl Into<AccountId>) -> (Scenario, RecoveryId) {
        let mut scenario = Scenario::new();
        let case = request(&mut scenario, &Actor::admin(HANS), account);
        (scenario, case)
    }

    fn request(
        scenario: &mut Scenario,
        actor: &Actor,
        account: impl Into<AccountId>,
    ) -> RecoveryId {
        let account = account.into();
        scenario.given_phone(account);
        let command = RequestBypass::new(account).reason(Reason::LostDevice);
        scenario.when(actor, command).then_recorded(&["BypassRequested"]).fresh.recovery()
    }

    #[test]
    fn an_approver_grants_what_was_asked_for() {
        let (mut scenario, case) = requested(ALICE);
        let terms = scenario.account(ALICE).case.unwrap().terms;
        scenario.after_minutes(30);
        let petra = scenario.fresh_admin(PETRA);
        let answer = scenario.when(&petra, ApproveBypass::new(ALICE, case));
        let (from, until) = (scenario.now, scenario.now + terms.lifetime_seconds);
        let bypass = scenario.account(ALICE).case.unwrap().bypass;
        answer.then(&[NewEvent::of(case, BypassGranted { bypass, terms, from, until })]);
        assert_eq!(scenario.account(ALICE).case.unwrap().stage(), Stage::Granted);
    }

    #[test]
    fn an_owner_who_asks_for_their_own_account_is_not_the_owner_it_takes() {
        let mut scenario = Scenario::new();
        let case = request(&mut scenario, &Actor::admin(OLGA), OLGA);
        let petra = scenario.fresh_admin(PETRA);
        scenario.when(&petra, ApproveBypass::new(OLGA, case)).then_refused("owner_required");
    }

    #[test]
    fn a_customer_does_not_vouch_for_themselves() {
        let mut scenario = Scenario::new();
        scenario.tenant.policy.demands.identity_check = true;
        scenario.given_phone(ALICE);
        let said = RequestBypass::new(ALICE)
            .reason(Reason::LostDevice)
            .identity_check(IdentityCheck::InPerson);
        let case = scenario.when(&Actor::customer(ALICE), said).fresh.recovery();
        let asked = scenario.account(ALICE).case.unwrap().terms.identity_check;
        assert_eq!(asked, IdentityCheck::None);
        let petra = scenario.fresh_admin(PETRA);
        let approve = ApproveBypass::new(ALICE, case);
        scenario.when(&petra, approve.clone()).then_refused("identity_check_missing");
        scenario.when(&petra, approve.identity_check(IdentityCheck::Video));
        let granted = scenario.account(ALICE).case.unwrap().terms.identity_check;
        assert_eq!(granted, IdentityCheck::Video);
    }

    #[test]
    fn terms_that_policy_no_longer_allows_are_not_approved() {
        let (mut scenario, case) = requested(ALICE);
        scenario.tenant.policy.proof = crate::Proof::PasswordAndIssuedCode;
        let petra = scenario.fresh_admin(PETRA);
        scenario.when(&petra, ApproveBypass::new(ALICE, case)).then_refused("proof_too_weak");
    }

    #[test]
    fn an_admin_who_is_frozen_approves_nothing() {
        let (mut scenario, case) = requested(ALICE);
        scenario.given(PETRA, [AccountFrozen {}]);
        let petra = scenario.fresh_admin(PETRA);
        scenario.when(&petra, ApproveBypass::new(ALICE, case)).then_refused("frozen");
    }

    #[test]
    fn approving_again_is_refused() {
        let (mut scenario, case) = requested(ALICE);
        let petra = scenario.fresh_admin(PETRA);
        let fresh = scenario.when(&petra, ApproveBypass::new(ALICE, case)).fresh;
        scenario
            .when_again(&petra, ApproveBypass::new(ALICE, case), fresh)
            .then_refused("not_awaiting");
    }

    #[test]
    fn no_one_approves_what_they_asked_for() {
        let mut scenario = Scenario::new();
        scenario.given_tenant(AdminAuthorised {
            admin: HANS,
            roles: vec![Role::Owner, Role::Approver, Role::Helpdesk],
        });
        let case = request(&mut scenario, &Actor::admin(HANS), ALICE);
        let hans = scenario.fresh_admin(HANS);
        scenario.when(&hans, ApproveBypass::new(ALICE, case)).then_refused("own_request");
    }

    #[test]
    fn no_one_approves_for_themselves() {
        let (mut scenario, case) = requested(PETRA);
        let petra = scenario.fresh_admin(PETRA);
        scenario.when(&petra, ApproveBypass::new(PETRA, case)).then_refused("own_account");
    }

    #[test]
    fn only_the_case_that_is_named_is_approved() {
        let (mut scenario, case) = requested(ALICE);
        let petra = scenario.fresh_admin(PETRA);
        let other = RecoveryId::from_uuid(uuid::Uuid::from_u128(1));
        scenario.when(&petra, ApproveBypass::new(ALICE, other)).then_refused("no_open_case");
        let mut other = Scenario::new();
        other.when(&petra, ApproveBypass::new(ALICE, case)).then_refused("no_open_case");
    }

    #[test]
    fn a_bypass_that_needs_no_approval_is_not_awaiting() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let bob = scenario.fresh_admin(BOB);
        let granted = scenario.when(&bob, GrantBypass::new(ALICE).reason(Reason::LostDevice));
        let petra = scenario.fresh_admin(PETRA);
        scenario
            .when(&petra, ApproveBypass::new(ALICE, granted.fresh.recovery()))
            .then_refused("not_awaiting");
    }

    #[test]
    fn a_request_is_too_old_from_the_moment_policy_names() {
        let (mut scenario, case) = requested(ALICE);
        scenario.after_minutes(24 * 60 - 1);
        let petra = scenario.fresh_admin(PETRA);
        let mut in_time = scenario.clone();
        in_time.when(&petra, ApproveBypass::new(ALICE, case)).then_recorded(&["BypassGranted"]);
        scenario.after_minutes(1);
        let petra = scenario.fresh_admin(PETRA);
        scenario.when(&petra, ApproveBypass::new(ALICE, case)).then_refused("request_too_old");
    }

    #[test]
    fn approving_takes_a_fresh_second_factor() {
        let (mut scenario, case) = requested(ALICE);
        let stale = scenario.fresh_admin(PETRA);
        scenario.after_minutes(11);
        for actor in [Actor::admin(PETRA), stale] {
            scenario
                .when(&actor, ApproveBypass::new(ALICE, case))
                .then_refused("second_factor_not_fresh");
        }
    }

    #[test]
    fn an_admins_case_needs_an_owner_on_one_side() {
        let (mut scenario, case) = requested(BOB);
        let petra = scenario.fresh_admin(PETRA);
        scenario.when(&petra, ApproveBypass::new(BOB, case)).then_refused("owner_required");
        let olga = scenario.fresh_admin(OLGA);
        scenario.when(&olga, ApproveBypass::new(BOB, case)).then_recorded(&["BypassGranted"]);

        let mut scenario = Scenario::new();
        let case = request(&mut scenario, &Actor::admin(OLGA), BOB);
        let petra = scenario.fresh_admin(PETRA);
        scenario.when(&petra, ApproveBypass::new(BOB, case)).then_recorded(&["BypassGranted"]);
    }

    #[test]
    fn an_owner_who_was_suspended_meanwhile_is_no_owner_on_one_side() {
        let second = AdminId::from_uuid(uuid::Uuid::from_u128(1));
        let mut scenario = Scenario::new();
        scenario.given_tenant(AdminAuthorised { admin: second, roles: vec![Role::Owner] });
        let case = request(&mut scenario, &Actor::admin(second), BOB);
        scenario.given_tenant(AdminSuspended { admin: second });
        let petra = scenario.fresh_admin(PETRA);
        scenario.when(&petra, ApproveBypass::new(BOB, case)).then_refused("owner_required");
    }

    #[test]
    fn a_frozen_account_is_refused() {
        let (mut scenario, case) = requested(ALICE);
        scenario.given(ALICE, [AccountFrozen {}]);
        let petra = scenario.fresh_admin(PETRA);
        scenario.when(&petra, ApproveBypass::new(ALICE, case)).then_refused("frozen");
    }

    #[test]
    fn a_start_that_was_asked_for_is_kept_unless_it_has_passed() {
        for (approved_after, starts_after) in [(1, 60), (90, 90)] {
            let mut scenario = Scenario::new();
            scenario.tenant.policy.second_person = crate::SecondPerson::Always;
            scenario.given_phone(ALICE);
            let asked = scenario.now;
            let bob = scenario.fresh_admin(BOB);
            let command = GrantBypass::new(ALICE)
                .reason(Reason::LostDevice)
                .starting_at(asked + crate::Seconds::minutes(60));
            let case = scenario.when(&bob, command).fresh.recovery();
            scenario.after_minutes(approved_after);
            let petra = scenario.fresh_admin(PETRA);
            scenario.when(&petra, ApproveBypass::new(ALICE, case));
            let Progress::Open(open) = scenario.account(ALICE).case.unwrap().progress else {
                panic!("the bypass is open");
            };
            assert_eq!(open.from, asked + crate::Seconds::minutes(starts_after));
            assert_eq!(open.until.since(open.from), crate::Seconds::hours(1));
        }
    }

    #[test]
    fn an_auditor_approves_nothing() {
        let (mut scenario, case) = requested(ALICE);
        let audrey = scenario.fresh_admin(AUDREY);
        scenario.when(&audrey, ApproveBypass::new(ALICE, case)).then_refused("not_permitted");
    }
}
