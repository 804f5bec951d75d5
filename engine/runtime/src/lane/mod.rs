//! Lanes: how commands become commits.
//!
//! A lane is a task. Commands wait in front of it; it takes all that wait,
//! decides each in order, commits all of them in one transaction, and answers.
//! It never waits on a timer: an idle lane commits at once, and what arrives
//! during a commit is the next batch.
//!
//! | file | what it does |
//! |---|---|
//! | `mod.rs` | the task, its queue and its bounds |
//! | `state.rs` | what a lane knows: heads and streams, and what a batch makes of them |
//! | `load.rs` | fetches what a batch lacks |
//! | `tenants.rs` | the tenants that were read, remembered |
//! | `decide.rs` | one command: known already, refused, or planned |
//! | `plan.rs` | leaves, secrets, private data and timers of a decision |
//! | `commit.rs` | commits the batch and answers everyone truly |

mod commit;
mod decide;
mod load;
mod plan;
mod state;
mod tenants;

use std::collections::VecDeque;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::mem;
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use readmit_domain::LedgerId;
use tokio::sync::{mpsc, oneshot};

use crate::lane::state::Memory;
use crate::measures::{Measures, Waiting};
use crate::ports::store::at_least_one;
use crate::ports::{StoreError, StoreErrorKind};
use crate::prepare::Prepared;
use crate::shared::Shared;
use crate::{ExecuteError, Failure};

pub(crate) use decide::Reply;
pub(crate) use load::fold_streams;
pub(crate) use state::State;
pub(crate) use tenants::{Tenants, load_tenant};

/// Commands that may wait in front of one lane; beyond it callers are told `Busy`.
const WAITING_MAX: usize = 4096;
/// Commands in one commit: more would make the first of them wait for little gain.
const BATCH_COMMANDS_MAX: usize = 512;
/// Bytes of leaves in one commit.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// Streams that each lane remembers: some 100 MB at most.
const REMEMBERED_STREAMS: NonZeroUsize = at_least_one(50_000);
/// Lost races after which a caller is told `Busy`.
const ATTEMPTS_MAX: u32 = 10;
/// What a caller who is told `Busy` should wait: some ten full batches.
pub(crate) const RETRY_AFTER: Duration = Duration::from_millis(200);

/// A command in front of a lane. The lane owns it: a caller who goes away
/// takes nothing back.
pub(crate) struct Pending {
    prepared: Arc<Prepared>,
    reply: oneshot::Sender<Result<Reply, ExecuteError>>,
    attempts: u32,
    /// A commit of it was lost with its connection.
    lost_before: bool,
    /// Decided only together with commands of the same ledger, since a batch of several failed.
    alone: bool,
    /// Counted among those that wait, until it is answered.
    waiting: Waiting,
}

/// The way into a lane.
#[derive(Clone)]
pub(crate) struct LaneSender {
    to_lane: mpsc::Sender<Pending>,
    measures: Arc<Measures>,
}

impl LaneSender {
    /// Puts a command in front of the lane and waits for its answer.
    pub(crate) async fn submit(&self, prepared: Arc<Prepared>) -> Result<Reply, ExecuteError> {
        let command = prepared.id;
        let (reply, answer) = oneshot::channel();
        let waiting = self.measures.waiting();
        let pending =
            Pending { prepared, reply, attempts: 0, lost_before: false, alone: false, waiting };
        self.to_lane.try_send(pending).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ExecuteError::BUSY,
            mpsc::error::TrySendError::Closed(_) => Failure::Closed.into(),
        })?;
        // The lane answers everything it took, so a lost answer means that it
        // panicked, before or after its commit.
        answer.await.unwrap_or_else(|_| {
            let why = "the lane stopped before it answered: open the engine again";
            let why = StoreError::new(StoreErrorKind::Unavailable, why);
            Err(ExecuteError::Unknown { command, why })
        })
    }
}

/// The lane that a ledger belongs to; none once the engine is closed.
pub(crate) fn lane_of(lanes: &[LaneSender], ledger: LedgerId) -> Option<LaneSender> {
    let hash = BuildHasherDefault::<DefaultHasher>::new().hash_one(ledger);
    let index = usize::try_from(hash.checked_rem(lanes.len() as u64)?).ok()?;
    lanes.get(index).cloned()
}

/// One lane.
pub(crate) struct Lane {
    shared: Arc<Shared>,
    arriving: mpsc::Receiver<Pending>,
    /// Commands that are decided again, before whatever arrives.
    again: VecDeque<Pending>,
    memory: Memory,
}

impl Lane {
    /// A lane and the way into it.
    pub(crate) fn new(shared: Arc<Shared>) -> (Self, LaneSender) {
        let (sender, arriving) = mpsc::channel(WAITING_MAX);
        let memory = Memory::new(REMEMBERED_STREAMS);
        let sender = LaneSender { to_lane: sender, measures: Arc::clone(&shared.measures) };
        (Self { shared, arriving, again: VecDeque::new(), memory }, sender)
    }

    /// Works until every sender is gone and everything that waited is answered.
    pub(crate) async fn run(mut self) {
        while let Some(batch) = self.next_batch().await {
            // A port may panic. Whoever waited learns that the outcome is not
            // known; the lane forgets everything and goes on.
            if AssertUnwindSafe(self.process(batch)).catch_unwind().await.is_err() {
                tracing::error!("a lane panicked; it goes on without what it remembered");
                self.memory = Memory::new(REMEMBERED_STREAMS);
            }
        }
    }

    /// Everything that waits, up to the bound; waits only if nothing does.
    async fn next_batch(&mut self) -> Option<Vec<Pending>> {
        if let Some(first) = self.again.front().filter(|first| first.alone) {
            let ledger = first.prepared.ledger.id;
            let (batch, rest): (Vec<_>, Vec<_>) = mem::take(&mut self.again)
                .into_iter()
                .partition(|one| one.alone && one.prepared.ledger.id == ledger);
            self.again = rest.into();
            return Some(batch);
        }
        let mut batch: Vec<Pending> =
            self.again.drain(..self.again.len().min(BATCH_COMMANDS_MAX)).collect();
        if batch.is_empty() {
            batch.push(self.arriving.recv().await?);
        }
        while batch.len() < BATCH_COMMANDS_MAX
            && let Ok(pending) = self.arriving.try_recv()
        {
            batch.push(pending);
        }
        Some(batch)
    }

    async fn process(&mut self, batch: Vec<Pending>) {
        self.shared.measures.batch(batch.len());
        match self.load(&batch).await {
            Ok(work) => {
                let decided = self.decide_all(work, batch);
                self.finish(decided).await;
            }
            Err(failure) => {
                let mut ledgers = batch.iter().map(|pending| pending.prepared.ledger.id);
                let first = ledgers.next();
                // Perhaps only one of the ledgers is to blame: each is tried alone.
                let several = ledgers.any(|ledger| Some(ledger) != first);
                for pending in batch {
                    if several {
                        self.decide_alone(pending);
                    } else {
                        pending.answer(Err(failure.clone()));
                    }
                }
            }
        }
    }
}

impl Pending {
    fn answer(self, answer: Result<Reply, ExecuteError>) {
        let Self { prepared, reply, waiting, .. } = self;
        if let Ok(Reply::Committed(executed)) = &answer {
            waiting.recorded(&executed.events);
        }
        // First, because a caller who is asked for more takes the command back as its only owner.
        drop(prepared);
        // The caller may have gone away; what was decided stands all the same.
        let _ = reply.send(answer);
    }
}
