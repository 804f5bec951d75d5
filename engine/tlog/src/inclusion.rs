//! Proof that a leaf is in a tree.

use crate::{
    Hash, HashReader, Node, ProofError, ReadError,
    node::Subtree,
    proof::{Step, checked_length, checked_root, checked_size, descend, nodes_of, read_subtrees},
};

/// The hashes beside the path from a leaf up to the root (an *audit path*): whoever has the leaf
/// and the root can check that one is under the other.
///
/// Source: RFC 6962 §2.1.1, RFC 9162 §2.1.3.
///
/// ```
/// use std::collections::BTreeMap;
/// use readmit_tlog::{Frontier, InclusionProof, leaf_hash};
///
/// // What a store has: the hashes of the nodes that a proof asks for.
/// let leaves = [leaf_hash(b"first"), leaf_hash(b"second"), leaf_hash(b"third")];
/// let needed = InclusionProof::nodes(2, 3)?;
/// let mut hashes = BTreeMap::new();
/// for node in needed {
///     let mut subtree = Frontier::new();
///     for position in node.index << node.level..(node.index + 1) << node.level {
///         subtree.append(leaves[position as usize])?;
///     }
///     hashes.insert(node, subtree.root());
/// }
/// let proof = InclusionProof::build(2, 3, &mut hashes)?;
///
/// let mut tree = Frontier::new();
/// leaves.iter().try_for_each(|leaf| tree.append(*leaf))?;
/// proof.verify(leaf_hash(b"third"), tree.root())?;
/// assert!(proof.verify(leaf_hash(b"forged"), tree.root()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    position: u64,
    /// At most [`Frontier::MAX_SIZE`](crate::Frontier::MAX_SIZE), and more than `position`.
    size: u64,
    /// As many as [`steps`] gives.
    hashes: Vec<Hash>,
}

impl InclusionProof {
    /// The most hashes that a proof can have: the height of the largest tree.
    pub const MAX_HASHES: usize = 53;

    /// The nodes whose hashes [`InclusionProof::build`] will ask for, in that order: about twice
    /// the height of the tree at most.
    ///
    /// # Errors
    ///
    /// [`ProofError::NoSuchLeaf`] or [`ProofError::TooLarge`] when no tree has this proof.
    pub fn nodes(position: u64, size: u64) -> Result<Vec<Node>, ProofError> {
        Ok(nodes_of(&siblings(&steps(position, size)?)))
    }

    /// The proof that the leaf at `position` is in the tree of the first `size` leaves. Asks the
    /// reader once.
    pub fn build<R: HashReader>(
        position: u64,
        size: u64,
        reader: &mut R,
    ) -> Result<Self, ReadError<R::Error>> {
        let steps = steps(position, size)?;
        let hashes = read_subtrees(&siblings(&steps), reader)?;
        Ok(Self::new(position, size, hashes)?)
    }

    /// The proof whose hashes are known already, the leaf's sibling first.
    ///
    /// # Errors
    ///
    /// [`ProofError::WrongLength`] when that is not how many such a proof has.
    pub fn new(position: u64, size: u64, hashes: Vec<Hash>) -> Result<Self, ProofError> {
        checked_length(steps(position, size)?.len(), hashes.len())?;
        Ok(Self { position, size, hashes })
    }

    /// Checks that `leaf` is the hash at this position of the tree with this root.
    ///
    /// # Errors
    ///
    /// [`ProofError::WrongRoot`] when it is not.
    pub fn verify(&self, leaf: Hash, root: Hash) -> Result<(), ProofError> {
        let steps = steps(self.position, self.size)?;
        let pairs = steps.iter().zip(&self.hashes);
        let found = pairs.fold(leaf, |hash, (step, sibling)| step.up(&hash, sibling));
        checked_root(root, found)
    }

    /// Where the leaf stands, from zero.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes, the leaf's sibling first, the root's child last.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }
}

fn steps(position: u64, size: u64) -> Result<Vec<Step>, ProofError> {
    if position >= checked_size(size)? {
        return Err(ProofError::NoSuchLeaf { position, size });
    }
    let (_leaf, steps) = descend(position, size, |_| true);
    Ok(steps)
}

fn siblings(steps: &[Step]) -> Vec<Subtree> {
    steps.iter().map(|step| step.sibling).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Frontier;

    #[test]
    fn the_only_leaf_needs_no_hashes() {
        let proof = InclusionProof::new(0, 1, Vec::new()).unwrap();
        let leaf = crate::leaf_hash(b"only");
        assert_eq!(proof.verify(leaf, leaf), Ok(()));
    }

    #[test]
    fn a_position_outside_the_tree_is_refused() {
        for (position, size) in [(0, 0), (1, 1), (u64::MAX, 5)] {
            let error = ProofError::NoSuchLeaf { position, size };
            assert_eq!(InclusionProof::nodes(position, size), Err(error));
        }
    }

    #[test]
    fn a_tree_too_large_to_be_is_refused() {
        let size = Frontier::MAX_SIZE + 1;
        assert_eq!(InclusionProof::nodes(0, size), Err(ProofError::TooLarge { size }));
    }

    #[test]
    fn the_deepest_proof_has_the_most_hashes_there_can_be() {
        let hashes = vec![crate::empty_root(); InclusionProof::MAX_HASHES];
        assert!(InclusionProof::new(0, Frontier::MAX_SIZE, hashes.clone()).is_ok());
        let longer = [hashes, vec![crate::empty_root()]].concat();
        let refused = InclusionProof::new(0, Frontier::MAX_SIZE, longer);
        assert_eq!(refused, Err(ProofError::WrongLength { expected: 53, found: 54 }));
    }
}
