//! The task that keeps the read models up to date, for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::ReadModels;
use super::advance::Advanced;
use super::catalogue::{self, Cursor, Generation};
use super::lease::Lease;
use crate::model::ReadModel;
use readmit_domain::LedgerId;
use readmit_runtime::Failure;
use readmit_runtime::ports::store::LedgerHead;

/// What no word came of is noticed within this time: of other processes on a file none comes.
const SWEEP: Duration = Duration::from_millis(500);
/// After a failure it is tried again after a second, and then after twice as long each time.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// What the task knows.
pub(super) struct Follow {
    models: Arc<ReadModels>,
    lease: Lease,
    /// Ledgers that were found to be those that the rows are of.
    same: BTreeSet<LedgerId>,
}

/// What came of a round.
#[derive(PartialEq, Eq)]
enum Round {
    /// There is nothing to do until a ledger grows.
    Idle,
    /// There is more to do.
    More,
}

impl Follow {
    pub(super) fn new(models: Arc<ReadModels>, name: String) -> Self {
        Self { models, lease: Lease::new(name), same: BTreeSet::new() }
    }

    pub(super) async fn run(mut self) {
        let models = Arc::clone(&self.models);
        let mut growth = models.runtime.growth();
        let mut pause = PAUSE;
        while !models.stopping.is_cancelled() {
            growth.mark_unchanged();
            let wait = match self.round().await {
                Ok(Round::More) => continue,
                Ok(Round::Idle) => {
                    pause = PAUSE;
                    SWEEP
                }
                Err(error) => {
                    tracing::warn!(%error, "read models could not be kept up to date");
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    pause / 2
                }
            };
            tokio::select! {
                () = models.stopping.cancelled() => {}
                _ = growth.changed() => {}
                () = models.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        if let Err(error) = self.lease.release(&models.database).await {
            tracing::debug!(%error, "the lease could not be given back: it ends by itself");
        }
    }

    /// A turn of each ledger, if this node holds the lease.
    async fn round(&mut self) -> Result<Round, Failure> {
        let models = Arc::clone(&self.models);
        let heads = models.runtime.ledgers().await?;
        models.tell_lag(&heads).await?;
        if models.explain(self.lease.hold(&models.database).await)? {
            // A holder that was killed may have left copies of what it erased.
            models.database.will_erase();
        }
        models.explain(models.database.scrub().await)?;
        let Some(fence) = self.lease.fence() else { return Ok(Round::Idle) };
        if let Err(error) = catalogue::drop_retired(&models.database).await {
            tracing::debug!(%error, "tables that were replaced are read still: they go later");
        }
        let (generations, mut cursors) = models.read_cursors().await?;
        if ReadModel::ALL.iter().any(|model| !generations.iter().any(|it| it.model == *model)) {
            // Another node replaced what this one made.
            models.explain(catalogue::prepare(&models.database).await)?;
        }
        self.forget_others(&heads, &generations, &mut cursors).await?;
        let mut round = Round::Idle;
        let (mut failed, mut unreadable) = (None, BTreeSet::new());
        for head in &heads {
            let of_ledger = cursors.entry(head.ledger).or_default();
            match models.turn(head, &generations, of_ledger, Some(fence)).await {
                Ok(Advanced::By(0)) => {}
                Ok(Advanced::By(events)) => {
                    metrics::counter!("readmit_projection_events_total").increment(events);
                    round = Round::More;
                }
                Ok(Advanced::Moved) => round = Round::More,
                Ok(Advanced::Fenced) => {
                    self.lease.lost();
                    return Ok(Round::Idle);
                }
                // What is wrong with one ledger holds up no other.
                Err(error) => {
                    unreadable.insert(head.ledger);
                    failed = failed.or(Some(error));
                }
            }
            if models.stopping.is_cancelled() {
                return Ok(Round::Idle);
            }
        }
        models.swap_finished(&generations, Some(fence), &unreadable).await?;
        match failed {
            Some(error) if round == Round::Idle => Err(error),
            _ => Ok(round),
        }
    }

    /// Rows of a ledger that is another one now, such as one restored from an older backup, are
    /// forgotten: the event that was seen last is not there, or is another one.
    async fn forget_others(
        &mut self,
        heads: &[LedgerHead],
        generations: &[Generation],
        cursors: &mut BTreeMap<LedgerId, BTreeMap<Generation, Cursor>>,
    ) -> Result<(), Failure> {
        for head in heads {
            let Some(of_ledger) = cursors.get(&head.ledger) else { continue };
            let farthest = of_ledger.values().max_by_key(|cursor| cursor.next);
            let Some(farthest) = farthest.filter(|cursor| cursor.next > 0) else { continue };
            if farthest.next <= head.size && self.same.contains(&head.ledger) {
                continue;
            }
            let models = &self.models;
            let last = models.runtime.follow(head.ledger, farthest.next - 1).next_stored().await;
            // One that cannot be read now holds up no other; its turn tells what is wrong.
            let Ok(last) = last else { continue };
            if last.is_some_and(|last| last.command.to_string() == farthest.command) {
                self.same.insert(head.ledger);
                continue;
            }
            tracing::warn!(ledger = %head.ledger, "the ledger is not the one that the read models \
                are of, such as after it was restored from a backup: they are made anew");
            let forgotten = async {
                let mut transaction = models.database.write().await?;
                let ledger = head.ledger.to_string();
                catalogue::forget(&mut transaction, generations, &ledger).await?;
                transaction.commit().await
            };
            models.explain(forgotten.await)?;
            cursors.remove(&head.ledger);
        }
        Ok(())
    }
}

impl ReadModels {
    /// Tells the metrics how far each read model is behind, whichever node works on it.
    async fn tell_lag(&self, heads: &[LedgerHead]) -> Result<(), Failure> {
        let read = async {
            let mut transaction = self.database.read().await?;
            catalogue::seen_in_all(&mut transaction).await
        };
        let seen = self.explain(read.await)?;
        let events: u64 = heads.iter().map(|head| head.size).sum();
        for model in ReadModel::ALL {
            let lag = events.saturating_sub(seen.get(model.name()).copied().unwrap_or_default());
            // A gauge has no other kind of number; a larger lag would be no less alarming.
            let lag = f64::from(u32::try_from(lag).unwrap_or(u32::MAX));
            metrics::gauge!("readmit_projection_lag_events", "projection" => model.name()).set(lag);
        }
        Ok(())
    }
}
