//! Another implementation makes the same proofs and the same tiles: `tlog_tiles`, `ct-merkle`.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use readmit_tlog::{ConsistencyProof, Frontier, Hash, HashTile, InclusionProof, TileId, TilePath};
use sha2::Sha256;
use tlog_tiles::{Tile, tlog};

use crate::trees::Tree;

const SIZE: u64 = 90;

/// All hashes of a tree as `tlog_tiles` stores them.
struct Stored(Vec<tlog::Hash>);

impl Stored {
    fn of_size(size: u64) -> Self {
        let mut stored = Self(Vec::new());
        for position in 0..size {
            let added = tlog::stored_hashes(position, &position.to_be_bytes(), &stored);
            stored.0.extend(added.into_iter().flatten());
        }
        stored
    }
}

impl tlog::HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        let hash =
            |index: &u64| usize::try_from(*index).ok().and_then(|at| self.0.get(at).copied());
        indexes.iter().map(hash).collect::<Option<_>>().ok_or(tlog::Error::IndexesNotInTree)
    }
}

fn theirs(hashes: &[Hash]) -> Vec<tlog::Hash> {
    hashes.iter().map(|hash| tlog::Hash(*hash.as_bytes())).collect()
}

fn concatenated(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(Hash::as_bytes).copied().collect()
}

#[test]
fn tlog_tiles_makes_the_same_inclusion_proofs_and_accepts_ours() {
    let (mut tree, stored) = (Tree::of_size(SIZE), Stored::of_size(SIZE));
    for size in 1..=SIZE {
        let root = tlog::tree_hash(size, &stored).unwrap();
        for position in 0..size {
            let proof = InclusionProof::build(position, size, &mut tree).unwrap();
            let ours = theirs(proof.hashes());
            assert_eq!(ours, tlog::prove_record(size, position, &stored).unwrap());
            let leaf = tlog::record_hash(&position.to_be_bytes());
            tlog::check_record(&ours, size, root, position, leaf).unwrap();
        }
    }
}

#[test]
fn tlog_tiles_makes_the_same_consistency_proofs_and_accepts_ours() {
    let (mut tree, stored) = (Tree::of_size(SIZE), Stored::of_size(SIZE));
    for new in 1..=SIZE {
        let new_root = tlog::tree_hash(new, &stored).unwrap();
        for old in 1..=new {
            let proof = ConsistencyProof::build(old, new, &mut tree).unwrap();
            let ours = theirs(proof.hashes());
            assert_eq!(ours, tlog::prove_tree(new, old, &stored).unwrap());
            let old_root = tlog::tree_hash(old, &stored).unwrap();
            tlog::check_tree(&ours, new, new_root, old, old_root).unwrap();
        }
    }
}

#[test]
fn ct_merkle_makes_the_same_proofs() {
    let mut tree = Tree::of_size(SIZE);
    let mut other = MemoryBackedTree::<Sha256, [u8; 8]>::new();
    for size in 1..=SIZE {
        other.push((size - 1).to_be_bytes());
        for position in 0..size {
            let ours = InclusionProof::build(position, size, &mut tree).unwrap();
            let proof = other.prove_inclusion(usize::try_from(position).unwrap());
            assert_eq!(concatenated(ours.hashes()), proof.as_bytes(), "{position} of {size}");
        }
        for old in 1..size {
            let ours = ConsistencyProof::build(old, size, &mut tree).unwrap();
            let proof = other.prove_consistency(usize::try_from(size - old).unwrap());
            assert_eq!(concatenated(ours.hashes()), proof.as_bytes(), "{old} to {size}");
        }
    }
}

#[test]
fn tlog_tiles_writes_the_same_paths() {
    for index in [0, 1, 999, 1000, 1_234_067, 999_999, 1_000_000_000, Frontier::MAX_SIZE] {
        for width in [1, 17, 255, 256] {
            for level in [0, 1, 6, 63] {
                let ours = TilePath::hashes(TileId { level, index }, width).unwrap().to_string();
                let width = u32::try_from(width).unwrap();
                // Theirs has the height of the tiles, ours is always 8.
                let other = Tile::new(8, level, index, width, false).path();
                assert_eq!(ours, other.replacen("tile/8/", "tile/", 1));
            }
            let ours = TilePath::entries(index, width).unwrap().to_string();
            let other = Tile::new(8, 0, index, u32::try_from(width).unwrap(), true).path();
            assert_eq!(ours, other.replacen("tile/8/data/", "tile/entries/", 1));
        }
    }
}

#[test]
fn tlog_tiles_cuts_the_same_tiles() {
    let size = 600;
    let (mut tree, stored) = (Tree::of_size(size), Stored::of_size(size));
    for tile in Tile::new_tiles(8, 0, size) {
        let id = TileId { level: tile.level(), index: tile.level_index() };
        assert_eq!(id.width(size), usize::try_from(tile.width()).unwrap());
        let ours = HashTile::from_bytes(&tile.read_data(&stored).unwrap()).unwrap();
        assert_eq!(ours, crate::tiles::tile(&mut tree, id, ours.width()));
    }
}
