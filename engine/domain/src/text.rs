//! Texts from outside, parsed once into types that cannot be wrong.
//!
//! A [`Login`], a [`PersonName`] and a [`Note`] are personal data: they never
//! stand in an event, and their `Debug` form hides them.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// Why a text was refused, and what is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{what}: expected {allowed}")]
pub struct TextError {
    what: &'static str,
    allowed: &'static str,
}

/// What a builder takes for a text: the parsed type, or a plain text that it parses.
pub trait IntoText<T> {
    /// The parsed text, or why it cannot be one.
    fn into_text(self) -> Result<T, TextError>;
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $shown:literal, $what:literal, $allowed:literal, $parse:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                let parse: fn(&str) -> Option<String> = $parse;
                parse(text).map(Self).ok_or(TextError { what: $what, allowed: $allowed })
            }
        }

        impl IntoText<$name> for $name {
            fn into_text(self) -> Result<$name, TextError> {
                Ok(self)
            }
        }

        impl IntoText<$name> for &str {
            fn into_text(self) -> Result<$name, TextError> {
                self.parse()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if $shown { write!(f, "{:?}", self.0) } else { f.write_str(concat!(stringify!($name), "(hidden)")) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

texts! {
    /// The name a tenant is opened by: `acme-msp`.
    TenantName, true, "not a tenant name",
        "1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit", slug;
    /// What a person signs in with, usually an e-mail address. Personal data.
    ///
    /// Two logins that differ only in upper and lower case are the same: the
    /// parsed form is lower case, without surrounding white space.
    Login, false, "not a login",
        "1 to 254 characters without white space or control characters, not shaped like an id", login;
    /// What a person is called. Personal data.
    PersonName, false, "not a name", "1 to 200 characters on one line", |text| line(text, 200);
    /// Free text of an admin about a case. Personal data.
    Note, false, "not a note", "1 to 1,000 characters", note;
    /// The reference of a case in the tenant's ticket system: `INC-4711`.
    ///
    /// It stands in events and so must not be able to hold a sentence: no spaces.
    Ticket, true, "not a ticket reference",
        "1 to 64 of the characters A-Z a-z 0-9 - _ . / # :", ticket;
    /// What an API key is for, in the tenant's words.
    KeyLabel, true, "not a key label", "1 to 64 characters on one line", |text| line(text, 64);
}

fn slug(text: &str) -> Option<String> {
    let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let fits = (1..=63).contains(&text.len())
        && text.bytes().all(inside)
        && !text.starts_with('-')
        && !text.ends_with('-');
    fits.then(|| text.to_owned())
}

fn login(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (1..=254).contains(&text.chars().count())
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && text.parse::<crate::AccountId>().is_err();
    fits.then(|| text.to_lowercase())
}

fn line(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    let fits = (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

fn note(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (1..=1000).contains(&text.chars().count())
        && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
    fits.then(|| text.to_owned())
}

fn ticket(text: &str) -> Option<String> {
    let inside = |b: u8| b.is_ascii_alphanumeric() || b"-_./#:".contains(&b);
    ((1..=64).contains(&text.len()) && text.bytes().all(inside)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_folded_and_hidden() {
        let login: Login = "  Alice@Example.com ".parse().unwrap();
        assert_eq!(login.as_str(), "alice@example.com");
        assert_eq!(format!("{login:?}"), "Login(hidden)");
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_does() {
        for text in ["", "a b", "a\u{0}b", &"x".repeat(255), "cus_01h455vb4pex5vsknk084sn02q"] {
            assert!(text.parse::<Login>().is_err(), "{text:?}");
        }
        for text in ["", "Acme", "-a", "a-", "a b", &"x".repeat(64)] {
            assert!(text.parse::<TenantName>().is_err(), "{text:?}");
        }
        for text in ["", "INC 4711", "ü", &"x".repeat(65)] {
            assert!(text.parse::<Ticket>().is_err(), "{text:?}");
        }
        let why = "a b".parse::<Ticket>().unwrap_err().to_string();
        assert!(why.contains("1 to 64"), "{why}");
    }
}
