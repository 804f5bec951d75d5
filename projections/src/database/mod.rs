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
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{Any, AnyPool, Executor as _, Row as _, Transaction};

use readmit_runtime::Failure;

pub use open::ReadPlace;
pub(crate) use query::{Fetched, Query};
pub(crate) use table::{Column, Index, Kind, Table, shape};
pub(crate) use tables::{Row, Tables};
pub(crate) use value::{Value, integer, json, text};

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
    erasures: Arc<Erasures>,
}

/// Copies of what was erased are left while one number is behind the other.
#[derive(Default)]
struct Erasures {
    written: AtomicU64,
    scrubbed: AtomicU64,
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

    /// Notes that an erasure is about to be written by whoever has the writing connection, or may
    /// have been written before.
    pub(crate) fn will_erase(&self) {
        if self.dialect == Dialect::Sqlite {
            self.erasures.written.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Whether copies are left of what an erasure destroyed.
    pub(crate) fn is_unscrubbed(&self) -> bool {
        let Erasures { written, scrubbed } = &*self.erasures;
        scrubbed.load(Ordering::Acquire) < written.load(Ordering::Acquire)
    }

    /// Destroys what an erasure overwrote, where copies of it are kept for a while: the write-ahead
    /// log still holds the old pages. Who reads at this moment is not waited for: then it is to be
    /// tried again.
    pub(crate) async fn scrub(&self) -> Sql<()> {
        if !self.is_unscrubbed() {
            return Ok(());
        }
        let mut writer = self.writer.acquire().await?;
        // Whatever is written after this is not scrubbed by this.
        let written = self.erasures.written.load(Ordering::Acquire);
        writer.execute("PRAGMA busy_timeout = 0").await?;
        let row = writer.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await;
        writer.execute("PRAGMA busy_timeout = 5000").await?;
        if row?.try_get::<i64, _>(0)? == 0 {
            self.erasures.scrubbed.fetch_max(written, Ordering::AcqRel);
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
