//! What can be said of 256 events without those before them.

use readmit_runtime::Seen;
use readmit_tlog::{Hash, HashTile, TileId, leaf_hash};

use super::batch::Piece;
use super::layout::{EVENTS, WIDTH, entries_path, tile_path};
use super::{BundleError, BundleFault};

/// Events that hold by themselves, up to the first that does not.
pub(super) struct Looked {
    /// How many pieces stand before them.
    pub(super) index: u64,
    /// In order of position.
    pub(super) events: Vec<Seen>,
    /// The hash above all 256, which stands in a tile of the next level.
    pub(super) root: Option<Hash>,
    pub(super) broken: Option<BundleError>,
}

/// Looks at the pieces up to the first that does not hold.
pub(super) fn look_at_all(pieces: &[Piece]) -> Vec<Looked> {
    let mut all = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let looked = look(piece);
        let broken = looked.broken.is_some();
        all.push(looked);
        if broken {
            break;
        }
    }
    all
}

fn look(piece: &Piece) -> Looked {
    let mut events = Vec::with_capacity(piece.width);
    let (root, broken) = match piece.look(&mut events) {
        Ok(root) => (root, None),
        Err(fault) => (None, Some(fault.into())),
    };
    Looked { index: piece.index, events, root, broken }
}

impl Piece {
    fn look(&self, events: &mut Vec<Seen>) -> Result<Option<Hash>, BundleFault> {
        let tile = self.parse_tile()?;
        let (mut entries, mut lines) = (self.entries.as_slice(), self.lines.as_slice());
        for (hash, position) in tile.hashes().iter().zip(self.first()..) {
            let leaf = take_entry(&mut entries).ok_or_else(|| {
                let end = "the end, or half an entry";
                BundleFault::new(&self.entries_file(), "entry", &"one", &end).at(position)
            })?;
            let seen = Seen::at(position, leaf);
            // Whether all three agree, before what the leaf says.
            let found = seen.as_ref().map_or_else(|_| leaf_hash(leaf), Seen::leaf);
            self.agree(position, leaf, found, *hash, &mut lines)?;
            events.push(seen.map_err(|broken| BundleFault::of(&self.entries_file(), broken))?);
        }
        if entries.is_empty() {
            return Ok(tile.root());
        }
        let end = self.first() + self.width as u64;
        Err(BundleFault::new(&self.entries_file(), "entry", &"the end", &"more").at(end))
    }

    fn parse_tile(&self) -> Result<HashTile, BundleFault> {
        let tile = HashTile::from_bytes(&self.tile).ok();
        tile.filter(|tile| tile.width() == self.width).ok_or_else(|| {
            let expected = format!("{} bytes", self.width * Hash::BYTES);
            let found = format!("{} bytes", self.tile.len());
            BundleFault::new(&self.tile_file(), "size", &expected, &found)
        })
    }

    /// The same leaf stands in the bundle of entries and in `events.jsonl`, its hash in the tile. If
    /// not, two of them still tell which one was changed.
    fn agree(
        &self,
        position: u64,
        leaf: &[u8],
        found: Hash,
        in_tile: Hash,
        lines: &mut &[u8],
    ) -> Result<(), BundleFault> {
        let same_hash = found == in_tile;
        let line = lines.split_at_checked(leaf.len() + 1);
        let line = line.filter(|(line, _)| line.strip_suffix(b"\n") == Some(leaf));
        let fault = match line {
            Some((_, rest)) if same_hash => {
                *lines = rest;
                if !leaf.contains(&b'\n') {
                    return Ok(());
                }
                BundleFault::new(&self.entries_file(), "leaf", &"one line", &"more")
            }
            Some(_) => BundleFault::new(&self.tile_file(), "hash of the leaf", &found, &in_tile),
            None if same_hash => {
                BundleFault::new(EVENTS, "hash of the line", &found, &hash_of_line(lines))
            }
            None => BundleFault::new(&self.entries_file(), "hash of the leaf", &in_tile, &found),
        };
        Err(fault.at(position))
    }

    const fn first(&self) -> u64 {
        self.index * WIDTH
    }

    fn entries_file(&self) -> String {
        entries_path(self.index, self.size)
    }

    fn tile_file(&self) -> String {
        tile_path(TileId { level: 0, index: self.index }, self.size)
    }
}

fn hash_of_line(lines: &[u8]) -> String {
    match lines.iter().position(|byte| *byte == b'\n') {
        Some(end) => leaf_hash(lines.get(..end).unwrap_or_default()).to_string(),
        None => "no whole line".to_owned(),
    }
}

/// The next entry of a bundle (tlog-tiles, *Log entries*), with no need of the others, so that
/// where it was changed is known.
pub(super) fn take_entry<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    *bytes = rest;
    Some(entry)
}
