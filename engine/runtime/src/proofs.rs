//! Proofs: that an event stands in a ledger, that a ledger continues an earlier one.

use std::num::NonZeroUsize;

use readmit_domain::LedgerId;
use readmit_tlog::{
    ConsistencyProof, Frontier, Hash, InclusionProof, ProofError, TileId, TilePath, TlogProof,
    leaf_hash, root_nodes,
};

use crate::Failure;
use crate::engine::Runtime;
use crate::ports::store::EventStore;
use crate::tiles;

impl Runtime {
    /// Proves, for whoever has the ledger's verifier key, that an event stands at a position: an
    /// inclusion proof together with a signed checkpoint of now.
    ///
    /// # Errors
    ///
    /// [`Failure::Proof`] if there is no such event.
    pub async fn prove(&self, ledger: LedgerId, position: u64) -> Result<TlogProof, Failure> {
        let checkpoint = self.checkpoint(ledger).await?;
        let size = checkpoint.checkpoint().size();
        let nodes = InclusionProof::nodes(position, size)?;
        let store = self.shared.store.as_ref();
        let mut tiles = tiles::read(store, ledger, size, &nodes).await?;
        let proof = InclusionProof::build(position, size, &mut tiles);
        let proof = proof.map_err(|_| tiles::damaged(ledger))?;
        let stored = self.stored(ledger, position, NonZeroUsize::MIN).await?;
        let leaf = stored.first().filter(|event| event.position == position);
        let leaf =
            leaf.map(|event| leaf_hash(&event.body)).ok_or_else(|| tiles::damaged(ledger))?;
        // A proof that does not hold is never handed out.
        let root = checkpoint.checkpoint().root();
        proof.verify(leaf, root).map_err(|_| tiles::damaged(ledger))?;
        TlogProof::new(proof, checkpoint).map_err(|_| tiles::damaged(ledger))
    }

    /// Proves that the ledger of `new` events begins with the one of `old` events.
    ///
    /// # Errors
    ///
    /// [`Failure::Proof`] if either is larger than the ledger, or `old` than `new`.
    pub async fn consistency(
        &self,
        ledger: LedgerId,
        old: u64,
        new: u64,
    ) -> Result<ConsistencyProof, Failure> {
        let size = self.head(ledger).await?.size;
        if new > size {
            return Err(ProofError::Shrunk { old: new, new: size }.into());
        }
        consistency(self.shared.store.as_ref(), ledger, old, new).await
    }

    /// The bytes of a tile or of an entry bundle by C2SP tlog-tiles, of exactly this width; none if
    /// no signed checkpoint covers so much.
    ///
    /// What was served once is served for ever: a partial tile too, after it has grown.
    pub async fn tile(
        &self,
        ledger: LedgerId,
        path: &TilePath,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let id = path.tile().unwrap_or_else(|| TileId { level: 0, index: path.index() });
        let (store, width) = (self.shared.store.as_ref(), path.width());
        let Some(size) = self.covering(ledger, id, width).await? else { return Ok(None) };
        let bytes = if path.tile().is_some() {
            let tile = tiles::first_hashes(store, ledger, size, id, width).await?;
            tile.map(|tile| tile.to_bytes())
        } else {
            let bundle = tiles::entries(store, ledger, id.index, width).await?;
            bundle.map(|bundle| bundle.as_bytes().to_vec())
        };
        bytes.map(Some).ok_or_else(|| tiles::damaged(ledger))
    }

    /// The size of a checkpoint under which a tile has at least this width.
    async fn covering(
        &self,
        ledger: LedgerId,
        id: TileId,
        width: usize,
    ) -> Result<Option<u64>, Failure> {
        let covers = |size: &u64| id.width(*size) >= width;
        let kept = self.shared.store.proofs().last_checkpoint(ledger, u64::MAX).await?;
        if let Some(size) = kept.map(|kept| kept.size).filter(covers) {
            return Ok(Some(size));
        }
        // Nothing is signed for those who ask for what there is not.
        if !covers(&self.head(ledger).await?.size) {
            return Ok(None);
        }
        let size = self.checkpoint(ledger).await?.checkpoint().size();
        Ok(Some(size).filter(covers))
    }

    /// The root of a ledger as it was when it had so many events.
    ///
    /// # Errors
    ///
    /// [`Failure::Proof`] if it has fewer.
    pub async fn root_at(&self, ledger: LedgerId, size: u64) -> Result<Hash, Failure> {
        let now = self.head(ledger).await?.size;
        if size > now {
            return Err(ProofError::Shrunk { old: size, new: now }.into());
        }
        let store = self.shared.store.as_ref();
        let mut tiles = tiles::read(store, ledger, now, &root_nodes(size)).await?;
        let frontier = Frontier::restore(size, &mut tiles);
        Ok(frontier.map_err(|_| tiles::damaged(ledger))?.root())
    }
}

/// The proof, from tiles that must be there: both sizes are the ledger's, or were.
pub(crate) async fn consistency(
    store: &dyn EventStore,
    ledger: LedgerId,
    old: u64,
    new: u64,
) -> Result<ConsistencyProof, Failure> {
    let nodes = ConsistencyProof::nodes(old, new)?;
    let mut tiles = tiles::read(store, ledger, new, &nodes).await?;
    ConsistencyProof::build(old, new, &mut tiles).map_err(|_| tiles::damaged(ledger))
}
