//! An admin lets an account try again after too many wrong codes.

use serde::Serialize;

use crate::account::Account;
use crate::command::{AccountRule, Decision};
use crate::event::AccountUnlocked;
use crate::{AccountId, Context, FreshId, Permission, Refusal};

/// Lifts the lock of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnlockAccount {
    account: AccountId,
}

impl UnlockAccount {
    /// Lifts the lock of this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into() }
    }
}

impl AccountRule for UnlockAccount {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context.tenant)?;
        context.permit(Permission::UnlockAccount)?;
        context.require_other(account.id)?;
        if account.lock_at(context.now).is_none() {
            return Err(Refusal::NotLocked);
        }
        context.require_step_up()?;
        Ok(vec![AccountUnlocked {}.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use crate::event::{AccountLocked, Method, SecondFactorRejected};
    use crate::testing::{ALICE, BOB, HANS, OLGA, PETRA, Scenario};

    fn locked(account: impl Into<AccountId>) -> Scenario {
        let account = account.into();
        let mut scenario = Scenario::new();
        let until = Some(scenario.now + crate::Seconds::minutes(15));
        scenario
            .given(account, [SecondFactorRejected { method: Method::Totp, failures: 10 }])
            .given(account, [AccountLocked { until }]);
        scenario
    }

    #[test]
    fn unlocking_lets_the_account_try_again_from_the_start() {
        let mut scenario = locked(ALICE);
        let bob = scenario.fresh_admin(BOB);
        let unlock = UnlockAccount::new(ALICE);
        let fresh = scenario.when(&bob, unlock.clone()).then(&[AccountUnlocked {}.into()]).fresh;
        let account = scenario.account(ALICE);
        assert_eq!((account.lock, account.failures), (None, 0));
        scenario.when_again(&bob, unlock, fresh).then_refused("not_locked");
    }

    #[test]
    fn a_lock_until_an_admin_unlocks_is_lifted_too() {
        let mut scenario = Scenario::new();
        scenario.given(ALICE, [AccountLocked { until: None }]);
        let bob = scenario.fresh_admin(BOB);
        scenario.when(&bob, UnlockAccount::new(ALICE)).then_recorded(&["AccountUnlocked"]);
    }

    #[test]
    fn a_lock_that_is_over_is_no_lock() {
        let mut scenario = locked(ALICE);
        scenario.after_minutes(15);
        scenario.when(&Actor::admin(BOB), UnlockAccount::new(ALICE)).then_refused("not_locked");
    }

    #[test]
    fn it_takes_a_fresh_second_factor() {
        let mut scenario = locked(ALICE);
        let stale = scenario.fresh_admin(BOB);
        scenario.after_minutes(11);
        for bob in [Actor::admin(BOB), stale] {
            scenario.when(&bob, UnlockAccount::new(ALICE)).then_refused("second_factor_not_fresh");
        }
    }

    #[test]
    fn only_an_owner_unlocks_an_admin() {
        locked(PETRA)
            .when(&Actor::admin(BOB), UnlockAccount::new(PETRA))
            .then_refused("owner_required");
        let mut scenario = locked(PETRA);
        let olga = scenario.fresh_admin(OLGA);
        scenario.when(&olga, UnlockAccount::new(PETRA)).then_recorded(&["AccountUnlocked"]);
    }

    #[test]
    fn help_desk_unlocks_nobody_and_nobody_unlocks_themselves() {
        locked(ALICE)
            .when(&Actor::admin(HANS), UnlockAccount::new(ALICE))
            .then_refused("not_permitted");
        locked(BOB).when(&Actor::admin(BOB), UnlockAccount::new(BOB)).then_refused("own_account");
    }
}
