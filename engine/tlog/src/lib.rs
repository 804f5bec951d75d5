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
//! | `node` | [`Node`]: a perfect subtree; [`HashReader`]: where the hashes of nodes come from |
//! | `proof`, `inclusion`, `consistency` | [`InclusionProof`]: a leaf is in a tree; [`ConsistencyProof`]: a tree only grew |
//! | `tile`, `tile_path`, `entry_bundle` | [`HashTile`], [`EntryBundle`]: the tree and its leaves in pieces of 256; [`TilePath`]: where they are served |
//! | `edge` | [`Edge`]: a frontier that also tells which tiles fill |
//! | `key` | [`VerifierKey`]: the public key of a log or a witness, and its text |
//! | `note` | [`Note`]: a signed text; [`NoteSigner`]: the key of a log |
//! | `checkpoint` | [`Checkpoint`]: size and root of a tree; [`SignedCheckpoint`]: the same, to be believed |
//! | `cosignature` | [`Cosigner`], [`Cosignature`]: what a witness adds to a checkpoint |
//! | `tlog_proof` | [`TlogProof`]: all of it in one text; [`check_proof`]: what an auditor calls |
//! | `witness` | [`AddCheckpoint`]: what a log asks a witness |
//! | `text` | lines, decimal numbers and base64, in their one form; [`SyntaxError`] |
//!
//! The texts are those of [C2SP]: signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof,
//! tlog-tiles, tlog-witness, each as it stood on 22 July 2026. All are read with `parse` and written
//! with `to_string`.
//!
//! A ledger appends and signs; an auditor checks what he was shown, with nothing but the ledger's
//! public key:
//!
//! ```
//! use std::collections::BTreeMap;
//! use readmit_tlog::{
//!     Checkpoint, Edge, InclusionProof, NoteSigner, SignedCheckpoint, TileId, TlogProof,
//!     check_proof, leaf_hash,
//! };
//!
//! // A commit: the tiles that fill are stored with the events.
//! let (mut edge, mut stored) = (Edge::new(), BTreeMap::new());
//! for event in 0..1_000 {
//!     stored.extend(edge.append(leaf_hash(format!("event {event}").as_bytes()))?);
//! }
//!
//! // Once in a while, a checkpoint.
//! let signer = NoteSigner::new("example.com/log", &[7; 32])?;
//! let checkpoint = Checkpoint::new("example.com/log", edge.size(), edge.root())?;
//! let checkpoint = SignedCheckpoint::sign(checkpoint, &signer)?;
//!
//! // A proof: ask what is needed, fetch it, build without IO.
//! let mut tiles = BTreeMap::new();
//! for node in InclusionProof::nodes(321, 1_000)? {
//!     for id in TileId::stored(node, 1_000) {
//!         // The last tile of level 0 is not full, so it is not stored but made from events.
//!         let partial = || edge.partial_tiles().into_iter().find(|(partial, _)| *partial == id);
//!         let tile = stored.get(&id).cloned().or_else(|| Some(partial()?.1));
//!         tiles.insert(id, tile.ok_or("no such tile")?);
//!     }
//! }
//! let inclusion = InclusionProof::build(321, 1_000, &mut tiles)?;
//! let text = TlogProof::new(inclusion, checkpoint)?.to_string();
//!
//! // The auditor.
//! let verified = check_proof(&text, b"event 321", signer.key(), &[])?;
//! assert_eq!((verified.position, verified.checkpoint.size()), (321, 1_000));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Witnesses in `tests/` keep this from becoming a dialect of its own: values that Certificate
//! Transparency, the Go checksum database and C2SP publish, the RFC's recursive definition written
//! out naively, and other implementations (`ct-merkle`, `tlog_tiles`, `signed_note`). Every parser
//! has a fuzz target in `fuzz/`.
//!
//! **Invariant: pure.** No IO, no async, no clock, no randomness. The same leaves give the same
//! bytes on every machine, for ever. Times and the seeds of keys are arguments.
//!
//! **Invariant: leaves are opaque.** A leaf is the bytes of an event as they are stored. Nothing
//! here parses them, and nothing here may re-serialise them.
//!
//! **Invariant: a leaf is never a node.** Leaf and node hashes start from different prefixes, so
//! neither can stand in for the other (second-preimage resistance, RFC 6962 §2.1).
//!
//! **Invariant: no frontier of an impossible shape.** A [`Frontier`] holds exactly one hash for
//! each one-bit of its size, and [`Frontier::from_bytes`] refuses any other count. That those
//! hashes are the true ones is for the caller to know: a frontier is a summary, not evidence. The
//! same goes for an [`Edge`], and for the number of hashes in a proof.
//!
//! **Invariant: one form.** What a parser accepts, it would write in the same bytes: a text cannot
//! be changed and still be accepted with the same meaning. Whatever has two spellings (leading
//! zeros, loose base64, CRLF) is refused.
//!
//! **Invariant: parsed is not verified.** Types that come out of a parser have the right shape and
//! nothing more; only the `verify` functions say what to believe, and signatures of unknown keys
//! never count.
//!
//! **Invariant: bounded.** Every text, list and loop has a limit, a named constant where a stranger
//! could reach it. No input makes anything here panic.
//!
//! **Deliberately absent.** ML-DSA-44 cosignatures, subtree cosignatures (`sign-subtree`), pruning,
//! and the policy of how many witnesses are enough.
//!
//! [C2SP]: https://c2sp.org
//! [RFC 6962 §2.1]: https://www.rfc-editor.org/rfc/rfc6962#section-2.1
//! [RFC 9162 §2.1]: https://www.rfc-editor.org/rfc/rfc9162#section-2.1

mod checkpoint;
mod consistency;
mod cosignature;
mod edge;
mod entry_bundle;
mod frontier;
mod hash;
mod inclusion;
mod key;
mod node;
mod note;
mod proof;
mod text;
mod tile;
mod tile_path;
mod tlog_proof;
mod witness;

pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use consistency::ConsistencyProof;
pub use cosignature::{Cosignature, CosignatureError, Cosigner};
pub use edge::Edge;
pub use entry_bundle::{EntryBundle, EntryBundleError};
pub use frontier::{Frontier, FrontierError};
pub use hash::{Hash, empty_root, leaf_hash, node_hash};
pub use inclusion::InclusionProof;
pub use key::{KeyError, KeyId, KeyKind, VerifierKey};
pub use node::{HashReader, MissingNode, Node, ReadError, root_nodes};
pub use note::{Note, NoteError, NoteSignature, NoteSigner, VerifiedSignature};
pub use proof::ProofError;
pub use text::SyntaxError;
pub use tile::{HashTile, TileError, TileId};
pub use tile_path::{TilePath, TilePathError};
pub use tlog_proof::{TlogProof, TlogProofError, VerifiedLeaf, check_proof};
pub use witness::{AddCheckpoint, AddCheckpointError, parse_known_size};
