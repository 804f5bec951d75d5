//! Random numbers that a seed repeats.

use readmit::{Entropy as _, OsEntropy};

use crate::Result;

/// `SplitMix64`: small, and good enough to choose what a test does.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The seed of `READMIT_SEED`, or one drawn now. Printed, so that a failure can be repeated.
    pub fn from_environment() -> Result<Self> {
        let seed = if let Ok(seed) = std::env::var("READMIT_SEED") {
            seed.parse()?
        } else {
            let mut seed = [0; 8];
            OsEntropy.fill(&mut seed)?;
            u64::from_le_bytes(seed)
        };
        eprintln!("seed {seed}: repeat with READMIT_SEED={seed}");
        Ok(Self(seed))
    }

    /// The numbers of this seed.
    pub const fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below this one; 0 for none.
    pub const fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        if bound == 0 { 0 } else { mixed % bound }
    }
}
