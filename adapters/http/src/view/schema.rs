//! How typed texts are documented: ids, moments, codes.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $pattern:expr, $example:expr;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let pattern: &str = $pattern;
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some(pattern))
                    .examples([serde_json::Value::from($example)])
                    .build()
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+};
}

/// The 26 characters behind the prefix of an id.
macro_rules! id {
    ($prefix:literal) => {
        concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")
    };
}

texts! {
    /// A customer's id.
    CustomerId: id!("cus"), "cus_01m877whnge049wkhh47t73a5p";
    /// An admin's id.
    AdminId: id!("adm"), "adm_01m877whnge049wkhh47t73a5p";
    /// The id of a customer or an admin.
    AccountId: "^(cus|adm)_[0-7][0-9a-hjkmnp-tv-z]{25}$", "cus_01m877whnge049wkhh47t73a5p";
    /// The id of a recovery case.
    RecoveryId: id!("rec"), "rec_01m877whnge049wkhh47t73a5p";
    /// The id of a bypass.
    BypassId: id!("byp"), "byp_01m877whnge049wkhh47t73a5p";
    /// The id of a device.
    DeviceId: id!("dev"), "dev_01m877whnge049wkhh47t73a5p";
    /// The id of a set of recovery codes.
    CodeSetId: id!("set"), "set_01m877whnge049wkhh47t73a5p";
    /// The id of an API key.
    KeyId: id!("key"), "key_01m877whnge049wkhh47t73a5p";
    /// Six digits of an authenticator app.
    TotpCode: "^[0-9]{6}$", "492039";
    /// One saved recovery code, however it is typed: case, spaces and dashes do not matter.
    RecoveryCode: "^[0-9A-Za-z -]{24,60}$", "4V9T-2Q7H-8KDM-0ZXR-5N1C-WPEB";
    /// The code that an admin gave the customer with the bypass.
    IssuedCode: "^[0-9A-Za-z -]{8,20}$", "4V9T-2Q7H";
    /// What a person signs in with, usually an e-mail address.
    Login: "^[^\\s]{1,254}$", "alice@example.com";
    /// What a person is called.
    PersonName: "^.{1,200}$", "Alice Example";
    /// A reference in the ticket system.
    Ticket: "^[A-Za-z0-9_./#:-]{1,64}$", "INC-4711";
    /// Free text about the case. Kept as personal data.
    Note: "^[\\s\\S]{1,1000}$", "Called back on the number in the contract.";
    /// A network, such as an address with the length of its prefix.
    Network: "^[0-9a-fA-F.:]+/[0-9]{1,3}$", "192.0.2.0/24";
    /// An address that a page's cursor was given as.
    Cursor: "^[A-Za-z0-9_-]{1,2048}$", "WyJjdXN0b21lcnMiLFsiYWxpY2UiXV0";
}

/// A moment.
pub(crate) struct Timestamp;

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples([serde_json::Value::from("2026-11-24T10:00:00.123456Z")])
            .build()
            .into()
    }
}

impl ToSchema for Timestamp {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Timestamp")
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $($word:literal)+;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some([$($word),+])).build().into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }

        impl $name {
            /// The words that are documented.
            #[cfg(test)]
            const WORDS: &'static [&'static str] = &[$($word),+];
        }
    )+};
}

words! {
    /// Why a customer needs a bypass.
    Reason: "lost_device" "stolen_device" "broken_device" "replaced_device" "other";
    /// How the caller's identity was checked.
    IdentityCheck: "call_back" "video" "in_person" "contract_contact" "none";
    /// What redeeming a bypass takes.
    Proof: "password" "password_and_issued_code";
    /// What an admin or a key may be.
    Role: "owner" "recovery_admin" "approver" "helpdesk" "auditor" "service";
    /// What matters most of a customer.
    CustomerStatus: "not_set_up" "on" "off" "locked" "frozen" "erased";
    /// How far a recovery has come.
    Stage: "awaiting_approval" "granted" "signed_in" "mfa_disabled" "device_enrolled";
    /// How a recovery ended.
    Ended: "completed" "denied" "revoked" "expired";
    /// What an auditor thinks of a case.
    Verdict: "accepted" "questioned";
    /// A named set of demands.
    Profile: "standard" "strict";
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use super::*;

    /// Each word is read by the engine's own type, and written as it was.
    #[track_caller]
    fn are_those_of<T: DeserializeOwned + Serialize>(words: &[&str]) {
        for word in words {
            let read: T = serde_json::from_value(serde_json::Value::from(*word)).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), *word);
        }
    }

    #[test]
    fn the_documented_words_are_those_of_the_engine() {
        are_those_of::<readmit::Reason>(Reason::WORDS);
        are_those_of::<readmit::IdentityCheck>(IdentityCheck::WORDS);
        are_those_of::<readmit::Proof>(Proof::WORDS);
        are_those_of::<readmit::Role>(Role::WORDS);
        are_those_of::<readmit::CustomerStatus>(CustomerStatus::WORDS);
        are_those_of::<readmit::Stage>(Stage::WORDS);
        are_those_of::<readmit::Ended>(Ended::WORDS);
        are_those_of::<readmit::Verdict>(Verdict::WORDS);
        are_those_of::<readmit::Profile>(Profile::WORDS);
        assert_eq!(Reason::WORDS.len(), readmit::Reason::ALL.len());
        assert_eq!(IdentityCheck::WORDS.len(), readmit::IdentityCheck::ALL.len());
        assert_eq!(Proof::WORDS.len(), readmit::Proof::ALL.len());
        assert_eq!(Role::WORDS.len(), readmit::Role::ALL.len());
        assert_eq!(CustomerStatus::WORDS.len(), readmit::CustomerStatus::ALL.len());
    }
}
