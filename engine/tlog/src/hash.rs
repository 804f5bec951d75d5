//! Hashes of leaves and nodes.

use std::fmt;

use sha2::{Digest, Sha256};

/// The first byte of what a leaf's hash covers (RFC 6962 §2.1).
const LEAF_PREFIX: [u8; 1] = [0x00];

/// The first byte of what a node's hash covers (RFC 6962 §2.1).
const NODE_PREFIX: [u8; 1] = [0x01];

/// A SHA-256 hash: of a leaf, of a node, or of a whole tree.
///
/// Shown as 64 lower-case hexadecimal digits. It is public data, so comparing two of them takes no
/// care about timing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; Self::BYTES]);

impl Hash {
    /// The length of a hash, in bytes.
    pub const BYTES: usize = 32;

    /// The hash whose bytes are known already: read from a store, or from a proof.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, as they are stored.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// The hash of one leaf: SHA-256(`00` ‖ `leaf`).
///
/// Source: RFC 6962 §2.1, RFC 9162 §2.1.1.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update(LEAF_PREFIX).chain_update(leaf).finalize().into())
}

/// The hash of the node above two subtrees: SHA-256(`01` ‖ `left` ‖ `right`).
///
/// Source: RFC 6962 §2.1, RFC 9162 §2.1.1.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let node = Sha256::new().chain_update(NODE_PREFIX).chain_update(left.0).chain_update(right.0);
    Hash(node.finalize().into())
}

/// The root of a tree without leaves: SHA-256 of nothing.
///
/// Source: RFC 6962 §2.1, RFC 9162 §2.1.1.
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_tree_has_the_hash_of_nothing() {
        let published = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(empty_root().to_string(), published);
    }

    #[test]
    fn an_empty_leaf_is_not_the_empty_tree() {
        let published = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(leaf_hash(b"").to_string(), published);
    }

    #[test]
    fn a_leaf_made_of_two_hashes_is_not_their_node() {
        let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
        let forged = [left.as_bytes().as_slice(), right.as_bytes()].concat();
        assert_ne!(leaf_hash(&forged), node_hash(&left, &right));
    }

    #[test]
    fn a_node_tells_left_from_right() {
        let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
        assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
    }

    #[test]
    fn bytes_come_back_as_they_went_in() {
        let hash = leaf_hash(b"leaf");
        assert_eq!(Hash::from_bytes(*hash.as_bytes()), hash);
    }

    #[test]
    fn small_bytes_keep_their_leading_zero_in_hexadecimal() {
        let hash = Hash::from_bytes([0x0a; 32]);
        assert_eq!(hash.to_string(), "0a".repeat(32));
        assert_eq!(format!("{hash:?}"), format!("Hash({hash})"));
    }
}
