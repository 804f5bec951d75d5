//! "This wasn't me": the customer stops everything.

use serde::Serialize;

use crate::account::Account;
use crate::command::{AccountRule, Decision};
use crate::event::{AccountFrozen, BypassRevoked, RevocationCause};
use crate::{AccountId, Context, FreshId, NewEvent, Timestamp};

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
        account.require_known(context)?;
        context.require_self(account.id)?;
        account.require_usable()?;
        let mut events = vec![AccountFrozen {}.into()];
        events.extend(account.revocation(context.now, RevocationCause::Reported));
        Ok(events)
    }
}

impl Account {
    /// The event that ends the open case, whatever its stage: revoked, or over already.
    pub(super) fn revocation(&self, now: Timestamp, cause: RevocationCause) -> Vec<NewEvent> {
        match self.live_case(now) {
            Some(open) => vec![NewEvent::of(open.recovery, BypassRevoked { cause })],
            None => self.overdue_end(now),
        }
    }
}
