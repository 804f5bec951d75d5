//! Every event, by its stored name.
//!
//! **Names and shapes are schema.** A name is past tense and never reused. A
//! change of an event's data gets a new schema number, and [`Event::decode`]
//! an arm that reads the older one.

mod words;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    AdminId, BypassId, CodeSetId, CustomerId, DeviceId, KeyId, KeyLabel, Policy, RecoveryId, Role,
    TenantName, Terms, Timestamp, Who,
};

pub use words::{AuditSubject, Method, RevocationCause, Stage, Verdict};

/// An event that a rule decided, not yet recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The case it belongs to.
    pub recovery: Option<RecoveryId>,
    /// What happened.
    pub event: Event,
}

/// An event as a fold sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// When; never earlier than the event before it in the ledger.
    pub at: Timestamp,
    /// Who acted.
    pub who: Who,
    /// The case it belongs to.
    pub recovery: Option<RecoveryId>,
    /// What happened.
    pub event: Event,
}

impl NewEvent {
    /// An event of a case.
    pub fn of(recovery: RecoveryId, event: impl Into<Event>) -> Self {
        Self { recovery: Some(recovery), event: event.into() }
    }
}

impl<E: Into<Event>> From<E> for NewEvent {
    /// An event outside any case.
    fn from(event: E) -> Self {
        Self { recovery: None, event: event.into() }
    }
}

/// A stored event that this version cannot read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeEventError {
    /// The name, or the schema of a known name, is not known.
    #[error("event type {name} with schema {schema} is not known to this version")]
    Unknown {
        /// The stored name.
        name: String,
        /// The stored schema number.
        schema: u16,
    },
    /// The data has not the shape of its schema.
    #[error("the data of a {name} event cannot be read: {source}")]
    Data {
        /// The stored name.
        name: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $({ $($(#[$fdoc:meta])* $(@[$fattr:meta])* $field:ident: $type:ty,)* })?)+) => {
        /// Something that happened to an account or a tenant.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Event { $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)+ }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($($(#[$fdoc])* $(#[$fattr])* pub $field: $type,)*)? }

            impl From<$name> for Event {
                fn from(data: $name) -> Self {
                    Self::$name(data)
                }
            }
        )+

        impl Event {
            /// The stored names of all events.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// The stored name.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)+ }
            }

            /// The schema that this version writes.
            pub const fn schema(&self) -> u16 {
                match self {
                    Self::ApiKeyIssued(data) if data.secret => 2,
                    _ => 1,
                }
            }

            /// Reads the stored data of an event.
            pub fn decode(name: &str, schema: u16, data: &RawValue) -> Result<Self, DecodeEventError> {
                let read = match (name, schema) {
                    $((stringify!($name), 1) => serde_json::from_str(data.get()).map(Self::$name),)+
                    ("ApiKeyIssued", 2) => serde_json::from_str(data.get()).map(Self::ApiKeyIssued),
                    _ => return Err(DecodeEventError::Unknown { name: name.to_owned(), schema }),
                };
                let read = read
                    .map_err(|source| DecodeEventError::Data { name: name.to_owned(), source })?;
                // What one schema brought stands in no other.
                if read.schema() == schema {
                    Ok(read)
                } else {
                    Err(DecodeEventError::Unknown { name: name.to_owned(), schema })
                }
            }
        }

        impl Serialize for Event {
            /// The data alone; the envelope holds name and schema.
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$name(data) => data.serialize(serializer),)+ }
            }
        }
    };
}

events! {
    // ── Accounts ────────────────────────────────────────────────────────────

    /// A customer became known. Login and name are private data.
    CustomerRegistered {}
    /// A bypass was asked for and awaits a second person.
    BypassRequested {
        /// The bypass, if it is approved.
        bypass: BypassId,
        /// On what terms.
        terms: Terms,
        /// When it shall start; at approval if not given.
        @[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Timestamp>,
        /// Until when it can be approved.
        until: Timestamp,
    }
    /// A customer may sign in once without the second factor, to reset MFA.
    BypassGranted {
        /// The bypass.
        bypass: BypassId,
        /// On what terms.
        terms: Terms,
        /// From when.
        from: Timestamp,
        /// Until when: at this moment it no longer holds.
        until: Timestamp,
    }
    /// A request was denied.
    BypassDenied {}
    /// A request or a bypass was taken back.
    BypassRevoked {
        /// Why.
        cause: RevocationCause,
    }
    /// A bypass was redeemed.
    BypassUsed {
        /// The bypass.
        bypass: BypassId,
        /// Which use, from 1.
        @[serde(rename = "use")]
        use_number: u8,
        /// Until when its recovery session lives.
        session_until: Timestamp,
    }
    /// A wrong issued code was shown.
    BypassCodeRejected {
        /// Tries that remain.
        attempts_left: u8,
    }
    /// A case ran out of time.
    BypassExpired {
        /// How far it had come.
        stage: Stage,
    }
    /// A case reached its purpose.
    RecoveryCompleted {
        /// Whether new recovery codes were generated.
        codes: bool,
    }
    /// MFA was turned off: the devices and codes ended for good.
    MfaDisabled {
        /// The devices that ended.
        devices: Vec<DeviceId>,
        /// The code set that was voided.
        @[serde(default, skip_serializing_if = "Option::is_none")]
        codes: Option<CodeSetId>,
    }
    /// A device is being set up.
    EnrolmentStarted {
        /// The device to be.
        device: DeviceId,
        /// Until when it can be confirmed.
        until: Timestamp,
    }
    /// A wrong code was shown while setting up a device.
    EnrolmentCodeRejected {
        /// The device to be.
        device: DeviceId,
        /// Tries that remain; at 0 the enrolment has ended.
        attempts_left: u8,
    }
    /// A device showed its first code and is active.
    DeviceEnrolled {
        /// The device.
        device: DeviceId,
        /// The TOTP time step of that code (RFC 6238 §4.2).
        step: u64,
    }
    /// A device was removed by its owner.
    DeviceRemoved {
        /// The device.
        device: DeviceId,
    }
    /// A new set of recovery codes voids the one before.
    CodesRegenerated {
        /// The set.
        set: CodeSetId,
        /// How many codes.
        count: u8,
    }
    /// A device showed a right, new code.
    SecondFactorVerified {
        /// The device.
        device: DeviceId,
        /// The TOTP time step of that code.
        step: u64,
    }
    /// A recovery code was spent.
    RecoveryCodeUsed {
        /// Its set.
        set: CodeSetId,
        /// Its place in the set, from 0.
        index: u8,
        /// Codes that remain.
        left: u8,
    }
    /// A wrong code was shown.
    SecondFactorRejected {
        /// What was tried.
        method: Method,
        /// Wrong codes in a row, this one included.
        failures: u32,
    }
    /// Too many wrong codes.
    AccountLocked {
        /// Until when; until an admin unlocks if not given.
        @[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    }
    /// An admin let a locked account try again.
    AccountUnlocked {}
    /// The customer said "this wasn't me": nothing works until an owner looks.
    AccountFrozen {}
    /// An owner lifted a freeze. The reason is private data.
    AccountUnfrozen {}
    /// Personal data, secrets and keys of a customer were destroyed.
    CustomerErased {}

    // ── Tenants ─────────────────────────────────────────────────────────────

    /// A tenant was created.
    TenantCreated {
        /// Its name.
        name: TenantName,
        /// Its first policy.
        policy: Policy,
    }
    /// The policy changed.
    PolicyChanged {
        /// The whole new policy.
        policy: Policy,
    }
    /// An admin holds these roles from now on, and no others. The login is private data.
    AdminAuthorised {
        /// The admin.
        admin: AdminId,
        /// All their roles.
        roles: Vec<Role>,
    }
    /// An admin may do nothing until authorised again.
    AdminSuspended {
        /// The admin.
        admin: AdminId,
    }
    /// An API key was issued.
    ApiKeyIssued {
        /// The key.
        key: KeyId,
        /// What it is for.
        label: KeyLabel,
        /// What it may do.
        roles: Vec<Role>,
        /// Until when; until revoked if not given.
        @[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// Whether a secret was drawn with it, so that it can be shown to be held. Schema 1 knew
        /// no secrets.
        @[serde(default, skip_serializing_if = "std::ops::Not::not")]
        secret: bool,
    }
    /// An API key was revoked.
    ApiKeyRevoked {
        /// The key.
        key: KeyId,
    }
    /// Checkpoints are signed by another key from now on.
    SigningKeyRotated {
        /// The verifier key in its signed-note text form.
        verifier_key: String,
    }
    /// Somebody looked at history.
    AuditAccessed {
        /// At what.
        what: AuditSubject,
    }
    /// An auditor looked at a finished case and said what they think of it.
    ReviewSignedOff {
        /// The case reviewed.
        reviewed: RecoveryId,
        /// What they think.
        verdict: Verdict,
    }
    /// A customer's data must not be erased.
    LegalHoldPlaced {
        /// Whose.
        customer: CustomerId,
    }
    /// A customer's data may be erased again.
    LegalHoldLifted {
        /// Whose.
        customer: CustomerId,
    }
}
