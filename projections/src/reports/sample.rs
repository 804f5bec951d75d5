//! A sample that nobody can steer, and everybody can draw again.

use readmit_domain::RecoveryId;
use readmit_runtime::Hash;
use sha2::{Digest as _, Sha256};

/// A case that was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drawn {
    /// SHA-256 of the seed, a line feed and the id of the case: what cases are sorted by.
    pub draw: Hash,
    /// The case.
    pub recovery: RecoveryId,
}

impl Drawn {
    /// What this seed makes of a case.
    pub fn of(seed: &str, recovery: RecoveryId) -> Self {
        let digest = Sha256::digest(format!("{seed}\n{recovery}"));
        Self { draw: Hash::from_bytes(digest.into()), recovery }
    }
}

/// Draws so many of these cases, or all if there are fewer: those of the least
/// SHA-256(seed ‖ LF ‖ recovery id), in this order.
///
/// Anybody can draw again, by `printf '%s\n%s' SEED REC | sha256sum` for each case of the population.
/// Whoever knew the seed while the cases came to be could have chosen ids; so an auditor names the
/// seed once the population is fixed by a checkpoint.
pub fn draw(
    seed: &str,
    population: impl IntoIterator<Item = RecoveryId>,
    count: usize,
) -> Vec<Drawn> {
    let mut all: Vec<Drawn> = population.into_iter().map(|it| Drawn::of(seed, it)).collect();
    all.sort_unstable();
    all.truncate(count);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By time, as Readmit draws them.
    fn population(count: u128) -> Vec<RecoveryId> {
        (1..=count).map(|number| RecoveryId::from_uuid(uuid::Uuid::from_u128(number))).collect()
    }

    #[test]
    fn a_sample_is_what_sha256sum_says() {
        // printf '2026-Q4\nrec_00000000000000000000000001' | sha256sum
        let drawn = draw("2026-Q4", population(1), 9);
        assert_eq!(drawn.len(), 1);
        assert_eq!(drawn[0].recovery.to_string(), "rec_00000000000000000000000001");
        assert_eq!(
            drawn[0].draw.to_string(),
            "7f2ae6a73a4cfd353a1e7c82f4eeb0fb6b2d865eed3e902a328624d8c21dcf73"
        );
    }

    #[test]
    fn the_same_seed_draws_the_same_in_whatever_order_cases_come() {
        let mut backwards = population(100);
        backwards.reverse();
        let drawn = draw("seed", population(100), 10);
        assert_eq!(draw("seed", backwards, 10), drawn);
        assert_eq!(drawn.len(), 10);
        assert!(drawn.is_sorted());
        assert_ne!(draw("another seed", population(100), 10), drawn);
    }

    #[test]
    fn a_smaller_sample_begins_a_larger_one_and_none_is_larger_than_the_population() {
        let all = draw("seed", population(100), 1_000);
        assert_eq!(all.len(), 100);
        assert_eq!(draw("seed", population(100), 7), all[..7]);
        assert_eq!(draw("seed", population(100), 0), []);
        assert_eq!(draw("seed", [], 7), []);
    }

    #[test]
    fn every_case_is_drawn_about_as_often_as_any_other() {
        let mut drawn = [0_u32; 20];
        for seed in 0..1_000 {
            for it in draw(&seed.to_string(), population(20), 5) {
                drawn[usize::try_from(it.recovery.uuid().as_u128()).unwrap() - 1] += 1;
            }
        }
        // 250 are expected, with a standard deviation below 14.
        assert!(drawn.iter().all(|times| (180..320).contains(times)), "{drawn:?}");
    }
}
