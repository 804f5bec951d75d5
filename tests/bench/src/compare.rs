//! Readmit beside its peers and the raw database, in turn.

use crate::database::Database;
use crate::plan::{Case, Plan};
use crate::raw::Sample;
use crate::report::Target;
use crate::subject;
use readmit_bench_driver::{Answer, Fallible, Figures, median, medians};

/// What came of one case.
struct Outcome {
    case: Case,
    /// Readmit first. The rounds of each, in the same order.
    rounds: Vec<(String, Vec<Figures>)>,
}

/// Measures every case, prints a table, and answers what became of the targets.
pub async fn run(database: &Database, plan: &Plan, sample: &Sample) -> Fallible<Vec<Target>> {
    println!("\n== {}: a grant and its revocation in turn, 4 commands a stream", database.name());
    println!("   x rate: Readmit's commands per second by theirs; x p50: its latency by theirs.");
    println!("   Of raw, p50 and p99 are those of a whole transaction.");
    println!(
        "{:<24} {:>10} {:>9} {:>9} {:>7} {:>8} {:>8} {:>8}",
        "", "per second", "p50 us", "p99 us", "errors", "x rate", "x p50", "RSS MiB"
    );
    let mut outcomes = Vec::new();
    for case in Case::ALL {
        outcomes.push(measure(database, case, plan, sample).await?);
    }
    Ok(targets(database, &outcomes))
}

async fn measure(
    database: &Database,
    case: Case,
    plan: &Plan,
    sample: &Sample,
) -> Fallible<Outcome> {
    let subjects = subject::all(database, case, plan, sample).await?;
    for subject in &subjects {
        subject.warm_up(case).await?;
    }
    let mut rounds: Vec<_> =
        subjects.iter().map(|subject| (subject.name.clone(), Vec::new())).collect();
    let mut memory = vec![0.0_f64; subjects.len()];
    for round in 0..plan.rounds {
        for (number, subject) in subjects.iter().enumerate() {
            let Answer { figures, memory_mib } = subject.round(case, plan, round).await?;
            rounds[number].1.push(figures);
            memory[number] = memory_mib;
        }
    }
    for subject in subjects {
        subject.close().await?;
    }
    let outcome = Outcome { case, rounds };
    outcome.print(&memory);
    Ok(outcome)
}

impl Outcome {
    fn print(&self, memory: &[f64]) {
        let ledgers = if self.case.tenants == 1 { "ledger" } else { "ledgers" };
        println!("-- {} {ledgers}, {} in flight", self.case.tenants, self.case.in_flight);
        for ((name, rounds), memory) in self.rounds.iter().zip(memory) {
            let Figures { per_second, p50_us, p99_us, errors } = medians(rounds);
            print!("{name:<24} {per_second:>10.0} {p50_us:>9.0} {p99_us:>9.0} {errors:>7}");
            let (rate, p50) = (self.rate(name), self.p50(name));
            println!(" {rate:>8.2} {p50:>8.2} {memory:>8.0}");
        }
    }

    /// How many times as many commands per second Readmit carries out: the median of the rounds.
    fn rate(&self, other: &str) -> f64 {
        self.ratio(other, |f| f.per_second)
    }

    /// How many times as long a command of Readmit's takes: the median of the rounds.
    fn p50(&self, other: &str) -> f64 {
        self.ratio(other, |f| f.p50_us)
    }

    /// Of somebody who was not measured, not a number.
    fn ratio(&self, other: &str, figure: fn(&Figures) -> f64) -> f64 {
        let other = self.rounds.iter().find(|(name, _)| name.starts_with(other));
        let (Some((_, readmit)), Some((_, other))) = (self.rounds.first(), other) else {
            return f64::NAN;
        };
        median(readmit.iter().zip(other).map(|(readmit, other)| figure(readmit) / figure(other)))
    }
}

fn targets(database: &Database, outcomes: &[Outcome]) -> Vec<Target> {
    let ratio = |case: Case, of: fn(&Outcome, &str) -> f64, other: &str| {
        let outcome = outcomes.iter().find(|outcome| outcome.case == case);
        outcome.map_or(f64::NAN, |outcome| of(outcome, other))
    };
    let name = database.name();
    let rate = |case, other, limit, what: &str| {
        Target::at_least(
            format!("{name}, {what}: by {other}"),
            limit,
            ratio(case, Outcome::rate, other),
        )
    };
    let mut targets = match database {
        Database::Sqlite { .. } => vec![
            rate(Case::MANY, "sqlite-es", 10.0, "1 ledger, 64 in flight"),
            rate(Case::MANY, "raw, batches of 64", 0.5, "1 ledger, 64 in flight"),
        ],
        Database::Postgres { .. } => vec![
            rate(Case::MANY, "postgres-es", 8.0, "1 ledger, 64 in flight"),
            rate(Case::CROWD, "postgres-es", 12.0, "1 ledger, 256 in flight"),
            rate(Case::TENANTS, "message-db", 1.5, "64 ledgers, 1 in flight each"),
        ],
    };
    let p50 = ratio(Case::ONE, Outcome::p50, "raw");
    targets.push(Target::at_most(format!("{name}, 1 in flight: p50 by that of raw"), 1.2, p50));
    targets
}
