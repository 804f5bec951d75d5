//! What the engine needs of a store to rotate the master key.

use std::num::NonZeroUsize;

use async_trait::async_trait;
use readmit_domain::LedgerId;
use uuid::Uuid;

use super::StoreError;
use super::store::WrappedKey;

/// Data keys, by the master keys that wrap them. New ones are committed with the events that need
/// them, by [`EventStore::commit`](super::store::EventStore::commit).
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// How many data keys each master key wraps, by the master key's name.
    async fn key_counts(&self) -> Result<Vec<(String, u64)>, StoreError>;

    /// Data keys that any other master key than `kek` wrapped: those after `after`, in order of
    /// ledger and stream, `limit` at most.
    async fn keys_not_under(
        &self,
        kek: &str,
        after: Option<(LedgerId, Uuid)>,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredKey>, StoreError>;

    /// Replaces wrapped data keys, each only if it is still what it was: one that was erased or
    /// replaced meanwhile stays as it is. The bytes that are replaced are destroyed, as by an
    /// erasure.
    async fn rewrap(&self, keys: &[Rewrap]) -> Result<(), StoreError>;

    /// Retires a master key for good: once this has returned, no commit adds a data key that
    /// `kek` wrapped, not even one that was on its way.
    async fn retire_kek(&self, kek: &str) -> Result<(), StoreError>;

    /// Whether a master key was retired.
    async fn is_retired(&self, kek: &str) -> Result<bool, StoreError>;
}

/// The wrapped data key of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// The ledger.
    pub ledger: LedgerId,
    /// Whose key it is.
    pub stream: Uuid,
    /// The wrapped key.
    pub key: WrappedKey,
}

/// A data key that is wrapped anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrap {
    /// The key as it was found.
    pub old: StoredKey,
    /// What is to stand in its place.
    pub new: WrappedKey,
}
