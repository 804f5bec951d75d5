//! A year of many managed service providers, simulated on the real engine: most admins are
//! honest, a few sell access, are impersonated at night, or have a favourite. Does the read
//! model `alerts` find those, and does it leave the others in peace?
//!
//! Run it with `cargo run --release -p readmit-examples --bin msp_year -- --seed 7`.
//!
//! | module | what stands there |
//! |---|---|
//! | `world` | how many providers of which size, and where misuse is planted |
//! | `staff` | when honest admins work |
//! | `plan` | what happens to one provider in the year |
//! | `misuse` | the three kinds of it |
//! | `people` | somebody with a phone |
//! | `office` | carries a plan out on an engine, and collects the alerts |
//! | `report` | what was planted beside what was found |
//!
//! The rules see events and nothing else: the plan stays on this side of the engine.

mod misuse;
mod office;
mod people;
mod plan;
mod report;
mod staff;
mod world;

use clap::Parser;
use futures_util::{StreamExt as _, stream};

use office::{Result, Year};
use report::report;
use world::World;

/// Providers simulated at once: commits wait for the disk, not for a core.
const AT_ONCE: usize = 16;

/// A year of many managed service providers.
#[derive(Debug, Clone, Copy, Parser)]
struct Flags {
    /// Repeats a year: who works when, who loses what, who misuses what.
    #[arg(long, default_value_t = 20_260_105)]
    seed: u64,
    /// Managed service providers.
    #[arg(long, default_value_t = 200)]
    msps: usize,
    /// Customers of all of them together.
    #[arg(long, default_value_t = 20_000)]
    customers: usize,
    /// Also says each alert about an honest admin, and each misuse that was not found.
    #[arg(long)]
    verbose: bool,
}

#[tokio::main]
async fn main() -> Result {
    let flags = Flags::parse();
    let years = simulate(flags).await?;
    say(&report(&years, flags.verbose));
    say(&format!("{} providers, {} customers, seed {}", flags.msps, flags.customers, flags.seed));
    Ok(())
}

/// Simulates every provider's year, several at once.
async fn simulate(flags: Flags) -> Result<Vec<Year>> {
    let plans = World::draw(flags.seed, flags.msps, flags.customers).plans;
    let years = stream::iter(plans).map(|plan| tokio::spawn(office::carry_out(plan)));
    // In the order of the plans, so that the same seed prints the same lines.
    let mut years = years.buffered(AT_ONCE);
    let mut told = Vec::new();
    while let Some(year) = years.next().await {
        told.push(year??);
    }
    Ok(told)
}

#[expect(clippy::print_stdout, reason = "an example talks to its reader")]
fn say(text: &str) {
    println!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn every_misuse_of_a_small_year_is_found() {
        let flags = Flags { seed: 1, msps: 6, customers: 400, verbose: true };
        let years = simulate(flags).await.unwrap();
        let planted = years.iter().filter(|year| year.misuse.is_some()).count();
        assert_eq!(planted, 3, "one of each kind");
        for year in &years {
            if let Some(misuse) = &year.misuse {
                assert!(misuse.found(&year.alerts).is_some(), "{}: {misuse:?}", year.name);
            }
        }
    }
}
