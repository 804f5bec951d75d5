//! The customer turns MFA off: the old devices and codes end for good.

use serde::Serialize;

use crate::account::{Account, Mfa};
use crate::command::{AccountRule, Decision};
use crate::event::MfaDisabled;
use crate::{AccountId, Context, FreshId, MfaPolicy, NewEvent, Refusal, Stage};

/// Turns MFA off, in a recovery session or, where policy lets accounts be
/// without MFA, after showing a second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisableMfa {
    account: AccountId,
}

impl DisableMfa {
    /// Turns MFA off for this account.
    pub fn new(account: impl Into<AccountId>) -> Self {
        Self { account: account.into() }
    }
}

impl AccountRule for DisableMfa {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context)?;
        context.require_self(account.id)?;
        account.require_usable()?;
        let session = account.live_session(context);
        if session.is_none() && !context.has_fresh_second_factor(Some(account)) {
            return Err(context.why_no_session());
        }
        let Mfa::On { devices, codes } = &account.mfa else { return Err(Refusal::MfaNotOn) };
        let disabled = MfaDisabled {
            devices: devices.iter().map(|device| device.id).collect(),
            codes: codes.as_ref().map(|codes| codes.id),
        };
        match session {
            // The new device is not what the bypass was granted to remove.
            Some(session) if session.open.stage == Stage::DeviceEnrolled => {
                Err(Refusal::SessionNotLive)
            }
            Some(session) => Ok(vec![NewEvent::of(session.case.recovery, disabled)]),
            None if context.tenant.policy.mfa == MfaPolicy::Required => Err(Refusal::MfaRequired),
            None => Ok(vec![disabled.into()]),
        }
    }
}

impl Context<'_> {
    /// Why the actor cannot do what takes a recovery session or a fresh second factor.
    pub(super) fn why_no_session(&self) -> Refusal {
        if self.actor.recovery_session.is_some() {
            Refusal::SessionNotLive
        } else {
            Refusal::SecondFactorNotFresh { within: self.tenant.policy.fresh_seconds }
        }
    }
}
