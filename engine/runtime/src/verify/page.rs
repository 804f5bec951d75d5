//! A page of a ledger: all that can be said of it without the pages before.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use readmit_domain::{LedgerId, StreamId};
use readmit_tlog::{Hash, HashTile, TileId};

use super::history::Seen;
use super::{Discrepancy, decode, discrepancy, expect};
use crate::Failure;
use crate::pages::{PAGE, on_a_core, read};
use crate::ports::StoreError;
use crate::ports::proofs::{StoredCheckpoint, StoredTile};
use crate::ports::store::{StoredEvent, at_least_one};
use crate::shared::Shared;
use crate::vault::{DataKey, PrivatePlace};

/// Checkpoints read at once: some 300 bytes each.
const CHECKPOINTS_AT_ONCE: NonZeroUsize = at_least_one(1024);

/// What stands at some positions.
pub(super) struct Page {
    /// In order of position, up to the first that cannot be read.
    pub(super) events: Vec<Seen>,
    /// Roots of the tiles of level 0 that they fill: a page begins where a tile does.
    pub(super) roots: Vec<Hash>,
    /// Checkpoints of sizes that these events lead to.
    pub(super) checkpoints: Vec<StoredCheckpoint>,
    /// Where private data or its key is missing, which is right only if the account was erased.
    pub(super) missing: Vec<(StreamId, u64)>,
    /// The first thing that does not hold.
    pub(super) broken: Option<Discrepancy>,
}

impl Page {
    /// Looks at the events that stand at these positions, and at what belongs to them.
    pub(super) async fn look(
        shared: Arc<Shared>,
        ledger: LedgerId,
        positions: Range<u64>,
    ) -> Result<Self, Failure> {
        let store = shared.store.as_ref();
        let (stored, tiles, checkpoints, private) = futures_util::try_join!(
            read(store, ledger, &positions),
            stored_tiles(&shared, ledger, &positions),
            stored_checkpoints(&shared, ledger, &positions),
            store.proofs().private_from(ledger, positions.start, PAGE),
        )?;
        let begin = positions.start;
        let (events, roots, mut broken) =
            on_a_core(move || leaves(ledger, positions, &stored, &tiles)).await?;
        let end = begin + events.len() as u64;
        let rows = private.into_iter().filter(|(position, _)| *position < end).collect();
        let private_events = events.iter().filter(|event| event.private.is_some());
        let streams = private_events.map(|event| event.stream).collect();
        let keys = shared.data_keys(ledger, streams).await?;
        let (events, missing, private) = on_a_core(move || {
            let private = Private { ledger, begin, keys };
            let (missing, broken) = private.look(&events, rows);
            (events, missing, broken)
        })
        .await?;
        // Whichever comes first in the ledger.
        broken = [broken, private].into_iter().flatten().min_by_key(|broken| broken.position);
        Ok(Self { events, roots, checkpoints, missing, broken })
    }
}

async fn stored_tiles(
    shared: &Shared,
    ledger: LedgerId,
    positions: &Range<u64>,
) -> Result<Vec<StoredTile>, StoreError> {
    let (first, end) = (positions.start / 256, positions.end / 256);
    let Some(count) = usize::try_from(end - first).ok().and_then(NonZeroUsize::new) else {
        return Ok(Vec::new());
    };
    shared.store.proofs().tiles_from(ledger, TileId { level: 0, index: first }, count).await
}

/// Those of size 0, and before, come with the first page.
async fn stored_checkpoints(
    shared: &Shared,
    ledger: LedgerId,
    positions: &Range<u64>,
) -> Result<Vec<StoredCheckpoint>, StoreError> {
    let mut from = if positions.start == 0 { 0 } else { positions.start + 1 };
    let mut checkpoints = Vec::new();
    loop {
        let page = shared.store.proofs().checkpoints(ledger, from, CHECKPOINTS_AT_ONCE).await?;
        let more = page.len() == CHECKPOINTS_AT_ONCE.get();
        from = page.last().map_or(from, |last| last.size.saturating_add(1));
        checkpoints.extend(page.into_iter().take_while(|it| it.size <= positions.end));
        if !more || from > positions.end {
            return Ok(checkpoints);
        }
    }
}

/// Reads and hashes the leaves, and holds the tiles they fill against the stored ones.
fn leaves(
    ledger: LedgerId,
    positions: Range<u64>,
    stored: &[StoredEvent],
    tiles: &[StoredTile],
) -> (Vec<Seen>, Vec<Hash>, Option<Discrepancy>) {
    let first = positions.start / 256;
    let mut events = Vec::with_capacity(stored.len());
    let mut broken = None;
    let mut rows = stored.iter();
    for position in positions {
        match leaf(ledger, position, rows.next()) {
            Ok(seen) => events.push(seen),
            Err(found) => {
                broken = Some(found);
                break;
            }
        }
    }
    let full = events.chunks_exact(HashTile::FULL_WIDTH);
    let full = full.map(|events| events.iter().map(|event| event.leaf).collect());
    let mut roots = Vec::new();
    let mut tiles = tiles.iter();
    for (index, tile) in (first..).zip(full.filter_map(|hashes| HashTile::new(hashes).ok())) {
        let id = TileId { level: 0, index };
        if let Err(found) = expect_tile(id, tile.hashes(), tiles.next(), HashTile::FULL_WIDTH) {
            return (events, roots, Some(found));
        }
        roots.extend(tile.root());
    }
    (events, roots, broken)
}

fn leaf(
    ledger: LedgerId,
    position: u64,
    stored: Option<&StoredEvent>,
) -> Result<Seen, Discrepancy> {
    let missing = || discrepancy(position, "event", &"an event", &"nothing");
    let stored = stored.ok_or_else(missing)?;
    expect(position, "position", position, stored.position)?;
    Ok(Seen::new(&decode(ledger, stored)?, &stored.body))
}

/// Every commitment has its private data, which opens to it; nothing else is private.
struct Private {
    ledger: LedgerId,
    begin: u64,
    keys: HashMap<StreamId, DataKey>,
}

impl Private {
    /// Where something is missing, and the first that is not what its event commits to.
    fn look(
        &self,
        events: &[Seen],
        mut rows: BTreeMap<u64, Vec<u8>>,
    ) -> (Vec<(StreamId, u64)>, Option<Discrepancy>) {
        let mut missing = Vec::new();
        for (position, event) in (self.begin..).zip(events) {
            let sealed = rows.remove(&position);
            match (&event.private, sealed, self.keys.get(&event.stream)) {
                (None, None, _) => {}
                (None, Some(_), _) => {
                    let found = discrepancy(position, "private data", &"nothing", &"private data");
                    return (missing, Some(found));
                }
                (Some(commitment), Some(sealed), Some(key)) => {
                    let place =
                        PrivatePlace { ledger: self.ledger, position, stream: event.stream };
                    if key.open_private(&sealed, place, commitment).is_err() {
                        let expected = "what the event commits to";
                        let found =
                            discrepancy(position, "private data", &expected, &"something else");
                        return (missing, Some(found));
                    }
                }
                (Some(_), _, _) => missing.push((event.stream, position)),
            }
        }
        (missing, None)
    }
}

/// A stored tile begins with the hashes that follow from the leaves, and is no wider than allowed.
pub(super) fn expect_tile(
    id: TileId,
    expected: &[Hash],
    stored: Option<&StoredTile>,
    width: usize,
) -> Result<(), Discrepancy> {
    let stored = stored.filter(|stored| stored.id == id);
    let stored = stored.ok_or_else(|| discrepancy(begin(id), "tile", &describe(id), &"nothing"))?;
    let tile = HashTile::from_bytes(&stored.hashes)
        .map_err(|error| discrepancy(begin(id), "tile", &describe(id), &error))?;
    let pairs = expected.iter().zip(tile.hashes());
    if let Some((place, (expected, found))) = (0..).zip(pairs).find(|(_, (a, b))| a != b) {
        // The first leaf under that hash; the leaf itself, on level 0.
        return Err(discrepancy(begin_of(id, place), "hash in a tile", expected, found));
    }
    if (expected.len()..=width).contains(&tile.width()) {
        Ok(())
    } else {
        let expected = format!("{} of {} hashes", describe(id), expected.len());
        Err(discrepancy(begin(id), "tile", &expected, &tile.width()))
    }
}

pub(super) fn describe(id: TileId) -> String {
    format!("tile {} of level {}", id.index, id.level)
}

/// The position of the first event under a tile.
pub(super) fn begin(id: TileId) -> u64 {
    begin_of(id, 0)
}

/// The position of the first event under a hash of a tile.
fn begin_of(id: TileId, place: u64) -> u64 {
    let shift = u32::from(id.level).saturating_mul(8);
    id.index.saturating_mul(256).saturating_add(place).checked_shl(shift).unwrap_or(u64::MAX)
}
