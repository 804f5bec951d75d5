//! The raw database: the rows that Readmit stores, by plain sqlx on one connection, as fast as it
//! goes. Nothing is decided, hashed or awaited in between.

mod postgres;
mod sqlite;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use sqlx::types::Uuid;
use sqlx::{Connection as _, Row as _};

use crate::database::{Database, Place};
use crate::readmit_engine::Readmit;
use readmit_bench_driver::{Fallible, Figures, Load, drive, figures};

/// Batches that are not measured: statements are prepared with the first.
const WARM_UP: usize = 2;

/// Rows of one command.
#[derive(Debug, Clone)]
struct Row {
    position: i64,
    stream: Uuid,
    version: i64,
    body: Vec<u8>,
    command: Uuid,
    fingerprint: Vec<u8>,
    granted: bool,
}

/// What Readmit stored for so many commands.
pub struct Sample {
    ledger: Uuid,
    rows: Vec<Row>,
}

/// What is committed at once.
struct Batch<'a> {
    ledger: Uuid,
    rows: &'a [Row],
    /// What becomes of each stream's timer.
    set: Vec<Uuid>,
    ended: Vec<Uuid>,
}

impl Sample {
    /// Has Readmit carry out at least so many commands, and reads what it stored.
    pub async fn take(sqlite: &Database, commands: usize) -> Fallible<Self> {
        let in_flight = 64;
        let each = commands.div_ceil(in_flight).next_multiple_of(4);
        let place = sqlite.empty("sample").await?;
        let readmit = Readmit::prepared(&place, 1, in_flight, each / 4).await?;
        let from = readmit.tenants[0].head().await?.size;
        drive(&readmit, Load { in_flight, from: 0, each }).await?;
        readmit.engine.close().await;
        let file = place.file.clone().ok_or("a sample is taken on SQLite")?;
        let sample = Self::read(&file, from).await?;
        sqlite.delete(place).await?;
        Ok(sample)
    }

    async fn read(file: &Path, from: u64) -> Fallible<Self> {
        let mut connection = sqlite::connect(file).await?;
        let sql = "SELECT e.position, e.stream, e.version, e.body, c.command, c.fingerprint, \
                   e.ledger FROM events e JOIN commands c ON c.ledger = e.ledger \
                   AND c.first_position = e.position WHERE e.position >= $1 ORDER BY e.position";
        let rows = sqlx::query(sql).bind(i64::try_from(from)?).fetch_all(&mut connection).await?;
        connection.close().await?;
        let ledger = rows.first().ok_or("nothing was stored")?.try_get(6)?;
        let row = |(position, row): (usize, &sqlx::sqlite::SqliteRow)| {
            let body: Vec<u8> = row.try_get(3)?;
            Ok(Row {
                position: i64::try_from(position)?,
                stream: row.try_get(1)?,
                version: row.try_get(2)?,
                granted: String::from_utf8_lossy(&body).contains("\"BypassGranted\""),
                body,
                command: row.try_get(4)?,
                fingerprint: row.try_get(5)?,
            })
        };
        Ok(Self { ledger, rows: rows.iter().enumerate().map(row).collect::<Fallible<_>>()? })
    }

    /// Of one event, on average.
    pub fn body_bytes(&self) -> usize {
        self.rows.iter().map(|row| row.body.len()).sum::<usize>() / self.rows.len().max(1)
    }

    /// Stores the rows of so many commands in a fresh database, in batches of this size.
    pub async fn store(
        &self,
        database: &Database,
        commands: usize,
        size: usize,
    ) -> Fallible<Figures> {
        let place = database.with_tables("raw").await?;
        let rows = commands.min(self.rows.len()) / size * size;
        let batches: Vec<_> =
            self.rows[..rows].chunks(size).map(|rows| Batch::new(self.ledger, rows)).collect();
        let figures = self.store_in(&place, &batches).await?;
        database.delete(place).await?;
        Ok(figures)
    }

    async fn store_in(&self, place: &Place, batches: &[Batch<'_>]) -> Fallible<Figures> {
        let mut connection = Connection::open(place, self.ledger).await?;
        let (warm_up, measured) = batches.split_at(WARM_UP.min(batches.len()));
        for batch in warm_up {
            connection.commit(batch).await?;
        }
        let mut latencies = Vec::with_capacity(measured.len());
        let begun = Instant::now();
        for batch in measured {
            let begun = Instant::now();
            connection.commit(batch).await?;
            latencies.push(begun.elapsed());
        }
        let elapsed = begun.elapsed();
        connection.close().await?;
        let commands = measured.iter().map(|batch| batch.rows.len()).sum();
        Ok(figures(commands, elapsed, latencies))
    }
}

impl<'a> Batch<'a> {
    fn new(ledger: Uuid, rows: &'a [Row]) -> Self {
        // The last word of a batch on a stream's timer is the one that counts.
        let last: BTreeMap<Uuid, bool> = rows.iter().map(|row| (row.stream, row.granted)).collect();
        let which = |granted| last.iter().filter(move |(_, last)| **last == granted);
        let streams = |granted| which(granted).map(|(stream, _)| *stream).collect();
        Self { ledger, rows, set: streams(true), ended: streams(false) }
    }
}

enum Connection {
    Sqlite(sqlx::SqliteConnection),
    Postgres(sqlx::PgConnection),
}

/// The ledger that all rows belong to.
const HEAD: &str = "INSERT INTO ledgers (ledger, tenant, name, origin, size, at, root, frontier) \
                    VALUES ($1, $1, 'raw', 'raw', 0, 0, $2, $2)";

impl Connection {
    async fn open(place: &Place, ledger: Uuid) -> Fallible<Self> {
        Ok(if let Some(file) = &place.file {
            let mut connection = sqlite::connect(file).await?;
            let head = sqlx::query(HEAD).bind(ledger).bind([7_u8; 32].as_slice());
            head.execute(&mut connection).await?;
            Self::Sqlite(connection)
        } else {
            let mut connection = sqlx::PgConnection::connect(&place.url).await?;
            let head = sqlx::query(HEAD).bind(ledger).bind([7_u8; 32].as_slice());
            head.execute(&mut connection).await?;
            Self::Postgres(connection)
        })
    }

    async fn commit(&mut self, batch: &Batch<'_>) -> Fallible<()> {
        match self {
            Self::Sqlite(connection) => sqlite::commit(connection, batch).await,
            Self::Postgres(connection) => postgres::commit(connection, batch).await,
        }
    }

    async fn close(self) -> Fallible<()> {
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }
}
