//! Hash tiles: the tree, cut into pieces of height 8.

use std::collections::BTreeMap;

use crate::{Hash, HashReader, MissingNode, Node, node_hash};

/// Which tile: the one whose hashes are those of the nodes of level 8 · `level`, from index
/// 256 · `index` on.
///
/// Source: tlog-tiles, *Merkle Tree*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 for tiles of leaf hashes; each level above has the roots of the full tiles below. At most
    /// 6 in a tree of the largest size.
    pub level: u8,
    /// How many tiles of this level stand to its left.
    pub index: u64,
}

/// The hashes of a tile: 256 when it is full, fewer at the right edge of a tree.
///
/// A full tile never changes; a partial one only grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashTile {
    /// From 1 to [`HashTile::FULL_WIDTH`].
    hashes: Vec<Hash>,
}

/// Why a hash tile cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not between 1 and 256 hashes.
    #[error("a tile has from 1 to 256 hashes, not {found}")]
    WrongWidth {
        /// The number of hashes.
        found: usize,
    },
    /// The bytes are not a number of whole hashes.
    #[error("a tile has 32 bytes for each hash; {found} is not a multiple of that")]
    WrongLength {
        /// The length found, in bytes.
        found: usize,
    },
}

impl TileId {
    /// The tile that has what is needed for the hash of a node, if it is wide enough.
    pub const fn of(node: Node) -> Self {
        let Node { level, index } = node;
        Self { level: level / HEIGHT, index: index >> (HEIGHT - level % HEIGHT) }
    }

    /// How many hashes the tile has in a tree of `size` leaves: 0 when it is not in the tree, 256
    /// when it is full.
    pub fn width(self, size: u64) -> usize {
        let hashes = size.checked_shr(u32::from(self.level) * 8).unwrap_or(0);
        let before = self.index.saturating_mul(256);
        usize::try_from(hashes.saturating_sub(before).min(256)).unwrap_or(HashTile::FULL_WIDTH)
    }

    /// The tiles that have what is needed for the hash of a node, when only full tiles are stored
    /// and the partial one of level 0 is made from leaves: that [of](TileId::of) the node, or, when
    /// it is partial in a tree of `size` leaves, the full ones below it, up to 128.
    ///
    /// A `BTreeMap<TileId, HashTile>` of them reads the node.
    ///
    /// ```
    /// use readmit_tlog::{Node, TileId};
    ///
    /// // In a tree of 1,000 leaves, the tile above the first three full ones is partial.
    /// let id = |level, index| TileId { level, index };
    /// assert_eq!(TileId::stored(Node { level: 3, index: 9 }, 1_000), [id(0, 0)]);
    /// assert_eq!(TileId::stored(Node { level: 9, index: 0 }, 1_000), [id(0, 0), id(0, 1)]);
    /// assert_eq!(TileId::stored(Node { level: 0, index: 999 }, 1_000), [id(0, 3)]);
    /// ```
    pub fn stored(node: Node, size: u64) -> Vec<Self> {
        let id = Self::of(node);
        if id.width(size) == HashTile::FULL_WIDTH {
            return vec![id];
        }
        id.below(node).map_or_else(|| vec![id], Iterator::collect)
    }

    /// The full tiles whose roots lie under a node inside this tile, unless it is of level 0.
    fn below(self, node: Node) -> Option<impl Iterator<Item = Self>> {
        let level = self.level.checked_sub(1)?;
        let height = node.level % HEIGHT;
        let first = node.index << height;
        Some((first..).take(1 << height).map(move |index| Self { level, index }))
    }

    /// The nodes whose hashes are the first `width` ones of the tile, in order.
    pub(crate) fn nodes(self, width: usize) -> impl Iterator<Item = Node> {
        let (level, first) = (self.level * HEIGHT, self.index * 256);
        (first..).take(width).map(move |index| Node { level, index })
    }
}

const HEIGHT: u8 = 8;

impl HashTile {
    /// How many hashes a full tile has.
    pub const FULL_WIDTH: usize = 256;

    /// The tile of these hashes.
    ///
    /// # Errors
    ///
    /// [`TileError::WrongWidth`].
    pub fn new(hashes: Vec<Hash>) -> Result<Self, TileError> {
        match hashes.len() {
            1..=Self::FULL_WIDTH => Ok(Self { hashes }),
            found => Err(TileError::WrongWidth { found }),
        }
    }

    /// The tile of hashes whose number is known to be from 1 to 256.
    pub(crate) const fn of_known_width(hashes: Vec<Hash>) -> Self {
        Self { hashes }
    }

    /// Reads what [`HashTile::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`TileError`] when it is not from 1 to 256 whole hashes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TileError> {
        // Before anything is copied: the bytes may come from a stranger.
        if bytes.len() > Self::FULL_WIDTH * Hash::BYTES {
            return Err(TileError::WrongWidth { found: bytes.len() / Hash::BYTES });
        }
        let (hashes, rest) = bytes.as_chunks();
        if !rest.is_empty() {
            return Err(TileError::WrongLength { found: bytes.len() });
        }
        Self::new(hashes.iter().copied().map(Hash::from_bytes).collect())
    }

    /// The hashes, one after another: 8,192 bytes for a full tile.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(Hash::as_bytes).copied().collect()
    }

    /// The hashes, from left to right.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// How many hashes there are, from 1 to 256.
    pub const fn width(&self) -> usize {
        self.hashes.len()
    }

    /// Whether all 256 hashes are there.
    pub const fn is_full(&self) -> bool {
        self.hashes.len() == Self::FULL_WIDTH
    }

    /// The hash of a node inside this tile, which has to be [`TileId::of`] that node; none when the
    /// tile is not wide enough yet.
    ///
    /// Takes at most 127 node hashes.
    pub fn node(&self, node: Node) -> Option<Hash> {
        let height = node.level % HEIGHT;
        let width = 1_usize << height;
        // Which of the nodes of this level inside the tile: less than 256, so nothing is lost.
        let within = usize::try_from(node.index % (256 >> height)).ok()?;
        let hashes = self.hashes.get(within * width..(within + 1) * width)?;
        Some(perfect_root(hashes))
    }

    /// The root of a full tile: a hash of the tile above. None of a partial one, which is never
    /// hashed into the level above.
    pub fn root(&self) -> Option<Hash> {
        self.is_full().then(|| perfect_root(&self.hashes))
    }
}

/// Reads a node from the tile that it is in, or else from the full tiles below that one.
impl HashReader for BTreeMap<TileId, HashTile> {
    type Error = MissingNode;

    fn read(&mut self, nodes: &[Node]) -> Result<Vec<Hash>, MissingNode> {
        let inside = |node| self.get(&TileId::of(node))?.node(node);
        let below = |node| {
            let roots = TileId::of(node).below(node)?.map(|id| self.get(&id)?.root());
            Some(perfect_root(&roots.collect::<Option<Vec<_>>>()?))
        };
        let hash = |node| inside(node).or_else(|| below(node)).ok_or(MissingNode(node));
        nodes.iter().copied().map(hash).collect()
    }
}

/// The root above a power of two of hashes.
fn perfect_root(hashes: &[Hash]) -> Hash {
    if let [hash] = hashes {
        return *hash;
    }
    let (left, right) = hashes.split_at(hashes.len() / 2);
    node_hash(&perfect_root(left), &perfect_root(right))
}
