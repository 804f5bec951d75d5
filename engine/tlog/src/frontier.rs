//! The right edge of a growing tree.

use crate::{
    Hash, HashReader, ReadError, empty_root,
    node::{fold_largest_first, read_all, root_nodes},
    node_hash,
    proof::checked_size as checked_tree_size,
};

/// What must be known of a tree to append to it and to name its root: the roots of the perfect
/// subtrees that its leaves fall into, from left to right (a *compact range* from zero).
///
/// A tree of 11 leaves is three perfect subtrees, of 8, 2 and 1 leaves, because 11 is `1011` in
/// binary. Appending a leaf is adding one to that number: each carry joins two subtrees of equal
/// size under a node.
///
/// ```
/// use readmit_tlog::{Frontier, leaf_hash, node_hash};
///
/// let (first, second) = (leaf_hash(b"first"), leaf_hash(b"second"));
/// let mut frontier = Frontier::new();
/// frontier.append(first)?;
/// frontier.append(second)?;
///
/// assert_eq!(frontier.root(), node_hash(&first, &second));
/// assert_eq!(Frontier::from_bytes(2, &frontier.to_bytes())?, frontier);
/// # Ok::<(), readmit_tlog::FrontierError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    /// How many leaves the tree has. At most [`Frontier::MAX_SIZE`].
    size: u64,
    /// One root for each one-bit of `size`, the largest subtree first.
    roots: Vec<Hash>,
}

/// Why a frontier cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// More leaves than [`Frontier::MAX_SIZE`].
    #[error("a ledger holds at most {max} events, not {size}", max = Frontier::MAX_SIZE)]
    TooLarge {
        /// The number of leaves asked for.
        size: u64,
    },
    /// The bytes are not one hash for each one-bit of the size.
    #[error("the frontier of {size} events has {expected} bytes, not {found}")]
    WrongLength {
        /// The number of leaves that the frontier should stand for.
        size: u64,
        /// The only right length, in bytes.
        expected: usize,
        /// The length found, in bytes.
        found: usize,
    },
}

impl Frontier {
    /// The most leaves that a tree can have: 2⁵³ − 1.
    ///
    /// Sizes and positions stand in JSON, and every number up to this one survives a reader that
    /// keeps numbers as doubles (RFC 8259 §6). At a million events a second it lasts 285 years.
    pub const MAX_SIZE: u64 = (1 << 53) - 1;

    /// The frontier of a tree without leaves.
    pub const fn new() -> Self {
        Self { size: 0, roots: Vec::new() }
    }

    /// How many leaves the tree has; also the position of the next leaf.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf at the right, in at most 52 node hashes and on average fewer than one.
    ///
    /// # Errors
    ///
    /// [`FrontierError::TooLarge`] when the tree is full; it is left as it was.
    pub fn append(&mut self, leaf: Hash) -> Result<(), FrontierError> {
        let size = checked_size(self.size + 1)?;
        // Each trailing one-bit is a perfect subtree that the new leaf completes into one twice
        // its size. There is a root for each of them, so the subtraction cannot go below zero.
        let carries = self.size.trailing_ones() as usize;
        let completed = self.roots.drain(self.roots.len() - carries..);
        let root = completed.rev().fold(leaf, |right, left| node_hash(&left, &right));
        self.roots.push(root);
        self.size = size;
        Ok(())
    }

    /// The root of the whole tree (the *Merkle Tree Hash* of RFC 6962 §2.1), in at most 52 node
    /// hashes.
    pub fn root(&self) -> Hash {
        fold_largest_first(&self.roots).unwrap_or_else(empty_root)
    }

    /// The frontier of the first `size` leaves of a tree, from the hashes of [`root_nodes`]. Asks
    /// the reader at most once.
    pub fn restore<R: HashReader>(size: u64, reader: &mut R) -> Result<Self, ReadError<R::Error>> {
        let size = checked_tree_size(size)?;
        Ok(Self { size, roots: read_all(reader, &root_nodes(size))? })
    }

    /// The roots, one after another, the largest subtree first: [`Hash::BYTES`] for each one-bit of
    /// the size, so at most 1,696 bytes. The size itself is not among them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.roots.iter().flat_map(Hash::as_bytes).copied().collect()
    }

    /// Reads what [`Frontier::to_bytes`] wrote for a tree of `size` leaves.
    ///
    /// # Errors
    ///
    /// [`FrontierError::TooLarge`] when no tree can have that size, [`FrontierError::WrongLength`]
    /// when the bytes are not as many as that size needs.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, FrontierError> {
        let size = checked_size(size)?;
        let expected = size.count_ones() as usize * Hash::BYTES;
        if bytes.len() != expected {
            return Err(FrontierError::WrongLength { size, expected, found: bytes.len() });
        }
        let (roots, _nothing_left) = bytes.as_chunks();
        Ok(Self { size, roots: roots.iter().copied().map(Hash::from_bytes).collect() })
    }
}

fn checked_size(size: u64) -> Result<u64, FrontierError> {
    if size > Frontier::MAX_SIZE { Err(FrontierError::TooLarge { size }) } else { Ok(size) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leaf_hash;

    fn frontier_of(size: u64) -> Frontier {
        let mut frontier = Frontier::new();
        for position in 0..size {
            frontier.append(leaf_hash(&position.to_be_bytes())).unwrap();
        }
        frontier
    }

    #[test]
    fn a_new_frontier_is_empty() {
        let frontier = Frontier::new();
        assert_eq!(frontier.size(), 0);
        assert_eq!(frontier.root(), empty_root());
        assert_eq!(frontier.to_bytes(), b"");
        assert_eq!(frontier, Frontier::default());
    }

    #[test]
    fn the_only_leaf_is_the_root() {
        let mut frontier = Frontier::new();
        frontier.append(leaf_hash(b"only")).unwrap();
        assert_eq!(frontier.root(), leaf_hash(b"only"));
    }

    #[test]
    fn subtrees_stand_largest_first() {
        let roots_of = |size| frontier_of(size).roots;
        let third = leaf_hash(&2_u64.to_be_bytes());
        assert_eq!(roots_of(3), [frontier_of(2).root(), third]);
    }

    #[test]
    fn every_size_takes_one_hash_for_each_one_bit() {
        for size in 0..=300_u64 {
            let frontier = frontier_of(size);
            assert_eq!(frontier.size(), size);
            assert_eq!(frontier.to_bytes().len(), size.count_ones() as usize * Hash::BYTES);
        }
    }

    #[test]
    fn a_wrong_number_of_bytes_is_refused() {
        let bytes = frontier_of(11).to_bytes();
        for found in [0, 1, 32, 64, 95] {
            let refused = Frontier::from_bytes(11, &bytes[..found]);
            let error = FrontierError::WrongLength { size: 11, expected: 96, found };
            assert_eq!(refused, Err(error));
        }
        let longer = [bytes, vec![0]].concat();
        assert!(Frontier::from_bytes(11, &longer).is_err());
    }

    #[test]
    fn an_empty_tree_has_no_bytes_to_read() {
        assert_eq!(Frontier::from_bytes(0, b""), Ok(Frontier::new()));
        assert!(Frontier::from_bytes(0, &[0; Hash::BYTES]).is_err());
    }

    #[test]
    fn the_largest_tree_is_read_and_no_larger_one() {
        let bytes = [0; 54 * Hash::BYTES];
        assert!(Frontier::from_bytes(Frontier::MAX_SIZE, &bytes[Hash::BYTES..]).is_ok());
        for size in [Frontier::MAX_SIZE + 1, u64::MAX] {
            assert_eq!(Frontier::from_bytes(size, &bytes), Err(FrontierError::TooLarge { size }));
        }
    }

    #[test]
    fn a_full_tree_refuses_another_leaf_and_stays_as_it_was() {
        let bytes = [7; 53 * Hash::BYTES];
        let mut frontier = Frontier::from_bytes(Frontier::MAX_SIZE, &bytes).unwrap();
        let before = frontier.clone();
        let size = Frontier::MAX_SIZE + 1;
        assert_eq!(frontier.append(leaf_hash(b"")), Err(FrontierError::TooLarge { size }));
        assert_eq!(frontier, before);
    }
}
