//! What went wrong, in words.

use readmit_runtime::Failure;
use readmit_runtime::ports::{StoreError, StoreErrorKind};

/// The kind of a failure by the code of the database: SQLite's primary result code
/// (<https://sqlite.org/rescode.html>), or PostgreSQL's SQLSTATE.
fn kind(code: &str) -> StoreErrorKind {
    let primary = code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff);
    match (primary, code) {
        // BUSY, LOCKED; serialization failure, deadlock, lock not available.
        (Some(5 | 6), _) | (None, "40001" | "40P01" | "55P03") => StoreErrorKind::Busy,
        // READONLY, FULL, CANTOPEN; insufficient privilege, disk full.
        (Some(8 | 13 | 14), _) | (None, "42501" | "53100") => StoreErrorKind::CannotWrite,
        // CORRUPT, NOTADB.
        (Some(11 | 26), _) => StoreErrorKind::Corrupt,
        _ => StoreErrorKind::Unavailable,
    }
}

/// What failed, where, and what to do about it.
pub(super) fn explain(place: &str, error: &sqlx::Error) -> Failure {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let kind = match (code, error) {
        (Some(code), _) => kind(&code),
        // A row that does not hold what it must.
        (None, sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. }) => {
            StoreErrorKind::Corrupt
        }
        (None, sqlx::Error::PoolTimedOut) => StoreErrorKind::Busy,
        (None, _) => StoreErrorKind::Unavailable,
    };
    let advice = match kind {
        StoreErrorKind::Corrupt => {
            "; it holds nothing of its own: delete it, and it is made again from the ledger"
        }
        StoreErrorKind::CannotWrite => "; the read models need a place that can be written to",
        _ => "",
    };
    let message = format!("the read models in {place}: {error}{advice}");
    StoreError::new(kind, message).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_have_their_kind() {
        for (code, expected) in [
            ("5", StoreErrorKind::Busy),
            ("261", StoreErrorKind::Busy), // SQLITE_BUSY_RECOVERY
            ("40001", StoreErrorKind::Busy),
            ("13", StoreErrorKind::CannotWrite),
            ("42501", StoreErrorKind::CannotWrite),
            ("11", StoreErrorKind::Corrupt),
            ("26", StoreErrorKind::Corrupt),
            ("1", StoreErrorKind::Unavailable),
            ("57P01", StoreErrorKind::Unavailable),
        ] {
            assert_eq!(kind(code), expected, "{code}");
        }
    }
}
