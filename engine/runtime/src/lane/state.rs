//! What a lane knows, and what a batch makes of it.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use lru::LruCache;
use readmit_domain::account::SecretId;
use readmit_domain::{Account, CommandId, LedgerId, Recorded, StreamId, Tenant, Timestamp};
use readmit_tlog::Frontier;
use uuid::Uuid;

use crate::Failure;
use crate::ports::store::{CommandRow, NameDigest, SecretName, StoredEvent, Write};
use crate::vault::DataKey;

/// One stream of one ledger.
pub(crate) type StreamKey = (LedgerId, StreamId);

/// What a lane remembers from batch to batch. All of a ledger's part is true
/// as of the size of its head, and is proved true by the guard of the next commit.
pub(crate) struct Memory {
    /// Grows by one small entry for each ledger of this lane, as `generations` does.
    heads: HashMap<LedgerId, Head>,
    streams: LruCache<StreamKey, (u64, Stream)>,
    /// Rises when a ledger turns out to have been written by another node:
    /// streams remembered before are forgotten.
    generations: HashMap<LedgerId, u64>,
}

/// The head of a ledger.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) at: Timestamp,
    pub(crate) fence: u64,
    /// Its size is the ledger's.
    pub(crate) frontier: Frontier,
}

/// A stream as of the head.
#[derive(Clone)]
pub(crate) struct Stream {
    pub(crate) version: u64,
    pub(crate) state: State,
    /// None once erased, and before the stream has begun.
    pub(crate) key: Option<DataKey>,
    pub(crate) secrets: HashMap<SecretName, Vec<u8>>,
    /// Why it cannot be used, if it is damaged.
    pub(crate) failure: Option<Failure>,
}

/// The folded state of a stream.
#[derive(Debug, Clone)]
pub(crate) enum State {
    Account(Account),
    Tenant(Tenant),
}

/// A batch: what the lane took out of its memory or loaded, and what it has decided so far.
#[derive(Default)]
pub(crate) struct Work {
    pub(crate) ledgers: HashMap<LedgerId, LedgerWork>,
    /// Ledgers whose head is damaged.
    pub(crate) failed: HashMap<LedgerId, Failure>,
    pub(crate) streams: HashMap<StreamKey, Stream>,
    pub(crate) known: HashMap<(LedgerId, CommandId), CommandRow>,
    pub(crate) names: HashMap<(LedgerId, NameDigest), Uuid>,
}

/// One ledger's part of a batch.
pub(crate) struct LedgerWork {
    /// The size before the batch: the guard.
    pub(crate) expected_size: u64,
    /// The head was read for this batch, so answers that commit nothing need no second look.
    pub(crate) just_read: bool,
    pub(crate) head: Head,
    pub(crate) events: Vec<StoredEvent>,
    pub(crate) commands: Vec<(CommandId, CommandRow)>,
    pub(crate) writes: Vec<Write>,
}

impl Memory {
    pub(crate) fn new(streams_max: NonZeroUsize) -> Self {
        Self {
            heads: HashMap::new(),
            streams: LruCache::new(streams_max),
            generations: HashMap::new(),
        }
    }

    pub(crate) fn head(&self, ledger: LedgerId) -> Option<&Head> {
        self.heads.get(&ledger)
    }

    /// Takes a stream out, to be put back when the batch is committed.
    pub(crate) fn take(&mut self, key: &StreamKey) -> Option<Stream> {
        let (generation, stream) = self.streams.pop(key)?;
        (generation == self.generation(key.0)).then_some(stream)
    }

    /// Keeps what a batch has proved true.
    pub(crate) fn keep_head(&mut self, ledger: LedgerId, head: Head) {
        self.heads.insert(ledger, head);
    }

    pub(crate) fn keep_stream(&mut self, key: StreamKey, stream: Stream) {
        if stream.failure.is_none() {
            let generation = self.generation(key.0);
            self.streams.put(key, (generation, stream));
        }
    }

    /// Forgets a ledger: it was written by another node, or a commit failed.
    pub(crate) fn forget(&mut self, ledger: LedgerId) {
        self.heads.remove(&ledger);
        *self.generations.entry(ledger).or_default() += 1;
    }

    fn generation(&self, ledger: LedgerId) -> u64 {
        self.generations.get(&ledger).copied().unwrap_or_default()
    }
}

impl LedgerWork {
    pub(crate) const fn new(head: Head, just_read: bool) -> Self {
        Self {
            expected_size: head.frontier.size(),
            just_read,
            head,
            events: Vec::new(),
            commands: Vec::new(),
            writes: Vec::new(),
        }
    }
}

impl Stream {
    /// A stream without any event.
    pub(crate) fn new(id: StreamId) -> Self {
        Self {
            version: 0,
            state: State::new(id),
            key: None,
            secrets: HashMap::new(),
            failure: None,
        }
    }
}

impl State {
    pub(crate) fn new(id: StreamId) -> Self {
        match id {
            StreamId::Account(id) => Self::Account(Account::new(id)),
            StreamId::Tenant(id) => Self::Tenant(Tenant::new(id)),
        }
    }

    #[must_use]
    pub(crate) fn evolve(self, recorded: &Recorded) -> Self {
        match self {
            Self::Account(account) => Self::Account(account.evolve(recorded)),
            Self::Tenant(tenant) => Self::Tenant(tenant.evolve(recorded)),
        }
    }

    /// The secrets that it still needs. One that is not named here has ended.
    pub(crate) fn secrets(&self) -> Vec<SecretId> {
        match self {
            Self::Account(account) => account.secrets(),
            Self::Tenant(tenant) => tenant.secrets(),
        }
    }

    pub(crate) const fn account(&self) -> Option<&Account> {
        match self {
            Self::Account(account) => Some(account),
            Self::Tenant(_) => None,
        }
    }

    pub(crate) const fn tenant(&self) -> Option<&Tenant> {
        match self {
            Self::Tenant(tenant) => Some(tenant),
            Self::Account(_) => None,
        }
    }
}
