//! What the store promises, on SQLite.
//!
//! | module | what it shows |
//! |---|---|
//! | `commit` | the guard, atomicity, what is refused, futures that are dropped |
//! | `writes` | every kind of write, and that a batch means its writes one by one |
//! | `reads` | loads, pages, timers, settings |
//! | `neighbours` | another store, another process, on the same file |
//! | `open` | files that are missing, foreign, newer, locked, not writable |
//! | `damage` | files and rows that are damaged |
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

mod commit;
mod damage;
mod neighbours;
mod open;
mod reads;
mod support;
mod writes;
