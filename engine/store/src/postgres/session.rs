//! Running statements on a connection.

use std::time::Duration;

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};
use sqlx::postgres::{PgArguments, PgDatabaseError, PgRow, PgSeverity};
use sqlx::{AssertSqlSafe, Executor as _, PgConnection};

use crate::sql::failure::Failure;

/// A server that does not answer for so long is not there any more. Longer than it waits for a
/// lock, and than a disk that is merely slow takes.
const LONGEST_ANSWER: Duration = Duration::from_secs(30);

/// Runs a statement, and answers all its rows.
pub(super) async fn run(
    connection: &mut PgConnection,
    statement: Result<(String, PgArguments), sqlx::Error>,
) -> Result<Vec<PgRow>, Failure> {
    let (text, arguments) = statement?;
    // Safe: the text is put together from constants; every value is an argument.
    let query = sqlx::query_with(AssertSqlSafe(text), arguments);
    in_time(async { Ok(connection.fetch_all(query).await?) }).await
}

/// Runs a statement of which only success matters.
pub(super) async fn execute(
    connection: &mut PgConnection,
    text: &'static str,
) -> Result<(), Failure> {
    in_time(async { Ok(connection.execute(sqlx::query(text)).await.map(drop)?) }).await
}

/// Runs a text of several statements.
pub(super) async fn execute_all(
    connection: &mut PgConnection,
    text: &'static str,
) -> Result<(), Failure> {
    connection.execute(text).await?;
    Ok(())
}

async fn in_time<T>(answer: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let late = || {
        let what = "the server has not answered for 30 s: see that it runs and can be reached";
        Err(StoreError::new(StoreErrorKind::Unavailable, what).into())
    };
    tokio::time::timeout(LONGEST_ANSWER, answer).await.unwrap_or_else(|_| late())
}

/// Whether the connection is gone, and with it what was under way. Otherwise the server has said
/// that the statement failed: its transaction is undone.
pub(super) fn is_lost(failure: &Failure) -> bool {
    match failure {
        Failure::Sql(error) => ended_by_server(error).unwrap_or(true),
        Failure::Answer(_) => true,
    }
}

/// Whether the server ended the connection with this; `None` if it is not the server's word.
fn ended_by_server(error: &sqlx::Error) -> Option<bool> {
    let error = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?;
    Some(error.severity() != PgSeverity::Error)
}

/// Whether trying again at once is likely to help: two transactions were in each other's way.
pub(super) fn is_transient(failure: &Failure) -> bool {
    // serialization_failure, deadlock_detected
    matches!(failure, Failure::Sql(error) if ["40001", "40P01"].contains(&code(error).as_str()))
}

/// Whether two nodes made the same table at once.
pub(super) fn is_race(error: &sqlx::Error) -> bool {
    // unique_violation, duplicate_table, duplicate_object
    ["23505", "42P07", "42710"].contains(&code(error).as_str())
}

fn code(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.map(std::borrow::Cow::into_owned).unwrap_or_default()
}
