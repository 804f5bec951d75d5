//! Running statements on a connection.

use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Either, Executor as _, SqliteConnection};

use super::render::render;
use crate::dialect::Each;
use crate::sql::failure::Failure;
use crate::sql::statement::Statement;

/// Runs statements one after the other, in one round trip to the connection's thread.
///
/// The first that fails is the last that was run.
pub(super) async fn run(
    connection: &mut SqliteConnection,
    statements: &[Statement<'_>],
    each: Each<'_, SqliteRow>,
) -> Result<(), Failure> {
    let (text, arguments) = render(statements)?;
    // Safe: the text is put together from constants; every value is an argument.
    let mut answers = connection.fetch_many(sqlx::query_with(AssertSqlSafe(text), arguments));
    let mut statement = 0;
    while let Some(answer) = answers.try_next().await? {
        match answer {
            Either::Left(_) => statement += 1,
            Either::Right(row) => each(statement, &row)?,
        }
    }
    Ok(())
}

/// Runs one statement of which only success matters.
pub(super) async fn execute(
    connection: &mut SqliteConnection,
    text: &'static str,
) -> Result<(), Failure> {
    // As a query without arguments, so that it is prepared once and kept.
    connection.execute(sqlx::query(text)).await?;
    Ok(())
}
