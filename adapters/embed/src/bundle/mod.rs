//! A ledger as a folder of files: for auditors, who need neither the database nor this crate to
//! check it.
//!
//! | file | what it holds |
//! |---|---|
//! | `checkpoint` | size and root of the ledger, signed: a C2SP tlog-checkpoint |
//! | `tile/<level>/<index>` | the hashes of its Merkle tree, 256 in a file; with `.p/<width>` behind it what is not full: C2SP tlog-tiles |
//! | `tile/entries/<index>` | the events, 256 in a file, each with its length before it |
//! | `events.jsonl` | the events again, one a line, for people and for `jq` |
//! | `vkey` | the keys that are said to sign the ledger's checkpoints, one a line |
//! | `README.md` | how to check all of it with other people's tools |
//!
//! [`Tenant::export`](crate::Tenant::export) writes one, [`verify`] checks one, [`verify_against`] checks also that it goes
//! on from a checkpoint that somebody remembered.
//!
//! | module | what it holds |
//! |---|---|
//! | `export` | [`Tenant::export`](crate::Tenant::export) |
//! | `write` | [`BundleWriter`] |
//! | `verify` | the order in which a bundle is checked; the history, the upper tiles, the root |
//! | `look` | what can be said of 256 events without those before them, on all cores |
//! | `batch` | reading 256 events after 256 events |
//! | `read` | reading files that a stranger may have made, within limits |
//! | `layout` | which files there are, and no others |
//! | `signer` | who signed a checkpoint |
//! | `error` | [`BundleError`], [`BundleFault`] |
//!
//! **Invariant: nothing in the folder says whom to believe.** Keys come from the caller; `vkey` is
//! there for convenience, and only has to agree.
//!
//! **Invariant: every byte counts.** No file can be changed, added or left out without being found,
//! but for signatures of keys that the caller does not know, and lines of `vkey` that are not
//! needed.
//!
//! **Invariant: a folder is whole or not there.** It is written under another name, and renamed when
//! all of it is on disk.
//!
//! **Invariant: memory is bounded**, whatever files say of themselves: by some megabytes while
//! events are short, by about 35 MB for each core (of at most eight) if all are as long as can be,
//! and by one entry for each account.

mod batch;
mod error;
mod export;
mod layout;
mod look;
mod read;
mod signer;
mod verify;
mod write;

pub use error::{BundleError, BundleFault};
pub use export::ExportError;
pub use readmit_tlog::{
    Checkpoint, CheckpointError, SignedCheckpoint, VerifiedSignature, VerifierKey,
};
pub use verify::{VerifiedBundle, verify, verify_against};
pub use write::BundleWriter;
