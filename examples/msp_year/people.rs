//! People and their phones.

use readmit::testing::TestClock;
use readmit::{
    AccountId, Actor, Clock as _, ConfirmEnrolment, CustomerId, Engine, RecoveryCode, Seconds,
    StartEnrolment, Tenant, Timestamp, TotpCode,
};
use totp_rs::Totp;

use crate::office::Result;

/// How long a code is shown.
const STEP_SECONDS: u64 = 30;

/// Somebody with a phone, which keeps a secret and shows codes.
#[derive(Debug)]
pub(crate) struct Person {
    phone: Totp,
    /// When a code was last accepted.
    pub(crate) shown_at: Timestamp,
}

/// A customer.
#[derive(Debug)]
pub(crate) struct Customer {
    pub(crate) id: CustomerId,
    pub(crate) person: Person,
    /// Saved codes that were not used.
    pub(crate) codes: Vec<RecoveryCode>,
}

impl Person {
    /// A code that was not shown before; waits for it if need be.
    pub(crate) fn next_code(&self, clock: &TestClock) -> Result<TotpCode> {
        if step(clock.now()) <= step(self.shown_at) {
            clock.advance(Seconds(30));
        }
        Ok(self.phone.generate(clock.now().unix_seconds()).to_string().parse()?)
    }
}

/// Sets a phone up.
pub(crate) async fn enrol(
    engine: &Engine,
    tenant: &Tenant,
    account: impl Into<AccountId>,
    actor: &Actor,
) -> Result<Person> {
    let account = account.into();
    let started = tenant.execute(actor, StartEnrolment::new(account)).await?;
    let secret = started.secret.as_ref().ok_or("the secret is shown once")?;
    let phone = Totp::from_url(secret.otpauth_uri("MSP", "somebody")?.as_str())?;
    let code = phone.generate(engine.now().unix_seconds()).to_string().parse()?;
    let confirm = ConfirmEnrolment::new(account, started.device, code);
    let shown_at = tenant.execute(actor, confirm).await?.at;
    Ok(Person { phone, shown_at })
}

const fn step(at: Timestamp) -> u64 {
    at.unix_seconds() / STEP_SECONDS
}
