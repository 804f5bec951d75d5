//! A second person denies what somebody else asked for.

use serde::Serialize;

use crate::account::Account;
use crate::command::{AccountRule, Decision};
use crate::event::BypassDenied;
use crate::{AccountId, Context, FreshId, NewEvent, RecoveryId, Refusal};

/// Denies a request and ends its case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DenyBypass {
    account: AccountId,
    recovery: RecoveryId,
}

impl DenyBypass {
    /// Denies this case of this account, and no other that may have taken its place.
    pub fn new(account: impl Into<AccountId>, recovery: RecoveryId) -> Self {
        Self { account: account.into(), recovery }
    }
}

impl AccountRule for DenyBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context.tenant)?;
        let case = account.request_to_answer(self.recovery, context)?;
        if context.now >= case.due() {
            return Err(Refusal::RequestTooOld);
        }
        Ok(vec![NewEvent::of(case.recovery, BypassDenied {})])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::RequestBypass;
    use crate::testing::{ALICE, BOB, BYPASS, CASE, HANS, OLGA, PETRA, Scenario};
    use crate::{Actor, Reason};

    fn requested(by: &Actor) -> (Scenario, DenyBypass) {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE);
        let command = RequestBypass::new(ALICE).reason(Reason::LostDevice);
        let case = scenario.when(by, command).fresh.recovery();
        (scenario, DenyBypass::new(ALICE, case))
    }

    #[test]
    fn a_denied_request_ends_its_case() {
        let (mut scenario, deny) = requested(&Actor::admin(HANS));
        let answer = scenario.when(&Actor::admin(PETRA), deny.clone());
        answer.then(&[NewEvent::of(deny.recovery, BypassDenied {})]);
        assert_eq!(scenario.account(ALICE).case, None);
        scenario.when_again(&Actor::admin(PETRA), deny, answer.fresh).then_refused("no_open_case");
    }

    #[test]
    fn no_one_denies_what_they_asked_for() {
        let (mut scenario, deny) = requested(&Actor::admin(OLGA));
        scenario.when(&Actor::admin(OLGA), deny).then_refused("own_request");
    }

    #[test]
    fn no_one_denies_for_themselves() {
        let mut scenario = Scenario::new();
        scenario.given_phone(PETRA);
        let command = RequestBypass::new(PETRA).reason(Reason::LostDevice);
        let case = scenario.when(&Actor::admin(HANS), command).fresh.recovery();
        scenario
            .when(&Actor::admin(PETRA), DenyBypass::new(PETRA, case))
            .then_refused("own_account");
    }

    #[test]
    fn a_request_that_is_too_old_is_left_to_expire() {
        let (mut scenario, deny) = requested(&Actor::admin(HANS));
        scenario.after_minutes(24 * 60);
        scenario.when(&Actor::admin(PETRA), deny).then_refused("request_too_old");
    }

    #[test]
    fn a_granted_bypass_is_not_denied_but_revoked() {
        let mut scenario = Scenario::new();
        scenario.given_phone(ALICE).given_bypass(ALICE);
        scenario
            .when(&Actor::admin(PETRA), DenyBypass::new(ALICE, CASE))
            .then_refused("not_awaiting");
        assert_eq!(scenario.account(ALICE).case.map(|case| case.bypass), Some(BYPASS));
    }

    #[test]
    fn a_recovery_admin_denies_nothing() {
        let (mut scenario, deny) = requested(&Actor::admin(HANS));
        scenario.when(&Actor::admin(BOB), deny).then_refused("not_permitted");
    }
}
