//! What went wrong, in words.

use readmit::{Failure, StoreError, StoreErrorKind};

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
            "; restore it from a backup: without it nobody has a password until one is set again"
        }
        StoreErrorKind::CannotWrite => "; passwords and sessions need a place to be written to",
        _ => "",
    };
    StoreError::new(kind, format!("the web database in {place}: {error}{advice}")).into()
}

/// Whether somebody else has the database at this moment.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| kind(&code) == StoreErrorKind::Busy)
}

/// The database was refused, and nothing was changed.
pub(super) fn refuse(message: impl Into<String>) -> Failure {
    StoreError::new(StoreErrorKind::NotOurs, message).into()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_have_their_kind() {
        for (code, expected) in [
            ("5", StoreErrorKind::Busy),
            ("261", StoreErrorKind::Busy), // SQLITE_BUSY_RECOVERY
            ("40P01", StoreErrorKind::Busy),
            ("14", StoreErrorKind::CannotWrite),
            ("42501", StoreErrorKind::CannotWrite),
            ("26", StoreErrorKind::Corrupt),
            ("57P01", StoreErrorKind::Unavailable),
        ] {
            assert_eq!(kind(code), expected, "{code}");
        }
    }
}
