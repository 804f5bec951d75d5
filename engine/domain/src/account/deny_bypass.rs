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
        account.require_known(context)?;
        let case = account.request_to_answer(self.recovery, context)?;
        if context.now >= case.due() {
            return Err(Refusal::RequestTooOld);
        }
        Ok(vec![NewEvent::of(case.recovery, BypassDenied {})])
    }
}
