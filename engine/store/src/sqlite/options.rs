//! How to open a SQLite file.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};

/// How to open a SQLite file.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    pub(super) path: PathBuf,
    pub(super) create: bool,
    pub(super) busy_timeout: Duration,
    pub(super) readers: NonZeroUsize,
}

/// Nobody waits longer than this for another process: the lane behind it stands still.
const LONGEST_BUSY_TIMEOUT: Duration = Duration::from_mins(1);

/// A connection keeps a statement for each text. A commit's text depends on which tables it
/// touches, so there are some dozens of them; this is enough to keep all that occur.
const STATEMENTS_KEPT: usize = 128;

/// The writer inserts into indexes at places that are spread over all accounts: 16 MiB hold the
/// inner pages of these indexes for some ten million events. (Negative: KiB, not pages.)
const WRITER_CACHE: &str = "-16384";

/// Pages in the write-ahead log before they are copied into the file: 64 MiB. A batch touches some
/// pages for each account in it, and most pages are touched again soon: copying each of them once
/// for many commits, and not every fourth commit, makes commands a third cheaper.
const LOG_PAGES: &str = "16384";

/// A long reader makes the write-ahead log grow; afterwards it is cut back to this.
const LOG_BYTES_KEPT: &str = "67108864";

impl SqliteOptions {
    /// Opens the file at this path: it must exist, at most 5 s are spent waiting for another
    /// process, and 4 connections read.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            create: false,
            busy_timeout: Duration::from_secs(5),
            readers: NonZeroUsize::MIN.saturating_add(3),
        }
    }

    /// Whether to create the file if it is missing. A file that exists is opened either way.
    #[must_use]
    pub const fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// How long to wait for another process that holds the file, one minute at most.
    #[must_use]
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout.min(LONGEST_BUSY_TIMEOUT);
        self
    }

    /// How many connections read at once.
    #[must_use]
    pub const fn readers(mut self, readers: NonZeroUsize) -> Self {
        self.readers = readers;
        self
    }

    /// The options of the connection that writes.
    pub(super) fn writer(&self, file: &Path) -> SqliteConnectOptions {
        self.connection(file)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", WRITER_CACHE)
            .pragma("journal_size_limit", LOG_BYTES_KEPT)
            .pragma("wal_autocheckpoint", LOG_PAGES)
            // An erasure must destroy bytes: SQLite alone would only forget where they are.
            .pragma("secure_delete", "ON")
    }

    /// The options of the connections that read.
    pub(super) fn reader(&self, file: &Path) -> SqliteConnectOptions {
        self.connection(file).read_only(true)
    }

    fn connection(&self, file: &Path) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(self.busy_timeout)
            .foreign_keys(false)
            // Nothing in a schema that somebody edited may call a function with side effects.
            .pragma("trusted_schema", "OFF")
            .statement_cache_capacity(STATEMENTS_KEPT)
            .thread_name(|number| format!("readmit-sqlite-{number}"))
            // A failure is logged once, by whoever handles it.
            .disable_statement_logging()
    }
}
