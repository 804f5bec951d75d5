//! Opening a file: every doubt about it is settled here, before anything is written to it.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use readmit_runtime::ports::store::{StoreError, StoreErrorKind};
use sqlx::{Executor as _, Row as _, SqliteConnection};

use super::file::{self, APPLICATION_ID, Found};
use super::{Sqlite, SqliteOptions, SqliteStore, schema, session};
use crate::pool::Pool;
use crate::sql::failure::Failure;

/// Older ones can corrupt a database when the write-ahead log starts over
/// (<https://sqlite.org/wal.html#walresetbug>).
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// `PRAGMA journal_mode` does not wait for other processes by itself.
const PAUSE: Duration = Duration::from_millis(20);

const MARK_AS_OURS: &str = "PRAGMA application_id = 1380207956";
const _: () = assert!(APPLICATION_ID == 1_380_207_956, "the text above says it in decimal");

impl SqliteStore {
    /// Opens the store in a file, or refuses it in words that say what to do.
    ///
    /// # Errors
    ///
    /// `Missing`: no such file, and not asked to create it. `NotOurs`: not a file of Readmit, or
    /// of a newer version; it is as it was. `CannotWrite`: file, directory or disk. `Busy`: held
    /// by another process for longer than the busy timeout. `Corrupt`: damaged. `BadAddress`: a
    /// path that cannot be a database. `Unavailable`: anything else, such as too old a SQLite.
    pub async fn open(options: SqliteOptions) -> Result<Self, StoreError> {
        let path = file::absolute(&options.path)?;
        let found = file::prepare(&path, options.create)?;
        let readers = u32::try_from(options.readers.get()).unwrap_or(u32::MAX);
        let dialect = Sqlite {
            place: path.display().to_string(),
            busy_timeout: options.busy_timeout,
            writer: Pool::new(options.writer(&path), 1),
            readers: Pool::new(options.reader(&path), readers),
            unscrubbed: AtomicBool::new(false),
        };
        dialect.start(found).await?;
        Ok(Self::new(dialect))
    }
}

impl Sqlite {
    async fn start(&self, found: Found) -> Result<(), StoreError> {
        let started = Instant::now();
        loop {
            match self.try_start(found).await {
                Err(error)
                    if error.kind() == StoreErrorKind::Busy
                        && started.elapsed() < self.busy_timeout =>
                {
                    tokio::time::sleep(PAUSE).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_start(&self, found: Found) -> Result<(), StoreError> {
        let mut writer = self.writer.lend().await.map_err(|failure| self.explain(failure))?;
        set_up(&mut writer, found).await.map_err(|failure| self.explain(failure))?;
        writer.give_back();
        Ok(())
    }
}

async fn set_up(connection: &mut SqliteConnection, found: Found) -> Result<(), Failure> {
    check_version(&text(connection, "SELECT sqlite_version()").await?)?;
    if found == Found::Empty {
        // Before anything else is in the file, so that no moment of it looks foreign.
        session::execute(connection, MARK_AS_OURS).await?;
    }
    let mode = text(connection, "PRAGMA journal_mode = WAL").await?;
    if mode != "wal" {
        let message = "SQLite cannot keep a write-ahead log here: put the database on a local \
                       disk, not on a network file system";
        return Err(StoreError::new(StoreErrorKind::CannotWrite, message).into());
    }
    schema::migrate(connection).await
}

async fn text(connection: &mut SqliteConnection, query: &'static str) -> Result<String, Failure> {
    let row = connection.fetch_one(query).await?;
    Ok(row.try_get(0)?)
}

fn check_version(version: &str) -> Result<(), StoreError> {
    let found: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    if found.as_slice() >= OLDEST_SQLITE.as_slice() {
        return Ok(());
    }
    let message = format!(
        "SQLite {version} can corrupt a database when its write-ahead log starts over: build \
         Readmit with SQLite 3.51.3 or later"
    );
    Err(StoreError::new(StoreErrorKind::Unavailable, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_that_can_corrupt_the_log_is_refused() {
        for version in ["3.51.3", "3.51.10", "3.52.0", "4.0.0"] {
            assert!(check_version(version).is_ok(), "{version}");
        }
        for version in ["3.51.2", "3.50.4", "3.9.0", "2.8.17", "", "unknown"] {
            let error = check_version(version).unwrap_err();
            assert!(error.to_string().contains("3.51.3 or later"), "{version}: {error}");
        }
    }
}
