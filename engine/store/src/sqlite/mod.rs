//! SQLite: one file, one writer, as many readers as asked for.
//!
//! sqlx drives each connection from a thread of its own, and what crosses over
//! to it costs more than most of what SQLite does there: waking the thread, and
//! every value that one thread allocates and the other frees. Hence the shape of
//! this module. Statements that belong together go over as one text (`session`),
//! rows go over packed into two arguments (`render`), and items come back packed,
//! a page in one row (`unpack`).
//!
//! **Invariant:** a connection is lent, and given back only when it is known to
//! be clean. A future that is dropped midway, or an error that leaves doubt, ends
//! the connection; the next to ask gets a new one (`pool`).

mod commit;
mod describe;
mod error;
mod file;
mod open;
mod options;
mod render;
mod schema;
mod scrub;
mod session;
#[cfg(test)]
mod tests;
mod unpack;

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use readmit_domain::LedgerId;
use readmit_runtime::ports::store::{CommitError, LedgerCommit, StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions as _, SqliteConnection};

use crate::dialect::{Dialect, Each};
use crate::pool::{Open, Pool};
use crate::sql::failure::Failure;
use crate::sql::statement::Statement;
use crate::store::SqlStore;

pub use options::SqliteOptions;

/// The event store in a SQLite file.
pub type SqliteStore = SqlStore<Sqlite>;

/// A SQLite file, opened.
pub struct Sqlite {
    /// The file's absolute path, for people.
    place: String,
    busy_timeout: Duration,
    /// The one connection that writes. Who holds it is the only writer of this
    /// process; `BEGIN IMMEDIATE` makes it the only one of all processes.
    writer: Pool<SqliteConnectOptions>,
    /// Connections that SQLite itself keeps from writing.
    readers: Pool<SqliteConnectOptions>,
    /// Whether the write-ahead log holds bytes that an erasure destroyed elsewhere.
    unscrubbed: AtomicBool,
}

impl Dialect for Sqlite {
    type Row = SqliteRow;

    fn lanes(&self) -> NonZeroUsize {
        NonZeroUsize::MIN
    }

    async fn read(
        &self,
        queries: &[Statement<'_>],
        each: Each<'_, SqliteRow>,
    ) -> Result<(), StoreError> {
        let mut reader = self.readers.lend().await.map_err(|failure| self.explain(failure))?;
        session::run(&mut reader, queries, each)
            .await
            .map_err(|stopped| self.explain(stopped.failure))?;
        reader.give_back();
        Ok(())
    }

    async fn write(
        &self,
        statements: &[Statement<'_>],
        each: Each<'_, SqliteRow>,
    ) -> Result<(), StoreError> {
        self.write_all(statements, each).await.map_err(|failure| self.explain(failure))
    }

    async fn commit(&self, batch: &[LedgerCommit]) -> Result<Vec<LedgerId>, CommitError> {
        self.commit_batch(batch).await
    }

    async fn scrub_replaced(&self) -> Result<(), StoreError> {
        self.scrub_now().await.map_err(|failure| self.explain(failure))
    }

    fn patience(&self) -> Duration {
        Duration::ZERO
    }

    async fn describe(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.facts().await
    }

    async fn close(&self) {
        self.readers.close().await;
        // The last process to close checkpoints the log and removes it; any other does its part.
        if let Ok(mut writer) = self.writer.lend().await
            && session::execute(&mut writer, "PRAGMA wal_checkpoint(PASSIVE)").await.is_ok()
        {
            writer.give_back();
        }
        self.writer.close().await;
    }
}

impl Open for SqliteConnectOptions {
    type Connection = SqliteConnection;

    async fn open(&self) -> Result<SqliteConnection, Failure> {
        Ok(self.connect().await?)
    }
}

impl Sqlite {
    fn explain(&self, failure: Failure) -> StoreError {
        failure.explain(&self.place, error::kind, error::advice)
    }
}
