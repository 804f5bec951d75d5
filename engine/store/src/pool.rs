//! Connections to lend.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};
use sqlx::Connection;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::sql::failure::Failure;

/// How a connection is opened.
pub(crate) trait Open: Send + Sync {
    /// What is opened.
    type Connection: Connection + Send;

    /// Opens one, ready for use.
    fn open(&self) -> impl Future<Output = Result<Self::Connection, Failure>> + Send;
}

/// Up to so many connections, opened as they are needed.
pub(crate) struct Pool<O: Open> {
    opener: O,
    size: u32,
    /// One permit for each connection that may be lent.
    permits: Semaphore,
    /// Connections that nobody has. The lock is held for a push or a pop only.
    idle: Mutex<Vec<O::Connection>>,
}

/// A connection that is lent. Unless it is given back, it is closed.
pub(crate) struct Lent<'p, O: Open> {
    pool: &'p Pool<O>,
    connection: O::Connection,
    was_idle: bool,
    _permit: SemaphorePermit<'p>,
}

impl<O: Open> Pool<O> {
    /// A pool of `size` connections at most, none of them open yet.
    pub(crate) fn new(opener: O, size: u32) -> Self {
        Self {
            opener,
            size,
            permits: Semaphore::new(usize::try_from(size).unwrap_or(Semaphore::MAX_PERMITS)),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// A connection, as soon as one is free. They are lent in the order asked for.
    pub(crate) async fn lend(&self) -> Result<Lent<'_, O>, Failure> {
        let permit = self.permits.acquire().await.map_err(|_| closed())?;
        // The last one given back has the warmest cache.
        let idle = self.idle().pop();
        let was_idle = idle.is_some();
        let connection = match idle {
            Some(connection) => connection,
            None => self.opener.open().await?,
        };
        Ok(Lent { pool: self, connection, was_idle, _permit: permit })
    }

    /// Waits until every connection is back, then closes them all.
    pub(crate) async fn close(&self) {
        // Fails only if the pool was closed before.
        let all = self.permits.acquire_many(self.size).await;
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            end(connection).await;
        }
        drop(all);
    }

    /// Lets go of every connection that nobody has: the server behind them was lost.
    pub(crate) fn forget_idle(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<O::Connection>> {
        // A push or a pop leaves nothing half done, even if a thread panicked here.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O: Open> Lent<'_, O> {
    /// Whether it was opened before it was asked for, and so may have been lost since.
    pub(crate) const fn was_idle(&self) -> bool {
        self.was_idle
    }

    /// Gives the connection back: no transaction is open on it, and no statement under way.
    pub(crate) fn give_back(self) {
        let Self { pool, connection, .. } = self;
        pool.idle().push(connection);
    }

    /// Closes the connection and waits for that: a transaction it had open is rolled back then.
    pub(crate) async fn discard(self) {
        let Self { connection, _permit, .. } = self;
        end(connection).await;
    }
}

impl<O: Open> Deref for Lent<'_, O> {
    type Target = O::Connection;

    fn deref(&self) -> &O::Connection {
        &self.connection
    }
}

impl<O: Open> DerefMut for Lent<'_, O> {
    fn deref_mut(&mut self) -> &mut O::Connection {
        &mut self.connection
    }
}

async fn end(connection: impl Connection) {
    // It fails only if the other side is gone already, and the connection with it.
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "a connection had ended before it was closed");
    }
}

fn closed() -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        "the store was closed: nothing can be read or written any more",
    )
}
