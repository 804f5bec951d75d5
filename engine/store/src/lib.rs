//! The Readmit event store on SQL.
//!
//! | module | what it holds |
//! |---|---|
//! | `address` | where the database is: [`DatabaseUrl`] |
//! | `store` | the port [`EventStore`], written once for every SQL database: [`SqlStore`] |
//! | `sql` | statements, rows, batches and loads as plain data; words for failures |
//! | `dialect` | what a database does in its own way: connections, the commit, error codes |
//! | `pool` | connections to lend |
//! | `sqlite` | the dialect of SQLite: [`SqliteStore`] |
//! | `postgres` | the dialect of PostgreSQL: [`PostgresStore`] |
//!
//! **Invariant:** only `sqlite` and `postgres` hold a connection. All of `sql` can be tested
//! without one.
//!
//! **Invariant:** any number of rows goes to the database in one statement, as a table of its own
//! (`{rows}`), and its text does not depend on how many they are. So there are few texts, each is
//! prepared once, and a commit or a load is one round trip.
//!
//! **Invariant:** nothing in here knows what an event means.
//!
//! [`EventStore`]: readmit_runtime::ports::store::EventStore

mod address;
mod dialect;
mod keys;
mod pool;
mod postgres;
mod proofs;
mod sql;
mod sqlite;
mod store;

use std::sync::Arc;

use readmit_runtime::ports::store::{EventStore, StoreError};

pub use address::{DatabaseUrl, PostgresUrl};
pub use postgres::{Postgres, PostgresOptions, PostgresStore};
pub use sqlite::{Sqlite, SqliteOptions, SqliteStore};
pub use store::SqlStore;

/// Opens the database at this address, whatever its kind; a missing one is made
/// if `create` says so.
pub async fn open(url: &DatabaseUrl, create: bool) -> Result<Arc<dyn EventStore>, StoreError> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            Ok(Arc::new(SqliteStore::open(SqliteOptions::new(path).create(create)).await?))
        }
        DatabaseUrl::Postgres(url) => {
            let options = PostgresOptions::new(url.clone()).create(create);
            Ok(Arc::new(PostgresStore::open(options).await?))
        }
    }
}
