//! What is stored beside the events, held against them: tiles, checkpoints, private data.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use readmit_domain::{LedgerId, StreamId};
use readmit_tlog::{Hash, HashTile, TileId, VerifierKey};

use super::history::History;
use super::page::{Page, begin, describe, expect_tile};
use super::{VerifyError, discrepancy, expect};
use crate::Failure;
use crate::checkpoint::read_note;
use crate::engine::Runtime;
use crate::ports::StoreError;
use crate::ports::proofs::StoredCheckpoint;
use crate::ports::store::at_least_one;

/// Tiles read at once: 8 KiB each.
const TILES_AT_ONCE: NonZeroUsize = at_least_one(64);

/// What is known of the tables beside the events so far.
pub(super) struct Beside<'a> {
    runtime: &'a Runtime,
    ledger: LedgerId,
    /// The keys that sign checkpoints of this ledger, as far as events have announced them.
    keys: Vec<VerifierKey>,
    /// Roots of the full tiles of level 0: 32 bytes for 256 events.
    roots: Vec<Hash>,
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
            missing: BTreeMap::new(),
            erased: BTreeSet::new(),
        }
    }

    /// Adds a page to the history, and holds its checkpoints against that.
    pub(super) async fn add(
        &mut self,
        history: &mut History,
        page: Page,
    ) -> Result<(), VerifyError> {
        let Page { events, roots, checkpoints, missing, mut broken } = page;
        let mut announced = self.keys.len().max(1);
        self.announce(announced + events.iter().filter(|event| event.rotates).count()).await?;
        let mut checkpoints = checkpoints.iter().peekable();
        while let Some(first) = checkpoints.next_if(|it| it.size == 0) {
            self.checkpoint(first, history, announced)?;
        }
        for event in &events {
            if let Some(broken) = broken.take_if(|broken| broken.position <= history.size()) {
                return Err(broken.into());
            }
            history.add_seen(event)?;
            announced += usize::from(event.rotates);
            while let Some(next) = checkpoints.next_if(|it| it.size == history.size()) {
                self.checkpoint(next, history, announced)?;
            }
        }
        if let Some(broken) = broken {
            return Err(broken.into());
        }
        self.roots.extend(roots);
        self.erased.extend(events.iter().filter(|event| event.erases).map(|event| event.stream));
        for (stream, position) in missing {
            self.missing.entry(stream).or_insert(position);
        }
        Ok(())
    }

    /// Looks at what stands behind the last event that was added. The ledger may grow meanwhile, so
    /// whatever is found there is held against a size that is read after it.
    pub(super) async fn end(&self, size: u64) -> Result<(), VerifyError> {
        self.upper_tiles(size).await?;
        let (ledger, store) = (self.ledger, self.runtime.shared.store.as_ref());
        let one = NonZeroUsize::MIN;
        let event = self.beyond(size, async |from| {
            Ok(store.events(ledger, from, one).await?.first().map(|event| event.position))
        });
        let private = self.beyond(size, async |from| {
            let rows = store.proofs().private_from(ledger, from, one).await?;
            Ok(rows.first().map(|(position, _)| *position))
        });
        // A checkpoint of as many events as there are is the last that can be.
        let checkpoint = self.beyond(size, async |from| {
            let rows = store.proofs().checkpoints(ledger, from + 1, one).await?;
            Ok(rows.first().map(|checkpoint| checkpoint.size - 1))
        });
        for (what, found) in [
            ("event", event.await?),
            ("private data", private.await?),
            ("checkpoint", checkpoint.await?.map(|position| position + 1)),
        ] {
            if let Some(position) = found {
                return Err(discrepancy(position, what, &"nothing beyond the head", &what).into());
            }
        }
        self.missing_data().await
    }

    /// The first position beyond the end of the ledger at which something stands.
    async fn beyond(
        &self,
        size: u64,
        first_from: impl AsyncFn(u64) -> Result<Option<u64>, StoreError>,
    ) -> Result<Option<u64>, Failure> {
        let mut size = size;
        while let Some(found) = first_from(size).await? {
            let grown = self.size().await?;
            if found >= grown {
                return Ok(Some(found));
            }
            size = grown;
        }
        Ok(None)
    }

    /// How many events the ledger has now.
    async fn size(&self) -> Result<u64, Failure> {
        Ok(self.runtime.head(self.ledger).await?.size)
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

    /// The tiles above level 0, as far as they have come, and none that no event leads to.
    async fn upper_tiles(&self, size: u64) -> Result<(), VerifyError> {
        let mut expected = upper_tiles(&self.roots);
        let mut from = TileId { level: 0, index: size / 256 };
        loop {
            let store = self.runtime.shared.store.proofs();
            let page =
                store.tiles_from(self.ledger, from, TILES_AT_ONCE).await.map_err(Failure::from)?;
            let grown = self.size().await?;
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
