//! What the engine needs of a store to prove what it holds: tiles, checkpoints, and private data
//! in order.

use std::num::NonZeroUsize;

use async_trait::async_trait;
use readmit_domain::LedgerId;

use super::StoreError;

pub use readmit_tlog::TileId;

/// What proofs are made of. Tiles are committed with the events that fill them, by
/// [`EventStore::commit`](super::store::EventStore::commit); checkpoints come later, one by one.
#[async_trait]
pub trait ProofStore: Send + Sync {
    /// Of the tiles asked for, those that are stored, in any order.
    async fn tiles(
        &self,
        ledger: LedgerId,
        wanted: &[TileId],
    ) -> Result<Vec<StoredTile>, StoreError>;

    /// Tiles in order of level and index, from one on, `limit` at most.
    async fn tiles_from(
        &self,
        ledger: LedgerId,
        from: TileId,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredTile>, StoreError>;

    /// Keeps checkpoints. Where there is one of that size already, that one stays.
    async fn keep_checkpoints(&self, checkpoints: &[StoredCheckpoint]) -> Result<(), StoreError>;

    /// The checkpoint of the largest size that is not above this one.
    async fn last_checkpoint(
        &self,
        ledger: LedgerId,
        size: u64,
    ) -> Result<Option<StoredCheckpoint>, StoreError>;

    /// Checkpoints in order of size, from a size on, `limit` at most.
    async fn checkpoints(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredCheckpoint>, StoreError>;

    /// Gives a checkpoint another note, if it has this one still; answers whether it had.
    async fn replace_note(
        &self,
        checkpoint: &StoredCheckpoint,
        note: &[u8],
    ) -> Result<bool, StoreError>;

    /// Keeps a time stamp beside a checkpoint, in place of an older one; answers whether there is
    /// a checkpoint of that size.
    async fn keep_stamp(
        &self,
        ledger: LedgerId,
        size: u64,
        stamp: &[u8],
    ) -> Result<bool, StoreError>;

    /// Sealed private data with its positions, in order, from a position on, `limit` at most.
    async fn private_from(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError>;
}

/// A hash tile as it is stored: full, or of a level above 0 and as wide as the tree made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTile {
    /// Which.
    pub id: TileId,
    /// Its hashes, end to end.
    pub hashes: Vec<u8>,
}

/// A checkpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Of which ledger.
    pub ledger: LedgerId,
    /// Of how many events.
    pub size: u64,
    /// The signed note.
    pub note: Vec<u8>,
    /// An RFC 3161 time stamp of it, if one was brought.
    pub stamp: Option<Vec<u8>>,
}
