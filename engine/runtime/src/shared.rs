//! What every part of a running engine shares.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use readmit_domain::{LedgerId, StreamId, TenantId};
use tokio::sync::{Notify, Semaphore, watch};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::checkpoint::Unsigned;
use crate::keys::KeyInUse;
use crate::lane::Tenants;
use crate::measures::Measures;
use crate::ports::store::{EventStore, Load, LoadedStream, StreamLoad, WrappedKey};
use crate::ports::{Clock, Entropy, MasterKey, MasterKeyError, StoreError};
use crate::vault::{DataKey, key_context};
use crate::{Failure, Ports, crypto};

/// The ports, and what is known of open ledgers.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) master_key: Arc<dyn MasterKey>,
    /// How many slow digests may be computed at once: each takes 19 MiB and a core.
    pub(crate) slow_digests: Arc<Semaphore>,
    /// How many may wait for one; beyond it callers are told `Busy`.
    pub(crate) slow_waiting: Arc<Semaphore>,
    /// Ledgers to sign.
    pub(crate) unsigned: Unsigned,
    /// What is counted.
    pub(crate) measures: Arc<Measures>,
    /// Which master key is in use.
    pub(crate) in_use: KeyInUse,
    /// Rings when a timer was set, so that the expiry task looks again.
    pub(crate) timer_set: Notify,
    /// Grows by one small entry for each ledger that is opened.
    ledgers: RwLock<HashMap<LedgerId, Arc<Ledger>>>,
    /// The size of each ledger as last committed here; never runs backwards.
    /// Grows by one small entry for each ledger that is written or followed.
    sizes: Mutex<HashMap<LedgerId, watch::Sender<u64>>>,
    /// The tenants that were read.
    pub(crate) tenants: Tenants,
    /// Told whenever any ledger grows.
    grown: watch::Sender<()>,
}

/// What never changes of a ledger once it is open.
pub(crate) struct Ledger {
    pub(crate) id: LedgerId,
    pub(crate) tenant: TenantId,
    /// Digests commands, so that a stored fingerprint tells nothing of what was asked.
    pub(crate) fingerprint_key: Zeroizing<[u8; 32]>,
    /// Digests logins.
    pub(crate) name_key: Zeroizing<[u8; 32]>,
    /// Authenticates what is said in recovery tokens.
    pub(crate) recovery_token_key: Zeroizing<[u8; 32]>,
    /// What the keys that sign checkpoints are derived from.
    signing_key: Zeroizing<[u8; 32]>,
}

impl Ledger {
    pub(crate) fn new(id: LedgerId, tenant: TenantId, key: &DataKey) -> Self {
        Self {
            id,
            tenant,
            fingerprint_key: key.derive(b"command fingerprints"),
            name_key: key.derive(b"login names"),
            recovery_token_key: key.derive(b"recovery tokens"),
            signing_key: key.derive(b"checkpoint signing"),
        }
    }

    /// The seed of the key of this number that signs checkpoints.
    pub(crate) fn signing_seed(&self, key: u32) -> Zeroizing<[u8; 32]> {
        crypto::derive(&self.signing_key, &key.to_be_bytes())
    }
}

/// Slow digests that may be under way or waited for: some seconds' work on two cores.
const SLOW_WAITING_MAX: usize = 256;
/// A master key that does not answer for so long is not there: the lane behind it stands still.
const MASTER_KEY_PATIENCE: Duration = Duration::from_secs(5);

/// Waits for the master key, but not for ever.
pub(crate) async fn in_time<T>(
    answer: impl Future<Output = Result<T, MasterKeyError>>,
) -> Result<T, MasterKeyError> {
    let late = || MasterKeyError::Unavailable("it did not answer within 5 s".to_owned());
    tokio::time::timeout(MASTER_KEY_PATIENCE, answer).await.unwrap_or_else(|_| Err(late()))
}

impl Shared {
    pub(crate) fn new(ports: Ports) -> Self {
        let Ports { store, clock, entropy, master_key } = ports;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            store,
            clock,
            entropy,
            master_key,
            slow_digests: Arc::new(Semaphore::new(cores)),
            slow_waiting: Arc::new(Semaphore::new(SLOW_WAITING_MAX)),
            unsigned: Unsigned::default(),
            measures: Arc::new(Measures::new()),
            in_use: KeyInUse::default(),
            timer_set: Notify::new(),
            ledgers: RwLock::default(),
            sizes: Mutex::default(),
            tenants: Tenants::default(),
            grown: watch::Sender::new(()),
        }
    }

    /// An open ledger; opens it at first use.
    pub(crate) async fn ledger(&self, id: LedgerId) -> Result<Arc<Ledger>, Failure> {
        let known = self.ledgers.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(ledger) = known {
            return Ok(ledger);
        }
        let head = self.store.head(id).await?.ok_or(Failure::NoLedger(id))?;
        let key = self.data_key(id, head.tenant.uuid()).await?.ok_or(Failure::NoLedger(id))?;
        let ledger = Arc::new(Ledger::new(id, head.tenant, &key));
        let mut ledgers = self.ledgers.write().unwrap_or_else(PoisonError::into_inner);
        ledgers.insert(id, Arc::clone(&ledger));
        Ok(ledger)
    }

    /// One stream from the store; empty if it is not known.
    pub(crate) async fn load_stream(
        &self,
        stream: StreamLoad,
        event_limit: usize,
    ) -> Result<LoadedStream, StoreError> {
        let loaded = self.store.load(&Load::of(stream, event_limit)).await?;
        Ok(loaded.streams.into_iter().next().unwrap_or_default())
    }

    /// The data key of a stream: none before it begins, and none once it is erased.
    pub(crate) async fn data_key(
        &self,
        ledger: LedgerId,
        stream: Uuid,
    ) -> Result<Option<DataKey>, Failure> {
        let wanted = StreamLoad { ledger, stream, after_version: 0 };
        match self.load_stream(wanted, 0).await?.key {
            Some(wrapped) => self.unwrap(ledger, stream, &wrapped).await.map(Some),
            None => Ok(None),
        }
    }

    /// The data keys of some streams, in one round trip: without those that were erased.
    pub(crate) async fn data_keys(
        &self,
        ledger: LedgerId,
        streams: BTreeSet<StreamId>,
    ) -> Result<HashMap<StreamId, DataKey>, Failure> {
        if streams.is_empty() {
            return Ok(HashMap::new());
        }
        let wanted =
            streams.iter().map(|id| StreamLoad { ledger, stream: id.uuid(), after_version: 0 });
        let load = Load { streams: wanted.collect(), ..Load::default() };
        let loaded = self.store.load(&load).await?;
        let mut keys = HashMap::new();
        for (id, stream) in streams.into_iter().zip(loaded.streams) {
            if let Some(wrapped) = stream.key {
                keys.insert(id, self.unwrap(ledger, id.uuid(), &wrapped).await?);
            }
        }
        Ok(keys)
    }

    /// Unwraps the data key of a stream.
    ///
    /// It may have been wrapped anew since it was read, and the old master key be forgotten: then
    /// it is read again.
    pub(crate) async fn unwrap(
        &self,
        ledger: LedgerId,
        stream: Uuid,
        wrapped: &WrappedKey,
    ) -> Result<DataKey, Failure> {
        let refused = match self.try_unwrap(ledger, stream, wrapped).await {
            Err(refused @ MasterKeyError::OtherKey { .. }) => refused,
            unwrapped => return Ok(unwrapped?),
        };
        let wanted = StreamLoad { ledger, stream, after_version: 0 };
        match self.load_stream(wanted, 0).await?.key {
            Some(now) if now.kek != wrapped.kek => {
                Ok(self.try_unwrap(ledger, stream, &now).await?)
            }
            _ => Err(refused.into()),
        }
    }

    async fn try_unwrap(
        &self,
        ledger: LedgerId,
        stream: Uuid,
        wrapped: &WrappedKey,
    ) -> Result<DataKey, MasterKeyError> {
        let context = key_context(ledger, stream);
        let unwrap = self.master_key.unwrap(&wrapped.kek, &wrapped.wrapped, &context);
        Ok(DataKey::from_bytes(in_time(unwrap).await?))
    }

    /// Tells followers in this process how far a ledger has come.
    pub(crate) fn announce(&self, ledger: LedgerId, size: u64) {
        self.with_size(ledger, |sender| {
            sender.send_if_modified(|known| {
                let grown = *known < size;
                *known = size.max(*known);
                grown
            });
        });
        self.grown.send_replace(());
    }

    /// Wakes whenever any ledger grows, as far as this process hears of it.
    pub(crate) fn watch_all(&self) -> watch::Receiver<()> {
        self.grown.subscribe()
    }

    /// Wakes whenever a ledger grows by a commit of this process.
    pub(crate) fn watch(&self, ledger: LedgerId) -> watch::Receiver<u64> {
        self.with_size(ledger, watch::Sender::subscribe)
    }

    fn with_size<T>(&self, ledger: LedgerId, use_it: impl FnOnce(&watch::Sender<u64>) -> T) -> T {
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        use_it(sizes.entry(ledger).or_insert_with(|| watch::Sender::new(0)))
    }
}
