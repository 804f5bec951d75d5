//! The engine records that a case ran out of time.

use serde::Serialize;

use crate::account::{Account, Case};
use crate::command::{AccountRule, Decision};
use crate::event::{BypassExpired, RecoveryCompleted};
use crate::{AccountId, Context, FreshId, NewEvent, Refusal, Stage, Who};

/// Records the end of a case whose time is over.
///
/// Every rule compares times itself; this event is for history and for
/// whoever reads it, and never what enforces the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExpireBypass {
    account: AccountId,
}

impl ExpireBypass {
    /// Records the end of this account's open case.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into() }
    }
}

impl AccountRule for ExpireBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        if context.actor.who != Who::System {
            return Err(Refusal::NotPermitted);
        }
        let case = account.case.as_ref().ok_or(Refusal::NoOpenCase)?;
        if context.now < case.due() {
            return Err(Refusal::NotDue);
        }
        Ok(vec![case.timed_out()])
    }
}

impl Case {
    /// The event that ends a case whose time is over. With a new device
    /// enrolled the customer has what they came for, codes or not.
    pub(super) fn timed_out(&self) -> NewEvent {
        match self.stage() {
            Stage::DeviceEnrolled => {
                NewEvent::of(self.recovery, RecoveryCompleted { codes: false })
            }
            stage @ (Stage::AwaitingApproval
            | Stage::Granted
            | Stage::SignedIn
            | Stage::MfaDisabled) => NewEvent::of(self.recovery, BypassExpired { stage }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::RequestBypass;
    use crate::event::DeviceEnrolled;
    use crate::testing::{ALICE, CASE, HANS, OLGA, PHONE, Scenario};
    use crate::{Actor, Reason};

    fn granted() -> Scenario {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        scenario
    }

    #[track_caller]
    fn ends(mut scenario: Scenario, event: NewEvent) {
        let engine = Actor::system();
        scenario.now = scenario.account(ALICE).due().unwrap();
        let fresh = scenario.when(&engine, ExpireBypass::new(ALICE)).then(&[event]).fresh;
        assert_eq!(scenario.account(ALICE).case, None);
        scenario.when_again(&engine, ExpireBypass::new(ALICE), fresh).then_refused("no_open_case");
    }

    fn expired(stage: Stage) -> NewEvent {
        NewEvent::of(CASE, BypassExpired { stage })
    }

    #[test]
    fn the_event_says_how_far_the_case_had_come() {
        let mut scenario = granted();
        ends(scenario.clone(), expired(Stage::Granted));
        scenario.given_session(ALICE);
        ends(scenario.clone(), expired(Stage::SignedIn));
        scenario.given_mfa_disabled(ALICE);
        ends(scenario, expired(Stage::MfaDisabled));
    }

    #[test]
    fn with_the_new_device_enrolled_the_case_is_complete_codes_or_not() {
        let mut scenario = granted();
        scenario.given_mfa_disabled(ALICE);
        scenario.given(ALICE, [NewEvent::of(CASE, DeviceEnrolled { device: PHONE, step: 1 })]);
        ends(scenario, NewEvent::of(CASE, RecoveryCompleted { codes: false }));
    }

    #[test]
    fn a_request_that_waited_too_long_expires_too() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let hans = Actor::admin(HANS);
        let request = RequestBypass::new(ALICE).reason(Reason::LostDevice);
        let case = scenario.when(&hans, request).fresh.recovery();
        ends(scenario, NewEvent::of(case, BypassExpired { stage: Stage::AwaitingApproval }));
    }

    #[test]
    fn before_its_time_it_is_not_due() {
        let mut scenario = granted();
        scenario.after_minutes(59);
        scenario.when(&Actor::system(), ExpireBypass::new(ALICE)).then_refused("not_due");
    }

    #[test]
    fn what_is_not_open_does_not_expire() {
        let mut scenario = Scenario::new();
        scenario.when(&Actor::system(), ExpireBypass::new(ALICE)).then_refused("no_open_case");
    }

    #[test]
    fn only_the_engine_records_it() {
        let mut scenario = granted();
        scenario.after_minutes(60);
        for actor in [Actor::admin(OLGA), Actor::customer(ALICE)] {
            scenario.when(&actor, ExpireBypass::new(ALICE)).then_refused("not_permitted");
        }
    }
}
