//! Reading a bundle, some pieces at a time.

use std::fs::File;
use std::path::Path;

use readmit_tlog::{EntryBundle, Hash, HashTile, TileId};

use super::layout::{EVENTS, WIDTH, entries_path, tile_path};
use super::look::take_entry;
use super::read::{open, read, read_next};
use super::{BundleError, BundleFault};

/// 256 events as they stand in three files; fewer at the end.
pub(super) struct Piece {
    /// How many pieces stand before it.
    pub(super) index: u64,
    /// How many events it must have, from 1 to 256.
    pub(super) width: usize,
    /// How many events the whole ledger has.
    pub(super) size: u64,
    /// A bundle of entries.
    pub(super) entries: Vec<u8>,
    /// As many bytes of `events.jsonl` as the same entries take there.
    pub(super) lines: Vec<u8>,
    /// A hash tile of level 0.
    pub(super) tile: Vec<u8>,
}

/// The pieces of a bundle, in order.
pub(super) struct Pieces<'a> {
    folder: &'a Path,
    size: u64,
    next: u64,
    lines: File,
}

/// A bundle of entries is no longer.
const ENTRIES_BYTES_MAX: u64 = (HashTile::FULL_WIDTH * (2 + EntryBundle::MAX_ENTRY_BYTES)) as u64;

/// A thread is worth starting for this many bytes of entries. Pieces are whole, so that a batch may
/// have up to 16 MB more.
const BATCH_BYTES: usize = 1 << 20;

impl<'a> Pieces<'a> {
    /// Those of a ledger of `size` events.
    pub(super) fn open(folder: &'a Path, size: u64) -> Result<Self, BundleError> {
        Ok(Self { folder, size, next: 0, lines: open(folder, EVENTS)? })
    }

    /// Reads enough pieces to be worth a thread, and the reason why no more can be read, if there is
    /// one. Nothing at the end.
    pub(super) fn batch(&mut self) -> (Vec<Piece>, Option<BundleError>) {
        let (mut pieces, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH_BYTES && self.next * WIDTH < self.size {
            match self.piece() {
                Ok(piece) => {
                    bytes += piece.entries.len();
                    pieces.push(piece);
                }
                Err(error) => return (pieces, Some(error)),
            }
        }
        (pieces, None)
    }

    fn piece(&mut self) -> Result<Piece, BundleError> {
        let Self { folder, size, next: index, .. } = *self;
        let id = TileId { level: 0, index };
        let width = id.width(size);
        let entries = read(folder, &entries_path(index, size), ENTRIES_BYTES_MAX)?;
        let lines = read_next(&mut self.lines, folder, EVENTS, lines_length(&entries, width))?;
        let tile = read(folder, &tile_path(id, size), (width * Hash::BYTES) as u64)?;
        self.next += 1;
        Ok(Piece { index, width, size, entries, lines, tile })
    }

    /// After the last piece: `events.jsonl` has nothing behind it.
    pub(super) fn check_end(&mut self) -> Result<(), BundleError> {
        if read_next(&mut self.lines, self.folder, EVENTS, 1)?.is_empty() {
            return Ok(());
        }
        Err(BundleFault::new(EVENTS, "line", &"the end", &"more").at(self.size).into())
    }
}

/// How many bytes the whole ones of these entries take in `events.jsonl`, with their newlines.
fn lines_length(mut entries: &[u8], width: usize) -> u64 {
    let whole = std::iter::from_fn(|| take_entry(&mut entries)).take(width);
    whole.map(|entry| entry.len() as u64 + 1).sum()
}
