//! The terms a bypass is asked for and granted on.

use std::fmt;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{Seconds, Ticket};

/// The terms of a bypass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Why the customer needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Where the case is kept in the tenant's ticket system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Ticket>,
    /// How the admin made sure of the caller.
    pub identity_check: IdentityCheck,
    /// What the customer must show to redeem it.
    pub proof: Proof,
    /// From its start to its end.
    pub lifetime_seconds: Seconds,
    /// How often it may be redeemed.
    pub max_uses: u8,
    /// Networks it may be redeemed from; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<IpNet>,
}

/// Most networks that terms may name.
pub(crate) const MOST_NETWORKS: usize = 8;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident, $error:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored and typed form.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        #[doc = concat!("A text that names no ", $what, ".")]
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error("{0:?} is no {what}: expected one of {all}", what = $what, all = [$($text),+].join(", "))]
        pub struct $error(String);

        impl FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                let folded = text.replace('-', "_");
                let found = Self::ALL.iter().copied().find(|known| known.name() == folded);
                found.ok_or_else(|| $error(text.chars().take(64).collect()))
            }
        }
    };
}

named! {
    /// Why a customer needs a bypass.
    Reason, ParseReasonError, "reason" {
        /// The device cannot be found.
        LostDevice = "lost_device",
        /// The device was stolen.
        StolenDevice = "stolen_device",
        /// The device does not work.
        BrokenDevice = "broken_device",
        /// The device was replaced by another before it was enrolled.
        ReplacedDevice = "replaced_device",
        /// Something else; a note must say what.
        Other = "other",
    }
}

named! {
    /// How an admin made sure that the caller is the customer (SP 800-63B-4 §4.2).
    IdentityCheck, ParseIdentityCheckError, "identity check" {
        /// Called back on a number that was known before.
        CallBack = "call_back",
        /// Seen on video.
        Video = "video",
        /// Seen in person.
        InPerson = "in_person",
        /// Confirmed by the contact named in the contract.
        ContractContact = "contract_contact",
        /// Not checked.
        None = "none",
    }
}

named! {
    /// What a customer must show to redeem a bypass. Later values demand more.
    Proof, ParseProofError, "proof" {
        /// Name and password only.
        Password = "password",
        /// Name, password, and the code that the admin gave for this bypass.
        PasswordAndIssuedCode = "password_and_issued_code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written_with_either_dash() {
        for reason in Reason::ALL {
            assert_eq!(reason.to_string().parse(), Ok(*reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
        for check in IdentityCheck::ALL {
            assert_eq!(check.name().replace('_', "-").parse(), Ok(*check));
            assert_eq!(serde_json::to_value(check).unwrap(), check.name());
        }
        for proof in Proof::ALL {
            assert_eq!(proof.to_string().parse(), Ok(*proof));
            assert_eq!(serde_json::to_value(proof).unwrap(), proof.name());
        }
        let why = "bored".parse::<Reason>().unwrap_err().to_string();
        assert!(why.contains("\"bored\"") && why.contains("lost_device"), "{why}");
    }

    #[test]
    fn a_later_proof_demands_more() {
        assert!(Proof::Password < Proof::PasswordAndIssuedCode);
    }
}
