//! The keys of a key file, read again when one is needed that was not there yet.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use readmit_runtime::ports::{Entropy, KeyRing, MasterKey, MasterKeyError};
use zeroize::Zeroizing;

use crate::key_file::{self, Change, KeyFileError};

/// The keys of a key file.
///
/// A process that runs while another one rotates the keys finds the new key in the file when it
/// first needs it, and so goes on without being started again.
pub(crate) struct FileKeys {
    path: PathBuf,
    entropy: Arc<dyn Entropy>,
    /// The lock is held for a look or a change only.
    known: Mutex<Arc<KeyRing>>,
}

impl FileKeys {
    pub(crate) fn new(path: PathBuf, ring: KeyRing, entropy: Arc<dyn Entropy>) -> Self {
        Self { path, entropy, known: Mutex::new(Arc::new(ring)) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the keys that the file holds, the newest first.
    pub(crate) fn read(&self) -> Result<Vec<String>, KeyFileError> {
        let ring = key_file::read(&self.path)?;
        Ok(self.learn(ring.ok_or_else(|| KeyFileError::Gone { path: self.path.clone() })?))
    }

    /// Sees that the file holds a newer key than the one in use, and draws one if it does not;
    /// answers the name of the newest.
    pub(crate) fn prepare(&self, in_use: &str) -> Result<String, KeyFileError> {
        let ring = key_file::change(&self.path, |ring| {
            if ring.id() != in_use {
                // By an earlier rotation that was stopped, or for one that is to come.
                return Ok(Change::Keep(ring));
            }
            let full = || KeyFileError::Full { path: self.path.clone() };
            let ring = ring.with_newest(key_file::draw(self.entropy.as_ref())?);
            Ok(Change::Write(ring.ok_or_else(full)?))
        })?;
        let newest = ring.id();
        self.learn(ring);
        Ok(newest)
    }

    /// Takes keys out of the file. The newest always stays.
    pub(crate) fn forget(&self, old: &[String]) -> Result<(), KeyFileError> {
        let ring = key_file::change(&self.path, |ring| {
            Ok(Change::Write(ring.without(|id| old.iter().any(|old| old == id))))
        })?;
        self.learn(ring);
        Ok(())
    }

    fn learn(&self, ring: KeyRing) -> Vec<String> {
        let ids = ring.ids().collect();
        *self.lock() = Arc::new(ring);
        ids
    }

    fn known(&self) -> Arc<KeyRing> {
        Arc::clone(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Arc<KeyRing>> {
        // A change leaves nothing half done, even if a thread panicked here.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys; read again if this one is not among them. The file is small, and whoever asks in
    /// vain has an account that nobody can use.
    fn ring_for(&self, kek: &str) -> Arc<KeyRing> {
        if !self.known().has(kek)
            && let Err(error) = self.read()
        {
            // Whoever asked is told that the key is not at hand.
            tracing::warn!(%error, "the key file cannot be read again");
        }
        self.known()
    }
}

#[async_trait]
impl MasterKey for FileKeys {
    fn id(&self) -> String {
        self.known().id()
    }

    fn has(&self, kek: &str) -> bool {
        self.ring_for(kek).has(kek)
    }

    async fn wrap(&self, key: &[u8; 32], context: &[u8]) -> Result<Vec<u8>, MasterKeyError> {
        self.known().wrap(key, context).await
    }

    async fn wrap_under(
        &self,
        kek: &str,
        key: &[u8; 32],
        context: &[u8],
    ) -> Result<Vec<u8>, MasterKeyError> {
        self.ring_for(kek).wrap_under(kek, key, context).await
    }

    async fn unwrap(
        &self,
        kek: &str,
        wrapped: &[u8],
        context: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, MasterKeyError> {
        self.ring_for(kek).unwrap(kek, wrapped, context).await
    }
}
