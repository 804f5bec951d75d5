//! The commit: one transaction, two round trips.
//!
//! The first begins, compares and moves the heads, and writes all rows as if
//! every head had matched. If one had not (another process wrote to that
//! ledger), nothing is kept, and the others are committed without it. The second
//! is `COMMIT` alone, so that an error of it is told from any other: only that
//! one can leave the outcome open.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use readmit_domain::LedgerId;
use readmit_runtime::ports::store::{CommitError, LedgerCommit, StoreError, StoreErrorKind};
use sqlx::SqliteConnection;

use super::pool::Lent;
use super::{Sqlite, session};
use crate::dialect::Each;
use crate::sql::batch;
use crate::sql::failure::Failure;
use crate::sql::fields::{Fields, damaged};
use crate::sql::statement::Statement;

const BEGIN: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// The guard: a head moves if its size is what the lane believes, and says so.
const MOVE_HEADS: &str = "UPDATE ledgers \
    SET size = w.size, at = w.at, root = w.root, frontier = w.frontier FROM {rows} AS w \
    WHERE ledgers.ledger = w.ledger AND ledgers.size = w.expected RETURNING ledgers.ledger";

/// Changes one row, and a different one each time: SQLite skips a write that changes nothing.
const FENCE: &str = "INSERT INTO settings (name, value) VALUES ('sqlite.fence', '1') \
    ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)";

/// SQLite waits for other processes by itself, but now and then it answers at once.
const PAUSE: Duration = Duration::from_millis(5);

impl Sqlite {
    /// Commits those parts of a batch whose heads match.
    pub(super) async fn commit_batch(
        &self,
        batch: &[LedgerCommit],
    ) -> Result<Vec<LedgerId>, CommitError> {
        let not_committed = |failure| CommitError::NotCommitted(self.explain(failure));
        let started = Instant::now();
        let mut parts: Vec<&LedgerCommit> = batch.iter().collect();
        while !parts.is_empty() {
            let mut writer = self.writer.lend().await.map_err(not_committed)?;
            let mut moved = Vec::with_capacity(parts.len());
            let written = write(&mut writer, &parts, &mut moved).await;
            let stale = moved.len() < parts.len();
            match written {
                Ok(()) if !stale => return self.seal(writer, moved).await,
                // Behind a stale head, another process's events stand where these would.
                Err(failure) if !(stale && is_taken(&failure)) => {
                    undo(writer).await;
                    let error = self.explain(failure);
                    if error.kind() != StoreErrorKind::Busy
                        || started.elapsed() >= self.busy_timeout
                    {
                        return Err(CommitError::NotCommitted(error));
                    }
                    tokio::time::sleep(PAUSE).await;
                }
                _ => {
                    undo(writer).await;
                    parts.retain(|part| moved.contains(&part.ledger));
                }
            }
        }
        Ok(Vec::new())
    }

    /// Makes the open transaction durable.
    async fn seal(
        &self,
        mut writer: Lent<'_>,
        ledgers: Vec<LedgerId>,
    ) -> Result<Vec<LedgerId>, CommitError> {
        let doubt = Doubt(&self.unsettled);
        let Err(failure) = session::execute(&mut writer, COMMIT).await else {
            doubt.dispel();
            // Whatever an earlier failed commit left in the log is overwritten now.
            self.unsettled.store(false, Ordering::Release);
            writer.give_back();
            return Ok(ledgers);
        };
        let error = self.explain(failure);
        let undone = session::execute(&mut writer, ROLLBACK).await.is_ok();
        // A transaction that could be rolled back was still open. After an I/O error that is
        // not enough: the log on the disk may hold all of it, for a recovery to find.
        if undone && matches!(error.kind(), StoreErrorKind::Busy | StoreErrorKind::CannotWrite) {
            doubt.dispel();
            writer.give_back();
            return Err(CommitError::NotCommitted(error));
        }
        drop(doubt);
        writer.discard().await;
        Err(CommitError::Unclear(error))
    }

    /// Settles what a failed commit left open.
    ///
    /// Its connection is closed, so it cannot take effect here any more. But its rows may be in
    /// the write-ahead log beyond the end that the living know of, where only a recovery after a
    /// crash would find them. A commit of one's own overwrites them; then what can be read is
    /// what stays.
    pub(super) async fn fence(&self) -> Result<(), StoreError> {
        self.write_all(&[Statement::new(FENCE)], &mut |_, _| Ok(()))
            .await
            .map_err(|failure| self.explain(failure))
    }

    /// Runs statements in a transaction, in one round trip.
    pub(super) async fn write_all(
        &self,
        statements: &[Statement<'_>],
        each: Each<'_, <Self as crate::dialect::Dialect>::Row>,
    ) -> Result<(), Failure> {
        let mut writer = self.writer.lend().await?;
        let mut all = vec![Statement::new(BEGIN)];
        all.extend_from_slice(statements);
        all.push(Statement::new(COMMIT));
        if let Err(failure) = session::run(&mut writer, &all, each).await {
            undo(writer).await;
            return Err(failure);
        }
        self.unsettled.store(false, Ordering::Release);
        writer.give_back();
        Ok(())
    }
}

/// Begins, moves the heads and writes the rows; `moved` gets the ledgers whose head matched.
async fn write(
    connection: &mut SqliteConnection,
    parts: &[&LedgerCommit],
    moved: &mut Vec<LedgerId>,
) -> Result<(), Failure> {
    let mut statements =
        vec![Statement::new(BEGIN), Statement::new(MOVE_HEADS).over(batch::heads(parts))];
    statements.extend(batch::statements(parts));
    session::run(connection, &statements, &mut |_, row| {
        let ledger = row.id(0).ok_or_else(|| damaged("a ledger", "the id"))?;
        moved.push(LedgerId::from_uuid(ledger));
        Ok(())
    })
    .await
}

/// Ends the transaction, if one is open, and with it the connection, if that fails.
async fn undo(mut writer: Lent<'_>) {
    if session::execute(&mut writer, ROLLBACK).await.is_ok() {
        writer.give_back();
    } else {
        writer.discard().await;
    }
}

fn is_taken(failure: &Failure) -> bool {
    matches!(failure, Failure::Sql(sqlx::Error::Database(error)) if error.is_unique_violation())
}

/// While a `COMMIT` is under way its outcome is open, and stays so if the future is dropped.
struct Doubt<'s>(&'s AtomicBool);

impl Doubt<'_> {
    fn dispel(self) {
        std::mem::forget(self);
    }
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}
