//! Who asks: the actor of every command.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{AccountId, AdminId, BypassId, CustomerId, KeyId, Timestamp};

/// Who asks for something, what they have just shown, and where they are.
///
/// An actor is a claim of the adapter that authenticated it: the adapter checked
/// the password or the API key. What the rules can check themselves, they do:
/// roles, suspension, and a second factor said to be checked by the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who, as it is recorded with the events.
    pub who: Who,
    /// The recovery session that the customer holds, if any.
    pub recovery_session: Option<RecoverySession>,
    /// Where they came from. Private data.
    pub origin: Origin,
}

/// Who acted, as recorded in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Who {
    /// An admin of the tenant.
    Admin {
        /// Which.
        id: AdminId,
        /// The second factor they showed, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second_factor: Option<SecondFactor>,
    },
    /// A customer.
    Customer {
        /// Which.
        id: CustomerId,
        /// The service that speaks for them; none on our own pages.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        via: Option<KeyId>,
        /// The second factor they showed, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second_factor: Option<SecondFactor>,
    },
    /// An embedding service, speaking for itself.
    Service {
        /// The key it authenticated with.
        id: KeyId,
    },
    /// The engine itself, or the operator of the machine it runs on.
    #[serde(deserialize_with = "nothing_more")]
    System,
}

/// Left to itself, serde would skip whatever stands beside the kind.
fn nothing_more<'de, D: Deserializer<'de>>(rest: D) -> Result<(), D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    Nothing::deserialize(rest).map(|Nothing {}| ())
}

/// When an actor last showed a second factor in this session, and who checked it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// When it was checked.
    pub at: Timestamp,
    /// By whom.
    pub checked_by: CheckedBy,
}

/// Who checked a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckedBy {
    /// This engine: the actor's own account must hold a check of exactly that moment.
    Engine,
    /// The embedding service vouches for it.
    Service,
}

/// What a redeemed bypass gives its customer for some minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoverySession {
    /// The bypass that was redeemed.
    pub bypass: BypassId,
    /// Which of its uses, from 1.
    pub use_number: u8,
}

/// Where an actor came from. Private data: sealed, never in an event, hidden from `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Network address.
    pub ip: Option<IpAddr>,
    /// What the browser or client calls itself; cut at 512 characters.
    pub user_agent: Option<String>,
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::default() { "Origin(none)" } else { "Origin(hidden)" })
    }
}

impl Actor {
    /// An admin.
    pub fn admin(id: AdminId) -> Self {
        Self::new(Who::Admin { id, second_factor: None })
    }

    /// A customer on our own pages, or in a process that embeds the engine.
    pub fn customer(id: CustomerId) -> Self {
        Self::new(Who::Customer { id, via: None, second_factor: None })
    }

    /// The person whose account this is.
    pub fn person(id: AccountId) -> Self {
        match id {
            AccountId::Customer(id) => Self::customer(id),
            AccountId::Admin(id) => Self::admin(id),
        }
    }

    /// An embedding service, speaking for itself.
    pub fn service(id: KeyId) -> Self {
        Self::new(Who::Service { id })
    }

    /// The engine itself, or the operator of its machine.
    pub fn system() -> Self {
        Self::new(Who::System)
    }

    fn new(who: Who) -> Self {
        Self { who, recovery_session: None, origin: Origin::default() }
    }

    /// Says which service speaks for this customer.
    #[must_use]
    pub fn via(mut self, key: KeyId) -> Self {
        if let Who::Customer { via, .. } = &mut self.who {
            *via = Some(key);
        }
        self
    }

    /// Says that the actor showed a second factor, as this engine's
    /// `CheckSecondFactor` or `ConfirmEnrolment` answered at `at`.
    #[must_use]
    pub fn with_second_factor(self, at: Timestamp) -> Self {
        self.showing(SecondFactor { at, checked_by: CheckedBy::Engine })
    }

    /// Says that the embedding service itself saw a second factor at `at`, and vouches for it.
    #[must_use]
    pub fn vouched_second_factor(self, at: Timestamp) -> Self {
        self.showing(SecondFactor { at, checked_by: CheckedBy::Service })
    }

    /// Says which recovery session the customer holds.
    #[must_use]
    pub fn in_recovery(mut self, session: RecoverySession) -> Self {
        self.recovery_session = Some(session);
        self
    }

    /// Says where the actor came from.
    #[must_use]
    pub fn from(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    fn showing(mut self, shown: SecondFactor) -> Self {
        match &mut self.who {
            Who::Admin { second_factor, .. } | Who::Customer { second_factor, .. } => {
                *second_factor = Some(shown);
            }
            Who::Service { .. } | Who::System => {}
        }
        self
    }
}

impl Who {
    /// The account of the person who acted, if it was a person.
    pub const fn account(&self) -> Option<AccountId> {
        match self {
            Self::Admin { id, .. } => Some(AccountId::Admin(*id)),
            Self::Customer { id, .. } => Some(AccountId::Customer(*id)),
            Self::Service { .. } | Self::System => None,
        }
    }

    /// The second factor they showed.
    pub const fn second_factor(&self) -> Option<SecondFactor> {
        match self {
            Self::Admin { second_factor, .. } | Self::Customer { second_factor, .. } => {
                *second_factor
            }
            Self::Service { .. } | Self::System => None,
        }
    }

    /// Whether the same person, service or system acted, whatever they had shown.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Service { id }, Self::Service { id: other }) => id == other,
            (Self::System, Self::System) => true,
            _ => self.account().is_some() && self.account() == other.account(),
        }
    }
}
