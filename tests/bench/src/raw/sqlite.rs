//! SQLite: the whole transaction as one text in one call, with as many places as rows. (A call
//! for each statement is about as fast.)

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, SqliteConnection};

use super::Batch;
use readmit_bench_driver::Fallible;

/// Opens a database as Readmit does: WAL, every commit on stable storage.
pub(super) async fn connect(file: &Path) -> Fallible<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    Ok(options.connect().await?)
}

pub(super) async fn commit(connection: &mut SqliteConnection, batch: &Batch<'_>) -> Fallible<()> {
    let rows = batch.rows;
    let first = rows.first().ok_or("an empty batch")?.position;
    let mut query = sqlx::query(AssertSqlSafe(text(rows.len())))
        .bind(i64::try_from(rows.len())?)
        .bind(first)
        .bind([7_u8; 32].as_slice())
        .bind([7_u8; 320].as_slice())
        .bind(batch.ledger)
        .bind(first);
    for row in rows {
        query = query.bind(batch.ledger).bind(row.position).bind(row.stream);
        query = query.bind(row.version).bind(row.body.as_slice());
    }
    for row in rows {
        query = query.bind(batch.ledger).bind(row.command).bind(row.fingerprint.as_slice());
        query = query.bind(row.position).bind(1_i64);
    }
    for place in 0..rows.len() {
        query = query.bind(batch.ledger).bind(batch.set.get(place)).bind(1_i64);
    }
    query = query.bind(batch.ledger);
    for place in 0..rows.len() {
        query = query.bind(batch.ended.get(place));
    }
    query.execute(connection).await?;
    Ok(())
}

/// The same for every batch of this size, so that it is prepared once: places of timers that a
/// batch does not need are NULL.
fn text(rows: usize) -> String {
    format!(
        "BEGIN IMMEDIATE;
        UPDATE ledgers SET size = size + ?, at = ?, root = ?, frontier = ?
        WHERE ledger = ? AND size = ?;
        INSERT INTO events (ledger, position, stream, version, body) VALUES {};
        INSERT INTO commands (ledger, command, fingerprint, first_position, events) VALUES {};
        INSERT OR REPLACE INTO timers (ledger, stream, due)
        SELECT * FROM (VALUES {}) WHERE column2 IS NOT NULL;
        DELETE FROM timers WHERE ledger = ? AND stream IN {};
        COMMIT",
        places(rows, 5),
        places(rows, 5),
        places(rows, 3),
        places(1, rows),
    )
}

/// `(?, ?), (?, ?)` for two rows of two columns.
fn places(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}
