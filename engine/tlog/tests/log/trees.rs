//! A whole tree in memory, straight from the definition, and what holds for every proof in it.

use std::convert::Infallible;

use proptest::prelude::*;
use readmit_tlog::{
    ConsistencyProof, Frontier, Hash, HashReader, InclusionProof, Node, ProofError, empty_root,
    leaf_hash, node_hash,
};

/// The leaf hashes of a tree.
pub(crate) struct Tree(pub(crate) Vec<Hash>);

impl Tree {
    pub(crate) fn of_size(size: u64) -> Self {
        Self((0..size).map(|position| leaf_hash(&position.to_be_bytes())).collect())
    }

    /// The root of the first `size` leaves (RFC 6962 §2.1).
    pub(crate) fn root(&self, size: usize) -> Hash {
        merkle_tree_hash(&self.0[..size])
    }
}

impl HashReader for Tree {
    type Error = Infallible;

    fn read(&mut self, nodes: &[Node]) -> Result<Vec<Hash>, Infallible> {
        let range = |node: &Node| {
            let at = |index: u64| usize::try_from(index << node.level).unwrap_or(usize::MAX);
            at(node.index)..at(node.index + 1)
        };
        Ok(nodes.iter().map(|node| merkle_tree_hash(&self.0[range(node)])).collect())
    }
}

fn merkle_tree_hash(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&merkle_tree_hash(left), &merkle_tree_hash(right))
        }
    }
}

/// The same hash with one bit changed.
pub(crate) fn flip(hash: Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

/// Every list of hashes that differs from this one in one bit of one hash.
fn flips(hashes: &[Hash], bit: usize) -> impl Iterator<Item = Vec<Hash>> {
    (0..hashes.len()).map(move |changed| {
        let mut hashes = hashes.to_vec();
        hashes[changed] = flip(hashes[changed], bit);
        hashes
    })
}

#[test]
fn every_leaf_of_every_small_tree_is_proved() {
    let mut tree = Tree::of_size(70);
    for size in 1..=70 {
        let root = tree.root(size);
        for position in 0..size {
            let (leaf, other) = (tree.0[position], leaf_hash(b"another"));
            let (position, size) = (position as u64, size as u64);
            let proof = InclusionProof::build(position, size, &mut tree).unwrap();
            assert_eq!(proof.verify(leaf, root), Ok(()), "{position} of {size}");
            assert!(proof.verify(other, root).is_err());
            assert!(proof.verify(leaf, other).is_err());
        }
    }
}

#[test]
fn a_proof_holds_at_its_position_only() {
    let mut tree = Tree::of_size(33);
    let root = tree.root(33);
    for position in 0..33 {
        let proof = InclusionProof::build(position, 33, &mut tree).unwrap();
        for other in (0..33).filter(|other| *other != position) {
            if let Ok(moved) = InclusionProof::new(other, 33, proof.hashes().to_vec()) {
                let leaf = tree.0[usize::try_from(position).unwrap()];
                assert!(moved.verify(leaf, root).is_err(), "{position} as {other}");
            }
        }
    }
}

#[test]
fn every_pair_of_small_trees_is_consistent() {
    let mut tree = Tree::of_size(70);
    for new in 0..=70 {
        for old in 0..=new {
            let (old_root, new_root) = (tree.root(old), tree.root(new));
            let proof = ConsistencyProof::build(old as u64, new as u64, &mut tree).unwrap();
            assert_eq!(proof.verify(old_root, new_root), Ok(()), "{old} to {new}");
            assert!(proof.verify(leaf_hash(b"forked"), new_root).is_err());
            if old > 0 {
                assert!(proof.verify(old_root, leaf_hash(b"forked")).is_err());
            }
        }
    }
}

#[test]
fn a_fork_has_no_consistency_proof() {
    let (mut honest, mut forked) = (Tree::of_size(50), Tree::of_size(50));
    forked.0[17] = leaf_hash(b"rewritten");
    let forked_root = forked.root(50);
    for old in 18..=50 {
        let old_root = honest.root(old);
        for reader in [&mut honest, &mut forked] {
            let proof = ConsistencyProof::build(old as u64, 50, reader).unwrap();
            assert!(proof.verify(old_root, forked_root).is_err(), "from {old}");
        }
    }
}

#[test]
fn a_longer_or_shorter_proof_is_refused() {
    let mut tree = Tree::of_size(21);
    let proof = InclusionProof::build(20, 21, &mut tree).unwrap();
    let hashes = proof.hashes();
    assert_eq!(hashes.len(), 2);
    let longer = [hashes, &[empty_root()]].concat();
    let refused = InclusionProof::new(20, 21, longer);
    assert_eq!(refused, Err(ProofError::WrongLength { expected: 2, found: 3 }));
    let refused = InclusionProof::new(20, 21, hashes[..1].to_vec());
    assert_eq!(refused, Err(ProofError::WrongLength { expected: 2, found: 1 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_flipped_bit_makes_an_inclusion_proof_fail(
        size in 1..600_u64,
        position in any::<prop::sample::Index>(),
        bit in 0..256_usize,
    ) {
        let mut tree = Tree::of_size(size);
        let root = tree.root(tree.0.len());
        let position = position.index(tree.0.len());
        let leaf = tree.0[position];
        let proof = InclusionProof::build(position as u64, size, &mut tree).unwrap();
        prop_assert_eq!(proof.verify(leaf, root), Ok(()));
        prop_assert!(proof.verify(flip(leaf, bit), root).is_err());
        prop_assert!(proof.verify(leaf, flip(root, bit)).is_err());
        for hashes in flips(proof.hashes(), bit) {
            let flipped = InclusionProof::new(position as u64, size, hashes)?;
            prop_assert!(flipped.verify(leaf, root).is_err());
        }
    }

    #[test]
    fn a_flipped_bit_makes_a_consistency_proof_fail(
        old in 1..600_u64,
        added in 0..300_u64,
        bit in 0..256_usize,
    ) {
        let mut tree = Tree::of_size(old + added);
        let roots = (tree.root(usize::try_from(old)?), tree.root(tree.0.len()));
        let proof = ConsistencyProof::build(old, old + added, &mut tree).unwrap();
        prop_assert_eq!(proof.verify(roots.0, roots.1), Ok(()));
        prop_assert!(proof.verify(flip(roots.0, bit), roots.1).is_err());
        prop_assert!(proof.verify(roots.0, flip(roots.1, bit)).is_err());
        for hashes in flips(proof.hashes(), bit) {
            let flipped = ConsistencyProof::new(old, old + added, hashes)?;
            prop_assert!(flipped.verify(roots.0, roots.1).is_err());
        }
    }

    #[test]
    fn a_frontier_of_any_earlier_size_is_restored_from_nodes(size in 0..600_u64) {
        let mut tree = Tree::of_size(600);
        let mut grown = Frontier::new();
        for leaf in &tree.0[..usize::try_from(size)?] {
            grown.append(*leaf)?;
        }
        prop_assert_eq!(Frontier::restore(size, &mut tree).unwrap(), grown);
    }

    #[test]
    fn no_size_asks_for_more_nodes_than_two_for_each_level(
        size in 1..=Frontier::MAX_SIZE,
        part in any::<u64>(),
    ) {
        let position = part % size;
        prop_assert!(InclusionProof::nodes(position, size)?.len() <= 106);
        prop_assert!(ConsistencyProof::nodes(position, size)?.len() <= 106);
        let ends = |node: &Node| (node.index + 1) << node.level <= size;
        prop_assert!(InclusionProof::nodes(position, size)?.iter().all(ends));
        prop_assert!(ConsistencyProof::nodes(position, size)?.iter().all(ends));
    }
}
