//! The timer that records what has run out.
//!
//! It enforces nothing: every rule compares times itself. It makes the end of a
//! case an event within a second of its time. Any number of nodes may run it:
//! a case ends once, and whoever comes second is refused.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use futures_util::future::join_all;
use readmit_domain::account::ExpireBypass;
use readmit_domain::{AccountId, Actor, Seconds, StreamId, Timestamp};
use uuid::Uuid;

use crate::lane::{LaneSender, lane_of};
use crate::ports::store::{StreamLoad, Timer, at_least_one};
use crate::read::decode;
use crate::shared::Shared;
use crate::{ExecuteError, Failure, Request};

/// Timers looked at in one round.
const TIMERS_PER_ROUND: NonZeroUsize = at_least_one(256);
/// Timers of other nodes are noticed within this time.
const SWEEP: Seconds = Seconds(1);

/// Records what falls due, for ever.
pub(crate) async fn run(shared: Arc<Shared>, lanes: Vec<LaneSender>) {
    let mut failing = HashSet::new();
    loop {
        // What falls due from this moment on is not this round's.
        let now = shared.clock.now();
        match round(&shared, &lanes, now, &mut failing).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "timers could not be read; trying again"),
        }
        let sweep = now + SWEEP;
        let next = shared.store.next_due().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the next timer could not be read; looking again at the sweep");
            None
        });
        // What was due and is still there has failed: it waits for the sweep.
        let wake = next.filter(|due| now < *due).map_or(sweep, |due| due.min(sweep));
        tokio::select! {
            () = shared.clock.sleep_until(wake) => {}
            () = shared.timer_set.notified() => {}
        }
    }
}

/// Records what is due now; answers whether there may be more.
async fn round(
    shared: &Shared,
    lanes: &[LaneSender],
    now: Timestamp,
    failing: &mut HashSet<Uuid>,
) -> Result<bool, Failure> {
    let due = shared.store.due(now, TIMERS_PER_ROUND).await?;
    let full = due.len() == TIMERS_PER_ROUND.get();
    let mut recorded = false;
    // All at once, so that a lane records many in one commit.
    let ends = due.iter().map(|timer| expire(shared, lanes, *timer));
    for (timer, end) in due.iter().zip(join_all(ends).await) {
        match end {
            // Refused: another node was faster, or the clock was set back.
            Ok(()) | Err(ExecuteError::Refused(_)) => {
                recorded |= end.is_ok();
                failing.remove(&timer.stream);
            }
            Err(error) if failing.insert(timer.stream) => {
                tracing::warn!(ledger = %timer.ledger, %error, "an expiry could not be recorded");
            }
            Err(_) => {}
        }
    }
    Ok(full && recorded)
}

async fn expire(shared: &Shared, lanes: &[LaneSender], timer: Timer) -> Result<(), ExecuteError> {
    let account = account_of(shared, timer).await?;
    let ledger = shared.ledger(timer.ledger).await?;
    let lane = lane_of(lanes, timer.ledger).ok_or(Failure::Closed)?;
    let request = Request {
        ledger: timer.ledger,
        actor: Actor::system(),
        command: ExpireBypass::new(account).into(),
        id: None,
        if_version: None,
    };
    let prepared = shared.prepare(ledger, request).await?;
    lane.submit(Arc::new(prepared)).await.map(|_| ())
}

/// Whose stream this is: its first event says so.
async fn account_of(shared: &Shared, timer: Timer) -> Result<AccountId, Failure> {
    let Timer { ledger, stream, .. } = timer;
    let wanted = StreamLoad { ledger, stream, after_version: 0 };
    let loaded = shared.load_stream(wanted, 1).await?;
    let first = loaded.events.first().map(|event| decode(ledger, event)).transpose()?;
    match first.map(|first| first.stream) {
        Some(StreamId::Account(account)) => Ok(account),
        Some(StreamId::Tenant(_)) | None => {
            Err(Failure::Damaged(format!("a timer of {ledger} belongs to no account")))
        }
    }
}
