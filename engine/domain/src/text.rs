//! Texts from outside, parsed once into types that cannot be wrong.
//!
//! A [`Login`], a [`PersonName`] and a [`Note`] are personal data: they never
//! stand in an event, and their `Debug` form hides them.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Error, Visitor};
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
                from_text(deserializer)
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
        "1 to 254 characters without white space, control characters, invisible or direction-changing ones, not shaped like an id",
        login;
    /// What a person is called. Personal data.
    PersonName, false, "not a name",
        "1 to 200 characters on one line, none invisible or direction-changing", |text| line(text, 200);
    /// Free text of an admin about a case. Personal data.
    Note, false, "not a note", "1 to 1,000 characters", note;
    /// The reference of a case in the tenant's ticket system: `INC-4711`.
    ///
    /// It stands in events and so must not be able to hold a sentence: no spaces.
    Ticket, true, "not a ticket reference",
        "1 to 64 of the characters A-Z a-z 0-9 - _ . / # :", ticket;
    /// What an API key is for, in the tenant's words.
    KeyLabel, true, "not a key label",
        "1 to 64 characters on one line, none invisible or direction-changing", |text| line(text, 64);
}

/// Reads a value from its text, without a copy of the text.
pub(crate) fn from_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    struct Text<T>(PhantomData<T>);

    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
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
    // What is stored is what is checked: folding may lengthen a text or make it an id.
    let text = text.trim().to_lowercase();
    let fits = (1..=254).contains(&text.chars().count())
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || is_deceptive(c))
        && text.parse::<crate::AccountId>().is_err();
    fits.then_some(text)
}

fn line(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    let fits = (1..=most).contains(&text.chars().count())
        && !text.chars().any(|c| c.is_control() || is_deceptive(c));
    fits.then(|| text.to_owned())
}

/// Characters that show nothing or turn the text around them: with them, one
/// name can look like another (Unicode Technical Report 36, section 2).
const fn is_deceptive(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{61C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}'
    )
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

/// A verifier key in its signed-note text form: it stands in events, so it is bounded.
pub(crate) fn verifier_key(text: String) -> Result<String, TextError> {
    let fits = (1..=512).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    let (what, allowed) = ("not a verifier key", "1 to 512 visible ASCII characters");
    if fits { Ok(text) } else { Err(TextError { what, allowed }) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    #[test]
    fn a_login_is_checked_as_it_is_stored() {
        let long = "\u{130}".repeat(200);
        let kelvin = "CUS_01H455VB4PEX5VSK\u{212A}N084SN02Q";
        for text in
            ["CUS_01H455VB4PEX5VSKNK084SN02Q", "Adm_01h455vb4pex5vsknk084sn02q", kelvin, &long]
        {
            assert!(text.parse::<Login>().is_err(), "{text:?}");
        }
        assert!("\u{130}".repeat(127).parse::<Login>().is_ok());
    }

    #[test]
    fn what_cannot_be_seen_or_turns_the_text_around_names_nobody() {
        let (mut deceptive, mut told) = (Vec::new(), Vec::new());
        for (first, last) in [
            (0xAD, 0xAD),
            (0x61C, 0x61C),
            (0x180E, 0x180E),
            (0x200B, 0x200F),
            (0x202A, 0x202E),
            (0x2060, 0x206F),
            (0xFEFF, 0xFEFF),
            (0xFFF9, 0xFFFB),
            (0xE_0000, 0xE_007F),
        ] {
            deceptive.extend((first..=last).filter_map(char::from_u32));
        }
        for c in &deceptive {
            for text in [format!("ada{c}x"), format!("{c}ada"), format!("ada{c}")] {
                told.extend(text.parse::<Login>().err());
                told.extend(text.parse::<PersonName>().err());
                told.extend(text.parse::<KeyLabel>().err());
            }
        }
        assert_eq!((deceptive.len(), told.len()), (161, 9 * 161));
        assert!(told.iter().all(|why| why.to_string().contains("invisible or direction-changing")));
        for name in ["Søren Ådahl", "أحمد", "Anne-Marie O’Neil", "李小龍"] {
            assert!(name.parse::<PersonName>().is_ok(), "{name}");
        }
    }

    #[test]
    fn a_verifier_key_is_short_and_can_be_seen() {
        for text in ["", "a b", "a\n", "ü", "\u{202E}a", &"x".repeat(513)] {
            assert!(verifier_key(text.to_owned()).is_err(), "{text:?}");
        }
        assert!(verifier_key("x".repeat(512)).is_ok());
    }

    /// Any text at all, and texts near what the rules look at: white space at
    /// the ends, letters that change length when folded, shapes of ids, lengths.
    fn texts() -> impl Strategy<Value = String> {
        let characters = prop::collection::vec(any::<char>(), 0..70);
        prop_oneof![
            4 => characters.prop_map(String::from_iter),
            4 => "[ \\t\u{A0}]{0,2}[a-zA-Z0-9İẞΣςK\u{345}\u{1E9E}@. -]{0,70}[ \\n]{0,2}",
            1 => "[İA]{120,260}",
            1 => "(CUS|cus|Adm|adm)_[0-7][0-9A-Za-zK]{25}",
            1 => "[a-z0-9-]{1,64}",
            1 => "[A-Za-z0-9_./#:-]{1,65}",
        ]
    }

    fn is_read_again<T: FromStr + PartialEq + fmt::Debug + Serialize>(
        text: &str,
        as_str: fn(&T) -> &str,
    ) -> Result<(), TestCaseError> {
        let Ok(parsed) = text.parse::<T>() else { return Ok(()) };
        let again = as_str(&parsed).parse::<T>().ok();
        prop_assert_eq!(again.as_ref(), Some(&parsed), "{:?}", text);
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn what_was_parsed_is_read_again_as_the_same(text in texts()) {
            is_read_again(&text, TenantName::as_str)?;
            is_read_again(&text, Login::as_str)?;
            is_read_again(&text, PersonName::as_str)?;
            is_read_again(&text, Note::as_str)?;
            is_read_again(&text, Ticket::as_str)?;
            is_read_again(&text, KeyLabel::as_str)?;
        }
    }
}
