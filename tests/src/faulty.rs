//! An event store that fails when told to, around one that does not.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use readmit_domain::{LedgerId, Timestamp};
use readmit_runtime::ports::keys::KeyStore;
use readmit_runtime::ports::proofs::ProofStore;
use readmit_runtime::ports::store::{
    CommitError, EventStore, LedgerCommit, LedgerHead, Load, Loaded, NameDigest, NewLedger,
    StoreError, StoreErrorKind, StoredEvent, Timer,
};
use readmit_store::SqliteStore;
use tokio::sync::watch;
use uuid::Uuid;

/// What becomes of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It works.
    None,
    /// Nothing is stored, and the store says so.
    NotCommitted(StoreErrorKind),
    /// All is stored, but the connection is lost before that can be said.
    LostAfter,
    /// The connection is lost before anything is stored.
    LostBefore,
    /// Somebody else wrote to one of the ledgers: the first of the batch is not committed.
    Stale,
}

/// A store that works until it is told otherwise.
#[derive(Debug)]
pub struct FaultyStore {
    inner: SqliteStore,
    orders: Mutex<Orders>,
    /// While true, commits wait.
    held: watch::Sender<bool>,
}

/// What shall happen.
#[derive(Debug, Default)]
pub struct Orders {
    /// What becomes of the next commits; those after work.
    pub commits: VecDeque<Fault>,
    /// What the next loads fail with.
    pub loads: VecDeque<StoreErrorKind>,
    /// Of the look-ups of commands to come: whether each fails.
    pub look_ups_fail: VecDeque<bool>,
    /// The stream whose events cannot be read.
    pub corrupt: Option<Uuid>,
    /// How many events each commit held.
    pub committed: Vec<usize>,
}

impl FaultyStore {
    /// Around this store.
    pub fn new(inner: SqliteStore) -> Self {
        Self { inner, orders: Mutex::default(), held: watch::Sender::new(false) }
    }

    /// What shall happen from now on.
    pub fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what becomes of the next commits.
    pub fn next_commits(&self, faults: impl IntoIterator<Item = Fault>) {
        self.orders().commits = faults.into_iter().collect();
    }

    /// Everything works again.
    pub fn heal(&self) {
        *self.orders() = Orders::default();
    }

    /// Lets commits wait, or go on.
    pub fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }
}

fn failure(kind: StoreErrorKind) -> StoreError {
    StoreError::new(kind, "as ordered")
}

#[async_trait]
impl EventStore for FaultyStore {
    fn lanes(&self) -> NonZeroUsize {
        self.inner.lanes()
    }

    async fn load(&self, wanted: &Load) -> Result<Loaded, StoreError> {
        // A look-up asks for commands and nothing else.
        let look_up = Load { commands: wanted.commands.clone(), ..Load::default() };
        if *wanted == look_up && !wanted.commands.is_empty() {
            let fails = self.orders().look_ups_fail.pop_front().unwrap_or(false);
            return if fails {
                Err(failure(StoreErrorKind::Unavailable))
            } else {
                self.inner.load(wanted).await
            };
        }
        let fault = self.orders().loads.pop_front();
        if let Some(kind) = fault {
            return Err(failure(kind));
        }
        let mut loaded = self.inner.load(wanted).await?;
        let corrupt = self.orders().corrupt;
        for (wanted, stream) in wanted.streams.iter().zip(&mut loaded.streams) {
            if corrupt == Some(wanted.stream) {
                stream.events.iter_mut().for_each(|event| event.body.truncate(20));
            }
        }
        Ok(loaded)
    }

    async fn commit(&self, batch: &[LedgerCommit]) -> Result<Vec<LedgerId>, CommitError> {
        // Waiting fails only if the sender is gone, and it lives in `self`.
        let _ = self.held.subscribe().wait_for(|held| !held).await;
        let fault = self.orders().commits.pop_front().unwrap_or(Fault::None);
        let events = batch.iter().map(|commit| commit.events.len()).sum();
        self.orders().committed.push(events);
        match fault {
            Fault::None => self.inner.commit(batch).await,
            Fault::NotCommitted(kind) => Err(CommitError::NotCommitted(failure(kind))),
            Fault::LostAfter => {
                self.inner.commit(batch).await?;
                Err(CommitError::Unclear(failure(StoreErrorKind::Unavailable)))
            }
            Fault::LostBefore => Err(CommitError::Unclear(failure(StoreErrorKind::Unavailable))),
            Fault::Stale => match batch.split_first() {
                Some((_, [])) | None => Ok(Vec::new()),
                Some((_, rest)) => self.inner.commit(rest).await,
            },
        }
    }

    async fn create_ledger(&self, ledger: NewLedger) -> Result<LedgerHead, StoreError> {
        self.inner.create_ledger(ledger).await
    }

    async fn ledgers(&self) -> Result<Vec<LedgerHead>, StoreError> {
        self.inner.ledgers().await
    }

    async fn head(&self, ledger: LedgerId) -> Result<Option<LedgerHead>, StoreError> {
        self.inner.head(ledger).await
    }

    async fn events(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.inner.events(ledger, from, limit).await
    }

    async fn private(
        &self,
        ledger: LedgerId,
        position: u64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.private(ledger, position).await
    }

    async fn name(&self, ledger: LedgerId, digest: NameDigest) -> Result<Option<Uuid>, StoreError> {
        self.inner.name(ledger, digest).await
    }

    async fn due(&self, until: Timestamp, limit: NonZeroUsize) -> Result<Vec<Timer>, StoreError> {
        self.inner.due(until, limit).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.inner.next_due().await
    }

    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.inner.setting(name).await
    }

    async fn set_setting_once(&self, name: &str, value: &str) -> Result<String, StoreError> {
        self.inner.set_setting_once(name, value).await
    }

    fn proofs(&self) -> &dyn ProofStore {
        self.inner.proofs()
    }

    fn keys(&self) -> &dyn KeyStore {
        self.inner.keys()
    }

    async fn replace_setting(
        &self,
        name: &str,
        expected: &str,
        value: &str,
    ) -> Result<Option<String>, StoreError> {
        self.inner.replace_setting(name, expected, value).await
    }

    async fn describe(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.inner.describe().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
