//! Measures the engine beside the raw database, in one run: the same rows, the
//! same durability, side by side, several times, the median of each.

mod raw;
mod workload;

use std::path::PathBuf;
use std::time::{Duration, Instant};

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
        "{COMMANDS} commands with {IN_FLIGHT} in flight, {SINGLE_COMMANDS} one at a time, one ledger;"
    );
    println!(
        "raw = the same rows by plain sqlx in multi-row inserts, batches of {IN_FLIGHT} and of 1."
    );
    println!("Median of {ROUNDS} measurements, engine and raw in turn.\n");
    println!(
        "{:<33} {:>12} {:>12} {:>7}   {:>10} {:>10} {:>10} {:>7}",
        "command", "engine/s", "raw rows/s", "ratio", "p50", "p99", "raw p50", "ratio"
    );
    for kind in Kind::ALL {
        let mut many = Vec::new();
        let mut single = Vec::new();
        for _ in 0..ROUNDS {
            many.push(throughput(place.clone(), kind).await?);
            single.push(latency(place.clone(), kind).await?);
        }
        let (engine, raw) = (median(&many, |m| m.0), median(&many, |m| m.1));
        let ratio = median(&many, |m| m.0 / m.1);
        let (p50, p99) = (median(&single, |s| s.0), median(&single, |s| s.1));
        let (raw_p50, slower) = (median(&single, |s| s.2), median(&single, |s| s.0 / s.2));
        println!(
            "{:<33} {engine:>12.0} {raw:>12.0} {ratio:>7.2}   {p50:>7.0} µs {p99:>7.0} µs {raw_p50:>7.0} µs {slower:>7.2}",
            kind.name()
        );
    }
    Ok(())
}

/// Commands per second, of the engine and of the raw database.
async fn throughput(place: PathBuf, kind: Kind) -> Fallible<(f64, f64)> {
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
    let raw_path = empty_database(folder.path().to_owned()).await?;
    let begun = Instant::now();
    raw::insert(raw_path.clone(), &rows, IN_FLIGHT).await?;
    Ok((engine, COMMANDS as f64 / begun.elapsed().as_secs_f64()))
}

/// p50 and p99 of the engine, and p50 of a raw transaction, in microseconds.
async fn latency(place: PathBuf, kind: Kind) -> Fallible<(f64, f64, f64)> {
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
    let raw_path = empty_database(folder.path().to_owned()).await?;
    let mut raw = raw::insert(raw_path.clone(), &rows, 1).await?;
    Ok((percentile(&mut latencies, 50), percentile(&mut latencies, 99), percentile(&mut raw, 50)))
}

/// A database with the engine's tables and nothing in them.
async fn empty_database(folder: PathBuf) -> Fallible<PathBuf> {
    let path = folder.join("raw.db");
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
