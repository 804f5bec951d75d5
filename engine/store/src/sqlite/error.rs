//! SQLite's error codes.

use readmit_runtime::ports::store::StoreErrorKind;

/// What kind of failure a result code is (<https://sqlite.org/rescode.html>).
pub(super) fn kind(code: &str) -> StoreErrorKind {
    // The lowest byte is the primary code, the others say more about it.
    match code.parse().unwrap_or(0) & 0xff {
        // BUSY, LOCKED
        5 | 6 => StoreErrorKind::Busy,
        // PERM, READONLY, FULL, CANTOPEN
        3 | 8 | 13 | 14 => StoreErrorKind::CannotWrite,
        // CORRUPT; CONSTRAINT, since a guard that held rules out a row that is there already
        11 | 19 => StoreErrorKind::Corrupt,
        // NOTADB
        26 => StoreErrorKind::NotOurs,
        _ => StoreErrorKind::Unavailable,
    }
}

/// What to do about a failure of no better kind.
pub(super) fn advice(_code: &str) -> &'static str {
    "see that the disk and its file system are in order, then try again"
}
