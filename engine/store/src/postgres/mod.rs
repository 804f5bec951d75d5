//! PostgreSQL: one server, any number of nodes.
//!
//! | module | what it holds |
//! |---|---|
//! | `options` | how to reach a server, and how many connections to keep |
//! | `connect` | opening connections, and what is settled before anything is written |
//! | `schema` | whose database it is; the tables, and the lease under which they are made |
//! | `session` | statements on a connection: one at a time, with bounded patience |
//! | `render` | statements as PostgreSQL gets them: a table of rows is one array for each column |
//! | `commit` | the commit: one statement, one round trip |
//! | `words` | word to other nodes that a ledger has grown |
//!
//! **Invariant:** nothing here outlives a transaction on the server: no session locks, no
//! temporary tables. A connection that is lost takes nothing along but its own statement.

mod commit;
mod connect;
mod describe;
mod error;
mod options;
mod render;
mod row;
mod schema;
mod session;
#[cfg(test)]
mod tests;
mod words;

use std::num::NonZeroUsize;
use std::time::Duration;

use readmit_domain::LedgerId;
use readmit_runtime::ports::store::{CommitError, LedgerCommit, StoreError};
use sqlx::postgres::PgRow;

use crate::dialect::{Dialect, Each};
use crate::pool::Pool;
use crate::sql::failure::Failure;
use crate::sql::statement::{Statement, runs};
use crate::store::SqlStore;

use connect::Server;
pub use options::PostgresOptions;

/// The event store in a PostgreSQL database.
pub type PostgresStore = SqlStore<Postgres>;

/// A PostgreSQL database, opened.
pub struct Postgres {
    /// The address without the password, for people.
    place: String,
    lanes: NonZeroUsize,
    connections: Pool<Server>,
    words: words::Words,
}

/// How long a commit's outcome is looked for while the server is away: a restart takes less.
const PATIENCE: Duration = Duration::from_secs(15);

impl Dialect for Postgres {
    type Row = PgRow;

    fn lanes(&self) -> NonZeroUsize {
        self.lanes
    }

    async fn read(
        &self,
        queries: &[Statement<'_>],
        each: Each<'_, PgRow>,
    ) -> Result<(), StoreError> {
        self.answer(|| self.try_read(queries), each).await
    }

    async fn write(
        &self,
        statements: &[Statement<'_>],
        each: Each<'_, PgRow>,
    ) -> Result<(), StoreError> {
        self.answer(|| self.try_write(statements), each).await
    }

    async fn commit(&self, batch: &[LedgerCommit]) -> Result<Vec<LedgerId>, CommitError> {
        let committed = self.commit_batch(batch).await?;
        self.words.tell(batch.iter().filter(|part| committed.contains(&part.ledger)));
        Ok(committed)
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }

    async fn grown(&self) -> (LedgerId, u64) {
        self.words.hear().await
    }

    async fn describe(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.facts().await
    }

    async fn close(&self) {
        self.words.close();
        self.connections.close().await;
    }
}

type Answers = Vec<(usize, PgRow)>;
/// A failure, and whether it happened on a connection that was opened long before.
type Stopped = (Failure, bool);

impl Postgres {
    /// Tries once more if the connection was an old one and is lost: its server may be back.
    async fn answer<F: Future<Output = Result<Answers, Stopped>>>(
        &self,
        attempt: impl Fn() -> F,
        each: Each<'_, PgRow>,
    ) -> Result<(), StoreError> {
        let answers = match attempt().await {
            Err((failure, true)) if session::is_lost(&failure) => attempt().await,
            answers => answers,
        };
        let answers = answers.map_err(|(failure, _)| self.explain(failure))?;
        answers.iter().try_for_each(|(statement, row)| each(*statement, row))
    }

    /// Runs queries, neighbours that answer items as one.
    async fn try_read(&self, queries: &[Statement<'_>]) -> Result<Answers, Stopped> {
        let mut reader = self.connections.lend().await.map_err(|failure| (failure, false))?;
        let (mut answers, mut statement) = (Vec::new(), 0);
        for run in runs(queries) {
            let rows = match session::run(&mut reader, render::read(run)).await {
                Ok(rows) => rows,
                Err(failure) => return Err(self.stopped(reader.was_idle(), failure)),
            };
            answers.extend(rows.into_iter().map(|row| (statement, row)));
            statement += run.len();
        }
        reader.give_back();
        Ok(answers)
    }

    /// Runs statements in a transaction of their own.
    async fn try_write(&self, statements: &[Statement<'_>]) -> Result<Answers, Stopped> {
        let mut writer = self.connections.lend().await.map_err(|failure| (failure, false))?;
        let outcome = async {
            let mut answers = Vec::new();
            session::execute(&mut writer, "BEGIN").await?;
            for (place, statement) in statements.iter().enumerate() {
                let rows = session::run(&mut writer, render::one(statement)).await?;
                answers.extend(rows.into_iter().map(|row| (place, row)));
            }
            session::execute(&mut writer, "COMMIT").await?;
            Ok(answers)
        };
        match outcome.await {
            Ok(answers) => {
                writer.give_back();
                Ok(answers)
            }
            Err(failure) => Err(self.stopped(writer.was_idle(), failure)),
        }
    }

    /// Where one connection was lost, the others are likely to be.
    fn stopped(&self, was_idle: bool, failure: Failure) -> Stopped {
        if session::is_lost(&failure) {
            self.connections.forget_idle();
        }
        (failure, was_idle)
    }

    fn explain(&self, failure: Failure) -> StoreError {
        failure.explain(&self.place, error::kind, error::advice)
    }
}
