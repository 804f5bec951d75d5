//! The right edge of a growing tree, in tiles.

use crate::{
    Frontier, FrontierError, Hash, HashReader, HashTile, Node, ReadError, TileId, empty_root,
    node::{fold_largest_first, read_all, root_nodes},
    proof::checked_size,
};

/// What must be known of a tree to append to it and to write the tiles that fill: at each level of
/// tiles, the hashes of the rightmost tile that is not full.
///
/// It is to tiles what a [`Frontier`] is to the root, and knows the root as well; at most 255 hashes
/// a level, 57 kB for a tree of the largest size. Appending takes one node hash more a leaf.
///
/// ```
/// use readmit_tlog::{Edge, TileId, leaf_hash};
///
/// let mut edge = Edge::new();
/// for position in 0..255_u64 {
///     assert_eq!(edge.append(leaf_hash(&position.to_be_bytes()))?, []);
/// }
/// let completed = edge.append(leaf_hash(b"the 256th"))?;
/// let (id, tile) = &completed[0];
/// assert_eq!(*id, TileId { level: 0, index: 0 });
/// assert_eq!(tile.root(), Some(edge.root()));
/// # Ok::<(), readmit_tlog::FrontierError>(())
/// ```
///
/// A store that keeps full tiles only has to read up to 255 of them, 2 MB, to restore one level of
/// an edge ([`TileId::stored`] names them). One that also keeps [`Edge::partial_tiles`] of level 1
/// and above, written whenever [`Edge::append`] gives a tile, reads one tile a level: for an edge,
/// and for any proof.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    /// How many leaves the tree has. At most [`Frontier::MAX_SIZE`].
    size: u64,
    /// For each level of tiles, size / 256^level mod 256 hashes. The last level has some.
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// The edge of a tree without leaves.
    pub const fn new() -> Self {
        Self { size: 0, levels: Vec::new() }
    }

    /// The nodes whose hashes [`Edge::restore`] will ask for, in that order: at most 255 for each
    /// level of tiles, the leaves first.
    pub fn nodes(size: u64) -> Vec<Node> {
        partial_tiles(size).flat_map(|(tile, width)| tile.nodes(width)).collect()
    }

    /// The edge of the first `size` leaves of a tree. Asks the reader at most once.
    pub fn restore<R: HashReader>(size: u64, reader: &mut R) -> Result<Self, ReadError<R::Error>> {
        let size = checked_size(size)?;
        let mut hashes = read_all(reader, &Self::nodes(size))?.into_iter();
        let levels = partial_tiles(size).map(|(_, width)| hashes.by_ref().take(width).collect());
        Ok(Self { size, levels: levels.collect() })
    }

    /// Adds a leaf at the right, and gives the tiles that it fills, the lowest first: none for 255
    /// leaves of 256.
    ///
    /// # Errors
    ///
    /// [`FrontierError::TooLarge`] when the tree is full; it is left as it was.
    pub fn append(&mut self, leaf: Hash) -> Result<Vec<(TileId, HashTile)>, FrontierError> {
        let size = self.size + 1;
        if size > Frontier::MAX_SIZE {
            return Err(FrontierError::TooLarge { size });
        }
        self.size = size;
        let mut completed = Vec::new();
        let mut hash = leaf;
        for level in 0.. {
            let Some(tile) = self.push(level, hash) else { break };
            let Some(root) = tile.root() else { break };
            // The tile just filled is the last one of its level that the tree has.
            let index = (size >> (8 * u32::from(level) + 8)) - 1;
            completed.push((TileId { level, index }, tile));
            hash = root;
        }
        Ok(completed)
    }

    /// The tiles at the edge that are not full, the lowest first; none where nothing is left over.
    pub fn partial_tiles(&self) -> Vec<(TileId, HashTile)> {
        let tiles = partial_tiles(self.size).zip(&self.levels);
        tiles
            .filter(|(_, hashes)| !hashes.is_empty())
            .map(|((id, _), hashes)| (id, HashTile::of_known_width(hashes.clone())))
            .collect()
    }

    /// How many leaves the tree has; also the position of the next leaf.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the whole tree. Takes up to 255 node hashes a level; a [`Frontier`] beside the
    /// edge is cheaper when it is asked for often.
    pub fn root(&self) -> Hash {
        let partial = self.partial_tiles();
        let hash = |node: Node| {
            let (_, tile) = partial.iter().find(|(id, _)| *id == TileId::of(node))?;
            tile.node(node)
        };
        let hashes: Vec<Hash> = root_nodes(self.size).into_iter().filter_map(hash).collect();
        fold_largest_first(&hashes).unwrap_or_else(empty_root)
    }

    /// Adds a hash to the partial tile of a level, and takes the tile out when that fills it.
    fn push(&mut self, level: u8, hash: Hash) -> Option<HashTile> {
        let level = usize::from(level);
        if self.levels.len() == level {
            self.levels.push(Vec::new());
        }
        let hashes = self.levels.get_mut(level)?;
        hashes.push(hash);
        let full = hashes.len() == HashTile::FULL_WIDTH;
        full.then(|| HashTile::of_known_width(std::mem::take(hashes)))
    }
}

/// The rightmost tile of each level that has any hash at all in a tree of `size` leaves, and how
/// many hashes it has beyond full tiles: from 0 to 255.
fn partial_tiles(size: u64) -> impl Iterator<Item = (TileId, usize)> {
    let levels = (0..8_u8).map(move |level| (level, size >> (8 * u32::from(level))));
    levels.take_while(|(_, hashes)| *hashes > 0).map(move |(level, hashes)| {
        let id = TileId { level, index: hashes / 256 };
        (id, id.width(size))
    })
}
