//! The customer begins to set up a device.

use serde::Serialize;

use crate::account::{Account, LiveSession, MOST_DEVICES, Mfa};
use crate::command::{AccountRule, Decision};
use crate::event::EnrolmentStarted;
use crate::{AccountId, Context, FreshId, MfaPolicy, NewEvent, Refusal};

/// Begins to set up a device; an earlier set-up that is not finished ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StartEnrolment {
    account: AccountId,
}

impl StartEnrolment {
    /// Begins to set up a device for this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into() }
    }
}

impl AccountRule for StartEnrolment {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context)?;
        context.require_self(account.id)?;
        account.require_usable()?;
        if account.enrolment.is_some_and(|started| started.device == context.fresh.device()) {
            return Err(Refusal::AlreadyDone);
        }
        let session = account.right_to_enrol(context)?;
        if account.devices().len() >= MOST_DEVICES {
            return Err(Refusal::TooManyDevices { most: MOST_DEVICES });
        }
        let window = context.now + context.tenant.policy.enrolment_seconds;
        let device = context.fresh.device();
        Ok(vec![match session {
            Some(session) => {
                let until = window.min(session.until);
                NewEvent::of(session.case.recovery, EnrolmentStarted { device, until })
            }
            None => EnrolmentStarted { device, until: window }.into(),
        }])
    }
}

impl Account {
    /// What lets the actor enrol a device now: a recovery session after MFA was
    /// turned off, or nothing to protect yet, or a fresh second factor.
    pub(super) fn right_to_enrol(
        &self,
        context: &Context<'_>,
    ) -> Result<Option<LiveSession<'_>>, Refusal> {
        let session = self.live_session(context);
        match (&self.mfa, session, context.tenant.policy.mfa) {
            (Mfa::NotSetUp, _, _) | (Mfa::Off, None, MfaPolicy::Optional) => Ok(None),
            (Mfa::Off, Some(session), _) => Ok(Some(session)),
            (Mfa::Off, None, MfaPolicy::Required) => Err(self.why_not_set_up(context)),
            (Mfa::On { .. }, _, _) if context.has_fresh_second_factor(Some(self)) => Ok(None),
            (Mfa::On { .. }, _, _) => Err(Refusal::NoRightToEnrol),
        }
    }

    fn why_not_set_up(&self, context: &Context<'_>) -> Refusal {
        if context.actor.recovery_session.is_some() {
            Refusal::SessionNotLive
        } else if self.live_case(context.now).is_some() {
            Refusal::NoRightToEnrol
        } else {
            Refusal::SetupOverdue
        }
    }
}
