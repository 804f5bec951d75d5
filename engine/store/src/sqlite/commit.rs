//! The commit: one transaction, one round trip.
//!
//! It begins, compares and moves the heads, checks that all of them moved, writes the rows, and
//! commits. If a head did not match (another process wrote to that ledger), the check stops it;
//! nothing is kept, and the other ledgers are committed without that one. `COMMIT` comes last:
//! a failure of any statement before it leaves no doubt that nothing was committed.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use readmit_domain::LedgerId;
use readmit_runtime::ports::store::{CommitError, LedgerCommit, StoreErrorKind};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteConnectOptions;

use super::Sqlite;
use super::session::{self, Stopped};
use crate::dialect::Each;
use crate::pool::Lent;
use crate::sql::batch::{self, is_erasure};
use crate::sql::failure::Failure;
use crate::sql::fields::{Fields, damaged};
use crate::sql::statement::{Statement, integer};

const BEGIN: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// The guard: a head moves if its size is what the lane believes, and says so.
pub(super) const MOVE_HEADS: &str = "UPDATE ledgers \
    SET size = w.size, at = w.at, root = w.root, frontier = w.frontier FROM {rows} AS w \
    WHERE ledgers.ledger = w.ledger AND ledgers.size = w.expected AND ledgers.fence = w.fence \
    RETURNING ledgers.ledger";

/// Fails unless so many heads moved: SQLite has no other way to stop halfway than an error, and
/// the only thing that `abs` refuses is the lowest integer.
const CHECK: &str = "SELECT abs(iif(changes() = $1, 0, -9223372036854775807 - 1))";
const CHECK_PLACE: usize = 2;

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
            let statements = transaction(&parts);
            let Err(stopped) = run(&mut writer, &statements, &mut moved).await else {
                self.committed(writer, &parts).await;
                return Ok(parts.iter().map(|part| part.ledger).collect());
            };
            if stopped.statement + 1 >= statements.len() || !stopped.is_certain() {
                return Err(self.doubtful(writer, stopped.failure).await);
            }
            undo(writer).await;
            if stopped.statement == CHECK_PLACE && moved.len() < parts.len() {
                parts.retain(|part| moved.contains(&part.ledger));
                continue;
            }
            let error = self.explain(stopped.failure);
            if error.kind() != StoreErrorKind::Busy || started.elapsed() >= self.busy_timeout {
                return Err(CommitError::NotCommitted(error));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(Vec::new())
    }

    /// What is left to do after a commit that is durable already.
    async fn committed(&self, mut writer: Lent<'_, SqliteConnectOptions>, parts: &[&LedgerCommit]) {
        if parts.iter().flat_map(|part| &part.writes).any(is_erasure) {
            self.unscrubbed.store(true, Ordering::Release);
        }
        match self.scrub(&mut writer).await {
            Ok(()) => writer.give_back(),
            Err(failure) => {
                let error = self.explain(failure);
                tracing::warn!(%error, "erased bytes are still in the write-ahead log");
            }
        }
    }

    /// Finds out what can be known after `COMMIT` itself may have failed.
    async fn doubtful(
        &self,
        mut writer: Lent<'_, SqliteConnectOptions>,
        failure: Failure,
    ) -> CommitError {
        let error = self.explain(failure);
        let undone = session::execute(&mut writer, ROLLBACK).await.is_ok();
        // A transaction that could be rolled back was still open. After an I/O error that is
        // not enough: the log on the disk may hold all of it, for a recovery to find.
        if undone && matches!(error.kind(), StoreErrorKind::Busy | StoreErrorKind::CannotWrite) {
            writer.give_back();
            return CommitError::NotCommitted(error);
        }
        writer.discard().await;
        CommitError::Unclear(error)
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
        if let Err(stopped) = session::run(&mut writer, &all, each).await {
            undo(writer).await;
            return Err(stopped.failure);
        }
        writer.give_back();
        Ok(())
    }
}

/// Runs a transaction; `moved` gets the ledgers whose heads matched.
async fn run(
    connection: &mut SqliteConnection,
    statements: &[Statement<'_>],
    moved: &mut Vec<LedgerId>,
) -> Result<(), Stopped> {
    session::run(connection, statements, &mut |statement, row| {
        if statement < CHECK_PLACE {
            let ledger = row.id(0).ok_or_else(|| damaged("a ledger", "the id"))?;
            moved.push(LedgerId::from_uuid(ledger));
        }
        Ok(())
    })
    .await
}

/// The whole transaction, from `BEGIN` to `COMMIT`.
fn transaction<'a>(parts: &[&'a LedgerCommit]) -> Vec<Statement<'a>> {
    let mut statements = vec![
        Statement::new(BEGIN),
        Statement::new(MOVE_HEADS).over(batch::heads(parts)),
        Statement::new(CHECK).with([integer(parts.len())]),
    ];
    statements.extend(batch::statements(parts));
    statements.push(Statement::new(COMMIT));
    statements
}

/// Ends the transaction, if one is open, and with it the connection, if that fails.
async fn undo(mut writer: Lent<'_, SqliteConnectOptions>) {
    if session::execute(&mut writer, ROLLBACK).await.is_ok() {
        writer.give_back();
    } else {
        writer.discard().await;
    }
}
