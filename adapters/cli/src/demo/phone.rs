//! A phone with an authenticator app: it knows a secret and the time, and nothing of the engine.

use readmit::{ParseCodeError, Timestamp, TotpCode, TotpSecret};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

/// An authenticator app with one secret in it.
pub(super) struct Phone {
    app: Totp,
    secret: Zeroizing<String>,
}

impl Phone {
    /// Types the secret in, as a person would from the screen.
    pub(super) fn typed_in(secret: &TotpSecret) -> Result<Self, String> {
        let typed = secret.expose_base32();
        let secret = Secret::try_from_base32(typed.as_str()).map_err(|error| error.to_string())?;
        let app = Builder::new().with_secret(secret).with_account_name("demo").build();
        Ok(Self { app: app.map_err(|error| error.to_string())?, secret: typed })
    }

    /// What the app shows at this moment.
    pub(super) fn code(&self, now: Timestamp) -> Result<TotpCode, ParseCodeError> {
        self.app.generate(now.unix_seconds()).to_string().parse()
    }

    /// The secret in base32, for another app.
    pub(super) fn into_secret(self) -> Zeroizing<String> {
        self.secret
    }
}
