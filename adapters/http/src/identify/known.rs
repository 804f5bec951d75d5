//! Credentials that were just looked up.
//!
//! A credential that ends, by a revocation or a change of roles on whatever node, ends here within
//! [`FRESH`]. Commands are decided on the truth all the same: the rules look at keys and roles
//! themselves. What may be read that much longer is what could be read just before.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;
use sha2::Sha256;
use sha2::digest::Digest as _;

use super::Identity;

/// A look-up is believed for so long.
const FRESH: Duration = Duration::from_secs(1);
/// Credentials that are remembered: some hundred bytes each.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// Credentials that were just looked up.
pub(crate) struct Known(Mutex<LruCache<TokenDigest, (Instant, Arc<Identity>)>>);

/// What stands for a token in memory: SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub(crate) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl Known {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(LruCache::new(REMEMBERED)))
    }

    pub(crate) fn recall(&self, token: &TokenDigest) -> Option<Arc<Identity>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, identity) = known.get(token)?;
        (since.elapsed() < FRESH).then(|| Arc::clone(identity))
    }

    pub(crate) fn remember(&self, token: TokenDigest, identity: Arc<Identity>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.put(token, (Instant::now(), identity));
    }

    /// A session that was just ended or raised is not known any more.
    pub(crate) fn forget(&self, token: &TokenDigest) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop(token);
    }
}
