//! How much is measured.

use std::path::PathBuf;
use std::time::Duration;

/// So many tenants, so many commands in flight over all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    pub tenants: usize,
    pub in_flight: usize,
    /// Commands in a transaction of the raw database, where it is measured too.
    pub raw_batch: Option<usize>,
}

impl Case {
    pub const ONE: Self = Self { tenants: 1, in_flight: 1, raw_batch: Some(1) };
    pub const MANY: Self = Self { tenants: 1, in_flight: 64, raw_batch: Some(64) };
    pub const CROWD: Self = Self { tenants: 1, in_flight: 256, raw_batch: Some(512) };
    pub const TENANTS: Self = Self { tenants: 64, in_flight: 64, raw_batch: None };
    pub const CROWDED_TENANTS: Self = Self { tenants: 64, in_flight: 256, raw_batch: None };
    pub const ALL: [Self; 5] =
        [Self::ONE, Self::MANY, Self::CROWD, Self::TENANTS, Self::CROWDED_TENANTS];
}

/// Commands of a measurement, and how often it is repeated.
#[derive(Debug, Clone)]
pub struct Plan {
    pub rounds: usize,
    /// One at a time.
    pub single: usize,
    /// Readmit and the raw database, with many in flight.
    pub fast: usize,
    /// Those that commit each command by itself: less of them takes as long.
    pub slow: usize,
    /// Events of a ledger that grows, where it is measured.
    pub sizes: Vec<u64>,
    /// Customers of which pages are read.
    pub customers: usize,
    /// Customers whose second factors are checked over HTTP, again and again: each code is good
    /// once.
    pub checked: usize,
    /// Customers who recover over HTTP, once each.
    pub recovering: usize,
    /// A round of load over HTTP.
    pub rest_round: Duration,
    /// Customers of whom the web pages tell.
    pub visited: usize,
    /// Recoveries of theirs that are over.
    pub over: usize,
    /// How often auditors have looked.
    pub looks: usize,
    /// How often each page is opened.
    pub visits: usize,
    /// The program that is shipped.
    pub readmit: PathBuf,
    /// The program of the peers.
    pub peers: PathBuf,
    /// That each of the peers keeps.
    pub connections: u32,
}

/// Programs that run in processes of their own.
#[derive(Debug, Clone, Default)]
pub struct Programs {
    /// The one that is shipped.
    pub readmit: PathBuf,
    /// That of the peers.
    pub peers: PathBuf,
}

impl Plan {
    pub fn new(quick: bool, ten_million: bool, programs: Programs, connections: u32) -> Self {
        let Programs { readmit, peers } = programs;
        if quick {
            let sizes = vec![10_000, 30_000];
            return Self {
                rounds: 1,
                single: 200,
                fast: 5_120,
                slow: 1_024,
                sizes,
                customers: 20_000,
                checked: 6_400,
                recovering: 6_400,
                rest_round: Duration::from_secs(2),
                visited: 2_000,
                over: 500,
                looks: 500,
                visits: 20,
                readmit,
                peers,
                connections,
            };
        }
        let mut sizes = vec![10_000, 100_000, 1_000_000];
        sizes.extend(ten_million.then_some(10_000_000));
        Self {
            rounds: 3,
            single: 1_000,
            fast: 12_800,
            slow: 4_096,
            sizes,
            customers: 1_000_000,
            checked: 64_000,
            recovering: 32_000,
            rest_round: Duration::from_secs(10),
            visited: 100_000,
            over: 10_000,
            looks: 5_000,
            visits: 500,
            readmit,
            peers,
            connections,
        }
    }

    /// Commands of each task: whole streams of four.
    pub fn each(&self, case: Case, fast: bool) -> usize {
        let all = match (case.in_flight, fast) {
            (1, _) => self.single,
            (_, true) => self.fast,
            (_, false) => self.slow,
        };
        (all / case.in_flight / 4 * 4).max(4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_has_whole_streams() {
        for plan in [(true, false), (false, true)] {
            let plan = Plan::new(plan.0, plan.1, Programs::default(), 1);
            for case in Case::ALL {
                for fast in [true, false] {
                    let each = plan.each(case, fast);
                    assert!(each >= 4 && each.is_multiple_of(4));
                }
            }
        }
    }
}
