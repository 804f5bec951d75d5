//! An authenticator app that never shows the same code twice.

use std::ops::RangeInclusive;

use readmit::{
    AccountId, Actor, Clock as _, ConfirmEnrolment, StartEnrolment, SystemClock, Tenant, TotpCode,
};
use readmit_bench_driver::Fallible;
use totp_rs::Totp;

/// How long a code is shown.
const STEP_SECONDS: u64 = 30;
/// A code that is good for less than this is not begun with: it could arrive too late.
const MARGIN_SECONDS: u64 = 5;

/// The app of one account, and how far its codes are used up: each is good once.
#[derive(Debug)]
pub struct Phone {
    app: Totp,
    used: u64,
}

impl Phone {
    /// Scans what is behind a QR code.
    pub fn scan(otpauth_uri: &str) -> Fallible<Self> {
        Ok(Self { app: Totp::from_url(otpauth_uri)?, used: 0 })
    }

    /// Sets up the device of an account, by the library.
    pub async fn enrol(
        tenant: &Tenant,
        account: impl Into<AccountId>,
        actor: &Actor,
    ) -> Fallible<Self> {
        let account = account.into();
        let enrolment = tenant.execute(actor, StartEnrolment::new(account)).await?;
        let secret = enrolment.secret.as_ref().ok_or("no secret")?;
        let mut phone = Self::scan(secret.otpauth_uri("bench", "account")?.as_str())?;
        let code: TotpCode = phone.code()?.parse()?;
        tenant.execute(actor, ConfirmEnrolment::new(account, enrolment.device, code)).await?;
        Ok(phone)
    }

    /// The oldest code that is good and was not used yet.
    pub fn code(&mut self) -> Fallible<String> {
        let good = good_at(SystemClock.now().unix_seconds());
        let step = (self.used + 1).max(*good.start());
        if !good.contains(&step) {
            return Err("all codes of this moment are used up: too few customers".into());
        }
        self.used = step;
        Ok(self.app.generate(step * STEP_SECONDS).to_string())
    }
}

/// The steps whose codes are good: that of now, and one to each side.
fn good_at(unix_seconds: u64) -> RangeInclusive<u64> {
    let now = unix_seconds / STEP_SECONDS;
    let left = STEP_SECONDS - unix_seconds % STEP_SECONDS;
    if left >= MARGIN_SECONDS { now - 1..=now + 1 } else { now..=now + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_soon_ends_is_not_begun_with() {
        assert_eq!(good_at(30 * 7), 6..=8);
        assert_eq!(good_at(30 * 7 + 25), 6..=8);
        assert_eq!(good_at(30 * 7 + 26), 7..=8);
    }
}
