//! Tiles hold the tree, and the edge fills them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use readmit_tlog::{
    ConsistencyProof, Edge, EntryBundle, Frontier, FrontierError, HashReader, HashTile,
    InclusionProof, MissingNode, Node, ReadError, TileError, TileId, empty_root, leaf_hash,
};

use crate::trees::Tree;

/// The tile by its definition: the hashes of the nodes of level 8 · level.
pub(crate) fn tile(tree: &mut Tree, id: TileId, width: usize) -> HashTile {
    let (level, first) = (id.level * 8, id.index * 256);
    let nodes: Vec<_> = (first..).take(width).map(|index| Node { level, index }).collect();
    let Ok(hashes) = tree.read(&nodes);
    HashTile::new(hashes).unwrap_or_else(|error| panic!("{id:?}: {error}"))
}

/// An edge grown leaf by leaf, and the tiles that it filled.
fn grown(tree: &Tree, size: usize) -> (Edge, BTreeMap<TileId, HashTile>) {
    let mut edge = Edge::new();
    let completed = tree.0[..size].iter().map(|leaf| edge.append(*leaf).unwrap_or_default());
    let completed = completed.collect::<Vec<_>>().concat().into_iter().collect();
    (edge, completed)
}

#[test]
fn the_edge_fills_every_full_tile_and_keeps_every_partial_one() {
    let size = 256 * 256 + 700;
    let mut tree = Tree::of_size(size as u64);
    let (edge, full) = grown(&tree, size);
    assert_eq!(full.len(), 258 + 1);
    assert_eq!(edge.root(), tree.root(size));
    for (id, found) in full.into_iter().chain(edge.partial_tiles()) {
        let width = id.width(size as u64);
        assert_eq!(found, tile(&mut tree, id, width), "{id:?}");
    }
}

#[test]
fn the_widths_are_those_of_the_specification() {
    // A tree of size 70,000: 273 full level 0 tiles, one partial level 0 tile of width 112, one
    // full level 1 tile, one partial level 1 tile of width 17, one partial level 2 tile of width 1.
    let width = |level, index| TileId { level, index }.width(70_000);
    assert_eq!([width(0, 272), width(0, 273), width(0, 274)], [256, 112, 0]);
    assert_eq!([width(1, 0), width(1, 1), width(1, 2)], [256, 17, 0]);
    assert_eq!([width(2, 0), width(2, 1), width(3, 0), width(255, 0)], [1, 0, 0, 0]);
    assert_eq!(TileId { level: 1, index: 0 }.width(256), 1);
}

#[test]
fn an_edge_restored_at_any_size_is_the_one_that_grew() {
    let mut tree = Tree::of_size(1_100);
    let mut edge = Edge::new();
    for position in 0..1_100 {
        assert_eq!(Edge::restore(edge.size(), &mut tree).unwrap(), edge);
        assert_eq!(edge.root(), Frontier::restore(edge.size(), &mut tree).unwrap().root());
        edge.append(tree.0[position]).unwrap();
    }
}

#[test]
fn a_full_tree_refuses_another_leaf_and_stays_as_it_was() {
    struct Zeros;
    impl HashReader for Zeros {
        type Error = MissingNode;
        fn read(&mut self, nodes: &[Node]) -> Result<Vec<readmit_tlog::Hash>, MissingNode> {
            Ok(nodes.iter().map(|_| empty_root()).collect())
        }
    }
    let mut edge = Edge::restore(Frontier::MAX_SIZE, &mut Zeros).unwrap();
    let before = edge.clone();
    let size = Frontier::MAX_SIZE + 1;
    assert_eq!(edge.append(empty_root()), Err(FrontierError::TooLarge { size }));
    assert_eq!(edge, before);
    assert!(matches!(Edge::restore(size, &mut Zeros), Err(ReadError::Proof(_))));
}

/// What a store does: read the tiles that a proof needs, each once, and build without IO.
#[test]
fn proofs_are_built_from_one_tile_for_each_level() {
    let size = 256 * 256 * 2 + 300;
    let tree = Tree::of_size(size as u64);
    let (edge, mut tiles) = grown(&tree, size);
    tiles.extend(edge.partial_tiles());
    let size = size as u64;
    for position in [0, 255, 256, 65_535, 65_536, 131_071, 131_072, size - 1] {
        let nodes = InclusionProof::nodes(position, size).unwrap();
        let mut needed: BTreeMap<_, _> = BTreeMap::new();
        for id in nodes.into_iter().map(TileId::of) {
            needed.insert(id, tiles[&id].clone());
        }
        assert!(needed.len() <= 6, "{} tiles for {position}", needed.len());
        let proof = InclusionProof::build(position, size, &mut needed).unwrap();
        let leaf = tree.0[usize::try_from(position).unwrap()];
        assert_eq!(proof.verify(leaf, edge.root()), Ok(()));
    }
    let proof = ConsistencyProof::build(70_000, size, &mut tiles).unwrap();
    assert_eq!(proof.verify(tree.root(70_000), edge.root()), Ok(()));
}

/// What a store does that keeps full tiles, and makes the partial one of level 0 from leaves.
#[test]
fn full_tiles_and_the_last_leaves_are_enough() {
    let size = 256 * 256 + 256 * 3 + 7;
    let tree = Tree::of_size(size as u64);
    let (edge, mut stored) = grown(&tree, size);
    stored.extend(edge.partial_tiles().into_iter().filter(|(id, _)| id.level == 0));
    let size = size as u64;
    let needed = |nodes: Vec<Node>| {
        let ids = nodes.into_iter().flat_map(|node| TileId::stored(node, size));
        ids.map(|id| (id, stored[&id].clone())).collect::<BTreeMap<_, _>>()
    };
    let restored = Edge::restore(size, &mut needed(Edge::nodes(size)));
    assert_eq!(restored.as_ref(), Ok(&edge));
    for position in [0, 65_535, 65_536, 66_303, 66_304, size - 1] {
        let mut tiles = needed(InclusionProof::nodes(position, size).unwrap());
        let proof = InclusionProof::build(position, size, &mut tiles).unwrap();
        let leaf = tree.0[usize::try_from(position).unwrap()];
        assert_eq!(proof.verify(leaf, edge.root()), Ok(()));
    }
}

#[test]
fn a_missing_tile_is_told() {
    let mut tiles = BTreeMap::<TileId, HashTile>::new();
    let missing = MissingNode(Node { level: 0, index: 1 });
    assert_eq!(InclusionProof::build(0, 2, &mut tiles), Err(ReadError::Reader(missing)));
    // A tile that is there but too narrow lacks the node too.
    let narrow = HashTile::new(vec![empty_root()]).unwrap();
    tiles.insert(TileId { level: 0, index: 0 }, narrow);
    assert_eq!(InclusionProof::build(0, 2, &mut tiles), Err(ReadError::Reader(missing)));
}

#[test]
fn only_from_1_to_256_whole_hashes_are_a_tile() {
    let read = |length| HashTile::from_bytes(&vec![7; length]).map(|tile| tile.width());
    assert_eq!(read(32), Ok(1));
    assert_eq!(read(8_192), Ok(256));
    assert_eq!(read(0), Err(TileError::WrongWidth { found: 0 }));
    assert_eq!(read(33), Err(TileError::WrongLength { found: 33 }));
    assert_eq!(read(8_224), Err(TileError::WrongWidth { found: 257 }));
    assert_eq!(HashTile::new(vec![]), Err(TileError::WrongWidth { found: 0 }));
    assert_eq!(HashTile::new(vec![empty_root(); 256]).unwrap().to_bytes().len(), 8_192);
}

#[test]
fn a_partial_tile_has_no_root() {
    let tile = |width| HashTile::new(vec![empty_root(); width]).unwrap();
    for width in [1, 128, 255] {
        assert_eq!((tile(width).is_full(), tile(width).root()), (false, None));
    }
    assert!(tile(256).is_full() && tile(256).root().is_some());
}

#[test]
fn a_bundle_lies_under_its_tile() {
    let mut tree = Tree::of_size(300);
    let bundle = EntryBundle::new((256..300_u64).map(u64::to_be_bytes)).unwrap();
    let id = TileId { level: 0, index: 1 };
    assert_eq!(bundle.leaf_hashes(), tile(&mut tree, id, 44));
    assert!(bundle.entries().map(leaf_hash).eq(tree.0[256..].iter().copied()));
}

proptest! {
    #[test]
    fn a_full_tile_knows_every_node_inside_it(level in 0..8_u8, index in 0..512_u64) {
        let mut tree = Tree::of_size(512);
        let index = index % (512 >> level);
        let node = Node { level, index };
        let id = TileId::of(node);
        let tile = tile(&mut tree, id, 256);
        let Ok(expected) = tree.read(&[node]);
        prop_assert_eq!(tile.node(node), Some(expected[0]));
    }

    #[test]
    fn every_node_of_a_tree_has_a_tile_that_is_wide_enough(
        size in 1..=Frontier::MAX_SIZE,
        part in any::<u64>(),
    ) {
        for node in InclusionProof::nodes(part % size, size)? {
            let id = TileId::of(node);
            let last = (node.index + 1) << (node.level % 8);
            prop_assert!(id.width(size) as u64 >= last - id.index * 256);
        }
    }

    #[test]
    fn tiles_and_bundles_are_read_as_they_were_written(
        hashes in prop::collection::vec(any::<[u8; 32]>(), 1..=256),
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..=256),
    ) {
        let tile = HashTile::new(hashes.into_iter().map(readmit_tlog::Hash::from_bytes).collect())?;
        prop_assert_eq!(HashTile::from_bytes(&tile.to_bytes())?, tile);
        let bundle = EntryBundle::new(&entries)?;
        let read = EntryBundle::from_bytes(bundle.as_bytes().to_vec())?;
        prop_assert!(read.entries().eq(entries.iter().map(Vec::as_slice)));
        prop_assert_eq!(read, bundle);
    }
}
