//! The values that Certificate Transparency publishes: the eight leaves of its reference tests, and
//! the root after each of them.
//!
//! Source: `testonly/constants.go` of <https://github.com/transparency-dev/merkle>.

use readmit_tlog::{Frontier, Hash, empty_root, leaf_hash};

/// Each leaf, and the root of the tree that ends with it.
const LEAVES: [(&[u8], &str); 8] = [
    (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    (b"\x00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    (b"\x10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    (b"\x20\x21", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    (b"\x30\x31", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    (b"@ABC", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    (b"PQRSTUVW", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    (b"`abcdefghijklmno", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
];

#[test]
fn the_frontier_passes_through_every_published_root() {
    let mut frontier = Frontier::new();
    assert_eq!(frontier.root(), empty_root());
    for (leaf, root) in LEAVES {
        frontier.append(leaf_hash(leaf)).unwrap();
        assert_eq!(frontier.root().to_string(), root, "at size {}", frontier.size());
    }
}

#[test]
fn the_frontier_of_a_perfect_tree_is_its_root_alone() {
    let mut frontier = Frontier::new();
    for (leaf, _) in LEAVES {
        frontier.append(leaf_hash(leaf)).unwrap();
    }
    assert_eq!(frontier.to_bytes(), frontier.root().as_bytes());
    assert_eq!(frontier.to_bytes().len(), Hash::BYTES);
}
