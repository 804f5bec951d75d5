//! Drives a subject: so many tasks, each with one command in flight at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::Fallible;

/// Something that carries out commands, and answers once they are durable.
pub trait Subject: Send + Sync + 'static {
    /// Carries out a task's command of this number. Each four in turn belong to one stream of the
    /// task's own: grant, revoke, grant, revoke.
    fn command(&self, task: usize, number: usize) -> impl Future<Output = Fallible<()>> + Send;
}

/// What was measured.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Figures {
    pub per_second: f64,
    pub p50_us: f64,
    pub p99_us: f64,
    pub errors: usize,
}

/// What a measurement in another process answers.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Answer {
    pub figures: Figures,
    /// In use by that process.
    pub memory_mib: f64,
}

/// Which commands a measurement is made of.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Load {
    pub in_flight: usize,
    /// The number of each task's first command.
    pub from: usize,
    /// Commands of each task.
    pub each: usize,
}

/// Has every task carry out its commands, one after another; all tasks at once.
pub async fn drive<S: Subject>(subject: &Arc<S>, load: Load) -> Fallible<Figures> {
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for task in 0..load.in_flight {
        let subject = Arc::clone(subject);
        tasks.spawn(async move {
            let mut latencies = Vec::with_capacity(load.each);
            let mut failures = Vec::new();
            for number in load.from..load.from + load.each {
                let begun = Instant::now();
                match subject.command(task, number).await {
                    Ok(()) => latencies.push(begun.elapsed()),
                    Err(error) => failures.push(error),
                }
            }
            (latencies, failures)
        });
    }
    let mut latencies = Vec::new();
    let mut failures = Vec::new();
    while let Some(task) = tasks.join_next().await {
        let (more, failed) = task?;
        latencies.extend(more);
        failures.extend(failed);
    }
    let elapsed = begun.elapsed();
    if let Some(first) = failures.first() {
        eprintln!("{} commands failed; the first: {first}", failures.len());
    }
    Ok(Figures { errors: failures.len(), ..figures(latencies.len(), elapsed, latencies) })
}

/// The figures of so many commands that took this long together.
pub fn figures(commands: usize, elapsed: Duration, mut latencies: Vec<Duration>) -> Figures {
    latencies.sort_unstable();
    Figures {
        per_second: commands as f64 / elapsed.as_secs_f64(),
        p50_us: percentile(&latencies, 50),
        p99_us: percentile(&latencies, 99),
        errors: 0,
    }
}

/// In microseconds: the smallest latency that so many percent of all do not exceed.
fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e6)
}

/// The middle one; of an even number, the lower of the two in the middle.
pub fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// The median of each figure; all errors.
pub fn medians(rounds: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| median(rounds.iter().map(figure));
    Figures {
        per_second: of(|f| f.per_second),
        p50_us: of(|f| f.p50_us),
        p99_us: of(|f| f.p99_us),
        errors: rounds.iter().map(|f| f.errors).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_latencies_that_occurred() {
        let latencies: Vec<_> = (1..=200).map(Duration::from_micros).collect();
        let close = |found: f64, expected: f64| (found - expected).abs() < 1e-6;
        assert!(close(percentile(&latencies, 50), 100.0));
        assert!(close(percentile(&latencies, 99), 198.0));
        assert!(close(percentile(&latencies[..1], 99), 1.0));
        assert!(percentile(&[], 50).is_nan());
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0]).to_bits(), 2.0_f64.to_bits());
        assert_eq!(median([4.0, 3.0, 1.0, 2.0]).to_bits(), 2.0_f64.to_bits());
        assert!(median([]).is_nan());
    }
}
