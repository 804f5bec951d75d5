//! The mistakes of a store with what proofs are made of.

use std::num::NonZeroUsize;

use async_trait::async_trait;
use readmit_domain::LedgerId;
use readmit_runtime::ports::StoreError;
use readmit_runtime::ports::proofs::{ProofStore, StoredCheckpoint, StoredTile, TileId};

use crate::mistakes::Mistake;
use crate::wrong::Wrong;

#[async_trait]
impl ProofStore for Wrong {
    async fn tiles(
        &self,
        ledger: LedgerId,
        wanted: &[TileId],
    ) -> Result<Vec<StoredTile>, StoreError> {
        self.inner.proofs().tiles(ledger, wanted).await
    }

    async fn tiles_from(
        &self,
        ledger: LedgerId,
        from: TileId,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredTile>, StoreError> {
        let mut tiles = self.inner.proofs().tiles_from(ledger, from, limit).await?;
        if self.makes(Mistake::TilesByIndex) {
            tiles.sort_by_key(|tile| tile.id.index);
        }
        Ok(tiles)
    }

    async fn keep_checkpoints(&self, checkpoints: &[StoredCheckpoint]) -> Result<(), StoreError> {
        self.inner.proofs().keep_checkpoints(checkpoints).await?;
        for new in checkpoints.iter().filter(|_| self.makes(Mistake::SignsAnew)) {
            let old = self.inner.proofs().last_checkpoint(new.ledger, new.size).await?;
            if let Some(old) = old {
                self.inner.proofs().replace_note(&old, &new.note).await?;
            }
        }
        Ok(())
    }

    async fn last_checkpoint(
        &self,
        ledger: LedgerId,
        size: u64,
    ) -> Result<Option<StoredCheckpoint>, StoreError> {
        self.inner.proofs().last_checkpoint(ledger, size).await
    }

    async fn checkpoints(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredCheckpoint>, StoreError> {
        let limit = if self.makes(Mistake::AllCheckpoints) { NonZeroUsize::MAX } else { limit };
        self.inner.proofs().checkpoints(ledger, from, limit).await
    }

    async fn replace_note(
        &self,
        checkpoint: &StoredCheckpoint,
        note: &[u8],
    ) -> Result<bool, StoreError> {
        if self.makes(Mistake::ReplacesAnyNote) {
            let (ledger, size) = (checkpoint.ledger, checkpoint.size);
            let kept = self.inner.proofs().last_checkpoint(ledger, size).await?;
            return self.inner.proofs().replace_note(&kept.unwrap(), note).await;
        }
        self.inner.proofs().replace_note(checkpoint, note).await
    }

    async fn keep_stamp(
        &self,
        ledger: LedgerId,
        size: u64,
        stamp: &[u8],
    ) -> Result<bool, StoreError> {
        let found = self.inner.proofs().keep_stamp(ledger, size, stamp).await?;
        Ok(found || self.makes(Mistake::StampsNothing))
    }

    async fn private_from(
        &self,
        ledger: LedgerId,
        from: u64,
        limit: NonZeroUsize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let mut rows = self.inner.proofs().private_from(ledger, from, limit).await?;
        if self.makes(Mistake::PrivateBackwards) {
            rows.reverse();
        }
        Ok(rows)
    }
}
