//! The database of the read models, and the little SQL that all of them share.
//!
//! sqlx's `Any` driver runs one SQL text on SQLite and on PostgreSQL; what the two do differently
//! is said in `open` and in the words for column types, and nowhere else.
//!
//! **Invariant: nothing here is the truth.** Every row follows from the ledger. A database that is
//! lost, damaged or deleted is made again; so it may acknowledge before the disk has it.

mod failure;
mod open;
mod query;
mod table;
mod tables;
mod value;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{Any, AnyPool, Row as _, Transaction};

use readmit_runtime::Failure;

pub use open::ReadPlace;
pub(crate) use query::{Fetched, Query};
pub(crate) use table::{Column, Index, Kind, Table, shape};
pub(crate) use tables::{Row, Tables};
pub(crate) use value::{Value, integer, text};

/// What SQL answers.
pub(crate) type Sql<T> = Result<T, sqlx::Error>;

/// The database of the read models, opened.
#[derive(Clone)]
pub(crate) struct Database {
    dialect: Dialect,
    /// Where it is, for people.
    place: String,
    /// One connection: whoever has it is the only writer of this process.
    writer: AnyPool,
    /// For a database in memory the same one: it is gone with its connection.
    readers: AnyPool,
    /// Whether copies are left of what an erasure destroyed.
    unscrubbed: Arc<AtomicBool>,
}

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// A file, or memory.
    Sqlite,
    /// A schema on a server.
    Postgres,
}

impl Database {
    /// A transaction that writes; no other of this process does so meanwhile.
    pub(crate) async fn write(&self) -> Sql<Transaction<'static, Any>> {
        match self.dialect {
            // A plain BEGIN that writes later is told "busy" at once if another process writes.
            Dialect::Sqlite => self.writer.begin_with("BEGIN IMMEDIATE").await,
            Dialect::Postgres => self.writer.begin().await,
        }
    }

    /// A transaction that reads, and sees one moment.
    pub(crate) async fn read(&self) -> Sql<Transaction<'static, Any>> {
        match self.dialect {
            Dialect::Sqlite => self.readers.begin_with("BEGIN").await,
            Dialect::Postgres => {
                self.readers.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
            }
        }
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Notes that an erasure is about to be written, or may have been.
    pub(crate) fn will_erase(&self) {
        self.unscrubbed.store(self.dialect == Dialect::Sqlite, Ordering::Release);
    }

    /// Whether copies are left of what an erasure destroyed.
    pub(crate) fn is_unscrubbed(&self) -> bool {
        self.unscrubbed.load(Ordering::Acquire)
    }

    /// Destroys what an erasure overwrote, where copies of it are kept for a while: the write-ahead
    /// log still holds the old pages. If somebody reads at this moment, it is to be tried again.
    pub(crate) async fn scrub(&self) -> Sql<()> {
        if self.is_unscrubbed() {
            let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
            let row = sqlx::query(checkpoint).fetch_one(&self.writer).await?;
            let in_the_way: i64 = row.try_get(0)?;
            self.unscrubbed.store(in_the_way != 0, Ordering::Release);
        }
        Ok(())
    }

    /// Lets the connections go.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A failure in words that say what happened and what to do.
    pub(crate) fn explain(&self, error: &sqlx::Error) -> Failure {
        failure::explain(&self.place, error)
    }
}
