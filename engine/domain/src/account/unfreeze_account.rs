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
        account.require_known(context)?;
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
        Ok(vec![AccountUnfrozen {}.into()])
    }

    fn personal(&self) -> Personal<'_> {
        Personal { note: self.reason.as_ref().ok(), ..Personal::default() }
    }
}
