//! PostgreSQL's error codes.

use readmit_runtime::ports::store::StoreErrorKind;

/// What kind of failure a SQLSTATE is
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
pub(super) fn kind(code: &str) -> StoreErrorKind {
    match code {
        // serialization_failure, deadlock_detected, lock_not_available, query_canceled
        "40001" | "40P01" | "55P03" | "57014" => StoreErrorKind::Busy,
        // invalid_catalog_name: no such database
        "3D000" => StoreErrorKind::Missing,
        // invalid_authorization_specification, invalid_password
        "28000" | "28P01" => StoreErrorKind::BadAddress,
        // insufficient_privilege, read_only_sql_transaction, disk_full
        "42501" | "25006" | "53100" => StoreErrorKind::CannotWrite,
        // data_corrupted, index_corrupted; undefined_table, undefined_column; and a constraint,
        // since a guard that held rules out a row that is there already
        "XX001" | "XX002" | "42P01" | "42703" => StoreErrorKind::Corrupt,
        _ if code.starts_with("23") => StoreErrorKind::Corrupt,
        _ => StoreErrorKind::Unavailable,
    }
}

/// What to do about a failure of no better kind; without a code, about a server out of reach.
pub(super) fn advice(code: &str) -> &'static str {
    match code {
        // too_many_connections
        "53300" => {
            "let the server and this user have more connections (max_connections, CONNECTION \
             LIMIT), or run fewer nodes"
        }
        // cannot_connect_now
        "57P03" => "the server is starting or stopping: try again",
        _ => "see that the server runs and can be reached, then try again",
    }
}
