//! Proofs, tiles and texts: against other implementations, against what is published, and against
//! inputs that should be refused.

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on says so by panicking")]

mod malformed;
mod mangled;
mod other_notes;
mod other_trees;
mod published_proofs;
mod published_texts;
mod samples;
mod signed;
mod tiles;
mod trees;
