//! Checkpoints are submitted to witnesses, and stamped with a time.
//!
//! | file | what it holds |
//! |---|---|
//! | `honest` | a witness that keeps to the rules: growth, repetition, lost memories, rollback, fork |
//! | `misbehaving` | one that does not |
//! | `others` | a witness that nobody here wrote |
//! | `timestamps` | OpenSSL as a time-stamping authority |

mod honest;
mod log;
mod misbehaving;
mod others;
mod timestamps;

/// The client of the command line, which is a binary and cannot be named from here.
#[path = "../../../adapters/cli/src/witness_http.rs"]
mod witness_http;
