//! The raw database: the same rows, by plain sqlx, as fast as it goes.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _, SqliteConnection};

use crate::Fallible;

/// The rows of one command, as the engine stored them.
pub struct Rows {
    event: (Vec<u8>, i64, Vec<u8>, i64, Vec<u8>),
    command: (Vec<u8>, Vec<u8>, i64),
    timer: bool,
}

/// Opens a database as the engine does: WAL, every commit on stable storage.
pub async fn connect(path: PathBuf) -> Fallible<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .statement_cache_capacity(256);
    Ok(options.connect().await?)
}

/// What the engine stored from this position on.
pub async fn rows_from(path: PathBuf, from: u64) -> Fallible<Vec<Rows>> {
    let mut connection = connect(path).await?;
    let sql = "SELECT e.ledger, e.position, e.stream, e.version, e.body, c.command, \
               c.fingerprint, c.events FROM events e JOIN commands c \
               ON c.ledger = e.ledger AND c.first_position = e.position \
               WHERE e.position >= $1 ORDER BY e.position";
    let rows = sqlx::query(sql).bind(i64::try_from(from)?).fetch_all(&mut connection).await?;
    connection.close().await?;
    rows.iter()
        .map(|row| {
            let body: Vec<u8> = row.try_get(4)?;
            let text = String::from_utf8_lossy(&body);
            let timer = text.contains("\"BypassGranted\"") || text.contains("\"BypassRevoked\"");
            Ok(Rows {
                event: (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, body),
                command: (row.try_get(5)?, row.try_get(6)?, row.try_get(7)?),
                timer,
            })
        })
        .collect()
}

/// Inserts the rows in transactions of `batch`; answers the latency of each transaction.
pub async fn insert(path: PathBuf, rows: &[Rows], batch: usize) -> Fallible<Vec<Duration>> {
    let mut connection = connect(path).await?;
    let ledger = rows.first().map(|rows| rows.event.0.clone()).unwrap_or_default();
    let head = "INSERT INTO ledgers (ledger, tenant, name, origin, size, at, root, frontier) \
                VALUES ($1, $1, 'raw', 'raw', 0, 0, x'00', x'00')";
    sqlx::query(head).bind(ledger.clone()).execute(&mut connection).await?;
    let mut latencies = Vec::with_capacity(rows.len() / batch);
    for (number, chunk) in rows.chunks(batch).enumerate() {
        let begun = Instant::now();
        transaction(&mut connection, &ledger, number, chunk).await?;
        latencies.push(begun.elapsed());
    }
    connection.close().await?;
    Ok(latencies)
}

async fn transaction(
    connection: &mut SqliteConnection,
    ledger: &[u8],
    number: usize,
    chunk: &[Rows],
) -> Fallible<()> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let head = "UPDATE ledgers SET size = size + $2, at = $3, root = $4, frontier = $5 \
                WHERE ledger = $1";
    sqlx::query(head)
        .bind(ledger)
        .bind(i64::try_from(chunk.len())?)
        .bind(i64::try_from(number)?)
        .bind([7_u8; 32].as_slice())
        .bind([7_u8; 320].as_slice())
        .execute(&mut *transaction)
        .await?;
    let events = format!("INSERT INTO events VALUES {}", places(chunk.len(), 5));
    let mut query = sqlx::query(AssertSqlSafe(events));
    for Rows { event: (ledger, position, stream, version, body), .. } in chunk {
        query = query
            .bind(ledger.as_slice())
            .bind(position)
            .bind(stream.as_slice())
            .bind(version)
            .bind(body.as_slice());
    }
    query.execute(&mut *transaction).await?;
    let commands = format!("INSERT INTO commands VALUES {}", places(chunk.len(), 5));
    let mut query = sqlx::query(AssertSqlSafe(commands));
    for Rows { event, command: (command, fingerprint, events), .. } in chunk {
        query = query
            .bind(event.0.as_slice())
            .bind(command.as_slice())
            .bind(fingerprint.as_slice())
            .bind(event.1)
            .bind(events);
    }
    query.execute(&mut *transaction).await?;
    if chunk.iter().any(|rows| rows.timer) {
        let timers = format!("INSERT OR REPLACE INTO timers VALUES {}", places(chunk.len(), 3));
        let mut query = sqlx::query(AssertSqlSafe(timers));
        for Rows { event, .. } in chunk {
            query = query.bind(event.0.as_slice()).bind(event.2.as_slice()).bind(event.1);
        }
        query.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// `($1, $2), ($3, $4)` for two rows of two columns.
fn places(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> =
            (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
