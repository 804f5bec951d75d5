//! Typed identifiers.
//!
//! Every id is 16 bytes inside (a UUID, version 7 when Readmit draws it) and a
//! prefixed text outside, in the [TypeID] form: `cus_01jd…`, the prefix and 26
//! characters of lower-case Crockford base32. The prefix keeps an id of one
//! kind from being taken for another.
//!
//! [TypeID]: https://github.com/jetify-com/typeid/tree/main/spec

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::text::from_text;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is not an id of this kind: expected {expected}_ and 26 characters of 0-9 a-z")]
pub struct ParseIdError {
    found: String,
    expected: &'static str,
}

impl ParseIdError {
    fn new(found: &str, expected: &'static str) -> Self {
        // A hostile text is not repeated at length.
        Self { found: found.chars().take(64).collect(), expected }
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The text before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// The id with these 16 bytes.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The 16 bytes, as the database keeps them.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            fn parse(text: &str) -> Option<Self> {
                parse_id(text, $prefix).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_id(f, $prefix, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                Self::parse(text).ok_or_else(|| ParseIdError::new(text, $prefix))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                from_text(deserializer)
            }
        }
    )+};
}

ids! {
    /// A tenant's append-only log.
    LedgerId = "led";
    /// One managed service provider: its customers, admins, policy and ledger.
    TenantId = "ten";
    /// A customer's account.
    CustomerId = "cus";
    /// An admin's account.
    AdminId = "adm";
    /// One recovery case, from the request or grant to its single end.
    RecoveryId = "rec";
    /// The time-boxed permission to sign in without the second factor.
    BypassId = "byp";
    /// A second factor bound to an account.
    DeviceId = "dev";
    /// Recovery codes generated together.
    CodeSetId = "set";
    /// One command; the same id is never carried out twice.
    CommandId = "cmd";
    /// The API key of an embedding service.
    KeyId = "key";
}

/// The account a command or an event is about: a customer's or an admin's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountId {
    /// A customer's account.
    Customer(CustomerId),
    /// An admin's account.
    Admin(AdminId),
}

/// A stream of events inside a ledger: the tenant's own, or one account's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamId {
    /// The tenant's policy, admins and keys.
    Tenant(TenantId),
    /// One account.
    Account(AccountId),
}

impl AccountId {
    /// Whether it is an admin's.
    pub const fn is_admin(self) -> bool {
        matches!(self, Self::Admin(_))
    }

    /// The 16 bytes, as the database keeps them.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Customer(id) => id.uuid(),
            Self::Admin(id) => id.uuid(),
        }
    }
}

impl StreamId {
    /// The 16 bytes, as the database keeps them.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Tenant(id) => id.uuid(),
            Self::Account(id) => id.uuid(),
        }
    }
}

impl From<CustomerId> for AccountId {
    fn from(id: CustomerId) -> Self {
        Self::Customer(id)
    }
}

impl From<&CustomerId> for AccountId {
    fn from(id: &CustomerId) -> Self {
        Self::Customer(*id)
    }
}

impl From<AdminId> for AccountId {
    fn from(id: AdminId) -> Self {
        Self::Admin(id)
    }
}

impl From<&AdminId> for AccountId {
    fn from(id: &AdminId) -> Self {
        Self::Admin(*id)
    }
}

impl From<&Self> for AccountId {
    fn from(id: &Self) -> Self {
        *id
    }
}

impl From<TenantId> for StreamId {
    fn from(id: TenantId) -> Self {
        Self::Tenant(id)
    }
}

impl From<AccountId> for StreamId {
    fn from(id: AccountId) -> Self {
        Self::Account(id)
    }
}

macro_rules! either {
    ($name:ident: $expected:literal, $($variant:path = $id:ty),+) => {
        impl $name {
            fn parse(text: &str) -> Option<Self> {
                $(if let Some(id) = <$id>::parse(text) { return Some($variant(id)); })+
                None
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $($variant(id) => fmt::Display::fmt(id, f)),+ }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                Self::parse(text).ok_or_else(|| ParseIdError::new(text, $expected))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                from_text(deserializer)
            }
        }
    };
}

either!(AccountId: "cus_ or adm", AccountId::Customer = CustomerId, AccountId::Admin = AdminId);
either!(StreamId: "ten_, cus_ or adm", StreamId::Tenant = TenantId, StreamId::Account = AccountId);

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// The value of each character of the alphabet; of every other one, [`NO_DIGIT`].
const DIGITS: [u8; 256] = digits();
const NO_DIGIT: u8 = 32;
/// 26 characters of 5 bits carry the 128 bits, the first one only 3 of them.
const SUFFIX_LENGTH: usize = 26;

fn write_id(f: &mut fmt::Formatter<'_>, prefix: &str, uuid: Uuid) -> fmt::Result {
    let bits = uuid.as_u128();
    f.write_str(prefix)?;
    f.write_str("_")?;
    let mut suffix = [0_u8; SUFFIX_LENGTH];
    for (place, character) in suffix.iter_mut().rev().enumerate() {
        let index = usize::try_from((bits >> (5 * place)) & 31).unwrap_or_default();
        *character = ALPHABET.get(index).copied().unwrap_or_default();
    }
    f.write_str(std::str::from_utf8(&suffix).unwrap_or_default())
}

fn parse_id(text: &str, prefix: &str) -> Option<Uuid> {
    let suffix = text.strip_prefix(prefix)?.strip_prefix('_')?;
    // The first character holds the 3 highest bits: anything above 7 would overflow.
    if suffix.len() != SUFFIX_LENGTH || suffix.as_bytes().first()? > &b'7' {
        return None;
    }
    let mut bits = 0_u128;
    for character in suffix.bytes() {
        let digit = DIGITS.get(usize::from(character)).filter(|digit| **digit != NO_DIGIT)?;
        bits = (bits << 5) | u128::from(*digit);
    }
    Some(Uuid::from_u128(bits))
}

#[expect(clippy::indexing_slicing, reason = "a byte is a place among 256; checked when compiled")]
const fn digits() -> [u8; 256] {
    let mut digits = [NO_DIGIT; 256];
    let mut digit = 0;
    while digit < NO_DIGIT {
        digits[ALPHABET[digit as usize] as usize] = digit;
        digit += 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_typeid_form() {
        // Vectors of the TypeID specification (valid.json).
        let max = CustomerId::from_uuid(Uuid::from_u128(u128::MAX));
        assert_eq!(max.to_string(), "cus_7zzzzzzzzzzzzzzzzzzzzzzzzz");
        let example: DeviceId = "dev_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        assert_eq!(example.uuid().to_string(), "01890a5d-ac96-774b-bcce-b302099a8057");
        assert_eq!(example.to_string(), "dev_01h455vb4pex5vsknk084sn02q");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "cus_",
            "dev_01h455vb4pex5vsknk084sn02q",
            "cus_01H455VB4PEX5VSKNK084SN02Q",
            "cus_81h455vb4pex5vsknk084sn02q",
            "cus_01h455vb4pex5vsknk084sn02",
            "cus_01h455vb4pex5vsknk084sn02qq",
            "cus_01h455vb4pex5vsknk084sn0u!",
            "cus_ü1h455vb4pex5vsknk084sn02",
        ] {
            assert!(text.parse::<CustomerId>().is_err(), "{text}");
        }
    }
}
