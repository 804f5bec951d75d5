//! What a caller asks for, and what they are told.

use std::time::Duration;

use readmit_domain::{
    Actor, Command, CommandId, IssuedCode, LedgerId, NewEvent, RecoveryCode, Refusal, StreamId,
    Timestamp,
};

use readmit_tlog::ProofError;

use crate::codes::TotpSecret;
use crate::lane::RETRY_AFTER;
use crate::ports::{EntropyError, MasterKeyError, StoreError, StoreErrorKind};
use crate::token::ApiKeyToken;

/// A command on its way.
#[derive(Debug, Clone)]
pub struct Request {
    /// The ledger of the tenant.
    pub ledger: LedgerId,
    /// Who asks.
    pub actor: Actor,
    /// For what.
    pub command: Command,
    /// The caller's own id for it, so that it can be repeated safely; one is drawn if not given.
    pub id: Option<CommandId>,
    /// Carried out only if the command's stream has exactly so many events when it is decided. No
    /// part of what is asked: a repetition is answered whatever has happened since.
    pub if_version: Option<u64>,
}

/// A command that was carried out, and is durable.
#[derive(Debug, Clone)]
pub struct Executed {
    /// The command's id.
    pub command: CommandId,
    /// The stream that its events belong to.
    pub stream: StreamId,
    /// Position of its first event.
    pub first_position: u64,
    /// The version of its stream after it: that of its last event.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// Its events, in order; positions run on from the first.
    pub events: Vec<NewEvent>,
    /// Whether it had been carried out before, under the same id.
    pub already: bool,
    /// What is shown to the caller this once; nothing if it was carried out before.
    pub shown_once: ShownOnce,
}

/// A secret that is shown to the caller once and kept only as a digest or sealed.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum ShownOnce {
    /// There is none.
    #[default]
    Nothing,
    /// The code issued with a bypass.
    IssuedCode(IssuedCode),
    /// The secret of a device that is being set up.
    TotpSecret(TotpSecret),
    /// New recovery codes.
    RecoveryCodes(Vec<RecoveryCode>),
    /// What the holder of a new API key shows.
    ApiKey(ApiKeyToken),
}

/// Why a command was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError {
    /// A rule says no. Nothing changed, except that a wrong code was counted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The account or the tenant is not at the version that was asked for. Nothing changed: read it
    /// again, and decide anew.
    #[error("it has changed since it was read: it is at version {version} now; read it again")]
    Changed {
        /// How many events it has now.
        version: u64,
    },
    /// Too much is going on. Nothing changed; try again after this long.
    #[error(
        "too much is waiting, or another process holds the database: try again in {} ms",
        retry_after.as_millis()
    )]
    Busy {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The connection was lost during the commit and the outcome could not be
    /// looked up. Repeat the command under the same id to learn it.
    #[error(
        "whether command {command} was carried out is not known ({why}): repeat it under the same id"
    )]
    Unknown {
        /// The command's id.
        command: CommandId,
        /// What failed.
        why: StoreError,
    },
    /// Something failed. Nothing changed.
    #[error(transparent)]
    Failed(Failure),
}

/// A failure: something that must not happen did.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The master key did not serve.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// Stored bytes are not what they must be.
    #[error("{0}")]
    Damaged(String),
    /// What was to be stored is larger than may be.
    #[error("{0}")]
    TooLarge(String),
    /// Something that cannot happen did.
    #[error("a mistake in Readmit: {0}; please report it")]
    Bug(&'static str),
    /// A rule, or what was to answer, panicked.
    #[error("a part of Readmit panicked: please report it")]
    Panicked,
    /// The clock of this machine is behind the ledger's last event.
    #[error(
        "the clock shows {clock}, but the ledger has events of {ledger}: set the clock right; until it has caught up, nobody can be let in by a bypass"
    )]
    ClockBehind {
        /// What the clock shows.
        clock: Timestamp,
        /// The time of the ledger's last event.
        ledger: Timestamp,
    },
    /// No tree of that size proves what was asked for.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// No checkpoint of that size is kept.
    #[error("no checkpoint of {size} events is kept of ledger {ledger}")]
    NoCheckpoint {
        /// Of which ledger.
        ledger: LedgerId,
        /// Of how many events.
        size: u64,
    },
    /// A cursor was given to another list, or to the same one in another order.
    #[error("the cursor belongs to another list, or to another order of it: begin anew without it")]
    OtherList,
    /// The engine was closed.
    #[error("the engine is closed")]
    Closed,
    /// There is no such ledger.
    #[error("there is no ledger {0} in this database")]
    NoLedger(LedgerId),
}

impl ExecuteError {
    pub(crate) const BUSY: Self = Self::Busy { retry_after: RETRY_AFTER };
}

/// A store that is busy is `Busy`, whichever way its error came.
impl From<StoreError> for ExecuteError {
    fn from(error: StoreError) -> Self {
        match error.kind() {
            StoreErrorKind::Busy => Self::BUSY,
            _ => Self::Failed(error.into()),
        }
    }
}

impl From<Failure> for ExecuteError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error.into(),
            other => Self::Failed(other),
        }
    }
}
