//! A second person approves what somebody else asked for.

use serde::Serialize;

use crate::account::{Account, Case, Progress};
use crate::command::{AccountRule, Decision};
use crate::event::BypassGranted;
use crate::{AccountId, Context, FreshId, NewEvent, Permission, RecoveryId, Refusal, Who};

/// Approves a request: the bypass is granted on the terms that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApproveBypass {
    account: AccountId,
    recovery: RecoveryId,
}

impl ApproveBypass {
    /// Approves this case of this account, and no other that may have taken its place.
    pub fn new(account: impl Into<AccountId>, recovery: RecoveryId) -> Self {
        Self { account: account.into(), recovery }
    }
}

impl AccountRule for ApproveBypass {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context)?;
        let case = account.request_to_answer(self.recovery, context)?;
        let Progress::Awaiting { requested_by, from, until } = &case.progress else {
            return Err(Refusal::NotAwaiting);
        };
        if context.now >= *until {
            return Err(Refusal::RequestTooOld);
        }
        let for_admin = matches!(account.id, AccountId::Admin(_));
        if for_admin && !context.actor_is_owner() && !context.is_owner(requested_by) {
            return Err(Refusal::OwnerRequired);
        }
        account.require_usable()?;
        context.require_fresh_second_factor(context.actor_account)?;
        let from = from.map_or(context.now, |from| from.max(context.now));
        let granted = BypassGranted {
            bypass: case.bypass,
            terms: case.terms.clone(),
            from,
            until: from + case.terms.lifetime_seconds,
        };
        Ok(vec![NewEvent::of(case.recovery, granted)])
    }
}

impl Account {
    /// The case that an approver may answer: somebody else's request for somebody else.
    pub(super) fn request_to_answer(
        &self,
        recovery: RecoveryId,
        context: &Context<'_>,
    ) -> Result<&Case, Refusal> {
        context.permit(Permission::ApproveBypass)?;
        if context.is_self(self.id) {
            return Err(Refusal::OwnAccount);
        }
        let case = self.case.as_ref().filter(|case| case.recovery == recovery);
        let case = case.ok_or(Refusal::NoOpenCase)?;
        match &case.progress {
            Progress::Awaiting { requested_by, .. } if requested_by.is_same(&context.actor.who) => {
                Err(Refusal::OwnRequest)
            }
            Progress::Awaiting { .. } => Ok(case),
            Progress::Open(_) => Err(Refusal::NotAwaiting),
        }
    }
}

impl Context<'_> {
    /// Whether the actor is an owner who is not suspended.
    pub(super) fn actor_is_owner(&self) -> bool {
        self.is_owner(&self.actor.who)
    }

    /// Whether this is an owner of the tenant who is not suspended.
    pub(super) fn is_owner(&self, who: &Who) -> bool {
        match who {
            Who::Admin { id, .. } => self.tenant.is_owner(*id),
            Who::Customer { .. } | Who::Service { .. } | Who::System => false,
        }
    }
}
