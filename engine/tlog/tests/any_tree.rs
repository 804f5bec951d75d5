//! What holds for every list of leaves: the RFC's own definition and another implementation agree
//! with the frontier, and a frontier survives being written down.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::{collection::vec, prelude::*};
use readmit_tlog::{Frontier, FrontierError, Hash, empty_root, leaf_hash, node_hash};
use sha2::Sha256;

type Leaf = Vec<u8>;

/// The Merkle Tree Hash as RFC 6962 §2.1 defines it.
fn merkle_tree_hash(leaves: &[Leaf]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => leaf_hash(leaf),
        _ => {
            // The largest power of two smaller than the number of leaves: k < n <= 2k.
            let k = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(k);
            node_hash(&merkle_tree_hash(left), &merkle_tree_hash(right))
        }
    }
}

fn frontier_of(leaves: &[Leaf]) -> Result<Frontier, FrontierError> {
    append_all(Frontier::new(), leaves)
}

fn append_all(mut frontier: Frontier, leaves: &[Leaf]) -> Result<Frontier, FrontierError> {
    leaves.iter().try_for_each(|leaf| frontier.append(leaf_hash(leaf)))?;
    Ok(frontier)
}

fn any_leaves() -> impl Strategy<Value = Vec<Leaf>> {
    vec(vec(any::<u8>(), 0..80), 0..200)
}

proptest! {
    #[test]
    fn the_root_is_the_merkle_tree_hash_of_the_rfc(leaves in any_leaves()) {
        prop_assert_eq!(frontier_of(&leaves)?.root(), merkle_tree_hash(&leaves));
    }

    #[test]
    fn another_implementation_finds_the_same_root_at_every_size(leaves in any_leaves()) {
        let mut frontier = Frontier::new();
        let mut theirs = MemoryBackedTree::<Sha256, Leaf>::new();
        for leaf in leaves {
            frontier.append(leaf_hash(&leaf))?;
            theirs.push(leaf);
            prop_assert_eq!(frontier.size(), theirs.len());
            let (root, their_root) = (frontier.root(), theirs.root());
            prop_assert_eq!(root.as_bytes(), their_root.as_bytes().as_slice());
        }
    }

    #[test]
    fn what_is_written_is_read_back(leaves in any_leaves()) {
        let frontier = frontier_of(&leaves)?;
        prop_assert_eq!(Frontier::from_bytes(frontier.size(), &frontier.to_bytes())?, frontier);
    }

    #[test]
    fn a_frontier_read_back_grows_as_if_never_written(before in any_leaves(), after in any_leaves()) {
        let written = frontier_of(&before)?;
        let read = Frontier::from_bytes(written.size(), &written.to_bytes())?;
        prop_assert_eq!(append_all(read, &after)?, frontier_of(&[before, after].concat())?);
    }

    #[test]
    fn only_the_length_that_the_size_needs_is_read(
        size in 0..=Frontier::MAX_SIZE,
        other in 0..2_000_usize,
    ) {
        let expected = size.count_ones() as usize * Hash::BYTES;
        prop_assert!(Frontier::from_bytes(size, &vec![0; expected]).is_ok());
        prop_assert_eq!(Frontier::from_bytes(size, &vec![0; other]).is_ok(), other == expected);
    }

    #[test]
    fn one_more_leaf_keeps_one_hash_for_each_one_bit(size in 0..Frontier::MAX_SIZE) {
        let hashes = |size: u64| size.count_ones() as usize * Hash::BYTES;
        let mut frontier = Frontier::from_bytes(size, &vec![0; hashes(size)])?;
        frontier.append(leaf_hash(b""))?;
        prop_assert_eq!(frontier.size(), size + 1);
        prop_assert_eq!(frontier.to_bytes().len(), hashes(size + 1));
    }
}

/// Past the sizes that random lists reach, across several powers of two.
#[test]
fn another_implementation_agrees_up_to_a_thousand_leaves() {
    let mut frontier = Frontier::new();
    let mut theirs = MemoryBackedTree::<Sha256, [u8; 8]>::new();
    assert_eq!(frontier.root().as_bytes(), theirs.root().as_bytes().as_slice());
    for position in 0..1_030_u64 {
        frontier.append(leaf_hash(&position.to_be_bytes())).unwrap();
        theirs.push(position.to_be_bytes());
        assert_eq!(frontier.root().as_bytes(), theirs.root().as_bytes().as_slice());
    }
}
