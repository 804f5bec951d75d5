//! Measures the engine beside the raw database, in one run: the same rows, the
//! same durability, side by side, several times, the median of each.

mod postgres;
mod raw;
mod workload;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use raw::Shape;
use readmit_store::{SqliteOptions, SqliteStore};
use workload::{Kind, Load};

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Commands of one measurement with 64 in flight.
const COMMANDS: usize = 12_800;
/// Commands of one measurement one at a time.
const SINGLE_COMMANDS: usize = 1_500;
const IN_FLIGHT: usize = 64;
/// Measurements of each kind; the median counts.
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> Fallible<()> {
    let place = std::env::var_os("BENCH_DIR").map_or_else(|| ".".into(), PathBuf::from);
    println!("SQLite, WAL, synchronous=FULL: an acknowledged command is on stable storage.");
    println!(
        "{COMMANDS} commands with {IN_FLIGHT} in flight, {SINGLE_COMMANDS} one at a time, one ledger."
    );
    println!("raw: the same rows by plain sqlx, one call for each statement, in transactions of");
    println!(
        "{IN_FLIGHT} commands (multi-row inserts) and of 1; \"1 call\": the whole transaction as one text."
    );
    println!("Engine and raw in turn, {ROUNDS} times; the medians, and the median ratio.\n");
    println!(
        "{:<32} {:>9} {:>9} {:>6} {:>9} {:>6}",
        "64 in flight: per second", "engine", "raw", "ratio", "1 call", "ratio"
    );
    let mut single = Vec::new();
    for kind in Kind::ALL {
        let mut many = Vec::new();
        let mut one = Vec::new();
        for _ in 0..ROUNDS {
            many.push(throughput(place.clone(), kind).await?);
            one.push(latency(place.clone(), kind).await?);
        }
        single.push((kind, one));
        let column = |n: usize| median(&many, |m| m[n]);
        let ratio = |n: usize| median(&many, |m| m[0] / m[n]);
        println!(
            "{:<32} {:>9.0} {:>9.0} {:>6.2} {:>9.0} {:>6.2}",
            kind.name(),
            column(0),
            column(1),
            ratio(1),
            column(2),
            ratio(2)
        );
    }
    println!(
        "\n{:<32} {:>9} {:>9} {:>6} {:>9} {:>6} {:>9}",
        "one at a time: p50 in µs", "engine", "raw", "ratio", "1 call", "ratio", "p99"
    );
    for (kind, one) in &single {
        let column = |n: usize| median(one, |m| m[n]);
        let ratio = |n: usize| median(one, |m| m[0] / m[n]);
        println!(
            "{:<32} {:>9.0} {:>9.0} {:>6.2} {:>9.0} {:>6.2} {:>9.0}",
            kind.name(),
            column(0),
            column(1),
            ratio(1),
            column(2),
            ratio(2),
            column(3)
        );
    }
    postgres::compare(place).await
}

/// Commands per second: of the engine, of raw calls, of raw texts.
async fn throughput(place: PathBuf, kind: Kind) -> Fallible<[f64; 3]> {
    let folder = tempfile::tempdir_in(place)?;
    let path = folder.path().join("engine.db");
    let load = Load::new(&format!("sqlite://{}", path.display()), IN_FLIGHT).await?;
    load.round(kind, 0).await?;
    load.round(kind, 1).await?;
    let before = load.tenant.head().await?.size;
    let begun = Instant::now();
    for number in 2..2 + COMMANDS / IN_FLIGHT {
        load.round(kind, number).await?;
    }
    let engine = COMMANDS as f64 / begun.elapsed().as_secs_f64();
    load.engine.close().await;

    let rows = raw::rows_from(path.clone(), before).await?;
    assert_eq!(rows.len(), COMMANDS);
    let mut figures = [engine, 0.0, 0.0];
    for (figure, shape) in figures.iter_mut().skip(1).zip([Shape::Calls, Shape::OneCall]) {
        let raw_path = empty_database(folder.path().join(format!("{shape:?}.db"))).await?;
        let begun = Instant::now();
        raw::insert(raw_path, &rows, IN_FLIGHT, shape).await?;
        *figure = COMMANDS as f64 / begun.elapsed().as_secs_f64();
    }
    Ok(figures)
}

/// In microseconds: p50 of the engine, of raw calls, of raw texts; p99 of the engine.
async fn latency(place: PathBuf, kind: Kind) -> Fallible<[f64; 4]> {
    let folder = tempfile::tempdir_in(place)?;
    let path = folder.path().join("engine.db");
    let load = Load::new(&format!("sqlite://{}", path.display()), 1).await?;
    let before = load.tenant.head().await?.size;
    let mut latencies = Vec::with_capacity(SINGLE_COMMANDS);
    for number in 0..SINGLE_COMMANDS {
        latencies.extend(load.round(kind, number).await?);
    }
    load.engine.close().await;
    let rows = raw::rows_from(path.clone(), before).await?;
    let mut figures = [percentile(&mut latencies, 50), 0.0, 0.0, percentile(&mut latencies, 99)];
    for (figure, shape) in figures.iter_mut().skip(1).zip([Shape::Calls, Shape::OneCall]) {
        let raw_path = empty_database(folder.path().join(format!("{shape:?}.db"))).await?;
        *figure = percentile(&mut raw::insert(raw_path, &rows, 1, shape).await?, 50);
    }
    Ok(figures)
}

/// A database with the engine's tables and nothing in them.
async fn empty_database(path: PathBuf) -> Fallible<PathBuf> {
    let store = SqliteStore::open(SqliteOptions::new(&path).create(true)).await?;
    drop(store);
    Ok(path)
}

fn percentile(latencies: &mut [Duration], percent: usize) -> f64 {
    latencies.sort_unstable();
    latencies[(latencies.len() - 1) * percent / 100].as_secs_f64() * 1e6
}

fn median<T>(of: &[T], figure: impl Fn(&T) -> f64) -> f64 {
    let mut figures: Vec<f64> = of.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
