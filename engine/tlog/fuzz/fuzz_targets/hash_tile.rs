//! What is parsed is written in the same bytes, and has a hash at every place it claims to have.

#![no_main]

use libfuzzer_sys::fuzz_target;
use readmit_tlog::{HashTile, Node};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(tile) = HashTile::from_bytes(bytes) {
        assert_eq!(tile.to_bytes(), bytes);
        for level in 0..8 {
            let inside = |index: &u64| tile.node(Node { level, index: *index }).is_some();
            assert_eq!((0..256_u64 >> level).filter(inside).count(), tile.width() >> level);
        }
    }
});
