//! Keeps the read models up to date.
//!
//! | module | what it holds |
//! |---|---|
//! | `catalogue` | generations of tables, and how far each has come |
//! | `lease` | which node does the work |
//! | `advance` | one page into the read models: rows and cursors in one transaction |
//! | `work` | a turn of each ledger; putting what is finished in its place |
//! | `follow` | the task that goes on for ever |
//! | `past` | the same, run in memory up to a moment |
//!
//! **Invariant: each event counts once.** A page's rows and cursors are one transaction, and a
//! cursor moves only from where it was; so neither a crash nor a second node counts one twice.

mod advance;
pub(crate) mod catalogue;
mod follow;
mod lease;
mod past;
mod work;

use std::sync::Arc;
use std::time::Duration;

use readmit_domain::LedgerId;
use readmit_runtime::ports::{StoreError, StoreErrorKind};
use readmit_runtime::{Failure, Runtime};
use serde::Serialize;
use tokio::sync::{Mutex, Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::database::{Database, ReadPlace, Sql};
use crate::model::ReadModel;
use crate::views::Views;

use catalogue::Generation;
use follow::Follow;

pub(crate) use past::in_memory;

/// A wait looks at the database this often: another process may be the one that works.
const LOOK: Duration = Duration::from_millis(20);
/// Whoever waits and sees nothing move for so long does the work without the lease.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Whoever waits does not wait longer for others to stop reading what was erased.
const PATIENCE_TO_SCRUB: Duration = Duration::from_secs(3);
/// What another node may do at the same moment is tried so often.
const TRIES: usize = 5;
/// Nobody waits longer for the read models.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// The read models of every ledger of a database, and the task that keeps them up to date.
pub struct ReadModels {
    runtime: Arc<Runtime>,
    database: Database,
    /// What the task is told: look now.
    wake: Notify,
    /// What the task tells: pages were taken in, or tables swapped.
    moved: watch::Sender<()>,
    stopping: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
}

/// How far a read model has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ModelStatus {
    /// Which.
    pub model: ReadModel,
    /// Which generation of its tables.
    pub generation: i64,
    /// Whether it is the one that is read; otherwise it is being made.
    pub live: bool,
    /// How many events it has seen, over all ledgers.
    pub seen: u64,
    /// How many events there are, over all ledgers.
    pub events: u64,
    /// Ledgers that it is behind in.
    pub ledgers_behind: usize,
    /// How many events it has yet to see in the ledger where that is most.
    pub most_behind: u64,
}

impl ReadModels {
    /// Opens the read models, makes what is missing, and begins to keep them up to date.
    pub async fn start(runtime: Arc<Runtime>, place: &ReadPlace) -> Result<Arc<Self>, Failure> {
        let name = runtime.draw_command_id()?.to_string();
        let database = Database::open(place).await?;
        prepare(&database).await?;
        let models = Arc::new(Self {
            runtime,
            database,
            wake: Notify::new(),
            moved: watch::Sender::new(()),
            stopping: CancellationToken::new(),
            task: Mutex::new(None),
        });
        let following = tokio::spawn(Follow::new(Arc::clone(&models), name).run());
        *models.task.lock().await = Some(following);
        Ok(models)
    }

    /// Tells the task to end, without waiting for it: it holds what it works with until then.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Lets the page under way finish, then lets the database go.
    pub async fn close(&self) {
        self.stopping.cancel();
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the task of the read models panicked");
        }
        self.database.close().await;
    }

    /// The read models of one ledger.
    pub fn views(self: &Arc<Self>, ledger: LedgerId) -> Views {
        Views::live(Arc::clone(self), Arc::clone(&self.runtime), ledger)
    }

    pub(crate) const fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    pub(crate) const fn database(&self) -> &Database {
        &self.database
    }

    /// How far each read model has come.
    pub async fn status(&self) -> Result<Vec<ModelStatus>, Failure> {
        let heads = self.runtime.ledgers().await?;
        let (generations, cursors) = self.read_cursors().await?;
        let next = |ledger: LedgerId, generation: &Generation| {
            let cursor = cursors.get(&ledger).and_then(|cursors| cursors.get(generation));
            cursor.map_or(0, |cursor| cursor.next)
        };
        let status = generations.iter().map(|generation| {
            let of_ledger =
                heads.iter().map(|head| (next(head.ledger, generation).min(head.size), head.size));
            ModelStatus {
                model: generation.model,
                generation: generation.number,
                live: generation.live,
                seen: of_ledger.clone().map(|(seen, _)| seen).sum(),
                events: of_ledger.clone().map(|(_, size)| size).sum(),
                ledgers_behind: of_ledger.clone().filter(|(seen, size)| seen < size).count(),
                most_behind: of_ledger.map(|(seen, size)| size - seen).max().unwrap_or_default(),
            }
        });
        Ok(status.collect())
    }

    /// Makes a read model anew, beside the one that is read, and puts it in its place. `progress`
    /// is told how many events are done, and of how many.
    pub async fn rebuild(
        &self,
        model: ReadModel,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<(), Failure> {
        let generation = self.begin_rebuild(model).await?;
        self.wake.notify_one();
        let mut waiting = Waiting::new(self);
        loop {
            let status = self.status().await?;
            let ours = status.iter().find(|it| it.model == model && it.generation == generation);
            let Some(ours) = ours else { return Err(replaced(model)) };
            progress(ours.seen, ours.events);
            if ours.live {
                return Ok(());
            }
            if waiting.is_stuck(ours.seen) {
                self.work_alone(None).await?;
            }
            waiting.a_while().await;
        }
    }

    async fn begin_rebuild(&self, model: ReadModel) -> Result<i64, Failure> {
        let mut begun = self.try_begin_rebuild(model).await;
        for _ in 1..TRIES {
            // Another node may be making the same tables.
            if begun.is_ok() {
                break;
            }
            tokio::time::sleep(LOOK).await;
            begun = self.try_begin_rebuild(model).await;
        }
        self.explain(begun)?.ok_or_else(|| catalogue::not_readable(model))
    }

    /// The generation that is being made of a read model; none if a newer version has its own.
    async fn try_begin_rebuild(&self, model: ReadModel) -> Sql<Option<i64>> {
        let mut transaction = self.database.write().await?;
        if catalogue::is_newer(&mut transaction, model).await? {
            return Ok(None);
        }
        let begun = |all: Vec<Generation>| {
            all.into_iter().find(|it| it.model == model && !it.live).map(|it| it.number)
        };
        if let Some(under_way) = begun(catalogue::generations(&mut transaction).await?) {
            return Ok(Some(under_way));
        }
        catalogue::make(&mut transaction, self.database.dialect(), model, false).await?;
        let all = catalogue::generations(&mut transaction).await?;
        transaction.commit().await?;
        Ok(begun(all))
    }

    /// Waits until these read models have seen so many events of a ledger; and until nothing is
    /// left in their file of what they erase, unless somebody who reads is in the way of that.
    pub async fn wait(
        &self,
        ledger: LedgerId,
        models: &[ReadModel],
        events: u64,
    ) -> Result<(), Failure> {
        let mut waiting = Waiting::new(self);
        loop {
            let seen = self.seen(ledger, models).await?;
            // Somebody who reads for long may be in the way of what destroys the copies.
            let is_clean = !self.database.is_unscrubbed() || waiting.took() >= PATIENCE_TO_SCRUB;
            if seen >= events && is_clean {
                return Ok(());
            }
            if waiting.is_stuck(seen) {
                self.work_alone(Some(ledger)).await?;
            } else if waiting.too_long() {
                return Err(late(seen, events));
            }
            self.wake.notify_one();
            waiting.a_while().await;
        }
    }

    /// How many events of a ledger the read models have all seen that can be read.
    async fn seen(&self, ledger: LedgerId, models: &[ReadModel]) -> Result<u64, Failure> {
        let read = async {
            let mut transaction = self.database.read().await?;
            let live = catalogue::live(&mut transaction, &ledger.to_string()).await?;
            Ok((live, catalogue::generations(&mut transaction).await?))
        };
        let (live, ours) = self.explain(read.await)?;
        let mut least = u64::MAX;
        for model in models {
            let readable = live.get(model).filter(|live| live.same_shape);
            if readable.is_none() && !ours.iter().any(|generation| generation.model == *model) {
                return Err(catalogue::not_readable(*model));
            }
            least = least.min(readable.map_or(0, |live| live.next));
        }
        Ok(least)
    }

    fn explain<T>(&self, answer: Sql<T>) -> Result<T, Failure> {
        answer.map_err(|error| self.database.explain(&error))
    }
}

/// Nodes that start at once make the tables once: PostgreSQL tells all but one of them that
/// something is there already, wherever that happens.
async fn prepare(database: &Database) -> Result<(), Failure> {
    let mut prepared = catalogue::prepare(database).await;
    for _ in 1..TRIES {
        if prepared.is_ok() {
            break;
        }
        tokio::time::sleep(LOOK).await;
        prepared = catalogue::prepare(database).await;
    }
    prepared.map_err(|error| database.explain(&error))
}

/// Somebody who waits for the read models.
struct Waiting {
    moved: watch::Receiver<()>,
    begun: Instant,
    came_on: Instant,
    seen: u64,
    since: Instant,
}

impl Waiting {
    fn new(models: &ReadModels) -> Self {
        let (moved, now) = (models.moved.subscribe(), Instant::now());
        Self { moved, begun: now, came_on: now, seen: 0, since: now }
    }

    /// Whether nothing has moved for too long.
    fn is_stuck(&mut self, seen: u64) -> bool {
        if seen != self.seen {
            self.seen = seen;
            self.since = Instant::now();
            self.came_on = self.since;
        }
        let stuck = self.since.elapsed() >= PATIENCE;
        if stuck {
            self.since = Instant::now();
        }
        stuck
    }

    fn too_long(&self) -> bool {
        self.came_on.elapsed() >= LONGEST_WAIT
    }

    fn took(&self) -> Duration {
        self.begun.elapsed()
    }

    async fn a_while(&mut self) {
        // Either way the database is looked at again.
        let _ = tokio::time::timeout(LOOK, self.moved.changed()).await;
    }
}

fn late(seen: u64, events: u64) -> Failure {
    let what = format!(
        "the read models have seen {seen} of {events} events and do not come on: see what the log \
         says of them"
    );
    StoreError::new(StoreErrorKind::Busy, what).into()
}

fn replaced(model: ReadModel) -> Failure {
    let what = format!("the read model {model} was made anew by another process meanwhile");
    StoreError::new(StoreErrorKind::Busy, what).into()
}
