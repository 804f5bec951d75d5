//! Failures of a database, in words that say what to do.

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};

/// What stopped a statement.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The database.
    Sql(sqlx::Error),
    /// What it answered.
    Answer(StoreError),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Answer(error)
    }
}

impl Failure {
    /// The failure for people: `place` is the database's, `kind` reads its error codes, `advice`
    /// says what to do about a code of no better kind.
    pub(crate) fn explain(
        self,
        place: &str,
        kind: fn(&str) -> StoreErrorKind,
        advice: fn(&str) -> &'static str,
    ) -> StoreError {
        let error = match self {
            Self::Answer(error) => return error,
            Self::Sql(error) => error,
        };
        let code = match &error {
            sqlx::Error::Database(error) => error.code(),
            _ => None,
        };
        let kind = match (&code, &error) {
            (Some(code), _) => kind(code),
            (None, sqlx::Error::ColumnDecode { .. }) => StoreErrorKind::Corrupt,
            (None, _) => StoreErrorKind::Unavailable,
        };
        let advice = advice(code.as_deref().unwrap_or_default());
        StoreError::new(kind, words(kind, place, &error, advice))
    }
}

fn words(kind: StoreErrorKind, place: &str, error: &sqlx::Error, advice: &str) -> String {
    let (what, advice) = match kind {
        StoreErrorKind::Busy => (
            "is held by another process",
            "try again, or end the other process if it does not let go",
        ),
        StoreErrorKind::CannotWrite => (
            "cannot be written to",
            "see that there is room on the disk, and that this user may write to the database",
        ),
        StoreErrorKind::NotOurs => ("is not a database of Readmit", "check the address"),
        StoreErrorKind::Corrupt => (
            "is damaged",
            "stop writing to it, keep a copy, find out how far the damage goes with `readmit \
             audit verify`, and restore a backup",
        ),
        StoreErrorKind::Missing => ("is not there", "create it, or correct the address"),
        StoreErrorKind::BadAddress => ("refused the user", "check name and password"),
        _ => ("failed", advice),
    };
    let told = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        error => error.to_string(),
    };
    format!("the database {place} {what}: {told}; {advice}")
}
