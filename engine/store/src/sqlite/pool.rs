//! Connections to lend.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::sql::failure::Failure;

/// Up to so many connections, opened as they are needed.
#[derive(Debug)]
pub(super) struct Pool {
    options: SqliteConnectOptions,
    size: u32,
    /// One permit for each connection that may be lent.
    permits: Semaphore,
    /// Connections that nobody has. The lock is held for a push or a pop only.
    idle: Mutex<Vec<SqliteConnection>>,
}

/// A connection that is lent. Unless it is given back, it is closed.
#[derive(Debug)]
pub(super) struct Lent<'p> {
    pool: &'p Pool,
    connection: SqliteConnection,
    _permit: SemaphorePermit<'p>,
}

impl Pool {
    /// A pool of `size` connections at most, none of them open yet.
    pub(super) fn new(options: SqliteConnectOptions, size: u32) -> Self {
        Self {
            options,
            size,
            permits: Semaphore::new(usize::try_from(size).unwrap_or(Semaphore::MAX_PERMITS)),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// A connection, as soon as one is free. They are lent in the order asked for.
    pub(super) async fn lend(&self) -> Result<Lent<'_>, Failure> {
        let permit = self.permits.acquire().await.map_err(|_| closed())?;
        // The last one given back has the warmest cache.
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        Ok(Lent { pool: self, connection, _permit: permit })
    }

    /// Waits until every connection is back, then closes them all.
    pub(super) async fn close(&self) {
        // Fails only if the pool was closed before.
        let all = self.permits.acquire_many(self.size).await;
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            end(connection).await;
        }
        drop(all);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        // A push or a pop leaves nothing half done, even if a thread panicked here.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent<'_> {
    /// Gives the connection back: no transaction is open on it, and no statement under way.
    pub(super) fn give_back(self) {
        let Self { pool, connection, _permit } = self;
        pool.idle().push(connection);
    }

    /// Closes the connection and waits for that: a transaction it had open is rolled back then.
    pub(super) async fn discard(self) {
        let Self { connection, _permit, .. } = self;
        end(connection).await;
    }
}

impl Deref for Lent<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

async fn end(connection: SqliteConnection) {
    // It fails only if its thread is gone already, and the connection with it.
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "a connection to SQLite had ended before it was closed");
    }
}

fn closed() -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        "the store was closed: nothing can be read or written any more",
    )
}
