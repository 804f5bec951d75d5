//! The engine records that a case ran out of time.

use serde::Serialize;

use crate::account::{Account, Case};
use crate::command::{AccountRule, Decision};
use crate::event::{BypassExpired, RecoveryCompleted};
use crate::{AccountId, Context, FreshId, NewEvent, Refusal, Stage, Who};

/// Records the end of a case whose time is over.
///
/// Every rule compares times itself; this event is for history and for
/// whoever reads it, and never what enforces the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExpireBypass {
    account: AccountId,
}

impl ExpireBypass {
    /// Records the end of this account's open case.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into() }
    }
}

impl AccountRule for ExpireBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        if context.actor.who != Who::System {
            return Err(Refusal::NotPermitted);
        }
        let case = account.case.as_ref().ok_or(Refusal::NoOpenCase)?;
        if context.now < case.due() {
            return Err(Refusal::NotDue);
        }
        Ok(vec![case.timed_out()])
    }
}

impl Case {
    /// The event that ends a case whose time is over. With a new device
    /// enrolled the customer has what they came for, codes or not.
    pub(super) fn timed_out(&self) -> NewEvent {
        match self.stage() {
            Stage::DeviceEnrolled => {
                NewEvent::of(self.recovery, RecoveryCompleted { codes: false })
            }
            stage @ (Stage::AwaitingApproval
            | Stage::Granted
            | Stage::SignedIn
            | Stage::MfaDisabled) => NewEvent::of(self.recovery, BypassExpired { stage }),
        }
    }
}
