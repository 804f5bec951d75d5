//! Read models: what they answer, that they say what the ledger says, and that no crash, race or
//! rebuild makes them say anything else.

#![expect(clippy::indexing_slicing, reason = "a test that finds less than it expects panics")]

mod answers;
mod audited;
mod crash;
mod honest;
mod nodes;
mod pages;
mod past;
mod rebuilt;

use std::path::{Path, PathBuf};

use readmit_tests::{House, Msp, Result};

/// The file of the read models of a house.
fn read_file(house: &House) -> PathBuf {
    house.folder().join("readmit-read.db")
}

/// Removes the read models, with what SQLite keeps beside them.
fn remove(file: &Path) -> Result {
    for ending in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{ending}", file.display()));
        if path.exists() {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The read models are what a replay makes them, row for row.
async fn assert_honest(msp: &Msp) -> Result {
    let (seen, difference) = msp.tenant.compare_read_models().await?;
    assert_eq!(difference, None, "after {seen} events");
    assert_eq!(seen, msp.tenant.head().await?.size);
    Ok(())
}
