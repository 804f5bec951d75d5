//! Hashes from inside the tree of a ledger.
//!
//! Stored are the full tiles of level 0, and every tile above them as far as it has come. So any
//! hash is found in one tile: a stored one, or, where the tile of level 0 is not full yet, one
//! made from the at most 255 leaves at the end.

use std::collections::{BTreeMap, BTreeSet};

use readmit_domain::LedgerId;
use readmit_tlog::{Edge, EntryBundle, HashTile, Node, TileId, leaf_hash};

use crate::Failure;
use crate::ports::StoreError;
use crate::ports::proofs::StoredTile;
use crate::ports::store::{EventStore, LedgerCommit, StoredEvent, Write, at_least_one};

/// What a reader of hashes is handed.
pub(crate) type Tiles = BTreeMap<TileId, HashTile>;

/// Reads the tiles that hold these nodes of a ledger with so many events.
pub(crate) async fn read(
    store: &dyn EventStore,
    ledger: LedgerId,
    size: u64,
    nodes: &[Node],
) -> Result<Tiles, StoreError> {
    let wanted: BTreeSet<TileId> = nodes.iter().map(|node| TileId::of(*node)).collect();
    let (leaves, stored): (Vec<TileId>, Vec<TileId>) =
        wanted.into_iter().partition(|id| id.level == 0 && id.width(size) < HashTile::FULL_WIDTH);
    let mut tiles = Tiles::new();
    for tile in store.proofs().tiles(ledger, &stored).await? {
        tiles.extend(HashTile::from_bytes(&tile.hashes).ok().map(|hashes| (tile.id, hashes)));
    }
    for id in leaves {
        let tile = of_leaves(store, ledger, id.index, id.width(size)).await?;
        tiles.extend(tile.map(|tile| (id, tile)));
    }
    Ok(tiles)
}

/// The first `width` hashes of a tile that a ledger of `size` events has: those that the tile had
/// when it was so wide. None where what is stored does not hold them.
///
/// Reads one row, or at most 255 leaves.
pub(crate) async fn first_hashes(
    store: &dyn EventStore,
    ledger: LedgerId,
    size: u64,
    id: TileId,
    width: usize,
) -> Result<Option<HashTile>, StoreError> {
    if id.level == 0 && id.width(size) < HashTile::FULL_WIDTH {
        return of_leaves(store, ledger, id.index, width).await;
    }
    let stored = store.proofs().tiles(ledger, &[id]).await?;
    let tile = stored.first().and_then(|tile| HashTile::from_bytes(&tile.hashes).ok());
    let first = tile.and_then(|tile| tile.hashes().get(..width).map(<[_]>::to_vec));
    Ok(first.and_then(|hashes| HashTile::new(hashes).ok()))
}

/// The first `width` leaves of 256, as an entry bundle; none where one of them is missing.
pub(crate) async fn entries(
    store: &dyn EventStore,
    ledger: LedgerId,
    index: u64,
    width: usize,
) -> Result<Option<EntryBundle>, StoreError> {
    let leaves = leaves(store, ledger, index, width).await?;
    Ok(leaves.and_then(|leaves| EntryBundle::new(leaves.iter().map(|leaf| &leaf.body)).ok()))
}

/// Makes the tiles that hold these nodes anew, from nothing but the leaves below them.
async fn from_leaves(
    store: &dyn EventStore,
    ledger: LedgerId,
    size: u64,
    nodes: &[Node],
) -> Result<Tiles, StoreError> {
    let wanted: BTreeSet<TileId> = nodes.iter().map(|node| TileId::of(*node)).collect();
    let mut tiles = Tiles::new();
    for id in wanted {
        tiles.extend(Box::pin(above_leaves(store, ledger, id, size)).await?.map(|tile| (id, tile)));
    }
    Ok(tiles)
}

async fn above_leaves(
    store: &dyn EventStore,
    ledger: LedgerId,
    id: TileId,
    size: u64,
) -> Result<Option<HashTile>, StoreError> {
    let Some(below) = id.level.checked_sub(1) else {
        return of_leaves(store, ledger, id.index, id.width(size)).await;
    };
    let mut hashes = Vec::new();
    for index in (id.index.saturating_mul(256)..).take(id.width(size)) {
        let below = TileId { level: below, index };
        let tile = Box::pin(above_leaves(store, ledger, below, size)).await?;
        hashes.extend(tile.and_then(|tile| tile.root()));
    }
    Ok(HashTile::new(hashes).ok())
}

async fn of_leaves(
    store: &dyn EventStore,
    ledger: LedgerId,
    index: u64,
    width: usize,
) -> Result<Option<HashTile>, StoreError> {
    let leaves = leaves(store, ledger, index, width).await?;
    let hashes = leaves.map(|leaves| leaves.iter().map(|leaf| leaf_hash(&leaf.body)).collect());
    Ok(hashes.and_then(|hashes| HashTile::new(hashes).ok()))
}

/// The first `width` leaves below a tile of level 0; none where one of them is missing.
async fn leaves(
    store: &dyn EventStore,
    ledger: LedgerId,
    index: u64,
    width: usize,
) -> Result<Option<Vec<StoredEvent>>, StoreError> {
    let from = index.saturating_mul(256);
    let events = store.events(ledger, from, at_least_one(width)).await?;
    let in_place = |(position, event): (u64, &StoredEvent)| event.position == position;
    let gapless = events.len() == width && (from..).zip(&events).all(in_place);
    Ok(gapless.then_some(events))
}

/// Adds the tiles that a commit fills, and those above them that it makes grow. Nothing for 255
/// events of 256.
///
/// What is stored of a tree follows from its leaves. Where it does not, the tree is summed up from
/// the leaves again; where even they do not fit the root, the commit goes without tiles: somebody
/// is waiting to get in, and verifying the ledger will say what is wrong with it.
pub(crate) async fn add_to(
    store: &dyn EventStore,
    commit: &mut LedgerCommit,
) -> Result<(), StoreError> {
    let old = commit.expected_size;
    let new = old.saturating_add(commit.events.len() as u64);
    if old / 256 == new / 256 {
        return Ok(());
    }
    let nodes = Edge::nodes(old);
    let mut tiles = grown(commit, &mut read(store, commit.ledger, old, &nodes).await?);
    if tiles.is_none() {
        let ledger = commit.ledger;
        tracing::error!(%ledger, "stored tiles do not fit the ledger: run `readmit audit verify`");
        tiles = grown(commit, &mut from_leaves(store, ledger, old, &nodes).await?);
    }
    for (id, tile) in tiles.into_iter().flatten() {
        commit.writes.push(Write::Tile(StoredTile { id, hashes: tile.to_bytes() }));
    }
    Ok(())
}

/// The tiles to write with a commit; none if its root does not follow from these tiles.
fn grown(commit: &LedgerCommit, before: &mut Tiles) -> Option<Vec<(TileId, HashTile)>> {
    let mut edge = Edge::restore(commit.expected_size, before).ok()?;
    let mut tiles = Vec::new();
    for event in &commit.events {
        tiles.extend(edge.append(leaf_hash(&event.body)).ok()?);
    }
    tiles.extend(edge.partial_tiles().into_iter().filter(|(id, _)| id.level > 0));
    (edge.root().as_bytes() == &commit.root).then_some(tiles)
}

/// What a ledger whose tiles do not lead to its root is told to be.
pub(crate) fn damaged(ledger: LedgerId) -> Failure {
    Failure::Damaged(format!(
        "the stored tiles of ledger {ledger} do not lead to its root: run `readmit audit verify`"
    ))
}
