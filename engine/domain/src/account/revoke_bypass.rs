//! An admin, the customer or the engine takes a request or a bypass back.

use serde::Serialize;

use crate::account::Account;
use crate::command::{AccountRule, Decision};
use crate::event::{BypassRevoked, RevocationCause};
use crate::{AccountId, Context, FreshId, NewEvent, Permission, Refusal, Stage, Who};

/// Takes back the open request or bypass of an account. A recovery session dies with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevokeBypass {
    account: AccountId,
}

impl RevokeBypass {
    /// Takes back what is open on this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into() }
    }
}

impl AccountRule for RevokeBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context)?;
        let cause = if context.is_self(account.id) {
            context.require_self(account.id)?;
            RevocationCause::ByCustomer
        } else if context.actor.who == Who::System {
            RevocationCause::BySystem
        } else {
            require_revoker(account, context)?;
            RevocationCause::Withdrawn
        };
        let open = account.live_case(context.now).ok_or(Refusal::NoOpenCase)?;
        if open.stage() == Stage::DeviceEnrolled {
            return Err(Refusal::TooLateToRevoke);
        }
        Ok(vec![NewEvent::of(open.recovery, BypassRevoked { cause })])
    }
}

/// Whoever may revoke, and whoever asked for it while it awaits approval.
fn require_revoker(account: &Account, context: &Context<'_>) -> Result<(), Refusal> {
    match context.permit(Permission::RevokeBypass) {
        Err(Refusal::NotPermitted) if account.was_requested_by(&context.actor.who) => Ok(()),
        answer => answer,
    }
}
