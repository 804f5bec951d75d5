//! Running statements on a connection.

use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Either, Executor as _, SqliteConnection};

use super::render::render;
use crate::dialect::Each;
use crate::sql::failure::Failure;
use crate::sql::statement::{Statement, runs};

/// What stopped a run, and at which of its statements.
#[derive(Debug)]
pub(super) struct Stopped {
    pub(super) statement: usize,
    pub(super) failure: Failure,
}

impl Stopped {
    /// Whether SQLite says that this statement failed. Then those before it are done, and those
    /// after it were not run. After any other failure the thread may have run on.
    pub(super) const fn is_certain(&self) -> bool {
        matches!(self.failure, Failure::Sql(sqlx::Error::Database(_)))
    }
}

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Self {
        stopped.failure
    }
}

/// Runs statements one after the other, in one round trip to the connection's thread.
pub(super) async fn run(
    connection: &mut SqliteConnection,
    statements: &[Statement<'_>],
    each: Each<'_, SqliteRow>,
) -> Result<(), Stopped> {
    let mut statement = 0;
    let outcome = run_counting(connection, statements, each, &mut statement).await;
    outcome.map_err(|failure| Stopped { statement, failure })
}

async fn run_counting(
    connection: &mut SqliteConnection,
    statements: &[Statement<'_>],
    each: Each<'_, SqliteRow>,
    statement: &mut usize,
) -> Result<(), Failure> {
    let (text, arguments) = render(statements)?;
    // Safe: the text is put together from constants; every value is an argument.
    let mut answers = connection.fetch_many(sqlx::query_with(AssertSqlSafe(text), arguments));
    let mut runs = runs(statements);
    while let Some(answer) = answers.try_next().await? {
        match answer {
            Either::Left(_) => *statement += runs.next().map_or(1, <[_]>::len),
            Either::Right(row) => each(*statement, &row)?,
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
