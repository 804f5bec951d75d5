//! A phone with an authenticator app: it knows a secret and the time, and nothing of the engine.

use readmit::{Seconds, Timestamp, TotpCode, TotpSecret};
use totp_rs::{Builder, Secret, Totp};

use crate::Result;

/// How long a code is shown.
pub const STEP: Seconds = Seconds(30);

/// An authenticator app with one secret in it.
#[derive(Debug, Clone)]
pub struct Phone(Totp);

impl Phone {
    /// Types the secret in, as a person would from the screen.
    pub fn typed_in(secret: &TotpSecret) -> Result<Self> {
        Self::from_base32(secret.expose_base32().as_str())
    }

    /// Takes a secret in base32.
    pub fn from_base32(secret: &str) -> Result<Self> {
        let secret = Secret::try_from_base32(secret).map_err(|error| error.to_string())?;
        let app = Builder::new().with_secret(secret).with_account_name("test").build();
        Ok(Self(app.map_err(|error| error.to_string())?))
    }

    /// What the app shows at this moment.
    pub fn code(&self, now: Timestamp) -> Result<TotpCode> {
        Ok(self.0.generate(now.unix_seconds()).to_string().parse()?)
    }

    /// What the app showed one step before; still good, for slow people.
    pub fn code_before(&self, now: Timestamp) -> Result<TotpCode> {
        self.code(now - STEP)
    }

    /// What the app will show one step later; good already, for slow clocks.
    pub fn code_after(&self, now: Timestamp) -> Result<TotpCode> {
        self.code(now + STEP)
    }

    /// So many different codes that are wrong at this moment.
    pub fn wrong_codes(&self, now: Timestamp, count: usize) -> Result<Vec<TotpCode>> {
        let right = [self.code_before(now)?, self.code(now)?, self.code_after(now)?];
        let right = right.each_ref().map(|code| code.expose().to_owned());
        let wrong = (0..1_000_000).map(|digits| format!("{digits:06}"));
        let wrong = wrong.filter(|digits| !right.contains(digits)).take(count);
        wrong.map(|digits| Ok(digits.parse()?)).collect()
    }

    /// A code that is wrong at this moment.
    pub fn wrong_code(&self, now: Timestamp) -> Result<TotpCode> {
        self.wrong_codes(now, 1)?.pop().ok_or_else(|| "every code is right".into())
    }
}
