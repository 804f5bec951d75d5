//! An admin, the customer or the engine takes a request or a bypass back.

use serde::Serialize;

use crate::account::Account;
use crate::command::{AccountRule, Decision};
use crate::event::{BypassRevoked, RevocationCause};
use crate::{AccountId, Context, FreshId, NewEvent, Permission, RecoveryId, Refusal, Stage, Who};

/// Takes back the open request or bypass of an account. A recovery session dies with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevokeBypass {
    account: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery: Option<RecoveryId>,
}

impl RevokeBypass {
    /// Takes back what is open on this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into(), recovery: None }
    }

    /// Takes back this case, and no other that may have taken its place.
    #[must_use]
    pub const fn only(mut self, recovery: RecoveryId) -> Self {
        self.recovery = Some(recovery);
        self
    }
}

impl AccountRule for RevokeBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context.tenant)?;
        let cause = if context.is_self(account.id) {
            context.require_self(account.id)?;
            RevocationCause::ByCustomer
        } else if context.actor.who == Who::System {
            RevocationCause::BySystem
        } else {
            require_revoker(account, context)?;
            RevocationCause::Withdrawn
        };
        let open = account.live_case(context.now);
        let open = open.filter(|case| self.recovery.is_none_or(|only| only == case.recovery));
        let open = open.ok_or(Refusal::NoOpenCase)?;
        if open.stage() == Stage::DeviceEnrolled {
            return Err(Refusal::TooLateToRevoke);
        }
        Ok(vec![NewEvent::of(open.recovery, BypassRevoked { cause })])
    }
}

/// Whoever may revoke, and whoever asked for it while it awaits approval, if
/// they may still ask.
fn require_revoker(account: &Account, context: &Context<'_>) -> Result<(), Refusal> {
    match context.permit(Permission::RevokeBypass) {
        Err(Refusal::NotPermitted) if account.was_requested_by(&context.actor.who) => {
            context.permit(Permission::RequestBypass)
        }
        answer => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{DisableMfa, RedeemBypass, RequestBypass};
    use crate::event::{AdminSuspended, ApiKeyRevoked, DeviceEnrolled};
    use crate::testing::{ALICE, AUDREY, BOB, CASE, HANS, PETRA, PHONE, Scenario};
    use crate::{Actor, Reason};

    fn granted() -> Scenario {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        scenario
    }

    fn requested(by: &Actor) -> Scenario {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        scenario.when(by, RequestBypass::new(ALICE).reason(Reason::LostDevice));
        scenario
    }

    #[test]
    fn a_case_that_took_the_place_of_the_one_that_is_named_stays() {
        let mut scenario = granted();
        let bob = Actor::admin(BOB);
        let other = RecoveryId::from_uuid(uuid::Uuid::from_u128(99));
        scenario.when(&bob, RevokeBypass::new(ALICE).only(other)).then_refused("no_open_case");
        scenario.when(&bob, RevokeBypass::new(ALICE).only(CASE)).then_recorded(&["BypassRevoked"]);
    }

    #[test]
    fn the_cause_tells_who_took_it_back() {
        for (actor, cause) in [
            (Actor::admin(BOB), RevocationCause::Withdrawn),
            (Actor::customer(ALICE), RevocationCause::ByCustomer),
            (Actor::system(), RevocationCause::BySystem),
        ] {
            granted()
                .when(&actor, RevokeBypass::new(ALICE))
                .then(&[NewEvent::of(CASE, BypassRevoked { cause })]);
        }
    }

    #[test]
    fn a_revoked_bypass_cannot_be_redeemed_and_its_session_is_dead() {
        let mut scenario = granted();
        let alice = scenario.given_session(ALICE);
        let fresh = scenario.when(&Actor::admin(BOB), RevokeBypass::new(ALICE)).fresh;
        scenario.when(&alice, RedeemBypass::new(ALICE)).then_refused("no_open_case");
        scenario.when(&alice, DisableMfa::new(ALICE)).then_refused("session_not_live");
        scenario
            .when_again(&Actor::admin(BOB), RevokeBypass::new(ALICE), fresh)
            .then_refused("no_open_case");
    }

    #[test]
    fn nothing_open_is_nothing_to_revoke() {
        let mut scenario = Scenario::new();
        scenario.when(&Actor::admin(BOB), RevokeBypass::new(ALICE)).then_refused("no_open_case");
        let mut scenario = granted();
        scenario.after_minutes(60);
        scenario.when(&Actor::admin(BOB), RevokeBypass::new(ALICE)).then_refused("no_open_case");
    }

    #[test]
    fn after_the_new_device_there_is_nothing_left_to_revoke() {
        let mut scenario = granted();
        scenario.given_session(ALICE);
        scenario.given_mfa_disabled(ALICE);
        let before = scenario.clone();
        scenario.given(ALICE, [NewEvent::of(CASE, DeviceEnrolled { device: PHONE, step: 1 })]);
        for actor in [Actor::admin(BOB), Actor::customer(ALICE), Actor::system()] {
            before.clone().when(&actor, RevokeBypass::new(ALICE)).then_recorded(&["BypassRevoked"]);
            scenario.when(&actor, RevokeBypass::new(ALICE)).then_refused("too_late_to_revoke");
        }
    }

    #[test]
    fn whoever_asked_may_withdraw_while_it_waits() {
        let mut scenario = requested(&Actor::admin(HANS));
        scenario.when(&Actor::admin(PETRA), RevokeBypass::new(ALICE)).then_refused("not_permitted");
        scenario
            .when(&Actor::admin(HANS), RevokeBypass::new(ALICE))
            .then_recorded(&["BypassRevoked"]);
    }

    #[test]
    fn whoever_asked_has_no_say_once_it_is_granted() {
        let mut scenario = requested(&Actor::admin(HANS));
        let case = scenario.account(ALICE).case.unwrap().recovery;
        let petra = scenario.fresh_admin(PETRA);
        scenario.when(&petra, crate::account::ApproveBypass::new(ALICE, case));
        scenario.when(&Actor::admin(HANS), RevokeBypass::new(ALICE)).then_refused("not_permitted");
    }

    #[test]
    fn a_suspended_admin_withdraws_nothing() {
        let mut scenario = requested(&Actor::admin(HANS));
        scenario.given_tenant(AdminSuspended { admin: HANS });
        scenario.when(&Actor::admin(HANS), RevokeBypass::new(ALICE)).then_refused("not_permitted");
    }

    #[test]
    fn a_revoked_key_withdraws_nothing() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let key = scenario.given_service();
        let service = Actor::service(key);
        scenario.when(&service, RequestBypass::new(ALICE).reason(Reason::LostDevice));
        scenario.given_tenant(ApiKeyRevoked { key });
        scenario.when(&service, RevokeBypass::new(ALICE)).then_refused("not_permitted");
    }

    #[test]
    fn an_auditor_revokes_nothing() {
        granted()
            .when(&Actor::admin(AUDREY), RevokeBypass::new(ALICE))
            .then_refused("not_permitted");
    }
}
