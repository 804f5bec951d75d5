//! The Merkle tree of a ledger: how an event becomes a leaf, and how a ledger of any length is
//! summed up in one root.
//!
//! Hashing is that of Certificate Transparency ([RFC 6962 §2.1], unchanged in [RFC 9162 §2.1]), so
//! that an auditor can check a ledger with tools that nobody here wrote.
//!
//! | module | what it holds |
//! |---|---|
//! | `hash` | [`Hash`](struct@Hash), and the three ways to make one: [`leaf_hash`], [`node_hash`], [`empty_root`] |
//! | `frontier` | [`Frontier`]: the right edge of a tree, enough to append and to know the root |
//!
//! Three witnesses in `tests/` keep this from becoming a dialect of its own: values that
//! Certificate Transparency publishes, the RFC's recursive definition written out naively, and
//! another implementation (`ct-merkle`).
//!
//! **Invariant: pure.** No IO, no async, no clock, no randomness. The same leaves give the same
//! bytes on every machine, for ever.
//!
//! **Invariant: leaves are opaque.** A leaf is the bytes of an event as they are stored. Nothing
//! here parses them, and nothing here may re-serialise them.
//!
//! **Invariant: a leaf is never a node.** Leaf and node hashes start from different prefixes, so
//! neither can stand in for the other (second-preimage resistance, RFC 6962 §2.1).
//!
//! **Invariant: no frontier of an impossible shape.** A [`Frontier`] holds exactly one hash for
//! each one-bit of its size, and [`Frontier::from_bytes`] refuses any other count. That those
//! hashes are the true ones is for the caller to know: a frontier is a summary, not evidence.
//!
//! **Deliberately absent.** Inclusion and consistency proofs, signed checkpoints and hash tiles
//! need hashes from inside the tree, which a frontier has let go. They belong in modules of their
//! own beside these two, reading those hashes through a trait, and change nothing here: a root
//! made today is the root that they will prove against.
//!
//! [RFC 6962 §2.1]: https://www.rfc-editor.org/rfc/rfc6962#section-2.1
//! [RFC 9162 §2.1]: https://www.rfc-editor.org/rfc/rfc9162#section-2.1

mod frontier;
mod hash;

pub use frontier::{Frontier, FrontierError};
pub use hash::{Hash, empty_root, leaf_hash, node_hash};
