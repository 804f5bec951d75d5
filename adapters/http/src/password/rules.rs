//! What may become a password: NIST SP 800-63B-4 §3.1.1.2.
//!
//! Length and a list of passwords that everybody tries first; no rules on which characters, no
//! end after so many days.

use std::fmt;

use readmit::{Login, TenantName};

use super::Password;

/// The least for a password beside which a second factor is asked for. (Alone, it would be 15.)
const FEWEST_CHARACTERS: usize = 8;
/// At least 64 characters must be possible: 256 bytes hold as many of any script.
const MOST_BYTES: usize = 256;
/// Names are looked for inside a password too, which is more than §3.1.1.2 asks: it compares whole
/// passwords. A shorter part of a name than this stands in too many
/// good ones by chance.
const SHORTEST_NAME: usize = 4;
/// Passwords of eight characters and more that lists of the most common ones begin with, and the
/// words and rows of keys that they are made of; lower case, one a line.
const COMMON: &str = include_str!("common.txt");

/// A password that may be set: the rules were asked.
#[derive(Clone)]
pub struct AcceptedPassword(Password);

/// Why a password may not be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordRefusal {
    /// It is too short.
    #[error("a password has at least {FEWEST_CHARACTERS} characters")]
    TooShort,
    /// It is too long.
    #[error("a password has at most {MOST_BYTES} bytes, which is at least 64 characters")]
    TooLong,
    /// It is one of those that are tried first.
    #[error("this password is one of the most common: choose another, such as a few words")]
    Common,
    /// It holds a part of the login's or the tenant's name.
    #[error("a password must not hold your own name or the company's: both are guessed first")]
    Name,
}

impl PasswordRefusal {
    /// A stable word for it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Common => "password_common",
            Self::Name => "password_holds_name",
        }
    }
}

impl AcceptedPassword {
    /// The password, if it may become that of this login.
    pub fn new(
        password: Password,
        login: &Login,
        tenant: &TenantName,
    ) -> Result<Self, PasswordRefusal> {
        let text = password.expose();
        if text.chars().count() < FEWEST_CHARACTERS {
            return Err(PasswordRefusal::TooShort);
        }
        if text.len() > MOST_BYTES {
            return Err(PasswordRefusal::TooLong);
        }
        let lower = zeroize::Zeroizing::new(text.to_lowercase());
        if COMMON.lines().any(|common| common == *lower) || is_one_character(&lower) {
            return Err(PasswordRefusal::Common);
        }
        let name = login.as_str().split('@').next().unwrap_or_default();
        if parts(name).chain(parts(tenant.as_str())).any(|part| lower.contains(part)) {
            return Err(PasswordRefusal::Name);
        }
        Ok(Self(password))
    }

    /// The password.
    pub const fn password(&self) -> &Password {
        &self.0
    }
}

impl fmt::Debug for AcceptedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AcceptedPassword(hidden)")
    }
}

fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    characters.all(|character| Some(character) == first)
}

/// The words of a name: `alice.smith` is guessed as `alice` and as `smith`. Logins and names of
/// tenants are lower case.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split(|character: char| !character.is_alphanumeric())
        .filter(|part| part.chars().count() >= SHORTEST_NAME)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn refusal(text: &str) -> Option<PasswordRefusal> {
        let (login, tenant) =
            ("alice.smith@example.com".parse().unwrap(), "acme-msp".parse().unwrap());
        AcceptedPassword::new(Password::new(text.to_owned()), &login, &tenant).err()
    }

    #[test]
    fn length_is_counted_in_characters_and_bounded_in_bytes() {
        assert_eq!(refusal("7 chars"), Some(PasswordRefusal::TooShort));
        assert_eq!(refusal("ÄÖÜäöüß"), Some(PasswordRefusal::TooShort));
        assert_eq!(refusal("correct horse"), None);
        assert_eq!(refusal(&"🐎🔋".repeat(32)), None);
        assert_eq!(refusal(&"🐎🔋".repeat(33)), Some(PasswordRefusal::TooLong));
    }

    #[test]
    fn no_kind_of_character_is_asked_for() {
        for text in
            ["tulip window seven", "90210 31337 1984", "ⲛⲏⲣⲡ ⲗⲁⲙⲡ ⲕⲱⲧ", "\t\u{7f} \0 spaces"]
        {
            assert_eq!(refusal(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_tried_first_is_refused_in_any_case() {
        for text in
            ["password1", "PassWord123", "1q2w3e4r5t", "qwertyuiop", "Iloveyou", "xxxxxxxxx"]
        {
            assert_eq!(refusal(text), Some(PasswordRefusal::Common), "{text}");
        }
    }

    #[test]
    fn names_are_refused_wherever_they_stand() {
        for text in ["my-Alice-2024", "blacksmith road", "ACME spring", "xx acme-msp xx"] {
            assert_eq!(refusal(text), Some(PasswordRefusal::Name), "{text}");
        }
        // Too short to be looked for, or no part of the name.
        for text in ["msp tulip window", "example tulip"] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }

    #[test]
    fn the_list_holds_what_could_be_chosen_and_each_once() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len());
        for line in &lines {
            assert!(line.len() >= FEWEST_CHARACTERS && line.to_lowercase() == **line, "{line:?}");
        }
        assert!(lines.len() >= 1_000, "{}", lines.len());
    }

    #[test]
    fn no_refusal_repeats_the_password() {
        for text in ["hunter2", "Passw0rd123", "alice-hunter2"] {
            let refusal = refusal(text).map(|refusal| format!("{refusal} {refusal:?}"));
            assert!(!refusal.unwrap_or_default().to_lowercase().contains(text), "{text}");
        }
        let text = Password::new("tulip window seven".to_owned());
        let login = "alice@example.com".parse().unwrap();
        let accepted = AcceptedPassword::new(text, &login, &"acme".parse().unwrap()).unwrap();
        assert_eq!(format!("{accepted:?}"), "AcceptedPassword(hidden)");
    }
}
