//! An owner has looked, and lifts a freeze.

use serde::Serialize;

use crate::account::Account;
use crate::command::{AccountRule, Decision, Personal};
use crate::event::AccountUnfrozen;
use crate::{AccountId, Context, FreshId, IntoText, Note, Permission, Refusal, TextError};

/// Lifts a freeze; the owner says why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnfreezeAccount {
    account: AccountId,
    reason: Result<Note, TextError>,
}

impl UnfreezeAccount {
    /// Lifts the freeze of this account for this reason.
    pub fn new(account: impl Into<AccountId>, reason: impl IntoText<Note>) -> Self {
        Self { account: account.into(), reason: reason.into_text() }
    }
}

impl AccountRule for UnfreezeAccount {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context.tenant)?;
        context.permit(Permission::UnfreezeAccount)?;
        if context.is_self(account.id) {
            return Err(Refusal::OwnAccount);
        }
        if let Err(why) = self.reason {
            return Err(Refusal::InvalidText { why });
        }
        if !account.frozen {
            return Err(Refusal::NotFrozen);
        }
        context.require_step_up()?;
        Ok(vec![AccountUnfrozen {}.into()])
    }

    fn personal(&self) -> Personal<'_> {
        Personal { note: self.reason.as_ref().ok(), ..Personal::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use crate::event::AccountFrozen;
    use crate::testing::{ALICE, BOB, OLGA, Scenario};

    fn frozen(account: impl Into<AccountId>) -> Scenario {
        let mut scenario = Scenario::new();
        scenario.given(account, [AccountFrozen {}]);
        scenario
    }

    #[test]
    fn an_owner_lifts_a_freeze_and_says_why() {
        let mut scenario = frozen(ALICE);
        let unfreeze = UnfreezeAccount::new(ALICE, "spoke to her in person");
        let personal = unfreeze.personal().note.map(Note::as_str);
        assert_eq!(personal, Some("spoke to her in person"));
        let olga = scenario.fresh_admin(OLGA);
        let fresh = scenario.when(&olga, unfreeze.clone()).then(&[AccountUnfrozen {}.into()]).fresh;
        assert!(!scenario.account(ALICE).frozen);
        scenario.when_again(&olga, unfreeze, fresh).then_refused("not_frozen");
    }

    #[test]
    fn an_account_that_is_not_frozen_is_refused() {
        Scenario::new()
            .when(&Actor::admin(OLGA), UnfreezeAccount::new(ALICE, "why not"))
            .then_refused("not_frozen");
    }

    #[test]
    fn it_takes_a_fresh_second_factor() {
        let mut scenario = frozen(ALICE);
        let stale = scenario.fresh_admin(OLGA);
        scenario.after_minutes(11);
        for olga in [Actor::admin(OLGA), stale] {
            scenario
                .when(&olga, UnfreezeAccount::new(ALICE, "please"))
                .then_refused("second_factor_not_fresh");
        }
    }

    #[test]
    fn a_reason_is_needed() {
        frozen(ALICE)
            .when(&Actor::admin(OLGA), UnfreezeAccount::new(ALICE, " "))
            .then_refused("invalid_text");
    }

    #[test]
    fn no_one_but_an_owner_and_no_owner_for_themselves() {
        frozen(ALICE)
            .when(&Actor::admin(BOB), UnfreezeAccount::new(ALICE, "please"))
            .then_refused("not_permitted");
        frozen(ALICE)
            .when(&Actor::customer(ALICE), UnfreezeAccount::new(ALICE, "please"))
            .then_refused("not_permitted");
        frozen(OLGA)
            .when(&Actor::admin(OLGA), UnfreezeAccount::new(OLGA, "please"))
            .then_refused("frozen");
    }
}
