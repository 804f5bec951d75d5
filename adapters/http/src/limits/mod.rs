//! How often somebody may ask: by credential, or by address while there is none that holds.

use std::net::{IpAddr, Ipv6Addr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use lru::LruCache;

use crate::identify::TokenDigest;
use crate::problem::Problem;
use crate::settings::Limits;

/// Callers that are counted: beyond it those who have not asked lately are forgotten.
const COUNTED: usize = 65_536;
/// Addresses that are remembered as held back.
const HELD_BACK: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// The rates of all callers of this node.
pub(crate) struct Rates {
    clock: DefaultClock,
    credentials: Option<Rate<TokenDigest>>,
    addresses: Option<Rate<IpAddr>>,
    /// Addresses that asked too often, and until when they are not answered.
    held_back: Mutex<LruCache<IpAddr, Instant>>,
}

/// A rate for each of some callers.
struct Rate<K: std::hash::Hash + Eq + Clone> {
    name: &'static str,
    per_second: NonZeroU32,
    burst: NonZeroU32,
    limiter: Limiter<K>,
}

/// What a caller has left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left {
    name: &'static str,
    per_second: NonZeroU32,
    burst: NonZeroU32,
    remaining: u32,
}

impl Rates {
    /// The rates that these settings allow.
    pub(crate) fn new(limits: &Limits) -> Self {
        let credential = (limits.requests_per_second_per_credential, limits.burst_per_credential);
        let address = (limits.requests_per_second_per_address, limits.burst_per_address);
        Self {
            clock: DefaultClock::default(),
            credentials: Rate::new("credential", credential),
            addresses: Rate::new("address", address),
            held_back: Mutex::new(LruCache::new(HELD_BACK)),
        }
    }

    /// Counts a request of a credential.
    pub(crate) fn count_credential(&self, token: &TokenDigest) -> Result<Option<Left>, Problem> {
        let Some(rate) = &self.credentials else { return Ok(None) };
        rate.count(token, self.clock.now()).map(Some).map_err(|wait| rate.refused(wait))
    }

    /// Counts a request from an address, if it has one, that brings no credential that holds.
    pub(crate) fn count_address(&self, address: Option<IpAddr>) -> Result<Option<Left>, Problem> {
        let (Some(rate), Some(address)) = (&self.addresses, address) else { return Ok(None) };
        let household = household(address);
        rate.count(&household, self.clock.now()).map(Some).map_err(|wait| {
            let mut held_back = self.held_back.lock().unwrap_or_else(PoisonError::into_inner);
            held_back.put(household, Instant::now() + wait);
            rate.refused(wait)
        })
    }

    /// Refuses an address that asked too often just now, before anything is looked up for it: who
    /// guesses credentials costs no more look-ups than the rate allows. Counts nothing.
    pub(crate) fn admit_address(&self, address: Option<IpAddr>) -> Result<(), Problem> {
        let (Some(rate), Some(address)) = (&self.addresses, address) else { return Ok(()) };
        let household = household(address);
        let held_back = self.held_back.lock().unwrap_or_else(PoisonError::into_inner);
        let wait =
            held_back.peek(&household).map(|until| until.saturating_duration_since(Instant::now()));
        match wait {
            Some(wait) if !wait.is_zero() => Err(rate.refused(wait)),
            _ => Ok(()),
        }
    }
}

/// What is counted as one address: of IPv6 the first 64 bits, which are one household's.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        },
    }
}

impl<K: std::hash::Hash + Eq + Clone> Rate<K> {
    /// So many requests a second, and so many at once after a pause; none if there is no bound.
    fn new(name: &'static str, (per_second, burst): (u32, u32)) -> Option<Self> {
        let per_second = NonZeroU32::new(per_second)?;
        let burst = NonZeroU32::new(burst).unwrap_or(per_second);
        let quota = Quota::per_second(per_second).allow_burst(burst);
        let store = DashMapStateStore::default();
        let limiter = Limiter::new(quota, store, DefaultClock::default());
        Some(Self { name, per_second, burst, limiter })
    }

    /// Counts a request of somebody, or says how long they have to wait.
    fn count(
        &self,
        key: &K,
        now: <DefaultClock as governor::clock::Clock>::Instant,
    ) -> Result<Left, Duration> {
        if self.limiter.len() > COUNTED {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(key) {
            Ok(snapshot) => Ok(Left {
                name: self.name,
                per_second: self.per_second,
                burst: self.burst,
                remaining: snapshot.remaining_burst_capacity(),
            }),
            Err(not_until) => Err(not_until.wait_time_from(now)),
        }
    }

    fn refused(&self, wait: Duration) -> Problem {
        let detail = format!("No more than {} requests a second are answered.", self.per_second);
        let Self { name, per_second, burst, .. } = *self;
        let left = Left { name, per_second, burst, remaining: 0 };
        let problem = Problem::new("rate_limited", detail).retry_after(wait.as_secs() + 1);
        left.headers()
            .into_iter()
            .fold(problem, |problem, (name, value)| problem.header(name, value))
    }
}

impl Left {
    /// The fields `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
    fn headers(self) -> Vec<(HeaderName, HeaderValue)> {
        let Self { name, per_second, burst, remaining } = self;
        // A quota and the seconds in which it fills up again from nothing.
        let window = burst.get().div_ceil(per_second.get());
        let policy = format!("\"{name}\";q={burst};w={window}");
        let left = format!("\"{name}\";r={remaining}");
        [("ratelimit-policy", policy), ("ratelimit", left)]
            .into_iter()
            .filter_map(|(name, value)| {
                Some((HeaderName::from_static(name), HeaderValue::try_from(value).ok()?))
            })
            .collect()
    }

    pub(crate) fn add_to(self, headers: &mut HeaderMap) {
        headers.extend(self.headers());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(per_second: u32, burst: u32) -> Rates {
        Rates::new(&Limits {
            requests_per_second_per_credential: per_second,
            burst_per_credential: burst,
            ..Limits::default()
        })
    }

    #[test]
    fn a_caller_beyond_the_rate_is_told_when_to_come_again_and_others_are_not_held_up() {
        let rates = rates(5, 10);
        let (one, two) = (TokenDigest::of("rmk_one"), TokenDigest::of("rmk_two"));
        let answers: Vec<bool> = (0..20).map(|_| rates.count_credential(&one).is_ok()).collect();
        assert_eq!(answers.iter().filter(|ok| **ok).count(), 10);
        let problem = rates.count_credential(&one).unwrap_err();
        assert_eq!(problem.code(), "rate_limited");
        assert!(format!("{problem:?}").contains("retry-after"));
        assert!(rates.count_credential(&two).is_ok());
    }

    #[test]
    fn addresses_of_one_household_are_counted_together() {
        let address = |text: &str| text.parse().ok();
        let rates = rates(0, 0);
        let rates = Rates { addresses: Rate::new("address", (1, 2)), ..rates };
        let household = |last: u16| address(&format!("2001:db8:1:2::{last:x}"));
        assert!(rates.admit_address(household(1)).is_ok());
        assert!((1..=10).filter(|n| rates.count_address(household(*n)).is_ok()).count() == 2);
        // Held back, all of it, and nobody else.
        assert_eq!(rates.admit_address(household(99)).unwrap_err().code(), "rate_limited");
        assert!(rates.admit_address(address("2001:db8:1:3::1")).is_ok());
        assert!(rates.count_address(address("2001:db8:1:3::1")).is_ok());
        assert!(rates.count_credential(&TokenDigest::of("any")).unwrap().is_none());
    }
}
