//! What commands ask of an account before they go on.

use crate::account::{Account, Case, Mfa, OpenBypass, Progress};
use crate::event::{BypassRevoked, RevocationCause};
use crate::{
    AccountId, Context, FreshId, MfaPolicy, NewEvent, Policy, Refusal, Stage, Tenant, Terms,
    Timestamp, Who,
};

impl Account {
    /// Whether there is such an account in the tenant.
    pub fn is_known(&self, tenant: &Tenant) -> bool {
        match self.id {
            AccountId::Customer(_) => self.registered,
            AccountId::Admin(id) => tenant.admins.contains_key(&id),
        }
    }

    /// Refuses accounts that are not there.
    pub(crate) fn require_known(&self, tenant: &Tenant) -> Result<(), Refusal> {
        if self.is_known(tenant) { Ok(()) } else { Err(Refusal::NotFound) }
    }

    /// Refuses everybody but the person whose account this is, while it can be used.
    pub(crate) fn require_own(&self, context: &Context<'_>) -> Result<(), Refusal> {
        self.require_known(context.tenant)?;
        context.require_self(self.id)?;
        self.require_usable()
    }

    /// Refuses accounts with which nothing may be done.
    pub(crate) fn require_usable(&self) -> Result<(), Refusal> {
        if self.erased {
            return Err(Refusal::Erased);
        }
        if self.frozen {
            return Err(Refusal::Frozen);
        }
        Ok(())
    }

    /// Refuses locked accounts.
    pub(crate) fn require_unlocked(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.lock_at(now) {
            Some(lock) => Err(Refusal::Locked { until: lock.until }),
            None => Ok(()),
        }
    }

    /// The open case, unless its time is over.
    pub(crate) fn live_case(&self, now: Timestamp) -> Option<&Case> {
        self.case.as_ref().filter(|case| now < case.due())
    }

    /// Whether this actor asked for the case that awaits approval.
    pub(crate) fn was_requested_by(&self, who: &Who) -> bool {
        match self.case.as_ref().map(|case| &case.progress) {
            Some(Progress::Awaiting { requested_by, .. }) => requested_by.is_same(who),
            Some(Progress::Open(_)) | None => false,
        }
    }

    /// The recovery session that the actor holds, if it is the newest use of
    /// the open bypass and its time is not over.
    pub(crate) fn live_session(&self, context: &Context<'_>) -> Option<LiveSession<'_>> {
        let held = context.actor.recovery_session?;
        let case = self.live_case(context.now)?;
        let Progress::Open(open) = &case.progress else { return None };
        let until = open.session_until?;
        let newest = held.bypass == case.bypass && held.use_number == open.uses;
        (newest && context.now < until).then_some(LiveSession { case, open, until })
    }

    /// Refuses accounts whose owner can sign in without a bypass anyway.
    pub(crate) fn require_bypassable(&self, policy: &Policy) -> Result<(), Refusal> {
        match (&self.mfa, policy.mfa) {
            (Mfa::On { .. }, _) | (Mfa::Off, MfaPolicy::Required) => Ok(()),
            (Mfa::NotSetUp, _) | (Mfa::Off, MfaPolicy::Optional) => Err(Refusal::NothingToBypass),
        }
    }

    /// Refuses a command that has begun the case already, even if its time is over since.
    pub(crate) fn require_new_case(&self, fresh: FreshId) -> Result<(), Refusal> {
        match &self.case {
            Some(case) if case.recovery == fresh.recovery() => Err(Refusal::AlreadyDone),
            Some(_) | None => Ok(()),
        }
    }

    /// The event that ends a case whose time is over, where nobody has recorded it yet.
    pub(crate) fn overdue_end(&self, now: Timestamp) -> Vec<NewEvent> {
        self.case
            .as_ref()
            .filter(|case| case.due() <= now)
            .map(Case::timed_out)
            .into_iter()
            .collect()
    }

    /// The event that ends the open case, whatever its stage: revoked, or over already.
    pub(crate) fn revocation(&self, now: Timestamp, cause: RevocationCause) -> Vec<NewEvent> {
        match self.live_case(now) {
            Some(open) => vec![NewEvent::of(open.recovery, BypassRevoked { cause })],
            None => self.overdue_end(now),
        }
    }
}

/// A recovery session that is live at the moment of a decision.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LiveSession<'a> {
    pub(crate) case: &'a Case,
    pub(crate) open: &'a OpenBypass,
    pub(crate) until: Timestamp,
}

impl OpenBypass {
    /// Whether it can be redeemed at this moment.
    pub(crate) fn require_redeemable(&self, terms: &Terms, now: Timestamp) -> Result<(), Refusal> {
        if now < self.from {
            return Err(Refusal::NotStarted { from: self.from });
        }
        if now >= self.until {
            return Err(Refusal::Expired);
        }
        if self.uses >= terms.max_uses || self.stage == Stage::DeviceEnrolled {
            return Err(Refusal::Spent);
        }
        Ok(())
    }
}
