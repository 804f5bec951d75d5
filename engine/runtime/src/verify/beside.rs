//! What is stored beside the events, held against them: tiles, checkpoints, private data.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroUsize;
use std::ops::Range;

use readmit_domain::{LedgerId, StreamId};
use readmit_tlog::{Hash, HashTile, TileId, VerifierKey};

use super::history::{History, Seen};
use super::{Discrepancy, VerifyError, discrepancy, expect};
use crate::Failure;
use crate::checkpoint::read_note;
use crate::engine::Runtime;
use crate::pages::PAGE;
use crate::ports::proofs::{StoredCheckpoint, StoredTile};
use crate::ports::store::{Load, StreamLoad, at_least_one};
use crate::vault::{DataKey, PrivatePlace};

/// Checkpoints read at once: some 300 bytes each.
const CHECKPOINTS_AT_ONCE: NonZeroUsize = at_least_one(1024);
/// Tiles read at once: 8 KiB each.
const TILES_AT_ONCE: NonZeroUsize = at_least_one(64);
/// Data keys kept while a ledger is verified.
const KEYS_KEPT: usize = 50_000;

/// What is known of the tables beside the events so far.
pub(super) struct Beside<'a> {
    runtime: &'a Runtime,
    ledger: LedgerId,
    /// The keys that sign checkpoints of this ledger, as far as events have announced them.
    keys: Vec<VerifierKey>,
    /// Roots of the full tiles of level 0: 32 bytes for 256 events.
    roots: Vec<Hash>,
    data_keys: HashMap<StreamId, Option<DataKey>>,
    /// Streams without a key, or without private data that an event promises: the first such event.
    missing: BTreeMap<StreamId, u64>,
    erased: BTreeSet<StreamId>,
}

impl<'a> Beside<'a> {
    pub(super) fn new(runtime: &'a Runtime, ledger: LedgerId) -> Self {
        Self {
            runtime,
            ledger,
            keys: Vec::new(),
            roots: Vec::new(),
            data_keys: HashMap::new(),
            missing: BTreeMap::new(),
            erased: BTreeSet::new(),
        }
    }

    /// Looks at what belongs to a page of events that hold; adds them to the history.
    pub(super) async fn page(
        &mut self,
        history: &mut History,
        events: &[Seen],
        tiles: &[HashTile],
    ) -> Result<(), VerifyError> {
        let begin = history.size();
        let positions = begin..begin + events.len() as u64;
        let (checkpoints, stored, private) = futures_util::join!(
            self.checkpoints(&positions),
            self.tiles(begin / 256, tiles.len()),
            self.private(&positions),
        );
        let (checkpoints, stored, private) = (checkpoints?, stored?, private?);
        let mut announced = self.keys.len().max(1);
        self.announce(announced + events.iter().filter(|event| event.rotates).count()).await?;
        // Before anything that only knows a root: a tile knows which leaf is another.
        self.full_tiles(begin / 256, tiles, &stored)?;
        let mut checkpoints = checkpoints.iter().peekable();
        while let Some(first) = checkpoints.next_if(|it| it.size == begin) {
            self.checkpoint(first, history, announced)?;
        }
        for event in events {
            history.add_seen(event)?;
            announced += usize::from(event.rotates);
            while let Some(next) = checkpoints.next_if(|it| it.size == history.size()) {
                self.checkpoint(next, history, announced)?;
            }
        }
        self.erased.extend(events.iter().filter(|event| event.erases).map(|event| event.stream));
        self.private_data(&positions, events, private).await
    }

    /// Looks at what stands behind the last event. A ledger may have grown since its head was read.
    pub(super) async fn end(&mut self, size: u64, grown: u64) -> Result<(), VerifyError> {
        self.upper_tiles(size, grown).await?;
        let store = self.runtime.shared.store.proofs();
        let one = NonZeroUsize::MIN;
        if let Some(beyond) =
            store.checkpoints(self.ledger, grown + 1, one).await.map_err(Failure::from)?.first()
        {
            return Err(discrepancy(
                beyond.size,
                "checkpoint",
                &format!("none of more than the {grown} events there are"),
                &"a checkpoint",
            )
            .into());
        }
        if let Some((position, _)) =
            store.private_from(self.ledger, grown, one).await.map_err(Failure::from)?.first()
        {
            return Err(discrepancy(*position, "private data", &"nothing", &"private data").into());
        }
        self.missing_data().await
    }

    /// Checkpoints of sizes that these events lead to; those of size 0, and before, with the first.
    async fn checkpoints(&self, positions: &Range<u64>) -> Result<Vec<StoredCheckpoint>, Failure> {
        let store = self.runtime.shared.store.proofs();
        let mut from = if positions.start == 0 { 0 } else { positions.start + 1 };
        let mut checkpoints = Vec::new();
        loop {
            let page = store.checkpoints(self.ledger, from, CHECKPOINTS_AT_ONCE).await?;
            let more = page.len() == CHECKPOINTS_AT_ONCE.get();
            from = page.last().map_or(from, |last| last.size + 1);
            checkpoints.extend(page.into_iter().take_while(|it| it.size <= positions.end));
            if !more || from > positions.end {
                return Ok(checkpoints);
            }
        }
    }

    async fn tiles(&self, first: u64, count: usize) -> Result<Vec<StoredTile>, Failure> {
        let from = TileId { level: 0, index: first };
        let store = self.runtime.shared.store.proofs();
        Ok(store.tiles_from(self.ledger, from, at_least_one(count)).await?)
    }

    async fn private(&self, positions: &Range<u64>) -> Result<Vec<(u64, Vec<u8>)>, Failure> {
        let store = self.runtime.shared.store.proofs();
        let mut rows = store.private_from(self.ledger, positions.start, PAGE).await?;
        rows.retain(|(position, _)| *position < positions.end);
        Ok(rows)
    }

    /// Derives the first so many keys.
    async fn announce(&mut self, keys: usize) -> Result<(), Failure> {
        let numbers = self.keys.len()..keys;
        let numbers: Vec<u32> = numbers.filter_map(|number| number.try_into().ok()).collect();
        if !numbers.is_empty() {
            self.keys.extend(self.runtime.verifier_keys_of(self.ledger, &numbers).await?);
        }
        Ok(())
    }

    /// A checkpoint that was signed when so many keys had been announced.
    fn checkpoint(
        &self,
        stored: &StoredCheckpoint,
        history: &History,
        announced: usize,
    ) -> Result<(), VerifyError> {
        let size = stored.size;
        let bad = |what, expected: &dyn ToString, found: &dyn ToString| {
            VerifyError::from(discrepancy(size, what, expected, found))
        };
        let signed =
            read_note(stored).map_err(|error| bad("checkpoint", &"a signed note", &error))?;
        let checkpoint = signed.checkpoint();
        expect(size, "size of the checkpoint", size, checkpoint.size())?;
        expect(size, "root of the checkpoint", history.root(), checkpoint.root())?;
        let mut last = None;
        for key in self.keys.iter().take(announced).rev() {
            match signed.verify(key, &[]) {
                Ok(_) => return Ok(()),
                Err(error) => last = Some(error),
            }
        }
        let found = last.map(|error| error.to_string()).unwrap_or_default();
        Err(bad("signature of the checkpoint", &"one of the ledger's own key", &found))
    }

    fn full_tiles(
        &mut self,
        first: u64,
        tiles: &[HashTile],
        stored: &[StoredTile],
    ) -> Result<(), Discrepancy> {
        let mut stored = stored.iter();
        for (index, tile) in (first..).zip(tiles) {
            let id = TileId { level: 0, index };
            expect_tile(id, tile.hashes(), stored.next(), HashTile::FULL_WIDTH)?;
            self.roots.extend(tile.root());
        }
        Ok(())
    }

    /// The tiles above level 0, as far as they have come, and none that no event leads to.
    async fn upper_tiles(&self, size: u64, grown: u64) -> Result<(), VerifyError> {
        let mut expected = upper_tiles(&self.roots);
        let mut from = TileId { level: 0, index: size / 256 };
        loop {
            let store = self.runtime.shared.store.proofs();
            let page =
                store.tiles_from(self.ledger, from, TILES_AT_ONCE).await.map_err(Failure::from)?;
            for tile in &page {
                let width = tile.id.width(grown);
                let is_new = width > 0 && (tile.id.level > 0 || width == HashTile::FULL_WIDTH);
                match expected.remove(&tile.id) {
                    Some(hashes) => expect_tile(tile.id, &hashes, Some(tile), width)?,
                    None if is_new && grown > size => {}
                    None => {
                        let what = describe(tile.id);
                        return Err(discrepancy(begin(tile.id), "tile", &"nothing", &what).into());
                    }
                }
            }
            let Some(last) = page.last().filter(|_| page.len() == TILES_AT_ONCE.get()) else {
                break;
            };
            from = TileId { index: last.id.index + 1, ..last.id };
        }
        match expected.keys().next() {
            Some(id) => Err(discrepancy(begin(*id), "tile", &describe(*id), &"nothing").into()),
            None => Ok(()),
        }
    }

    /// Every commitment has its private data, which opens to it; nothing else is private.
    async fn private_data(
        &mut self,
        positions: &Range<u64>,
        events: &[Seen],
        rows: Vec<(u64, Vec<u8>)>,
    ) -> Result<(), VerifyError> {
        self.load_keys(events).await?;
        let mut rows: BTreeMap<u64, Vec<u8>> = rows.into_iter().collect();
        for (position, event) in positions.clone().zip(events) {
            match (&event.private, rows.remove(&position)) {
                (None, None) => {}
                (None, Some(_)) => {
                    return Err(
                        discrepancy(position, "private data", &"nothing", &"private data").into()
                    );
                }
                (Some(commitment), Some(sealed)) => {
                    let place =
                        PrivatePlace { ledger: self.ledger, position, stream: event.stream };
                    match self.data_keys.get(&event.stream).and_then(Option::as_ref) {
                        Some(key) => {
                            key.open_private(&sealed, place, commitment).map_err(|_| {
                                discrepancy(
                                    position,
                                    "private data",
                                    &"what the event commits to",
                                    &"something else",
                                )
                            })?;
                        }
                        None => {
                            self.missing.entry(event.stream).or_insert(position);
                        }
                    }
                }
                (Some(_), None) => {
                    self.missing.entry(event.stream).or_insert(position);
                }
            }
        }
        Ok(())
    }

    /// The data keys of the streams whose private data is to be opened, in one round trip.
    async fn load_keys(&mut self, events: &[Seen]) -> Result<(), Failure> {
        if self.data_keys.len() > KEYS_KEPT {
            self.data_keys.clear();
        }
        let private = events.iter().filter(|event| event.private.is_some());
        let unknown: BTreeSet<StreamId> = private
            .map(|event| event.stream)
            .filter(|id| !self.data_keys.contains_key(id))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let shared = &self.runtime.shared;
        let wanted = unknown.iter().map(|stream| StreamLoad {
            ledger: self.ledger,
            stream: stream.uuid(),
            after_version: 0,
        });
        let load = Load { streams: wanted.collect(), ..Load::default() };
        let loaded = shared.store.load(&load).await?;
        for (id, stream) in unknown.into_iter().zip(loaded.streams) {
            let key = match stream.key {
                Some(wrapped) => Some(shared.unwrap(self.ledger, id.uuid(), &wrapped).await?),
                None => None,
            };
            self.data_keys.insert(id, key);
        }
        Ok(())
    }

    /// Private data may be missing where its account was erased, and nowhere else.
    async fn missing_data(&self) -> Result<(), VerifyError> {
        for (stream, position) in &self.missing {
            let erased = match stream {
                _ if self.erased.contains(stream) => true,
                // Erased since the head was read?
                StreamId::Account(id) => self.runtime.account(self.ledger, *id).await?.erased,
                StreamId::Tenant(_) => false,
            };
            if !erased {
                let expected = "what the event commits to, and its key";
                return Err(discrepancy(*position, "private data", &expected, &"nothing").into());
            }
        }
        Ok(())
    }
}

/// Every tile above the full ones of level 0, from their roots.
fn upper_tiles(roots: &[Hash]) -> BTreeMap<TileId, Vec<Hash>> {
    let mut tiles = BTreeMap::new();
    let mut hashes = roots.to_vec();
    for level in 1.. {
        let mut above = Vec::new();
        for (index, tile) in (0..).zip(hashes.chunks(HashTile::FULL_WIDTH)) {
            tiles.insert(TileId { level, index }, tile.to_vec());
            let full = HashTile::new(tile.to_vec()).ok().filter(HashTile::is_full);
            above.extend(full.and_then(|tile| tile.root()));
        }
        if above.is_empty() {
            break;
        }
        hashes = above;
    }
    tiles
}

/// A stored tile begins with the hashes that follow from the leaves, and is no wider than allowed.
fn expect_tile(
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
        let position = begin_of(id, place);
        return Err(discrepancy(position, "hash in a tile", expected, found));
    }
    if (expected.len()..=width).contains(&tile.width()) {
        Ok(())
    } else {
        let expected = format!("{} of {} hashes", describe(id), expected.len());
        Err(discrepancy(begin(id), "tile", &expected, &tile.width()))
    }
}

fn describe(id: TileId) -> String {
    format!("tile {} of level {}", id.index, id.level)
}

/// The position of the first event under a tile.
fn begin(id: TileId) -> u64 {
    begin_of(id, 0)
}

/// The position of the first event under a hash of a tile.
fn begin_of(id: TileId, place: u64) -> u64 {
    let shift = u32::from(id.level).saturating_mul(8);
    id.index.saturating_mul(256).saturating_add(place).checked_shl(shift).unwrap_or(u64::MAX)
}
