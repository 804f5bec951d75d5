//! The new device shows its first code and becomes active.

use serde::Serialize;

use crate::account::{Account, Mfa};
use crate::command::{AccountRule, Decision};
use crate::event::{DeviceEnrolled, EnrolmentCodeRejected, Event};
use crate::{AccountId, Context, DeviceId, FreshId, NewEvent, Refusal, TotpCode};

/// Shows the first code of a device that is being set up.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmEnrolment {
    account: AccountId,
    device: DeviceId,
    #[serde(skip)]
    code: TotpCode,
}

impl ConfirmEnrolment {
    /// Shows this code for this device.
    pub fn new(account: impl Into<AccountId>, device: DeviceId, code: TotpCode) -> Self {
        Self { account: account.into(), device, code }
    }

    /// The device to be.
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// The code that is shown.
    pub const fn code(&self) -> &TotpCode {
        &self.code
    }
}

impl PartialEq for ConfirmEnrolment {
    /// Whether both are about the same; the codes are not compared.
    fn eq(&self, other: &Self) -> bool {
        self.account == other.account && self.device == other.device
    }
}

impl Eq for ConfirmEnrolment {}

impl AccountRule for ConfirmEnrolment {
    fn account(&self, _: FreshId) -> AccountId {
        self.account
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Decision {
        account.require_known(context)?;
        context.require_self(account.id)?;
        account.require_usable()?;
        let enrolment = account.enrolment.filter(|started| started.device == self.device);
        let enrolment = enrolment.ok_or(Refusal::EnrolmentSuperseded)?;
        // While MFA is off, only the newest live session may go on. Otherwise the
        // right was there at the start, and only whoever started has seen the secret.
        let session = match account.mfa {
            Mfa::Off => account.right_to_enrol(context)?,
            Mfa::NotSetUp | Mfa::On { .. } => None,
        };
        if context.now >= enrolment.until {
            return Err(Refusal::EnrolmentOver);
        }
        let matched = context.found.totp.iter().find(|found| found.device == self.device);
        let event: Event = match matched {
            Some(found) => DeviceEnrolled { device: self.device, step: found.step }.into(),
            None => EnrolmentCodeRejected {
                device: self.device,
                attempts_left: enrolment.attempts_left.saturating_sub(1),
            }
            .into(),
        };
        Ok(vec![match session {
            Some(session) => NewEvent::of(session.case.recovery, event),
            None => event.into(),
        }])
    }
}
