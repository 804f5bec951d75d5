//! What only a file brings. What every store promises is the contract in `tests/tests/store_contract`.
//!
//! | module | what it shows |
//! |---|---|
//! | `commit` | commits that are dropped midway |
//! | `erasure` | erased bytes are in no file any more |
//! | `reads` | facts, and reads beside a commit |
//! | `neighbours` | another store, another process, on the same file |
//! | `open` | files that are missing, foreign, newer, locked, not writable |
//! | `damage` | files and rows that are damaged |
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod commit;
mod damage;
mod erasure;
mod neighbours;
mod open;
mod reads;
mod support;
