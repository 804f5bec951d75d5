//! The customer generates new recovery codes; in a recovery, that completes it.

use serde::Serialize;

use crate::account::{Account, CODES_IN_A_SET, Mfa};
use crate::command::{AccountRule, Decision};
use crate::event::{CodesRegenerated, RecoveryCompleted};
use crate::{AccountId, Context, FreshId, NewEvent, Refusal, Stage};

/// Generates new recovery codes and voids the old ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegenerateCodes {
    account: AccountId,
}

impl RegenerateCodes {
    /// Generates new codes for this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into() }
    }
}

impl AccountRule for RegenerateCodes {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_own(context)?;
        let Mfa::On { codes, .. } = &account.mfa else { return Err(Refusal::MfaNotOn) };
        // A session in which MFA is still on as it was may not touch the codes:
        // abandoning a recovery leaves everything as it was.
        let session = account
            .live_session(context)
            .filter(|session| session.open.stage == Stage::DeviceEnrolled);
        if session.is_none() && !context.has_fresh_second_factor() {
            return Err(context.why_no_session());
        }
        let set = context.fresh.codes();
        if codes.as_ref().is_some_and(|codes| codes.id == set) {
            return Err(Refusal::AlreadyDone);
        }
        let regenerated = CodesRegenerated { set, count: CODES_IN_A_SET };
        let enrolled =
            account.live_case(context.now).filter(|case| case.stage() == Stage::DeviceEnrolled);
        Ok(match enrolled {
            Some(case) => vec![
                NewEvent::of(case.recovery, regenerated),
                NewEvent::of(case.recovery, RecoveryCompleted { codes: true }),
            ],
            None => vec![regenerated.into()],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use crate::event::{AccountFrozen, DeviceEnrolled};
    use crate::testing::{ALICE, CASE, CODES, PHONE, Scenario};

    fn regenerate() -> RegenerateCodes {
        RegenerateCodes::new(ALICE)
    }

    /// The new device of a recovery is enrolled, five minutes into its session.
    fn enrolled() -> (Scenario, Actor) {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        let alice = scenario.given_session(ALICE);
        scenario.given_mfa_disabled(ALICE).after_minutes(5);
        scenario.given(ALICE, [NewEvent::of(CASE, DeviceEnrolled { device: PHONE, step: 1 })]);
        (scenario, alice)
    }

    fn in_case(set: crate::CodeSetId) -> [NewEvent; 2] {
        [
            NewEvent::of(CASE, CodesRegenerated { set, count: 10 }),
            NewEvent::of(CASE, RecoveryCompleted { codes: true }),
        ]
    }

    #[test]
    fn new_codes_void_the_old() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let alice = scenario.fresh(ALICE);
        let answer = scenario.when(&alice, regenerate());
        let set = answer.fresh.codes();
        answer.then(&[CodesRegenerated { set, count: 10 }.into()]);
        let codes = scenario.account(ALICE).codes().cloned().unwrap();
        assert_eq!((codes.id, codes.left()), (set, 10));
        scenario.when_again(&alice, regenerate(), answer.fresh).then_refused("already_done");
    }

    #[test]
    fn in_a_recovery_they_complete_it() {
        let (mut scenario, alice) = enrolled();
        let answer = scenario.when(&alice, regenerate());
        answer.then(&in_case(answer.fresh.codes()));
        assert_eq!(scenario.account(ALICE).case, None);
        scenario.when_again(&alice, regenerate(), answer.fresh).then_refused("session_not_live");
    }

    #[test]
    fn a_fresh_second_factor_completes_the_recovery_too() {
        let (mut scenario, _) = enrolled();
        scenario.after_minutes(20);
        let alice = scenario.fresh(ALICE);
        let answer = scenario.when(&alice, regenerate());
        answer.then(&in_case(answer.fresh.codes()));
        scenario.when_again(&alice, regenerate(), answer.fresh).then_refused("already_done");
    }

    #[test]
    fn a_case_whose_time_is_over_is_not_completed_any_more() {
        let (mut scenario, _) = enrolled();
        scenario.after_minutes(55);
        let alice = scenario.fresh(ALICE);
        scenario.when(&alice, regenerate()).then_recorded(&["CodesRegenerated"]);
    }

    #[test]
    fn a_recovery_that_has_not_touched_mfa_leaves_the_codes_as_they_are() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        let alice = scenario.given_session(ALICE);
        scenario.when(&alice, regenerate()).then_refused("session_not_live");
        assert_eq!(scenario.account(ALICE).codes().map(|codes| codes.id), Some(CODES));
    }

    #[test]
    fn an_open_case_that_has_not_come_so_far_is_no_business_of_new_codes() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        let alice = scenario.fresh(ALICE);
        scenario.when(&alice, regenerate()).then_recorded(&["CodesRegenerated"]);
        assert!(scenario.account(ALICE).case.is_some());
    }

    #[test]
    fn a_session_that_is_over_is_refused() {
        let (mut scenario, alice) = enrolled();
        scenario.after_minutes(10);
        scenario.when(&alice, regenerate()).then_refused("session_not_live");
    }

    #[test]
    fn without_session_it_takes_a_fresh_second_factor() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let stale = scenario.fresh(ALICE);
        scenario.after_minutes(11);
        for actor in [Actor::customer(ALICE), stale] {
            scenario.when(&actor, regenerate()).then_refused("second_factor_not_fresh");
        }
    }

    #[test]
    fn without_mfa_there_are_no_codes() {
        let mut scenario = Scenario::new();
        let alice = scenario.fresh(ALICE);
        scenario.when(&alice, regenerate()).then_refused("mfa_not_on");
    }

    #[test]
    fn a_frozen_account_is_refused() {
        let (mut scenario, alice) = enrolled();
        scenario.given(ALICE, [AccountFrozen {}]);
        scenario.when(&alice, regenerate()).then_refused("frozen");
    }
}
