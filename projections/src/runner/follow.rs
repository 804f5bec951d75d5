//! The task that keeps the read models up to date, for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use readmit_domain::LedgerId;
use readmit_runtime::Failure;
use readmit_runtime::ports::store::LedgerHead;
use tokio::time::Instant;

use super::advance::{Advanced, Group};
use super::catalogue::{self, Cursor, Generation};
use super::lease::Lease;
use super::{Cursors, ReadModels};

/// What no word came of is noticed within this time: of other processes on a file none comes.
const SWEEP: Duration = Duration::from_millis(500);
/// After a failure it is tried again after a second, and then after twice as long each time.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// What the task knows.
pub(super) struct Follow {
    models: Arc<ReadModels>,
    lease: Lease,
    /// How far everything has come, as long as nobody else moves it.
    known: Option<Cursors>,
    /// Ledgers that were found to be those that the rows are of.
    same: BTreeSet<LedgerId>,
}

impl Follow {
    pub(super) fn new(models: Arc<ReadModels>, name: String) -> Self {
        Self { models, lease: Lease::new(name), known: None, same: BTreeSet::new() }
    }

    pub(super) async fn run(mut self) {
        let models = Arc::clone(&self.models);
        let mut growth = models.runtime.growth();
        let mut pause = PAUSE;
        while !models.stopping.is_cancelled() {
            growth.mark_unchanged();
            let wait = match self.round().await {
                Ok(()) => {
                    pause = PAUSE;
                    SWEEP
                }
                Err(error) => {
                    tracing::warn!(%error, "the read models could not be kept up to date");
                    self.known = None;
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

    /// Takes in all there is, if this node holds the lease.
    async fn round(&mut self) -> Result<(), Failure> {
        let models = Arc::clone(&self.models);
        if models.explain(self.lease.hold(&models.database).await)? {
            self.known = None;
            // A holder that was killed may have left copies of what it erased.
            models.database.will_erase();
        }
        models.explain(models.database.scrub().await)?;
        let Some(fence) = self.lease.fence() else {
            self.known = None;
            return Ok(());
        };
        let heads = models.runtime.ledgers().await?;
        let (generations, mut cursors) = match self.known.take() {
            Some(known) => known,
            None => models.read_cursors().await?,
        };
        // Somebody may have begun a generation since.
        let generations = match models.generations_if_more(&generations).await? {
            Some(more) => more,
            None => generations,
        };
        self.forget_others(&heads, &generations, &mut cursors).await?;
        let begun = Instant::now();
        let mut taken = 0;
        for head in &heads {
            let of_ledger = cursors.entry(head.ledger).or_default();
            while let Some(group) = Group::behind(head.ledger, &generations, of_ledger, head.size) {
                match models.catch_up(&group, of_ledger, Some(fence)).await? {
                    Advanced::By(more) => taken += more,
                    Advanced::Overtaken => {
                        self.lease.lost();
                        return Ok(());
                    }
                }
                if models.stopping.is_cancelled() {
                    return Ok(());
                }
            }
        }
        tell(taken, begun, &heads, &generations, &cursors);
        let swapped = models.swap_finished(&generations, &cursors).await?;
        self.known = if swapped { None } else { Some((generations, cursors)) };
        Ok(())
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
            let last = models.runtime.follow(head.ledger, farthest.next - 1).next_stored().await?;
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
    /// The generations, if they are others than these.
    async fn generations_if_more(
        &self,
        known: &[Generation],
    ) -> Result<Option<Vec<Generation>>, Failure> {
        let read = async {
            let mut transaction = self.database.read().await?;
            catalogue::generations(&mut transaction).await
        };
        let generations = self.explain(read.await)?;
        Ok(Some(generations).filter(|generations| generations != known))
    }
}

/// Tells the metrics how far each read model is behind, and what was taken in.
fn tell(
    taken: u64,
    begun: Instant,
    heads: &[LedgerHead],
    generations: &[Generation],
    cursors: &BTreeMap<LedgerId, BTreeMap<Generation, Cursor>>,
) {
    metrics::counter!("readmit_projection_events_total").increment(taken);
    for generation in generations.iter().filter(|generation| generation.live) {
        let behind = heads.iter().map(|head| {
            let cursor = cursors.get(&head.ledger).and_then(|it| it.get(generation));
            head.size.saturating_sub(cursor.map_or(0, |cursor| cursor.next))
        });
        let behind = behind.sum::<u64>();
        // A gauge has no other kind of number; a lag that large would be no less alarming.
        let behind = f64::from(u32::try_from(behind).unwrap_or(u32::MAX));
        let model = generation.model.name();
        metrics::gauge!("readmit_projection_lag_events", "projection" => model).set(behind);
    }
    if taken > 0 {
        tracing::debug!(events = taken, took = ?begun.elapsed(), "read models brought up to date");
    }
}
