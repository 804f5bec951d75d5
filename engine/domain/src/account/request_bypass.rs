//! Help desk, customer or service ask for a bypass that somebody else must approve.

use serde::Serialize;

use crate::account::Account;
use crate::account::grant_bypass::request;
use crate::account::wish::{Wish, wishes};
use crate::command::{AccountRule, Decision, Personal};
use crate::{AccountId, Context, FreshId, NewEvent, Permission, Refusal};

/// Asks for a bypass. Only an approver's answer makes it one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestBypass {
    account: AccountId,
    #[serde(flatten)]
    wish: Wish,
}

wishes!(RequestBypass);

impl RequestBypass {
    /// A bypass for this account, on the terms that policy gives where nothing else is said.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into(), wish: Wish::default() }
    }
}

impl AccountRule for RequestBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context)?;
        if context.is_self(account.id) {
            context.require_self(account.id)?;
        } else {
            context.permit(Permission::RequestBypass)?;
        }
        account.require_usable()?;
        account.require_bypassable(&context.tenant.policy)?;
        if let Some(case) = account.live_case(context.now) {
            let again = case.recovery == context.fresh.recovery();
            return Err(if again { Refusal::AlreadyDone } else { Refusal::CaseOpen });
        }
        let mut events = account.overdue_end(context.now);
        let (terms, _) = self.wish.terms(&context.tenant.policy, context.now)?;
        events.push(NewEvent::of(context.fresh.recovery(), request(context, terms, None)));
        Ok(events)
    }

    fn personal(&self) -> Personal<'_> {
        self.wish.personal()
    }
}
