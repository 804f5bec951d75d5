//! A second factor is shown: a TOTP code once per time step, a recovery code once ever.

use serde::Serialize;

use crate::account::{Account, Mfa};
use crate::command::{AccountRule, Decision};
use crate::event::{
    AccountLocked, Method, RecoveryCodeUsed, SecondFactorRejected, SecondFactorVerified,
};
use crate::{
    AccountId, Context, FreshId, LockoutPolicy, NewEvent, RecoveryCode, Refusal, Seconds, TotpCode,
};

/// Checks a second factor. A wrong one is recorded and counted before it is answered.
#[derive(Debug, Clone, Serialize)]
pub struct CheckSecondFactor {
    account: AccountId,
    #[serde(skip)]
    presented: Presented,
    method: Method,
}

/// What is shown.
#[derive(Debug, Clone)]
pub enum Presented {
    /// The code of an authenticator app.
    Totp(TotpCode),
    /// A saved recovery code.
    RecoveryCode(RecoveryCode),
}

impl CheckSecondFactor {
    /// Shows the code of an authenticator app.
    pub fn totp(account: impl Into<AccountId>, code: TotpCode) -> Self {
        let presented = Presented::Totp(code);
        Self { account: account.into(), presented, method: Method::Totp }
    }

    /// Shows a saved recovery code.
    pub fn recovery_code(account: impl Into<AccountId>, code: RecoveryCode) -> Self {
        let presented = Presented::RecoveryCode(code);
        Self { account: account.into(), presented, method: Method::RecoveryCode }
    }

    /// What is shown.
    pub const fn presented(&self) -> &Presented {
        &self.presented
    }
}

impl PartialEq for CheckSecondFactor {
    /// Whether both are about the same; the codes are not compared.
    fn eq(&self, other: &Self) -> bool {
        self.account == other.account && self.method == other.method
    }
}

impl Eq for CheckSecondFactor {}

impl AccountRule for CheckSecondFactor {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context)?;
        context.require_self(account.id)?;
        account.require_usable()?;
        account.require_unlocked(context.now)?;
        if !matches!(account.mfa, Mfa::On { .. }) {
            return Err(Refusal::MfaNotOn);
        }
        let accepted = match self.method {
            Method::Totp => account.accept_totp(context)?,
            Method::RecoveryCode => account.accept_recovery_code(context)?,
        };
        Ok(match accepted {
            Some(event) => vec![event],
            None => account.reject(self.method, context),
        })
    }
}

impl Account {
    /// A code is good for one time step of one device, and only for a step
    /// later than the last one accepted (RFC 6238 §5.2).
    fn accept_totp(&self, context: &Context<'_>) -> Result<Option<NewEvent>, Refusal> {
        let mut replayed = false;
        for found in &context.found.totp {
            let known = self.devices().iter().find(|device| device.id == found.device);
            let Some(device) = known else { continue };
            if found.step > device.last_step {
                let verified = SecondFactorVerified { device: found.device, step: found.step };
                return Ok(Some(verified.into()));
            }
            replayed = true;
        }
        if replayed { Err(Refusal::CodeReplayed) } else { Ok(None) }
    }

    fn accept_recovery_code(&self, context: &Context<'_>) -> Result<Option<NewEvent>, Refusal> {
        let (Some(found), Some(codes)) = (context.found.recovery_code, self.codes()) else {
            return Ok(None);
        };
        if found.set != codes.id {
            return Ok(None);
        }
        match codes.used.get(usize::from(found.index)) {
            Some(false) => {
                let left = codes.left().saturating_sub(1);
                let used = RecoveryCodeUsed { set: found.set, index: found.index, left };
                Ok(Some(used.into()))
            }
            Some(true) => Err(Refusal::CodeUsed),
            None => Ok(None),
        }
    }

    /// Counts a wrong code, and locks the account when there are too many.
    fn reject(&self, method: Method, context: &Context<'_>) -> Vec<NewEvent> {
        let failures = self.failures.saturating_add(1);
        let mut events = vec![SecondFactorRejected { method, failures }.into()];
        let lockout = context.tenant.policy.lockout;
        if failures >= lockout.hard_failures {
            events.push(AccountLocked { until: None }.into());
        } else if failures.is_multiple_of(lockout.failures) {
            let until = Some(context.now + lockout.duration(failures / lockout.failures));
            events.push(AccountLocked { until }.into());
        }
        events
    }
}

impl LockoutPolicy {
    /// How long the `nth` lock in a row lasts, from 1: each twice the one before.
    fn duration(&self, nth: u32) -> Seconds {
        let doublings = nth.saturating_sub(1).min(31);
        Seconds(self.first_seconds.0.saturating_mul(1 << doublings)).min(Self::LONGEST)
    }
}
