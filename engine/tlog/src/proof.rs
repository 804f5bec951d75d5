//! What inclusion and consistency proofs have in common: the path from a subtree up to the root.

use crate::{
    Frontier, Hash, HashReader, Node, ReadError,
    node::{Subtree, read_all},
    node_hash,
};

/// Why a proof cannot be, or does not prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// More leaves than [`Frontier::MAX_SIZE`].
    #[error("a tree has at most {max} leaves, not {size}", max = Frontier::MAX_SIZE)]
    TooLarge {
        /// The number of leaves asked for.
        size: u64,
    },
    /// The leaf is not in the tree.
    #[error("a tree of {size} leaves has none at position {position}")]
    NoSuchLeaf {
        /// The position of the leaf, from zero.
        position: u64,
        /// The number of leaves.
        size: u64,
    },
    /// A tree does not shrink.
    #[error("a tree of {old} leaves cannot have become one of {new}")]
    Shrunk {
        /// The number of leaves before.
        old: u64,
        /// The number of leaves after.
        new: u64,
    },
    /// More or fewer hashes than the sizes demand: there is exactly one right number.
    #[error("the proof should have {expected} hashes, not {found}")]
    WrongLength {
        /// The only right number of hashes.
        expected: usize,
        /// The number found.
        found: usize,
    },
    /// The hashes lead to another root than the one to be proved.
    #[error("the proof leads to root {found}, not to {expected}")]
    WrongRoot {
        /// The root that should have been reached.
        expected: Hash,
        /// The root that the proof leads to.
        found: Hash,
    },
}

/// A step up: the subtree beside the one that we come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) sibling: Subtree,
    pub(crate) side: Side,
}

/// On which side of the path a sibling stands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Left,
    Right,
}

impl Step {
    /// The hash above `hash` and its sibling.
    pub(crate) fn up(self, hash: &Hash, sibling: &Hash) -> Hash {
        match self.side {
            Side::Left => node_hash(sibling, hash),
            Side::Right => node_hash(hash, sibling),
        }
    }
}

/// Descends from the root of a tree of `size` leaves towards `position` for as long as `onwards`
/// says, and gives the subtree where it stopped and the steps back up, the lowest first.
pub(crate) fn descend(
    position: u64,
    size: u64,
    onwards: impl Fn(Subtree) -> bool,
) -> (Subtree, Vec<Step>) {
    let mut here = Subtree { start: 0, end: size };
    let mut steps = Vec::new();
    while let Some((left, right)) = here.split().filter(|_| onwards(here)) {
        if position < left.end {
            here = left;
            steps.push(Step { sibling: right, side: Side::Right });
        } else {
            here = right;
            steps.push(Step { sibling: left, side: Side::Left });
        }
    }
    steps.reverse();
    (here, steps)
}

/// The perfect subtrees whose hashes make up these subtrees, in order.
pub(crate) fn nodes_of(subtrees: &[Subtree]) -> Vec<Node> {
    subtrees.iter().flat_map(|subtree| subtree.nodes()).collect()
}

/// Reads the hash of each of these subtrees, in one batch.
pub(crate) fn read_subtrees<R: HashReader>(
    subtrees: &[Subtree],
    reader: &mut R,
) -> Result<Vec<Hash>, ReadError<R::Error>> {
    let mut hashes = read_all(reader, &nodes_of(subtrees))?.into_iter();
    Ok(subtrees.iter().filter_map(|subtree| subtree.hash(&mut hashes)).collect())
}

pub(crate) fn checked_size(size: u64) -> Result<u64, ProofError> {
    if size > Frontier::MAX_SIZE { Err(ProofError::TooLarge { size }) } else { Ok(size) }
}

pub(crate) fn checked_length(expected: usize, found: usize) -> Result<(), ProofError> {
    if expected == found { Ok(()) } else { Err(ProofError::WrongLength { expected, found }) }
}

pub(crate) fn checked_root(expected: Hash, found: Hash) -> Result<(), ProofError> {
    if expected == found { Ok(()) } else { Err(ProofError::WrongRoot { expected, found }) }
}
