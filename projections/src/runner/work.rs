//! The work itself: a turn of each ledger, and putting what is finished in its place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use readmit_domain::LedgerId;
use readmit_runtime::Failure;
use readmit_runtime::ports::store::LedgerHead;

use super::ReadModels;
use super::advance::{Advanced, Group};
use super::catalogue::{self, Cursor, Generation};

/// Pages that one ledger may have taken in before the others have their turn.
const PAGES_OF_A_TURN: usize = 4;

/// The generations that this version keeps up to date, and how far each has come, by ledger.
pub(super) type Cursors = (Vec<Generation>, BTreeMap<LedgerId, BTreeMap<Generation, Cursor>>);

impl ReadModels {
    pub(super) async fn read_cursors(&self) -> Result<Cursors, Failure> {
        let read = async {
            let mut transaction = self.database.read().await?;
            let generations = catalogue::generations(&mut transaction).await?;
            let cursors = catalogue::cursors(&mut transaction, &generations).await?;
            Ok((generations, cursors))
        };
        self.explain(read.await)
    }

    /// Does what nobody does: the holder of the lease may have died, and nobody noticed yet. The
    /// cursors see to it that nothing counts twice. Of one ledger only what is read is moved on.
    pub(super) async fn work_alone(&self, ledger: Option<LedgerId>) -> Result<(), Failure> {
        let heads = self.runtime.ledgers().await?;
        let wanted = heads.iter().filter(|head| ledger.is_none_or(|it| it == head.ledger));
        for head in wanted {
            while !self.stopping.is_cancelled() {
                let (mut generations, mut cursors) = self.read_cursors().await?;
                generations.retain(|generation| generation.live || ledger.is_none());
                let cursors = cursors.entry(head.ledger).or_default();
                if self.turn(head, &generations, cursors, None).await? == Advanced::By(0) {
                    break;
                }
            }
        }
        let (generations, _) = self.read_cursors().await?;
        self.swap_finished(&generations, None, &BTreeSet::new()).await
    }

    /// Takes in some pages of a ledger: of what is read, if that is behind, and else of what is
    /// being made.
    pub(super) async fn turn(
        &self,
        head: &LedgerHead,
        generations: &[Generation],
        cursors: &mut BTreeMap<Generation, Cursor>,
        fence: Option<i64>,
    ) -> Result<Advanced, Failure> {
        let Some(mut group) = Group::behind(head.ledger, generations, cursors, head.size) else {
            return Ok(Advanced::By(0));
        };
        let mut batches = group.batches(Arc::clone(&self.runtime));
        let mut all = 0;
        for _ in 0..PAGES_OF_A_TURN {
            if self.stopping.is_cancelled() {
                break;
            }
            let Some(batch) = batches.next().await? else { break };
            let (advanced, to) = group.take_in(&self.database, &batch, fence).await?;
            let Advanced::By(more) = advanced else { return Ok(advanced) };
            if more == 0 {
                break;
            }
            all += more;
            group.next = to.next;
            for member in &group.members {
                cursors.insert(*member, to.clone());
            }
            self.moved.send_replace(());
        }
        Ok(Advanced::By(all))
    }

    /// Lets those be read that have come to the end of every ledger. Ledgers that cannot be read now are looked at as far as what is read has come.
    pub(super) async fn swap_finished(
        &self,
        generations: &[Generation],
        fence: Option<i64>,
        unreadable: &BTreeSet<LedgerId>,
    ) -> Result<(), Failure> {
        for generation in generations.iter().filter(|generation| !generation.live) {
            let heads = self.runtime.ledgers().await?;
            let swap = async {
                let mut transaction = self.database.write().await?;
                let finished =
                    catalogue::swap(&mut transaction, generation, fence, &heads, unreadable)
                        .await?;
                if finished {
                    transaction.commit().await?;
                }
                Ok(finished)
            };
            if self.explain(swap.await)? {
                tracing::info!(model = %generation.model, generation = generation.number, "made anew");
                self.moved.send_replace(());
            }
        }
        Ok(())
    }
}
