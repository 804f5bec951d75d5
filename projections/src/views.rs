//! Asking the read models of one ledger.

use std::collections::BTreeMap;
use std::sync::Arc;

use readmit_domain::{CustomerId, LedgerId, Login, RecoveryId, Timestamp};
use readmit_runtime::{ExecuteError, Failure, Runtime};
use sqlx::{Any, Transaction};

use crate::activity::{self, Activity, ActivityQuery};
use crate::alerts::{self, Alert, AlertQuery};
use crate::customers::{self, CustomerQuery, CustomerRow};
use crate::database::{Database, Fetched, Query, Sql, Table};
use crate::model::ReadModel;
use crate::page::{Page, PageCursor, Part};
use crate::recoveries::{self, RecoveryQuery, RecoveryRow};
use crate::runner::{ReadModels, catalogue};
use crate::timeline::{self, TimelineEntry, TimelineQuery};

/// Has a question answered in a transaction of its own; once more if the database failed, since the
/// tables may have been replaced under it. (No function that takes an async closure: what it answers
/// could not be spawned.)
macro_rules! ask {
    ($views:ident, $model:ident, $reading:ident => $question:expr) => {{
        let mut $reading = $views.reading(ReadModel::$model).await?;
        match $question.await {
            Err(Failure::Store(_)) => {
                let mut $reading = $views.reading(ReadModel::$model).await?;
                Ok($question.await?)
            }
            answer => Ok(answer?),
        }
    }};
}

/// The read models of one ledger, as they are now or as they were.
///
/// They follow the ledger some milliseconds behind: an answer says how many events it has seen,
/// and [`Views::seen_by`] waits for one.
#[derive(Clone)]
pub struct Views {
    runtime: Arc<Runtime>,
    ledger: LedgerId,
    source: Source,
}

#[derive(Clone)]
enum Source {
    Live(Arc<ReadModels>),
    /// Made for this purpose, in memory, and finished.
    Past {
        database: Database,
        at: Timestamp,
    },
}

impl Views {
    pub(crate) const fn live(
        models: Arc<ReadModels>,
        runtime: Arc<Runtime>,
        ledger: LedgerId,
    ) -> Self {
        Self { runtime, ledger, source: Source::Live(models) }
    }

    pub(crate) const fn past(
        database: Database,
        at: Timestamp,
        runtime: Arc<Runtime>,
        ledger: LedgerId,
    ) -> Self {
        Self { runtime, ledger, source: Source::Past { database, at } }
    }

    /// Waits until what was recorded at this position is seen by every read model.
    pub async fn seen_by(&self, position: u64) -> Result<(), ExecuteError> {
        match &self.source {
            Source::Live(models) => {
                Ok(models.wait(self.ledger, &ReadModel::ALL, position.saturating_add(1)).await?)
            }
            Source::Past { .. } => Ok(()),
        }
    }

    /// Waits until all that is in the ledger now is seen by every read model.
    pub async fn caught_up(&self) -> Result<(), ExecuteError> {
        match (&self.source, self.runtime.head(self.ledger).await?.size) {
            (Source::Past { .. }, _) | (_, 0) => Ok(()),
            (Source::Live(_), size) => self.seen_by(size - 1).await,
        }
    }

    /// The moment that the answers are about.
    pub fn now(&self) -> Timestamp {
        match &self.source {
            Source::Live(_) => self.runtime.now(),
            Source::Past { at, .. } => *at,
        }
    }

    /// Customers: search, status, stage, sort, page.
    pub async fn customers(
        &self,
        query: &CustomerQuery,
    ) -> Result<Page<CustomerRow>, ExecuteError> {
        ask!(self, Customers, reading => customers::customers(&mut reading, query, self.now()))
    }

    /// One customer, if they are known.
    pub async fn customer(
        &self,
        customer: CustomerId,
    ) -> Result<Option<CustomerRow>, ExecuteError> {
        ask!(self, Customers, reading => customers::customer(&mut reading, customer))
    }

    /// What these customers sign in with, those left out that are erased or not known.
    pub async fn logins(
        &self,
        customers: &[CustomerId],
    ) -> Result<BTreeMap<CustomerId, Login>, ExecuteError> {
        ask!(self, Customers, reading => customers::logins(&mut reading, customers))
    }

    /// Cases that are open: whose end comes first, first.
    pub async fn open_bypasses(
        &self,
        after: Option<PageCursor>,
        limit: Option<usize>,
    ) -> Result<Page<RecoveryRow>, ExecuteError> {
        let part = Part { after, limit };
        ask!(self, Recoveries, reading => recoveries::open_bypasses(&mut reading, &part, self.now()))
    }

    /// Cases, the latest first.
    pub async fn recoveries(
        &self,
        query: &RecoveryQuery,
    ) -> Result<Page<RecoveryRow>, ExecuteError> {
        ask!(self, Recoveries, reading => recoveries::recoveries(&mut reading, query))
    }

    /// One case, if it is known.
    pub async fn recovery(
        &self,
        recovery: RecoveryId,
    ) -> Result<Option<RecoveryRow>, ExecuteError> {
        ask!(self, Recoveries, reading => recoveries::recovery(&mut reading, recovery))
    }

    /// The history in sentences.
    pub async fn timeline(
        &self,
        query: &TimelineQuery,
    ) -> Result<Page<TimelineEntry>, ExecuteError> {
        ask!(self, Timeline, reading => timeline::timeline(&mut reading, query))
    }

    /// Counts of a period.
    pub async fn activity(&self, query: ActivityQuery) -> Result<Activity, ExecuteError> {
        ask!(self, Activity, reading => activity::activity(&mut reading, query, self.now()))
    }

    /// Misuse and debt.
    pub async fn alerts(&self, query: &AlertQuery) -> Result<Page<Alert>, ExecuteError> {
        ask!(self, Alerts, reading => alerts::alerts(&mut reading, query))
    }

    /// How many alerts there are, on this page and after it.
    pub async fn count_alerts(&self, query: &AlertQuery) -> Result<u64, ExecuteError> {
        ask!(self, Alerts, reading => alerts::count(&mut reading, query))
    }

    /// Begins to read one read model.
    async fn reading(&self, model: ReadModel) -> Result<Reading, Failure> {
        let database = match &self.source {
            Source::Live(models) => models.database(),
            Source::Past { database, .. } => database,
        };
        Reading::begin(database, self.ledger, model).await
    }
}

impl std::fmt::Debug for Views {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Views").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

/// Reading the read models of a ledger at one moment.
pub(crate) struct Reading {
    database: Database,
    transaction: Transaction<'static, Any>,
    ledger: String,
    live: BTreeMap<ReadModel, catalogue::Live>,
}

impl Reading {
    async fn begin(
        database: &Database,
        ledger: LedgerId,
        model: ReadModel,
    ) -> Result<Self, Failure> {
        let ledger = ledger.to_string();
        let begun = async {
            let mut transaction = database.read().await?;
            let live = catalogue::live(&mut transaction, &ledger).await?;
            Ok((transaction, live))
        };
        let (transaction, live) = begun.await.map_err(|error| database.explain(&error))?;
        let database = database.clone();
        let reading = Self { database, transaction, ledger, live };
        if reading.is_readable(model) { Ok(reading) } else { Err(catalogue::not_readable(model)) }
    }

    fn is_readable(&self, model: ReadModel) -> bool {
        self.live.get(&model).is_some_and(|live| live.same_shape)
    }

    /// The ledger, as rows name it.
    pub(crate) fn ledger(&self) -> &str {
        &self.ledger
    }

    /// A table's name in the database.
    pub(crate) fn table(&self, table: &Table) -> String {
        let model = ReadModel::ALL
            .into_iter()
            .find(|model| model.tables().iter().any(|its| its.name == table.name));
        let live = model.and_then(|model| self.live.get(&model));
        table.named(live.map(|live| live.generation).unwrap_or_default())
    }

    /// How many events of the ledger a read model has seen.
    pub(crate) fn seen(&self, model: ReadModel) -> u64 {
        self.live.get(&model).map(|live| live.next).unwrap_or_default()
    }

    pub(crate) async fn fetch(&mut self, query: Query) -> Result<Vec<Fetched>, Failure> {
        let rows = query.fetch(&mut self.transaction).await;
        self.explain(rows)
    }

    pub(crate) fn explain<T>(&self, answer: Sql<T>) -> Result<T, Failure> {
        answer.map_err(|error| self.database.explain(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compiles only if whoever asks can do so in a task of their own.
    #[expect(dead_code, reason = "what counts is that it compiles")]
    fn answers_can_be_waited_for_in_a_task(
        views: Views,
    ) -> tokio::task::JoinHandle<Result<(), ExecuteError>> {
        tokio::spawn(async move {
            views.caught_up().await?;
            views.customers(&CustomerQuery::new().search("al")).await?;
            views.open_bypasses(None, None).await?;
            views.recoveries(&RecoveryQuery::new()).await?;
            views.timeline(&TimelineQuery::new()).await?;
            views.activity(ActivityQuery::new()).await?;
            views.alerts(&AlertQuery::new()).await.map(|_| ())
        })
    }
}
