//! A phone with an authenticator app: it knows a secret and the time, and nothing of the engine.

use readmit::{ParseCodeError, Timestamp, TotpCode, TotpSecret};
use totp_rs::{Builder, Secret, Totp};

/// An authenticator app with one secret in it.
pub(super) struct Phone(Totp);

impl Phone {
    /// Types the secret in, as a person would from the screen.
    pub(super) fn typed_in(secret: &TotpSecret) -> Result<Self, String> {
        let secret = Secret::try_from_base32(secret.expose_base32().as_str());
        let secret = secret.map_err(|error| error.to_string())?;
        let app = Builder::new().with_secret(secret).with_account_name("demo").build();
        app.map(Self).map_err(|error| error.to_string())
    }

    /// What the app shows at this moment.
    pub(super) fn code(&self, now: Timestamp) -> Result<TotpCode, ParseCodeError> {
        self.0.generate(now.unix_seconds()).to_string().parse()
    }
}
