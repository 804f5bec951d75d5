//! Proof that a tree only grew.

use crate::{
    Hash, HashReader, Node, ProofError, ReadError, empty_root,
    node::Subtree,
    proof::{
        Side, Step, checked_length, checked_root, checked_size, descend, nodes_of, read_subtrees,
    },
};

/// The hashes that lead both from a subtree of the old tree to its root and on to the root of the
/// new one: the first `old` leaves are the same in both.
///
/// An empty tree is consistent with any other and a tree with itself; such proofs have no hashes
/// (tlog-witness), and verifying them still compares the roots that are known.
///
/// Source: RFC 6962 §2.1.2, RFC 9162 §2.1.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    old: u64,
    /// At most [`Frontier::MAX_SIZE`](crate::Frontier::MAX_SIZE), and not less than `old`.
    new: u64,
    /// As many as the [`Path`] has subtrees.
    hashes: Vec<Hash>,
}

impl ConsistencyProof {
    /// The most hashes that a proof can have: the height of the largest tree, and one more for the
    /// subtree that the proof starts from.
    pub const MAX_HASHES: usize = 54;

    /// The nodes whose hashes [`ConsistencyProof::build`] will ask for, in that order: about twice
    /// the height of the tree at most.
    ///
    /// # Errors
    ///
    /// [`ProofError::Shrunk`] or [`ProofError::TooLarge`] when there is no such proof.
    pub fn nodes(old: u64, new: u64) -> Result<Vec<Node>, ProofError> {
        Ok(nodes_of(&Path::between(old, new)?.subtrees()))
    }

    /// The proof that the tree of the first `new` leaves begins with that of the first `old`. Asks
    /// the reader at most once.
    pub fn build<R: HashReader>(
        old: u64,
        new: u64,
        reader: &mut R,
    ) -> Result<Self, ReadError<R::Error>> {
        let path = Path::between(old, new)?;
        let hashes = read_subtrees(&path.subtrees(), reader)?;
        Ok(Self::new(old, new, hashes)?)
    }

    /// The proof whose hashes are known already.
    ///
    /// # Errors
    ///
    /// [`ProofError::WrongLength`] when that is not how many such a proof has.
    pub fn new(old: u64, new: u64, hashes: Vec<Hash>) -> Result<Self, ProofError> {
        checked_length(Path::between(old, new)?.subtrees().len(), hashes.len())?;
        Ok(Self { old, new, hashes })
    }

    /// Checks that the tree with the root `new` begins with the one with the root `old`.
    ///
    /// # Errors
    ///
    /// [`ProofError::WrongRoot`] when it does not: one of the two is not the root of a tree that
    /// the log can have shown honestly.
    pub fn verify(&self, old: Hash, new: Hash) -> Result<(), ProofError> {
        if self.old == 0 {
            checked_root(empty_root(), old)?;
            return if self.new == 0 { checked_root(empty_root(), new) } else { Ok(()) };
        }
        let path = Path::between(self.old, self.new)?;
        let mut hashes = self.hashes.iter();
        let start = path.unknown_start.and_then(|_| hashes.next()).copied().unwrap_or(old);
        let (mut old_found, mut new_found) = (start, start);
        for (step, sibling) in path.steps.iter().zip(hashes) {
            new_found = step.up(&new_found, sibling);
            // What stands at the right was appended later, so the old tree has no part in it.
            if matches!(step.side, Side::Left) {
                old_found = step.up(&old_found, sibling);
            }
        }
        checked_root(old, old_found)?;
        checked_root(new, new_found)
    }

    /// How many leaves the old tree has.
    pub const fn old_size(&self) -> u64 {
        self.old
    }

    /// How many leaves the new tree has.
    pub const fn new_size(&self) -> u64 {
        self.new
    }

    /// The hashes, from the lowest up.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }
}

/// The way from the last subtree that both trees share up to the new root.
struct Path {
    /// The shared subtree; none when it is the whole old tree, whose root the verifier has.
    unknown_start: Option<Subtree>,
    steps: Vec<Step>,
}

impl Path {
    fn between(old: u64, new: u64) -> Result<Self, ProofError> {
        if old > checked_size(new)? {
            return Err(ProofError::Shrunk { old, new });
        }
        let Some(last) = old.checked_sub(1) else {
            return Ok(Self { unknown_start: None, steps: Vec::new() });
        };
        let (shared, steps) = descend(last, new, |here| here.end != old);
        Ok(Self { unknown_start: Some(shared).filter(|shared| shared.start != 0), steps })
    }

    fn subtrees(&self) -> Vec<Subtree> {
        let siblings = self.steps.iter().map(|step| step.sibling);
        self.unknown_start.into_iter().chain(siblings).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Frontier, leaf_hash};

    #[test]
    fn a_tree_that_shrank_has_no_proof() {
        assert_eq!(ConsistencyProof::nodes(2, 1), Err(ProofError::Shrunk { old: 2, new: 1 }));
    }

    #[test]
    fn a_tree_too_large_to_be_is_refused() {
        let size = Frontier::MAX_SIZE + 1;
        assert_eq!(ConsistencyProof::nodes(1, size), Err(ProofError::TooLarge { size }));
    }

    #[test]
    fn a_tree_is_consistent_with_itself_and_only_with_itself() {
        let proof = ConsistencyProof::new(5, 5, Vec::new()).unwrap();
        let (root, other) = (leaf_hash(b"root"), leaf_hash(b"other"));
        assert_eq!(proof.verify(root, root), Ok(()));
        assert!(proof.verify(root, other).is_err());
    }

    #[test]
    fn an_empty_tree_is_consistent_with_any() {
        let proof = ConsistencyProof::new(0, 5, Vec::new()).unwrap();
        assert_eq!(proof.verify(empty_root(), leaf_hash(b"any")), Ok(()));
        assert!(proof.verify(leaf_hash(b"not empty"), leaf_hash(b"any")).is_err());

        let proof = ConsistencyProof::new(0, 0, Vec::new()).unwrap();
        assert_eq!(proof.verify(empty_root(), empty_root()), Ok(()));
        assert!(proof.verify(empty_root(), leaf_hash(b"not empty")).is_err());
    }

    #[test]
    fn a_wrong_number_of_hashes_is_refused() {
        let longer = ConsistencyProof::new(0, 5, vec![empty_root()]);
        assert_eq!(longer, Err(ProofError::WrongLength { expected: 0, found: 1 }));
    }

    #[test]
    fn no_proof_has_more_hashes_than_a_tree_is_high_and_one() {
        for old in [1, 3, (1 << 52) + 1, Frontier::MAX_SIZE - 1] {
            let subtrees = Path::between(old, Frontier::MAX_SIZE).unwrap().subtrees();
            assert!(subtrees.len() <= ConsistencyProof::MAX_HASHES, "{old}: {}", subtrees.len());
        }
    }
}
