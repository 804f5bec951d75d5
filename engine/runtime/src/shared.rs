//! What every part of a running engine shares.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use readmit_domain::{LedgerId, TenantId};
use tokio::sync::{Notify, Semaphore, watch};
use zeroize::Zeroizing;

use crate::Failure;
use crate::ports::store::{EventStore, Load, StreamLoad};
use crate::ports::{Clock, Entropy, MasterKey};
use crate::vault::{DataKey, key_context};

/// The ports, and what is known of open ledgers.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) master_key: Arc<dyn MasterKey>,
    /// How many slow digests may be computed at once: each takes 19 MiB and a core.
    pub(crate) slow_digests: Semaphore,
    /// Rings when a timer was set, so that the expiry task looks again.
    pub(crate) timer_set: Notify,
    ledgers: RwLock<HashMap<LedgerId, Arc<Ledger>>>,
    /// The size of each ledger as last committed here; never runs backwards.
    sizes: Mutex<HashMap<LedgerId, watch::Sender<u64>>>,
}

/// What never changes of a ledger once it is open.
pub(crate) struct Ledger {
    pub(crate) id: LedgerId,
    pub(crate) tenant: TenantId,
    /// Digests commands, so that a stored fingerprint tells nothing of what was asked.
    pub(crate) fingerprint_key: Zeroizing<[u8; 32]>,
    /// Digests logins.
    pub(crate) name_key: Zeroizing<[u8; 32]>,
}

impl Ledger {
    pub(crate) fn new(id: LedgerId, tenant: TenantId, key: &DataKey) -> Self {
        Self {
            id,
            tenant,
            fingerprint_key: key.derive(b"command fingerprints"),
            name_key: key.derive(b"login names"),
        }
    }
}

impl Shared {
    pub(crate) fn new(
        store: Arc<dyn EventStore>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        master_key: Arc<dyn MasterKey>,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            store,
            clock,
            entropy,
            master_key,
            slow_digests: Semaphore::new(cores),
            timer_set: Notify::new(),
            ledgers: RwLock::default(),
            sizes: Mutex::default(),
        }
    }

    /// An open ledger; opens it at first use.
    pub(crate) async fn ledger(&self, id: LedgerId) -> Result<Arc<Ledger>, Failure> {
        let known = self.ledgers.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(ledger) = known {
            return Ok(ledger);
        }
        let head = self.store.head(id).await?.ok_or(Failure::NoLedger(id))?;
        let stream = head.tenant.uuid();
        let wanted = StreamLoad { ledger: id, stream, after_version: 0 };
        let load = Load { streams: vec![wanted], event_limit: 1, ..Load::default() };
        let loaded = self.store.load(&load).await?.streams.into_iter().next();
        let wrapped = loaded.and_then(|stream| stream.key).ok_or(Failure::NoLedger(id))?;
        let context = key_context(id, stream);
        let key = self.master_key.unwrap(&wrapped.kek, &wrapped.wrapped, &context).await?;
        let ledger = Arc::new(Ledger::new(id, head.tenant, &DataKey::from_bytes(key)));
        self.remember(Arc::clone(&ledger));
        Ok(ledger)
    }

    pub(crate) fn remember(&self, ledger: Arc<Ledger>) {
        let mut ledgers = self.ledgers.write().unwrap_or_else(PoisonError::into_inner);
        ledgers.insert(ledger.id, ledger);
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
