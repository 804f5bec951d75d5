//! The raw database: the same rows, by plain sqlx, as fast as it goes.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use sqlx::sqlite::{
    Sqlite, SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous,
};
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
pub async fn insert(
    path: PathBuf,
    rows: &[Rows],
    batch: usize,
    shape: Shape,
) -> Fallible<Vec<Duration>> {
    let mut connection = connect(path).await?;
    let ledger = rows.first().map(|rows| rows.event.0.clone()).unwrap_or_default();
    let head = "INSERT INTO ledgers (ledger, tenant, name, origin, size, at, root, frontier) \
                VALUES ($1, $1, 'raw', 'raw', 0, 0, x'00', x'00')";
    sqlx::query(head).bind(ledger.clone()).execute(&mut connection).await?;
    let mut latencies = Vec::with_capacity(rows.len() / batch);
    for (number, chunk) in rows.chunks(batch).enumerate() {
        let begun = Instant::now();
        transaction(&mut connection, &ledger, number, chunk, shape).await?;
        latencies.push(begun.elapsed());
    }
    connection.close().await?;
    Ok(latencies)
}

/// How a transaction is handed to sqlx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A call for each statement, as most programs do it.
    Calls,
    /// All statements as one text in one call, as the engine does it.
    OneCall,
}

async fn transaction(
    connection: &mut SqliteConnection,
    ledger: &[u8],
    number: usize,
    chunk: &[Rows],
    shape: Shape,
) -> Fallible<()> {
    let timers = chunk.iter().any(|rows| rows.timer);
    let mut texts = vec![
        "UPDATE ledgers SET size = size + ?, at = ?, root = ?, frontier = ? WHERE ledger = ?"
            .to_owned(),
        format!("INSERT INTO events VALUES {}", places(chunk.len(), 5)),
        format!("INSERT INTO commands VALUES {}", places(chunk.len(), 5)),
    ];
    if timers {
        texts.push(format!("INSERT OR REPLACE INTO timers VALUES {}", places(chunk.len(), 3)));
    }
    match shape {
        Shape::Calls => {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            for (place, text) in texts.into_iter().enumerate() {
                let query = sqlx::query(AssertSqlSafe(text));
                let query = bind(query, place, ledger, number, chunk)?;
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        }
        Shape::OneCall => {
            let text = format!("BEGIN IMMEDIATE; {}; COMMIT", texts.join("; "));
            let mut query = sqlx::query(AssertSqlSafe(text));
            for place in 0..texts.len() {
                query = bind(query, place, ledger, number, chunk)?;
            }
            query.execute(connection).await?;
        }
    }
    Ok(())
}

type Query<'a> = sqlx::query::Query<'a, Sqlite, SqliteArguments>;

/// Binds the values of the statement at this place.
fn bind<'a>(
    mut query: Query<'a>,
    place: usize,
    ledger: &'a [u8],
    number: usize,
    chunk: &'a [Rows],
) -> Fallible<Query<'a>> {
    if place == 0 {
        return Ok(query
            .bind(i64::try_from(chunk.len())?)
            .bind(i64::try_from(number)?)
            .bind([7_u8; 32].as_slice())
            .bind([7_u8; 320].as_slice())
            .bind(ledger));
    }
    for Rows { event, command, .. } in chunk {
        let (ledger, position, stream, version, body) = event;
        query = query.bind(ledger.as_slice());
        query = match place {
            1 => query.bind(position).bind(stream.as_slice()).bind(version).bind(body.as_slice()),
            2 => query
                .bind(command.0.as_slice())
                .bind(command.1.as_slice())
                .bind(position)
                .bind(command.2),
            _ => query.bind(stream.as_slice()).bind(position),
        };
    }
    Ok(query)
}

/// `(?, ?), (?, ?)` for two rows of two columns.
fn places(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}
