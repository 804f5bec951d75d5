//! One ledger that grows: what an append costs, how fast all of it is verified and replayed.

use std::sync::Arc;
use std::time::Instant;

use readmit_projections::{Accounts, Projection as _};

use crate::database::Database;
use crate::plan::{Case, Plan};
use crate::raw::Sample;
use crate::readmit_engine::Readmit;
use crate::report::Target;
use readmit_bench_driver::{
    Fallible, Figures, Load, Subject, drive, figures, median, medians, memory_mib,
};

/// Commands on each customer after they have enrolled, which takes three events.
const COMMANDS: usize = 4;
const EVENTS: u64 = 3 + COMMANDS as u64;
/// Every so manyth customer is the next: they lie all over the ledger. A prime.
const STRIDE: usize = 7_919;
/// Enough to be a median, and few enough that every customer is a cold one.
const APPENDS: usize = 400;

/// Customers from all over the ledger, four commands each.
struct Spread {
    readmit: Readmit,
    tasks: usize,
}

impl Subject for Spread {
    async fn command(&self, task: usize, number: usize) -> Fallible<()> {
        let next = number / 4 * self.tasks + task;
        self.readmit.act(next * STRIDE % self.readmit.customers.len(), number).await
    }
}

/// Grows a ledger; prints what an append costs at each size, and what reading all of it takes.
pub async fn run(database: &Database, plan: &Plan, sample: &Sample) -> Fallible<Vec<Target>> {
    println!("\n== {}: one ledger as it grows; customers from all over it", database.name());
    println!(
        "{:>12} {:>14} {:>14} {:>14} {:>18} {:>9}",
        "events", "append p50 us", "append p99 us", "raw p50 us", "64 in flight: /s", "RSS MiB"
    );
    let place = database.empty("growth").await?;
    let mut readmit = Readmit::open(&place, 1).await?;
    let mut appends = Vec::new();
    for size in &plan.sizes {
        let now = readmit.tenants[0].head().await?.size;
        let more = usize::try_from(size.saturating_sub(now) / EVENTS)?;
        readmit = readmit.enrol(more, COMMANDS).await?.reopened(&place).await?;
        let spread = Arc::new(Spread { readmit, tasks: 1 });
        let mut rounds = Vec::new();
        let mut raw = Vec::new();
        for round in 0..plan.rounds.max(2) {
            let load = Load { in_flight: 1, from: round * APPENDS, each: APPENDS };
            rounds.push(drive(&spread, load).await?);
            raw.push(sample.store(database, APPENDS, 1).await?);
        }
        let append = medians(&rounds);
        let spread = Spread { tasks: Case::MANY.in_flight, ..unshared(spread)? };
        let spread = Arc::new(spread);
        let load =
            Load { in_flight: Case::MANY.in_flight, from: 0, each: plan.each(Case::MANY, true) };
        let many = drive(&spread, load).await?;
        readmit = unshared(spread)?.readmit;
        let Figures { p50_us, p99_us, .. } = append;
        println!(
            "{size:>12} {p50_us:>14.0} {p99_us:>14.0} {:>14.0} {:>18.0} {:>9.0}",
            medians(&raw).p50_us,
            many.per_second,
            memory_mib()
        );
        appends.push(append.p50_us);
    }
    let largest = plan.sizes.last().copied().unwrap_or_default();
    let growth = appends.last().zip(appends.first()).map_or(f64::NAN, |(last, first)| last / first);
    let name = database.name();
    let what = format!("{name}: append p50 at {largest} events by that at 10000");
    let mut targets = vec![Target::at_most(what, 1.3, growth)];
    // Nothing of what is read is remembered.
    let readmit = readmit.reopened(&place).await?;
    targets.extend(read(name, &readmit, plan.rounds).await?);
    readmit.engine.close().await;
    database.delete(place).await?;
    Ok(targets)
}

fn unshared(spread: Arc<Spread>) -> Fallible<Spread> {
    Arc::into_inner(spread).ok_or_else(|| "the engine is still in use".into())
}

/// Events per second of everything that reads a whole ledger.
async fn read(name: &str, readmit: &Readmit, rounds: usize) -> Fallible<Vec<Target>> {
    let tenant = &readmit.tenants[0];
    let size = tenant.head().await?.size;
    println!("\n== {name}: reading {size} events of one ledger; events per second");
    let mut verify = Vec::new();
    let mut replay = Vec::new();
    let mut fold = Vec::new();
    // A million events take seconds: long enough to be measured once.
    let rounds = if size < 1_000_000 { rounds } else { 1 };
    for _ in 0..rounds {
        let begun = Instant::now();
        tenant.verify().await?;
        verify.push(size as f64 / begun.elapsed().as_secs_f64());
        replay.push(size as f64 / replay_from_database(readmit).await?);
        fold.push(size as f64 / fold_in_memory(readmit).await?);
    }
    let mut targets = Vec::new();
    for (what, rates) in [
        ("verify the ledger", verify),
        ("replay: read, decode, fold all accounts", replay),
        ("fold all accounts, events in memory", fold),
    ] {
        let rate = median(rates);
        println!("{what:<44} {rate:>12.0}");
        targets.push(Target::at_least(format!("{name}: {what}, events/s"), 1e6, rate));
    }
    let Figures { p50_us, p99_us, .. } = prove(readmit, size).await?;
    println!("{:<44} {p50_us:>12.0}", "prove an event: p50 us");
    println!("{:<44} {p99_us:>12.0}", "prove an event: p99 us");
    let what = format!("{name}: prove one of {size} events, p99 us");
    targets.push(Target::at_most(what, 1e3, p99_us));
    println!("{:<44} {:>12.0}", "RSS MiB", memory_mib());
    Ok(targets)
}

/// What proofs of events from all over the ledger take, one after another. The checkpoint is
/// signed before; each proof is read from the database and checked.
async fn prove(readmit: &Readmit, size: u64) -> Fallible<Figures> {
    const PROOFS: u64 = 5_000;
    let tenant = &readmit.tenants[0];
    tenant.checkpoint().await?;
    let begun = Instant::now();
    let mut latencies = Vec::new();
    for number in 0..PROOFS {
        let position = number * size / PROOFS + number % 256 % (size / PROOFS).max(1);
        let begun = Instant::now();
        tenant.prove(position).await?;
        latencies.push(begun.elapsed());
    }
    Ok(figures(latencies.len(), begun.elapsed(), latencies))
}

/// Seconds that a replay takes, as `readmit_projections::replay` does it.
async fn replay_from_database(readmit: &Readmit) -> Fallible<f64> {
    let begun = Instant::now();
    let mut accounts = Accounts::default();
    let mut events = readmit.tenants[0].follow(0);
    while let Some(event) = events.next_stored().await? {
        accounts.evolve(&event);
    }
    expect_all(readmit, &accounts)?;
    Ok(begun.elapsed().as_secs_f64())
}

/// Seconds that the fold alone takes: reading and decoding are not counted.
async fn fold_in_memory(readmit: &Readmit) -> Fallible<f64> {
    /// Decoded at a time.
    const CHUNK: usize = 16_384;
    let mut accounts = Accounts::default();
    let mut events = readmit.tenants[0].follow(0);
    let mut seconds = 0.0;
    loop {
        let mut chunk = Vec::with_capacity(CHUNK);
        while chunk.len() < CHUNK {
            let Some(event) = events.next_stored().await? else { break };
            chunk.push(event);
        }
        if chunk.is_empty() {
            break;
        }
        let begun = Instant::now();
        for event in &chunk {
            accounts.evolve(event);
        }
        seconds += begun.elapsed().as_secs_f64();
    }
    expect_all(readmit, &accounts)?;
    Ok(seconds)
}

/// Every customer, and the admin.
fn expect_all(readmit: &Readmit, accounts: &Accounts) -> Fallible<()> {
    let (expected, found) = (readmit.customers.len() + 1, accounts.rows.len());
    if expected == found {
        Ok(())
    } else {
        Err(format!("{expected} accounts expected, {found} found").into())
    }
}
