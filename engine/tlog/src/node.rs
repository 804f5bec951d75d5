//! Places inside a tree, and reading the hashes that stand there.

use std::collections::BTreeMap;

use crate::{Hash, ProofError, node_hash};

/// A perfect subtree: the one above the 2^`level` leaves that start at `index` · 2^`level`.
///
/// Its hash never changes once those leaves are appended, so it may be stored and cached for ever.
/// A leaf is a node of level 0, and its index is its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// How far above the leaves: 0 for a leaf, at most 52 in a tree of the largest size.
    pub level: u8,
    /// How many perfect subtrees of this level stand to its left.
    pub index: u64,
}

/// Where the hashes of perfect subtrees come from: a map filled beforehand, or tiles.
///
/// Reading is not async. What reads a database asks first which nodes will be needed
/// ([`root_nodes`], [`InclusionProof::nodes`](crate::InclusionProof::nodes), …), fetches them, and
/// then hands over a `BTreeMap<Node, Hash>` or a `BTreeMap<TileId, HashTile>`.
pub trait HashReader {
    /// Why the hashes could not be read.
    type Error;

    /// The hashes of these nodes, in the same order, exactly one for each.
    fn read(&mut self, nodes: &[Node]) -> Result<Vec<Hash>, Self::Error>;
}

/// A map of hashes lacks one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no hash for the node of level {level}, index {index}", level = .0.level, index = .0.index)]
pub struct MissingNode(pub Node);

/// Why something could not be built from the hashes of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError<E> {
    /// The reader failed.
    #[error("the hashes of the tree could not be read")]
    Reader(#[source] E),
    /// The reader broke its contract: one hash for each node.
    #[error("{expected} hashes were asked for, {found} came back")]
    WrongCount {
        /// How many nodes were asked for.
        expected: usize,
        /// How many hashes came back.
        found: usize,
    },
    /// No tree has what was asked for, so nothing was read.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// The perfect subtrees that a tree of `size` leaves consists of, from left to right: what a
/// [`Frontier`](crate::Frontier) holds, at most 64.
///
/// With their hashes, [`Frontier::restore`](crate::Frontier::restore) gives the root of a tree as
/// it was at any earlier size.
///
/// ```
/// use readmit_tlog::{Node, root_nodes};
///
/// let nodes = root_nodes(11);
/// let node = |level, index| Node { level, index };
/// assert_eq!(nodes, [node(3, 0), node(1, 4), node(0, 10)]);
/// ```
pub fn root_nodes(size: u64) -> Vec<Node> {
    Subtree { start: 0, end: size }.nodes().collect()
}

impl HashReader for BTreeMap<Node, Hash> {
    type Error = MissingNode;

    fn read(&mut self, nodes: &[Node]) -> Result<Vec<Hash>, MissingNode> {
        nodes.iter().map(|node| self.get(node).copied().ok_or(MissingNode(*node))).collect()
    }
}

/// The leaves from `start` up to but not including `end`, as a subtree of the RFC: `start` is a
/// multiple of the smallest power of two that is not less than their number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subtree {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl Subtree {
    /// The two subtrees under this one (RFC 6962 §2.1), unless it is a leaf or empty: the left one
    /// has the largest power of two of leaves that is smaller than their number.
    pub(crate) fn split(self) -> Option<(Self, Self)> {
        let last = (self.end - self.start).checked_sub(1)?;
        let middle = self.start + (1 << last.checked_ilog2()?);
        let (left, right) =
            (Self { start: self.start, end: middle }, Self { start: middle, end: self.end });
        Some((left, right))
    }

    /// The perfect subtrees it consists of, the largest first.
    pub(crate) fn nodes(self) -> impl Iterator<Item = Node> {
        let leaves = self.end - self.start;
        (0..64_u8).rev().filter(move |level| leaves >> level & 1 == 1).map(move |level| {
            // What the larger ones took before this one; a shift by 64 would overflow.
            let before = self.start + (leaves >> level >> 1 << level << 1);
            Node { level, index: before >> level }
        })
    }

    /// Its hash, from those of its perfect subtrees, taken off `hashes`.
    pub(crate) fn hash(self, hashes: &mut impl Iterator<Item = Hash>) -> Option<Hash> {
        let count = (self.end - self.start).count_ones() as usize;
        fold_largest_first(&hashes.take(count).collect::<Vec<_>>())
    }
}

/// The hash above perfect subtrees of shrinking sizes: the smallest two are joined first. None
/// of nothing.
pub(crate) fn fold_largest_first(hashes: &[Hash]) -> Option<Hash> {
    hashes.iter().rev().copied().reduce(|right, left| node_hash(&left, &right))
}

/// Reads one hash for each of these nodes, or none at all when there are no nodes.
pub(crate) fn read_all<R: HashReader>(
    reader: &mut R,
    nodes: &[Node],
) -> Result<Vec<Hash>, ReadError<R::Error>> {
    if nodes.is_empty() {
        return Ok(Vec::new());
    }
    let hashes = reader.read(nodes).map_err(ReadError::Reader)?;
    if hashes.len() != nodes.len() {
        return Err(ReadError::WrongCount { expected: nodes.len(), found: hashes.len() });
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_tree_has_no_nodes() {
        assert_eq!(root_nodes(0), []);
    }

    #[test]
    fn a_perfect_tree_is_one_node() {
        assert_eq!(root_nodes(1 << 52), [Node { level: 52, index: 0 }]);
    }

    #[test]
    fn the_largest_number_has_a_node_for_every_bit() {
        let nodes = root_nodes(u64::MAX);
        assert_eq!(nodes.len(), 64);
        assert_eq!(nodes.last(), Some(&Node { level: 0, index: u64::MAX - 1 }));
    }

    #[test]
    fn the_nodes_of_every_size_stand_side_by_side() {
        for size in 0..600 {
            let end = root_nodes(size).iter().fold(0, |start, node| {
                assert_eq!(node.index << node.level, start);
                start + (1 << node.level)
            });
            assert_eq!(end, size);
        }
    }

    #[test]
    fn a_split_leaves_a_power_of_two_at_the_left() {
        let split = |start, end| {
            let (left, right) = Subtree { start, end }.split()?;
            Some((left.start, left.end, right.start, right.end))
        };
        assert_eq!(split(0, 0), None);
        assert_eq!(split(4, 5), None);
        assert_eq!(split(0, 2), Some((0, 1, 1, 2)));
        assert_eq!(split(0, 7), Some((0, 4, 4, 7)));
        assert_eq!(split(8, 16), Some((8, 12, 12, 16)));
    }

    #[test]
    fn a_reader_that_gives_too_few_is_caught() {
        struct Half;
        impl HashReader for Half {
            type Error = std::convert::Infallible;
            fn read(&mut self, nodes: &[Node]) -> Result<Vec<Hash>, Self::Error> {
                Ok(nodes.iter().skip(1).map(|_| crate::empty_root()).collect())
            }
        }
        let error = ReadError::WrongCount { expected: 2, found: 1 };
        assert_eq!(read_all(&mut Half, &root_nodes(3)), Err(error));
    }
}
