//! "This wasn't me": the customer stops everything.

use serde::Serialize;

use crate::account::Account;
use crate::command::{AccountRule, Decision};
use crate::event::{AccountFrozen, RevocationCause};
use crate::{AccountId, Context, FreshId};

/// Freezes the account, and revokes its open bypass, until an owner looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportUnrecognised {
    account: AccountId,
}

impl ReportUnrecognised {
    /// Freezes this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into() }
    }
}

impl AccountRule for ReportUnrecognised {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_own(context)?;
        let mut events = vec![AccountFrozen {}.into()];
        events.extend(account.revocation(context.now, RevocationCause::Reported));
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NewEvent;
    use crate::account::RequestBypass;
    use crate::event::BypassRevoked;
    use crate::event::{BypassExpired, CustomerErased, DeviceEnrolled};
    use crate::testing::{ALICE, CASE, HANS, OLGA, PHONE, Scenario};
    use crate::{Actor, Reason, Stage};

    fn report() -> ReportUnrecognised {
        ReportUnrecognised::new(ALICE)
    }

    fn reported() -> NewEvent {
        let cause = RevocationCause::Reported;
        NewEvent::of(CASE, BypassRevoked { cause })
    }

    #[test]
    fn the_account_is_frozen_and_earlier_sessions_die() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let before = scenario.account(ALICE);
        let fresh =
            scenario.when(&Actor::customer(ALICE), report()).then(&[AccountFrozen {}.into()]).fresh;
        let account = scenario.account(ALICE);
        assert!(account.frozen);
        assert_eq!(account.session_epoch, before.session_epoch + 1);
        assert_eq!(account.verified_at, []);
        assert_eq!(account.mfa, before.mfa);
        scenario.when_again(&Actor::customer(ALICE), report(), fresh).then_refused("frozen");
    }

    #[test]
    fn an_open_bypass_is_revoked_at_every_stage() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        let mut stages = vec![scenario.clone()];
        scenario.given_session(ALICE);
        stages.push(scenario.clone());
        scenario.given_mfa_disabled(ALICE);
        stages.push(scenario.clone());
        scenario.given(ALICE, [NewEvent::of(CASE, DeviceEnrolled { device: PHONE, step: 1 })]);
        stages.push(scenario);
        for mut scenario in stages {
            scenario
                .when(&Actor::customer(ALICE), report())
                .then(&[AccountFrozen {}.into(), reported()]);
            assert_eq!(scenario.account(ALICE).case, None);
        }
    }

    #[test]
    fn a_request_is_revoked_too() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let request = RequestBypass::new(ALICE).reason(Reason::LostDevice);
        scenario.when(&Actor::admin(HANS), request);
        scenario
            .when(&Actor::customer(ALICE), report())
            .then_recorded(&["AccountFrozen", "BypassRevoked"]);
    }

    #[test]
    fn a_bypass_that_was_over_anyway_ends_as_expired() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE).after_minutes(60);
        let expired = NewEvent::of(CASE, BypassExpired { stage: Stage::Granted });
        scenario.when(&Actor::customer(ALICE), report()).then(&[AccountFrozen {}.into(), expired]);
    }

    #[test]
    fn nobody_else_reports_for_a_customer() {
        let mut scenario = Scenario::new();
        for actor in [Actor::admin(OLGA), Actor::system()] {
            scenario.when(&actor, report()).then_refused("not_found");
        }
    }

    #[test]
    fn an_erased_account_is_refused() {
        let mut scenario = Scenario::new();
        scenario.given(ALICE, [CustomerErased {}]);
        scenario.when(&Actor::customer(ALICE), report()).then_refused("erased");
    }
}
