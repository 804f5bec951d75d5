//! Which master key is in use, and data keys that are wrapped anew under it.
//!
//! The setting [`SETTING`] of the database names the master key in use. To rotate is to have that
//! changed; everything new is wrapped under the new one from then on, by every node within
//! [`LOOK_AGAIN`]. What is old is wrapped anew at leisure: each key by itself, compared and set, so
//! that a process may be killed at any moment, several may be at it at once, and an erasure or a
//! node that goes on working is never overwritten.
//!
//! **Invariant: a master key is forgotten only after it was retired.** Once it is, no commit adds
//! a key under it, whatever a node that has not heard of the rotation believes.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use readmit_domain::LedgerId;
use uuid::Uuid;

use crate::Failure;
use crate::engine::Runtime;
use crate::ports::keys::{Rewrap, StoredKey};
use crate::ports::store::{EventStore, WrappedKey, at_least_one};
use crate::ports::{MasterKey, MasterKeyError, StoreError, StoreErrorKind};
use crate::shared::{Shared, in_time};
use crate::vault::{self, DataKey};

/// The setting that names the master key in use.
const SETTING: &str = "master_key";
/// What is known of the key in use is looked up again after this: new accounts come often, and
/// rotations once a year.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Data keys that are read and written at once: bounds what is held in memory, and in the clear.
const PAGE: NonZeroUsize = at_least_one(256);
/// Data keys that a service behind the master key is asked for at once.
const AT_ONCE: usize = 16;
/// Passes over all data keys: those that a node adds meanwhile are few, and stop with
/// [`LOOK_AGAIN`].
const PASSES_MOST: usize = 8;
/// How often a page is written that commits are in the way of.
const TRIES: u32 = 6;

/// The key in use, as last looked up. The lock is held for a look or a change only.
#[derive(Default)]
pub(crate) struct KeyInUse(Mutex<Option<(String, Instant)>>);

/// Which master keys a database needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// The one that new data keys are wrapped under.
    pub in_use: String,
    /// The newest one given: another than that in use, if a rotation is to come.
    pub newest: String,
    /// Every one that is in use or wraps something, by name.
    pub keys: Vec<KeyCount>,
}

/// A master key, by name, and what it wraps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCount {
    /// The master key's name.
    pub id: String,
    /// How many data keys it wraps.
    pub wraps: u64,
    /// Whether it was given to this process.
    pub at_hand: bool,
}

/// How far wrapping anew has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrapped {
    /// The master key in use.
    pub in_use: String,
    /// How many data keys were wrapped anew under it, so far.
    pub rewrapped: u64,
    /// How many are still wrapped under another, since they could not be unwrapped.
    pub left: u64,
    /// Why the first of those could not be.
    pub why: Option<MasterKeyError>,
}

/// Why keys were not rotated, wrapped anew or retired.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Something failed. What was done before that stands, and can be gone on with.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The newest key given is the one in use.
    #[error("the newest master key given, {0}, is in use already: give a new one beside it")]
    NothingNew(String),
    /// The key was retired by an earlier rotation.
    #[error("the master key {0} was retired: a rotation needs one that was never in use")]
    Retired(String),
    /// The key is in use.
    #[error("the master key {0} is in use: rotate it first")]
    InUse(String),
    /// Another rotation came first.
    #[error("the master key was rotated to {0} meanwhile, by somebody else: nothing was changed")]
    Overtaken(String),
    /// Data keys are still wrapped under an old master key.
    #[error(
        "{left} data key(s) cannot be wrapped anew, so no master key may be forgotten yet: {why}"
    )]
    StillNeeded {
        /// How many.
        left: u64,
        /// Why the first of them could not be wrapped anew.
        why: String,
    },
}

impl From<StoreError> for KeyError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Shared {
    /// The master key that is in use, at most [`LOOK_AGAIN`] ago.
    pub(crate) async fn key_in_use(&self) -> Result<String, Failure> {
        if let Some((known, since)) = &*self.in_use.lock()
            && since.elapsed() < LOOK_AGAIN
        {
            return Ok(known.clone());
        }
        self.look_up_key().await
    }

    /// The master key that is in use now.
    pub(crate) async fn look_up_key(&self) -> Result<String, Failure> {
        let asked = Instant::now();
        let kept = self.store.setting(SETTING).await?;
        let kek = kept.unwrap_or_else(|| self.master_key.id());
        *self.in_use.lock() = Some((kek.clone(), asked));
        Ok(kek)
    }

    /// Wraps a new data key under the master key in use.
    pub(crate) async fn wrap(&self, key: &DataKey, context: &[u8]) -> Result<WrappedKey, Failure> {
        let known = self.key_in_use().await?;
        match self.wrap_under(known, key, context).await {
            // What is known may be older than a rotation.
            Err(MasterKeyError::OtherKey { .. }) => {
                let kek = self.look_up_key().await?;
                Ok(self.wrap_under(kek, key, context).await?)
            }
            wrapped => Ok(wrapped?),
        }
    }

    async fn wrap_under(
        &self,
        kek: String,
        key: &DataKey,
        context: &[u8],
    ) -> Result<WrappedKey, MasterKeyError> {
        let wrapped = in_time(self.master_key.wrap_under(&kek, key.expose(), context)).await?;
        Ok(WrappedKey { kek, wrapped })
    }

    /// Wraps a data key anew under `kek`.
    async fn wrap_anew(&self, kek: &str, old: StoredKey) -> Result<Rewrap, Failure> {
        let key = self.unwrap(old.ledger, old.stream, &old.key).await?;
        let context = vault::key_context(old.ledger, old.stream);
        let new = self.wrap_under(kek.to_owned(), &key, &context).await?;
        Ok(Rewrap { old, new })
    }
}

impl KeyInUse {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(String, Instant)>> {
        // A change leaves nothing half done, even if a thread panicked here.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runtime {
    /// Whether a database has a master key already, so that a new one would not help.
    pub async fn needs_key(store: &dyn EventStore) -> Result<bool, StoreError> {
        // The setting could be lost; ledgers speak for themselves.
        Ok(store.setting(SETTING).await?.is_some() || !store.ledgers().await?.is_empty())
    }

    /// Puts a master key into use in a database that names none; answers the one in use.
    pub async fn claim_key(
        store: &dyn EventStore,
        key: &dyn MasterKey,
    ) -> Result<String, StoreError> {
        store.set_setting_once(SETTING, &key.id()).await
    }

    /// Which master keys this database needs, and how much each of them wraps.
    pub async fn key_use(&self) -> Result<KeyUse, Failure> {
        let in_use = self.shared.look_up_key().await?;
        let mut counts = self.shared.store.keys().key_counts().await?;
        if counts.iter().all(|(id, _)| *id != in_use) {
            counts.push((in_use.clone(), 0));
            counts.sort_unstable();
        }
        let count = |(id, wraps): (String, u64)| {
            let at_hand = self.shared.master_key.has(&id);
            KeyCount { id, wraps, at_hand }
        };
        let keys = counts.into_iter().map(count).collect();
        Ok(KeyUse { in_use, newest: self.shared.master_key.id(), keys })
    }

    /// Whether a master key was retired.
    pub async fn is_retired(&self, kek: &str) -> Result<bool, Failure> {
        Ok(self.shared.store.keys().is_retired(kek).await?)
    }

    /// Puts the newest master key given into use; answers its name.
    pub async fn use_newest_key(&self) -> Result<String, KeyError> {
        let (store, newest) = (&self.shared.store, self.shared.master_key.id());
        let before = self.shared.look_up_key().await?;
        if before == newest {
            return Err(KeyError::NothingNew(newest));
        }
        if store.keys().is_retired(&newest).await? {
            return Err(KeyError::Retired(newest));
        }
        let now = store.replace_setting(SETTING, &before, &newest).await?;
        self.shared.look_up_key().await?;
        match now {
            Some(now) if now == newest => Ok(newest),
            now => Err(KeyError::Overtaken(now.unwrap_or_default())),
        }
    }

    /// Wraps every data key anew that is not wrapped under the master key in use, and tells after
    /// each page how far that has come.
    ///
    /// A key that cannot be unwrapped is passed over and counted. Called again, it goes on where
    /// it was stopped.
    ///
    /// # Errors
    /// Those of the store, and a master key that cannot be used now.
    pub async fn rewrap(&self, mut progress: impl FnMut(&Rewrapped)) -> Result<Rewrapped, Failure> {
        let in_use = self.shared.look_up_key().await?;
        let mut done = Rewrapped { in_use, rewrapped: 0, left: 0, why: None };
        for _ in 0..PASSES_MOST {
            let before = done.rewrapped;
            (done.left, done.why) = (0, None);
            self.pass(&mut done, &mut progress).await?;
            if done.rewrapped == before {
                break;
            }
        }
        Ok(done)
    }

    async fn pass(
        &self,
        done: &mut Rewrapped,
        progress: &mut impl FnMut(&Rewrapped),
    ) -> Result<(), Failure> {
        let mut after: Option<(LedgerId, Uuid)> = None;
        loop {
            let page = self.shared.store.keys().keys_not_under(&done.in_use, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some((last.ledger, last.stream));
            let kek = done.in_use.clone();
            let anew = page.into_iter().map(|old| self.shared.wrap_anew(&kek, old));
            let anew: Vec<_> = stream::iter(anew).buffered(AT_ONCE).collect().await;
            let mut ready = Vec::with_capacity(anew.len());
            for key in anew {
                match key {
                    Ok(key) => ready.push(key),
                    Err(Failure::MasterKey(why)) if why.is_of_one_key() => {
                        done.left += 1;
                        done.why.get_or_insert(why);
                    }
                    Err(failure) => return Err(failure),
                }
            }
            self.write(&ready).await?;
            done.rewrapped += ready.len() as u64;
            progress(done);
        }
    }

    /// Writes keys, again if commits are in the way.
    async fn write(&self, keys: &[Rewrap]) -> Result<(), Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.shared.store.keys().rewrap(keys).await {
                Err(error) if error.kind() == StoreErrorKind::Busy && tries < TRIES => {
                    tokio::time::sleep(Duration::from_millis(20) * tries).await;
                }
                written => return Ok(written?),
            }
        }
    }

    /// Retires every master key but the one in use and those never in use: of those given, and of
    /// those that wrap something. Answers the names of the retired ones; nothing needs them.
    ///
    /// # Errors
    /// [`KeyError::StillNeeded`], if a data key cannot be wrapped anew.
    pub async fn retire_old_keys(
        &self,
        given: impl IntoIterator<Item = String>,
    ) -> Result<Vec<String>, KeyError> {
        let KeyUse { in_use, newest, keys } = self.key_use().await?;
        let mut old: Vec<String> = given.into_iter().filter(|id| *id != newest).collect();
        old.extend(keys.into_iter().map(|key| key.id));
        old.retain(|id| *id != in_use);
        old.sort_unstable();
        old.dedup();
        // Before any is retired: what cannot be wrapped anew is better told while nothing is done.
        self.all_rewrapped().await?;
        for id in &old {
            self.shared.store.keys().retire_kek(id).await?;
        }
        // Once more: now nothing can come after.
        self.all_rewrapped().await?;
        Ok(old)
    }

    async fn all_rewrapped(&self) -> Result<(), KeyError> {
        let done = self.rewrap(|_| ()).await?;
        if done.left == 0 {
            return Ok(());
        }
        let why = done.why.map(|why| why.to_string()).unwrap_or_default();
        Err(KeyError::StillNeeded { left: done.left, why })
    }
}
