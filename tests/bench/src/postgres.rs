//! The engine beside the raw database on a throw-away PostgreSQL server: the same rows, the same
//! durability, one connection for raw.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use pgtemp::{PgTempDB, PgTempDBBuilder};
use sqlx::postgres::PgConnectOptions;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, Row as _,
};
use uuid::Uuid;

use crate::workload::{Kind, Load};
use crate::{Fallible, ROUNDS, median, percentile};

/// Commands of one measurement.
const COMMANDS: usize = 12_800;
/// Commands of one measurement one at a time.
const SINGLE_COMMANDS: usize = 1_000;
const IN_FLIGHT: [usize; 2] = [64, 256];
const BATCHES: [usize; 3] = [1, 64, 512];

/// Prints the table for PostgreSQL.
pub async fn compare(place: PathBuf) -> Fallible<()> {
    let server = start(place)?;
    let base = format!("postgres://postgres:password@127.0.0.1:{}", server.db_port());
    let mut admin = connect(&format!("{base}/postgres")).await?;
    let settings = "SELECT 'PostgreSQL ' || current_setting('server_version') || ', fsync=' || \
        current_setting('fsync') || ', synchronous_commit=' || \
        current_setting('synchronous_commit') || ', full_page_writes=' || \
        current_setting('full_page_writes')";
    let settings: String = admin.fetch_one(settings).await?.try_get(0)?;
    println!("\n{settings}; loopback TCP, the server on the same cores.");
    println!(
        "{COMMANDS} commands with 64 and 256 in flight, {SINGLE_COMMANDS} one at a time, one ledger."
    );
    println!("raw: the same rows, one statement (unnest) for each batch of 1, 64, 512 commands.\n");
    println!(
        "{:<32} {:>8} {:>8} {:>8} {:>8} {:>8} {:>10} {:>9} {:>6}",
        "per second", "64", "256", "raw 1", "raw 64", "raw 512", "256/raw 64", "p50 µs", "/ raw"
    );
    for kind in Kind::ALL {
        let mut rounds = Vec::new();
        for round in 0..ROUNDS {
            rounds.push(measure(&mut admin, &base, kind, round).await?);
        }
        let m = |n: usize| median(&rounds, |figures| figures[n]);
        println!(
            "{:<32} {:>8.0} {:>8.0} {:>8.0} {:>8.0} {:>8.0} {:>10.2} {:>9.0} {:>6.2}",
            kind.name(),
            m(0),
            m(1),
            m(2),
            m(3),
            m(4),
            median(&rounds, |f| f[1] / f[3]),
            m(5),
            median(&rounds, |f| f[5] / f[6]),
        );
    }
    Ok(())
}

/// Per second: engine at 64 and at 256, raw in batches of 1, 64, 512; in µs: p50 of engine, of raw.
async fn measure(
    admin: &mut PgConnection,
    base: &str,
    kind: Kind,
    round: usize,
) -> Fallible<[f64; 7]> {
    let mut figures = [0.0; 7];
    let mut rows = Vec::new();
    for (place, in_flight) in IN_FLIGHT.into_iter().enumerate() {
        let url = database(admin, base, &format!("e{round}_{in_flight}_{}", kind as u8)).await?;
        let load = Load::new(&url, in_flight).await?;
        load.round(kind, 0).await?;
        load.round(kind, 1).await?;
        let before = load.tenant.head().await?.size;
        let begun = Instant::now();
        load.many(kind, 2, COMMANDS / in_flight).await?;
        figures[place] = COMMANDS as f64 / begun.elapsed().as_secs_f64();
        load.engine.close().await;
        rows = read(&url, before).await?;
        assert_eq!(rows.len(), COMMANDS);
    }
    let url = database(admin, base, &format!("e{round}_1_{}", kind as u8)).await?;
    let load = Load::new(&url, 1).await?;
    let mut latencies = Vec::new();
    for number in 0..SINGLE_COMMANDS {
        latencies.extend(load.round(kind, number).await?);
    }
    load.engine.close().await;
    figures[5] = percentile(&mut latencies, 50);
    for (place, batch) in BATCHES.into_iter().enumerate() {
        let url = database(admin, base, &format!("r{round}_{batch}_{}", kind as u8)).await?;
        Load::new(&url, 0).await?.engine.close().await;
        let rows = if batch == 1 { &rows[..SINGLE_COMMANDS] } else { &rows };
        let begun = Instant::now();
        let mut latencies = insert(&url, rows, batch).await?;
        figures[2 + place] = rows.len() as f64 / begun.elapsed().as_secs_f64();
        if batch == 1 {
            figures[6] = percentile(&mut latencies, 50);
        }
    }
    Ok(figures)
}

/// What the engine stored for one command.
struct Rows {
    stream: Uuid,
    version: i64,
    body: Vec<u8>,
    command: Uuid,
    fingerprint: Vec<u8>,
    timer: bool,
}

async fn read(url: &str, from: u64) -> Fallible<Vec<Rows>> {
    let sql = "SELECT e.stream, e.version, e.body, c.command, c.fingerprint FROM events e \
        JOIN commands c ON c.ledger = e.ledger AND c.first_position = e.position \
        WHERE e.position >= $1 ORDER BY e.position";
    let mut connection = connect(url).await?;
    let rows = sqlx::query(sql).bind(i64::try_from(from)?).fetch_all(&mut connection).await?;
    connection.close().await?;
    rows.iter()
        .map(|row| {
            let body: Vec<u8> = row.try_get(2)?;
            let timer = String::from_utf8_lossy(&body).contains("\"Bypass");
            let (stream, version) = (row.try_get(0)?, row.try_get(1)?);
            let (command, fingerprint) = (row.try_get(3)?, row.try_get(4)?);
            Ok(Rows { stream, version, body, command, fingerprint, timer })
        })
        .collect()
}

const HEAD: &str = "WITH head AS (UPDATE ledgers SET size = size + cardinality($2::bigint[]), \
    at = $3[1], root = $4, frontier = $5 WHERE ledger = $1 AND size = $3[2] RETURNING ledger), \
    e AS (INSERT INTO events SELECT $1, u.* FROM unnest($2::bigint[], $6::uuid[], $7::bigint[], \
    $8::bytea[]) AS u), \
    c AS (INSERT INTO commands SELECT $1, u.command, u.fingerprint, u.position, 1 \
    FROM unnest($2::bigint[], $9::uuid[], $10::bytea[]) AS u(position, command, fingerprint))";
const TIMERS: &str = ", t AS (INSERT INTO timers SELECT DISTINCT $1, s, 5::bigint \
    FROM unnest($6::uuid[]) AS s ON CONFLICT (ledger, stream) DO UPDATE SET due = excluded.due)";

/// Inserts the rows in transactions of `batch`; answers the latency of each.
async fn insert(url: &str, rows: &[Rows], batch: usize) -> Fallible<Vec<Duration>> {
    let mut connection = connect(url).await?;
    let ledger = Uuid::from_u128(7);
    let head = "INSERT INTO ledgers VALUES ($1, $1, 'raw', 'raw', 0, 0, '', '')";
    sqlx::query(head).bind(ledger).execute(&mut connection).await?;
    let mut latencies = Vec::with_capacity(rows.len() / batch);
    let mut size = 0_i64;
    for chunk in rows.chunks(batch) {
        let timers = if chunk.iter().any(|row| row.timer) { TIMERS } else { "" };
        let text = format!("{HEAD}{timers} SELECT ledger FROM head");
        let begun = Instant::now();
        let next = size + i64::try_from(chunk.len())?;
        let moved = sqlx::query(AssertSqlSafe(text))
            .bind(ledger)
            .bind((size..next).collect::<Vec<_>>())
            .bind(vec![next, size])
            .bind([7_u8; 32].as_slice())
            .bind([7_u8; 320].as_slice())
            .bind(chunk.iter().map(|row| row.stream).collect::<Vec<_>>())
            .bind(chunk.iter().map(|row| row.version).collect::<Vec<_>>())
            .bind(chunk.iter().map(|row| row.body.as_slice()).collect::<Vec<_>>())
            .bind(chunk.iter().map(|row| row.command).collect::<Vec<_>>())
            .bind(chunk.iter().map(|row| row.fingerprint.as_slice()).collect::<Vec<_>>())
            .fetch_all(&mut connection)
            .await?;
        assert_eq!(moved.len(), 1);
        size = next;
        latencies.push(begun.elapsed());
    }
    connection.close().await?;
    Ok(latencies)
}

async fn connect(url: &str) -> Fallible<PgConnection> {
    Ok(url.parse::<PgConnectOptions>()?.connect().await?)
}

async fn database(admin: &mut PgConnection, base: &str, name: &str) -> Fallible<String> {
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
    Ok(format!("{base}/{name}"))
}

/// A server whose data lies in this folder, with all that makes a commit durable.
fn start(place: PathBuf) -> Fallible<PgTempDB> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")?;
    let newest = versions.flatten().map(|version| version.path().join("bin")).max();
    let server = PgTempDBBuilder::new()
        .with_bin_path(newest.ok_or("PostgreSQL is not installed")?)
        .with_data_dir_prefix(place)
        .with_config_param("log_min_messages", "panic")
        .with_config_param("fsync", "on")
        .with_config_param("full_page_writes", "on")
        .with_config_param("synchronous_commit", "on")
        .with_config_param("autovacuum", "on")
        .start();
    // It answers a moment after it has started.
    std::thread::sleep(Duration::from_secs(2));
    Ok(server)
}
