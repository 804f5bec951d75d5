//! What the engine needs of an event store.
//!
//! The store keeps bytes. It knows heads, rows and the guard; it knows no
//! rules. Ids reach it as 16 bytes ([`Uuid`]); what an event means, what a
//! secret holds, and what time it is are none of its business.

use std::num::NonZeroUsize;
use std::time::Duration;

use async_trait::async_trait;
use readmit_domain::{CommandId, LedgerId, TenantId, Timestamp};
use uuid::Uuid;

use super::keys::KeyStore;
use super::proofs::{ProofStore, StoredTile};

/// Where the events, and everything committed with them, are kept.
///
/// **Contract.** [`commit`](Self::commit) is atomic and durable: when it
/// returns, every write of every ledger that it names as committed is on
/// stable storage, and nothing of the others is stored. A ledger is committed
/// exactly if its stored size equals [`LedgerCommit::expected_size`]; that
/// comparison and the write are one transaction, so success proves that nobody
/// else wrote to the ledger since the lane last looked. [`LedgerCommit::fence`]
/// is compared alike: a look-up after a commit of unknown outcome raises the
/// stored fence, so that this commit, if it is still on its way, comes too late.
/// Reads see every commit that was acknowledged before they began.
#[async_trait]
pub trait EventStore: Send + Sync + 'static {
    /// How many lanes serve this store: 1 where there is one writer.
    fn lanes(&self) -> NonZeroUsize;

    /// Adds an empty ledger, unless one of that name exists; answers the head
    /// of the ledger that has the name now.
    async fn create_ledger(&self, ledger: NewLedger) -> Result<LedgerHead, StoreError>;

    /// Every ledger, by name.
    async fn ledgers(&self) -> Result<Vec<LedgerHead>, StoreError>;

    /// One ledger's head, if it exists.
    async fn head(&self, ledger: LedgerId) -> Result<Option<LedgerHead>, StoreError>;

    /// Everything a lane lacks to decide a batch, in one round trip where the
    /// database allows it.
    ///
    /// Asked for commands after a [`CommitError::Unclear`], it answers what is
    /// really stored, once that commit can no longer take effect.
    async fn load(&self, wanted: &Load) -> Result<Loaded, StoreError>;

    /// Commits a batch of one or several ledgers; see the contract above. A batch
    /// that names a ledger twice, or whose positions have a gap, is refused whole.
    async fn commit(&self, batch: &[LedgerCommit]) -> Result<Vec<LedgerId>, CommitError>;

    /// Events of a ledger in order of position, from `from` on, `limit` at most.
    async fn events(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// The sealed private data of one event, if it has any that was not erased.
    async fn private(&self, ledger: LedgerId, position: u64)
    -> Result<Option<Vec<u8>>, StoreError>;

    /// The stream that holds a name, by the name's keyed digest.
    async fn name(&self, ledger: LedgerId, digest: NameDigest) -> Result<Option<Uuid>, StoreError>;

    /// Streams whose timer is at `until` or earlier, earliest first, `limit` at most.
    async fn due(&self, until: Timestamp, limit: NonZeroUsize) -> Result<Vec<Timer>, StoreError>;

    /// The earliest timer of all, if any is set.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// A value the engine keeps about itself, such as which master key is in use.
    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Keeps a value, unless one is kept already; answers the one that is kept now.
    async fn set_setting_once(&self, name: &str, value: &str) -> Result<String, StoreError>;

    /// Replaces a value that is kept, if it is still `expected`; answers the one that is kept
    /// now, if any.
    async fn replace_setting(
        &self,
        name: &str,
        expected: &str,
        value: &str,
    ) -> Result<Option<String>, StoreError>;

    /// How long a lane waits for a store that is away before it calls the
    /// outcome of a commit unknown.
    fn patience(&self) -> Duration {
        Duration::ZERO
    }

    /// Waits for word that a ledger has grown, perhaps by another node's commit;
    /// answers the ledger and a size it has reached.
    ///
    /// Words can be lost, and a store may never send any: they save time, and
    /// nothing may depend on them.
    async fn grown(&self) -> (LedgerId, u64) {
        std::future::pending().await
    }

    /// What proofs are made of.
    fn proofs(&self) -> &dyn ProofStore;

    /// The data keys, as a rotation of the master key sees them.
    fn keys(&self) -> &dyn KeyStore;

    /// Facts about the database for people: product, version, durability, place.
    async fn describe(&self) -> Result<Vec<(String, String)>, StoreError>;

    /// Lets the connections go. Calls after it fail.
    async fn close(&self);
}

/// A ledger to add.
#[derive(Debug, Clone)]
pub struct NewLedger {
    /// The ledger's id, drawn by the caller.
    pub ledger: LedgerId,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// The tenant's name, unique in the store.
    pub name: String,
    /// The origin that the ledger's checkpoints will carry.
    pub origin: String,
}

/// The head row of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerHead {
    /// The ledger.
    pub ledger: LedgerId,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// The tenant's name.
    pub name: String,
    /// The origin that the ledger's checkpoints carry.
    pub origin: String,
    /// Number of events.
    pub size: u64,
    /// `at` of the last event; the start of 1970 in an empty ledger.
    pub at: Timestamp,
    /// Merkle root over all events.
    pub root: [u8; 32],
    /// The frontier: roots of the perfect subtrees, largest first, 32 bytes each.
    pub frontier: Vec<u8>,
    /// How often a commit of unknown outcome was shut out of this ledger.
    pub fence: u64,
}

/// What a lane asks for before it decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Load {
    /// Ledgers whose head is wanted.
    pub heads: Vec<LedgerId>,
    /// Streams whose events, secrets and key are wanted, each from a version on.
    pub streams: Vec<StreamLoad>,
    /// Commands that may have been carried out before.
    pub commands: Vec<(LedgerId, CommandId)>,
    /// Names that may be taken.
    pub names: Vec<(LedgerId, NameDigest)>,
    /// How many events at most the answer may hold, over all streams; 0 for none.
    pub event_limit: usize,
}

impl Load {
    /// One stream, with `event_limit` of its events at most: with 0, only its
    /// secrets and its key.
    pub fn of(stream: StreamLoad, event_limit: usize) -> Self {
        Self { streams: vec![stream], event_limit, ..Self::default() }
    }
}

/// One stream to load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamLoad {
    /// The ledger.
    pub ledger: LedgerId,
    /// The stream.
    pub stream: Uuid,
    /// Events after this version only; 0 for all.
    pub after_version: u64,
}

/// The answer to a [`Load`].
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The heads that exist.
    pub heads: Vec<LedgerHead>,
    /// The streams asked for, in the order asked; unknown ones are empty.
    pub streams: Vec<LoadedStream>,
    /// Of the commands asked for, those carried out.
    pub commands: Vec<((LedgerId, CommandId), CommandRow)>,
    /// Of the names asked for, those taken, with the stream that has them.
    pub names: Vec<((LedgerId, NameDigest), Uuid)>,
}

/// One stream, as loaded.
#[derive(Debug, Clone, Default)]
pub struct LoadedStream {
    /// Its events in order of version.
    pub events: Vec<StoredEvent>,
    /// Whether the limit cut the events short, or was reached before this stream:
    /// ask again after the last version.
    pub more: bool,
    /// Its sealed secrets.
    pub secrets: Vec<(SecretName, Vec<u8>)>,
    /// Its wrapped data key; gone after an erasure.
    pub key: Option<WrappedKey>,
}

/// One event, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// 0-based place in the ledger.
    pub position: u64,
    /// The stream it belongs to.
    pub stream: Uuid,
    /// 1-based place in its stream.
    pub version: u64,
    /// The leaf: one line of JSON.
    pub body: Vec<u8>,
}

/// What is kept of a command that was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandRow {
    /// Keyed digest of what was asked.
    pub fingerprint: Fingerprint,
    /// Position of its first event.
    pub first_position: u64,
    /// How many events it recorded.
    pub events: u32,
}

/// Keyed digest of a command; tells a repetition from another command under the same id.
pub type Fingerprint = [u8; 16];

/// Keyed digest of a login.
pub type NameDigest = [u8; 32];

/// Which secret of a stream: one byte for the kind, then the id it belongs to.
pub type SecretName = [u8; 17];

/// A data key, wrapped by the master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Which master key wrapped it.
    pub kek: String,
    /// The wrapped bytes.
    pub wrapped: Vec<u8>,
}

/// A timer that fell due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timer {
    /// The ledger.
    pub ledger: LedgerId,
    /// The stream whose open case it belongs to.
    pub stream: Uuid,
    /// When.
    pub due: Timestamp,
}

/// One ledger's part of a batch.
#[derive(Debug, Clone)]
pub struct LedgerCommit {
    /// The ledger.
    pub ledger: LedgerId,
    /// Its size before, as the lane believes: the guard.
    pub expected_size: u64,
    /// Its fence, as the lane believes: the other half of the guard.
    pub fence: u64,
    /// `at` of the last event of this batch.
    pub at: Timestamp,
    /// Root after this batch.
    pub root: [u8; 32],
    /// Frontier after this batch.
    pub frontier: Vec<u8>,
    /// The events; positions run on from `expected_size` without a gap.
    pub events: Vec<StoredEvent>,
    /// The commands that recorded them.
    pub commands: Vec<(CommandId, CommandRow)>,
    /// Everything else that must stand or fall with the events, in order.
    pub writes: Vec<Write>,
}

/// A change that is committed with the events that cause it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// A name is taken by a stream.
    Name {
        /// Keyed digest of the name.
        digest: NameDigest,
        /// Who has it now.
        stream: Uuid,
    },
    /// An event has private data.
    Private {
        /// The position of an event of the same batch.
        position: u64,
        /// The sealed bytes.
        sealed: Vec<u8>,
    },
    /// A secret is kept, in place of an older one of that name.
    Secret {
        /// Whose.
        stream: Uuid,
        /// Which.
        name: SecretName,
        /// The sealed bytes.
        sealed: Vec<u8>,
    },
    /// A secret ends.
    SecretEnded {
        /// Whose.
        stream: Uuid,
        /// Which.
        name: SecretName,
    },
    /// A stream gets its data key.
    Key {
        /// Whose.
        stream: Uuid,
        /// The wrapped key.
        key: WrappedKey,
    },
    /// A stream's timer is set, in place of an older one.
    Timer {
        /// Whose.
        stream: Uuid,
        /// When it falls due.
        due: Timestamp,
    },
    /// A stream's timer ends.
    TimerEnded {
        /// Whose.
        stream: Uuid,
    },
    /// A hash tile is full, or has grown, in place of what was stored of it.
    Tile(StoredTile),
    /// A stream's key, secrets, names, private data and timer are destroyed; its events stay.
    Erase {
        /// Whose.
        stream: Uuid,
    },
}

/// A number as a limit: 0 is read as 1.
pub const fn at_least_one(number: usize) -> NonZeroUsize {
    match NonZeroUsize::new(number) {
        Some(number) => number,
        None => NonZeroUsize::MIN,
    }
}

/// Why a commit did not answer.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Nothing of the batch is stored, nor will be.
    #[error("nothing was committed: {0}")]
    NotCommitted(#[source] StoreError),
    /// The batch may or may not be stored: only a look-up can tell.
    #[error("the outcome of the commit is not known: {0}")]
    Unclear(#[source] StoreError),
}

/// A failure of the store: what happened and what to do about it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
}

/// What kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// Nothing was found at the place named.
    Missing,
    /// Another process holds the database; the same call may succeed later.
    Busy,
    /// No room, or no right, to write.
    CannotWrite,
    /// The database is not one of ours, or not one this version can use.
    NotOurs,
    /// Stored bytes are not what they must be.
    Corrupt,
    /// The address of the database cannot be used.
    BadAddress,
    /// The database failed, or is not reachable.
    Unavailable,
}

impl StoreError {
    /// A failure in words that say what happened and what to do.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// What kind of failure this is.
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}
