//! How many providers of which size, and where misuse is planted.

use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng as Chance;

use crate::misuse::Kind;
use crate::plan::Plan;

/// No provider is smaller.
const CUSTOMERS_LEAST: usize = 12;
/// Misuse is planted in providers with as many customers at least.
const MISUSE_LEAST: usize = 30;
/// Of so many providers one has each kind of misuse; at least one in all has.
const MISUSE_ONE_IN: usize = 10;

/// Every provider's plan.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) plans: Vec<Plan>,
}

impl World {
    /// Draws a world. The same seed and sizes draw the same world.
    pub(crate) fn draw(seed: u64, msps: usize, customers: usize) -> Self {
        let mut chance = Chance::seed_from_u64(seed);
        let sizes = sizes(&mut chance, msps, customers);
        let misuses = misuses(&mut chance, &sizes);
        let plans = (1..).zip(sizes.into_iter().zip(misuses)).map(|(number, (size, misuse))| {
            // A stream of its own: what one provider draws changes nothing for the others.
            let mut chance = Chance::seed_from_u64(seed);
            chance.set_stream(number);
            Plan::draw(chance, format!("msp-{number}"), size, misuse)
        });
        Self { plans: plans.collect() }
    }
}

/// Few large providers and many small ones, together with so many customers or a few more.
fn sizes(chance: &mut Chance, msps: usize, customers: usize) -> Vec<usize> {
    let weights: Vec<usize> =
        (0..msps).map(|_| 10 + chance.random_range(0..20) * chance.random_range(0..20)).collect();
    let all: usize = weights.iter().sum();
    weights.iter().map(|weight| (customers * weight / all.max(1)).max(CUSTOMERS_LEAST)).collect()
}

/// What is planted in each provider: in most of them nothing, in none two things.
fn misuses(chance: &mut Chance, sizes: &[usize]) -> Vec<Option<Kind>> {
    let mut places: Vec<usize> = (0..sizes.len()).collect();
    places.shuffle(chance);
    // Those that are large enough first.
    places.sort_by_key(|place| sizes.get(*place).is_none_or(|size| *size < MISUSE_LEAST));
    let each = (sizes.len() / MISUSE_ONE_IN).max(1);
    let mut planted = vec![None; sizes.len()];
    let kinds = Kind::ALL.into_iter().cycle().take(each * Kind::ALL.len());
    for (place, kind) in places.into_iter().zip(kinds) {
        if let Some(here) = planted.get_mut(place) {
            *here = Some(kind);
        }
    }
    planted
}
