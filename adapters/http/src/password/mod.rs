//! Passwords: the secret, the port that checks it, and the rules for a new one.
//!
//! The built-in check is `PasswordTable` of the web database; an embedder whose passwords are
//! elsewhere implements [`PasswordCheck`].

mod rules;

use std::fmt;

use async_trait::async_trait;
use readmit::{AccountId, Failure, TenantId, Timestamp};
use serde::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::web_database::PasswordTable;

pub use rules::{AcceptedPassword, PasswordRefusal};

/// Tells whether a password is an account's.
#[async_trait]
pub trait PasswordCheck: Send + Sync + 'static {
    /// Checks a password.
    ///
    /// The time it takes must not tell whether there is such an account, or whether it has a
    /// password: for a login that nobody has it is called too, with an id that nobody has (see
    /// [`stand_in`](crate::web_database::stand_in)).
    async fn check(
        &self,
        tenant: TenantId,
        account: AccountId,
        password: &Password,
    ) -> Result<PasswordAnswer, PasswordFailure>;

    /// The built-in table, if this is it: then passwords are set and changed on the pages too.
    fn table(&self) -> Option<&PasswordTable> {
        None
    }
}

/// What a check answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordAnswer {
    /// It is the account's password.
    Right,
    /// It is not, or the account has none.
    Wrong,
    /// After too many wrong ones nothing was compared.
    Wait {
        /// When the next one is.
        until: Timestamp,
    },
}

/// Why a check has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordFailure {
    /// Too many are being checked at this moment. Nothing was counted; try again soon.
    #[error("too many passwords are being checked at this moment: try again in a few seconds")]
    Busy,
    /// The database failed, or there are no random bytes.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// Another place where passwords are kept failed.
    #[error("the password could not be checked: {0}")]
    Elsewhere(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A password as somebody typed it. Hidden from `Debug`, wiped when dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// More bytes of UTF-8 than any accepted password has are not worth the work of normalizing:
/// such a text is compared as it is, and is wrong.
const WORTH_NORMALIZING: usize = 1024;
/// Bytes of UTF-8 grow by this factor at most (<https://www.unicode.org/faq/normalization.html>).
const LARGEST_GROWTH: usize = 11;

impl Password {
    /// The password of this text, in Unicode's form NFKC: SP 800-63B-4 §3.1.1.2 asks for it, since
    /// keyboards differ in how they write the same character.
    pub fn new(text: String) -> Self {
        let text = Zeroizing::new(text);
        if text.is_ascii() || text.len() > WORTH_NORMALIZING {
            return Self(text);
        }
        // A text that grows leaves copies of itself behind.
        let mut normalized = Zeroizing::new(String::with_capacity(text.len() * LARGEST_GROWTH));
        normalized.extend(text.nfkc());
        Self(normalized)
    }

    /// The bytes that are digested or sent to whoever checks them.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The error of another type would quote what it found.
        let text = String::deserialize(deserializer);
        text.map(Self::new).map_err(|_| serde::de::Error::custom("a password must be a text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_password_written_in_two_ways_is_one() {
        let composed = Password::new("Gr\u{fc}nes Licht".to_owned());
        let decomposed = Password::new("Gru\u{308}nes Licht".to_owned());
        assert_eq!(composed.expose(), decomposed.expose());
        assert_eq!(Password::new("ﬁnal".to_owned()).expose(), "final");
        assert_eq!(Password::new("  Ab c ".to_owned()).expose(), "  Ab c ");
    }

    #[test]
    fn a_password_is_not_shown() {
        let password: Password = serde_json::from_str("\"hunter2-hunter2\"").unwrap();
        assert_eq!(format!("{password:?}"), "Password(hidden)");
        let error = serde_json::from_str::<Password>("4711").unwrap_err();
        assert!(!error.to_string().contains("4711"), "{error}");
    }
}
