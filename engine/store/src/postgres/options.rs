//! How to reach a PostgreSQL server.

use std::num::NonZeroUsize;

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

use crate::address::PostgresUrl;

/// How to open a PostgreSQL database.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    pub(super) url: PostgresUrl,
    pub(super) create: bool,
    pub(super) lanes: NonZeroUsize,
    pub(super) readers: NonZeroUsize,
}

/// Lanes of one node. More of them spread tenants over more connections; fewer make larger
/// batches.
const LANES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);
/// Connections beside those that the lanes use.
const READERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);
/// A connection keeps a prepared statement for each text. A commit's text depends on which tables
/// it touches, so there are some dozens of them; this is enough to keep all that occur.
const STATEMENTS_KEPT: usize = 256;

impl PostgresOptions {
    /// Opens the database at this address: its tables must exist; 4 lanes commit, and as many
    /// connections again read.
    pub fn new(url: PostgresUrl) -> Self {
        Self { url, create: false, lanes: LANES, readers: READERS }
    }

    /// Whether to make the tables if there are none. Those of an older version are brought up to
    /// date either way.
    #[must_use]
    pub const fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// How many commits may be under way at once.
    #[must_use]
    pub const fn lanes(mut self, lanes: NonZeroUsize) -> Self {
        self.lanes = lanes;
        self
    }

    /// How many connections there are beside those that commit.
    #[must_use]
    pub const fn readers(mut self, readers: NonZeroUsize) -> Self {
        self.readers = readers;
        self
    }

    pub(super) fn connection(&self) -> PgConnectOptions {
        let options = self.url.options().clone();
        let named = options.get_application_name().is_some();
        let options = if named { options } else { options.application_name("readmit") };
        // A failure is logged once, by whoever handles it.
        options.statement_cache_capacity(STATEMENTS_KEPT).disable_statement_logging()
    }
}
