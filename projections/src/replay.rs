//! Runs a fold over a ledger.

use readmit_domain::{Event, LedgerId, Timestamp};
use readmit_runtime::{Envelope, Failure, Runtime};

/// A pure fold over the events of a ledger.
pub trait Projection {
    /// Takes in the next event.
    fn evolve(&mut self, event: &Envelope);
}

/// How far a ledger is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// To its end.
    Now,
    /// Up to this moment, inclusive.
    Time(Timestamp),
    /// Up to this position, inclusive.
    Position(u64),
}

impl From<Timestamp> for Until {
    fn from(moment: Timestamp) -> Self {
        Self::Time(moment)
    }
}

impl From<u64> for Until {
    fn from(position: u64) -> Self {
        Self::Position(position)
    }
}

impl Until {
    /// Whether this event is still read.
    pub fn includes(self, event: &Envelope) -> bool {
        match self {
            Self::Now => true,
            Self::Time(moment) => event.at <= moment,
            Self::Position(position) => event.position <= position,
        }
    }
}

/// Folds a ledger from its beginning, as far as `until` says. Reads page by
/// page: memory does not grow with the ledger.
pub async fn replay<P: Projection>(
    runtime: &Runtime,
    ledger: LedgerId,
    until: Until,
    mut projection: P,
) -> Result<P, Failure> {
    let mut follower = runtime.follow(ledger, 0);
    while let Some(event) = follower.next_stored().await? {
        if !until.includes(&event) {
            break;
        }
        projection.evolve(&event);
    }
    Ok(projection)
}

/// Whether an event lets its customer in: with a second factor, or with a bypass.
pub(crate) const fn lets_in(event: &Event) -> bool {
    matches!(
        event,
        Event::SecondFactorVerified(_) | Event::RecoveryCodeUsed(_) | Event::BypassUsed(_)
    )
}
