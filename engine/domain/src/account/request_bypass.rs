//! Help desk, customer or service ask for a bypass that somebody else must approve.

use serde::Serialize;

use crate::account::Account;
use crate::account::grant_bypass::request;
use crate::account::wish::{Wish, wishes};
use crate::command::{AccountRule, Decision, Personal};
use crate::{AccountId, Context, FreshId, NewEvent, Permission, Refusal, Who};

/// Asks for a bypass. Only an approver's answer makes it one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestBypass {
    account: AccountId,
    #[serde(flatten)]
    wish: Wish,
}

wishes!(RequestBypass);

impl RequestBypass {
    /// A bypass for this account, on the terms that policy gives where nothing else is said.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into(), wish: Wish::default() }
    }
}

impl AccountRule for RequestBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context.tenant)?;
        if context.is_self(account.id) {
            context.require_self(account.id)?;
        } else {
            context.permit(Permission::RequestBypass)?;
        }
        account.require_usable()?;
        account.require_bypassable(&context.tenant.policy)?;
        account.require_new_case(context.fresh)?;
        if account.live_case(context.now).is_some() {
            return Err(Refusal::CaseOpen);
        }
        let mut events = account.overdue_end(context.now);
        let (policy, now) = (&context.tenant.policy, context.now);
        let (terms, _) = match context.actor.who {
            Who::Admin { .. } if !context.is_self(account.id) => self.wish.terms(policy, now)?,
            Who::Admin { .. } | Who::Customer { .. } | Who::Service { .. } | Who::System => {
                self.wish.terms_without_identity_check(policy, now)?
            }
        };
        events.push(NewEvent::of(context.fresh.recovery(), request(context, terms, None)));
        Ok(events)
    }

    fn personal(&self) -> Personal<'_> {
        self.wish.personal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{AccountFrozen, CustomerErased, MfaDisabled};
    use crate::testing::{ALICE, BOB, HANS, PETRA, Scenario};
    use crate::{Actor, CustomerId, IdentityCheck, MfaPolicy, Note, Policy, Proof, Reason, Stage};

    fn with_phone() -> Scenario {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        scenario
    }

    fn lost() -> RequestBypass {
        RequestBypass::new(ALICE).reason(Reason::LostDevice)
    }

    #[test]
    fn help_desk_the_customer_and_a_service_may_ask() {
        let mut scenario = with_phone();
        let key = scenario.given_service();
        for actor in [
            Actor::admin(HANS),
            Actor::customer(ALICE),
            Actor::customer(ALICE).via(key),
            Actor::service(key),
        ] {
            scenario.clone().when(&actor, lost()).then_recorded(&["BypassRequested"]);
        }
    }

    #[test]
    fn a_request_waits_for_approval_and_opens_nothing() {
        let mut scenario = with_phone();
        let before = scenario.sign_in(ALICE);
        scenario.when(&Actor::admin(HANS), lost());
        let case = scenario.account(ALICE).case.unwrap();
        assert_eq!(case.stage(), Stage::AwaitingApproval);
        assert_eq!(case.due(), scenario.now + scenario.tenant.policy.request_seconds);
        assert_eq!(scenario.sign_in(ALICE), before);
        scenario
            .when(&Actor::customer(ALICE), crate::account::RedeemBypass::new(ALICE))
            .then_refused("no_open_case");
    }

    #[test]
    fn policy_gives_the_terms_where_nothing_else_is_said() {
        let mut scenario = with_phone();
        scenario.when(&Actor::admin(HANS), lost());
        let terms = scenario.account(ALICE).case.unwrap().terms;
        assert_eq!((terms.max_uses, terms.proof), (1, Proof::Password));
        assert_eq!(terms.lifetime_seconds, scenario.tenant.policy.lifetime.default_seconds);
        assert_eq!(terms.identity_check, IdentityCheck::None);
    }

    #[test]
    fn a_second_request_is_refused_and_a_repeated_one_already_done() {
        let mut scenario = with_phone();
        let hans = Actor::admin(HANS);
        let fresh = scenario.when(&hans, lost()).fresh;
        scenario.when(&hans, lost()).then_refused("case_open");
        scenario.when_again(&hans, lost(), fresh).then_refused("already_done");
    }

    #[test]
    fn a_request_that_was_repeated_after_its_time_is_still_already_done() {
        let mut scenario = with_phone();
        let fresh = scenario.when(&Actor::admin(HANS), lost()).fresh;
        scenario.after_minutes(24 * 60);
        scenario.when_again(&Actor::admin(HANS), lost(), fresh).then_refused("already_done");
    }

    #[test]
    fn a_request_beside_an_open_bypass_is_refused() {
        let mut scenario = with_phone();
        scenario.given_bypass(ALICE);
        scenario.when(&Actor::admin(HANS), lost()).then_refused("case_open");
    }

    #[test]
    fn a_case_whose_time_is_over_is_ended_first() {
        let mut scenario = with_phone();
        scenario.when(&Actor::admin(HANS), lost());
        scenario.after_minutes(24 * 60);
        scenario
            .when(&Actor::admin(HANS), lost())
            .then_recorded(&["BypassExpired", "BypassRequested"]);
    }

    #[test]
    fn without_a_second_factor_there_is_nothing_to_bypass() {
        let mut scenario = Scenario::new();
        scenario.when(&Actor::admin(HANS), lost()).then_refused("nothing_to_bypass");
        scenario.given_phone(ALICE).given(ALICE, [MfaDisabled { devices: vec![], codes: None }]);
        scenario.tenant.policy.mfa = MfaPolicy::Optional;
        scenario.when(&Actor::admin(HANS), lost()).then_refused("nothing_to_bypass");
    }

    #[test]
    fn whoever_is_locked_out_without_mfa_needs_a_bypass_too() {
        let mut scenario = with_phone();
        scenario.given(ALICE, [MfaDisabled { devices: vec![], codes: None }]);
        scenario.when(&Actor::admin(HANS), lost()).then_recorded(&["BypassRequested"]);
    }

    #[test]
    fn frozen_and_erased_accounts_are_refused() {
        let mut scenario = with_phone();
        scenario.given(ALICE, [AccountFrozen {}]);
        scenario.when(&Actor::admin(HANS), lost()).then_refused("frozen");
        scenario.given(ALICE, [CustomerErased {}]);
        scenario.when(&Actor::admin(HANS), lost()).then_refused("erased");
    }

    #[test]
    fn what_policy_demands_of_a_grant_it_demands_of_a_request() {
        let mut scenario = with_phone();
        let hans = Actor::admin(HANS);
        scenario.when(&hans, RequestBypass::new(ALICE)).then_refused("reason_missing");
        scenario.when(&hans, lost().for_minutes(1)).then_refused("lifetime_outside_policy");
        scenario.when(&hans, lost().ticket("no spaces")).then_refused("invalid_text");
        scenario.when(&hans, lost().reason(Reason::Other)).then_refused("note_missing");
        let mut strict = Scenario::new().under(Policy::strict());
        strict.given_phone(ALICE);
        strict.when(&hans, lost()).then_refused("ticket_missing");
        strict.when(&hans, lost().ticket("INC-1")).then_refused("identity_check_missing");
        strict
            .when(&hans, lost().ticket("INC-1").identity_check(IdentityCheck::CallBack))
            .then_recorded(&["BypassRequested"]);
    }

    #[test]
    fn the_note_is_personal_data_and_stands_in_no_event() {
        let command = lost().note("locked out at the airport");
        assert_eq!(command.personal().note.map(Note::as_str), Some("locked out at the airport"));
        let answer = with_phone().when(&Actor::admin(HANS), command);
        assert!(!format!("{:?}", answer.decision).contains("airport"));
    }

    #[test]
    fn an_account_that_is_not_there_is_not_found() {
        let nobody = CustomerId::from_uuid(uuid::Uuid::from_u128(1));
        Scenario::new()
            .when(&Actor::admin(HANS), RequestBypass::new(nobody).reason(Reason::LostDevice))
            .then_refused("not_found");
    }

    #[test]
    fn an_approver_cannot_ask_and_an_admin_may_ask_for_themselves() {
        let mut scenario = with_phone();
        scenario.given_phone(BOB);
        scenario.when(&Actor::admin(PETRA), lost()).then_refused("not_permitted");
        scenario
            .when(&Actor::admin(BOB), RequestBypass::new(BOB).reason(Reason::LostDevice))
            .then_recorded(&["BypassRequested"]);
    }
}
