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
        account.require_known(context)?;
        context.permit(Permission::UnlockAccount)?;
        if context.is_self(account.id) {
            return Err(Refusal::OwnAccount);
        }
        if account.lock_at(context.now).is_none() {
            return Err(Refusal::NotLocked);
        }
        Ok(vec![AccountUnlocked {}.into()])
    }
}
