//! Asking the read models of one ledger.

use std::collections::BTreeMap;
use std::sync::Arc;

use readmit_domain::{CustomerId, LedgerId, RecoveryId, Timestamp};
use readmit_runtime::{ExecuteError, Failure, Runtime};
use sqlx::{Any, Transaction};

use crate::activity::{self, Activity, ActivityQuery};
use crate::customers::{self, CustomerQuery, CustomerRow};
use crate::database::{Database, Fetched, Query, Sql, Table};
use crate::model::ReadModel;
use crate::page::{Page, PageCursor, Part};
use crate::recoveries::{self, RecoveryQuery, RecoveryRow};
use crate::runner::{ReadModels, catalogue};
use crate::timeline::{self, TimelineEntry, TimelineQuery};

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
        let now = self.now();
        self.ask(async |reading| customers::customers(reading, query, now).await).await
    }

    /// One customer, if they are known.
    pub async fn customer(
        &self,
        customer: CustomerId,
    ) -> Result<Option<CustomerRow>, ExecuteError> {
        self.ask(async |reading| customers::customer(reading, customer).await).await
    }

    /// Cases that are open: whose end comes first, first.
    pub async fn open_bypasses(
        &self,
        after: Option<PageCursor>,
        limit: Option<usize>,
    ) -> Result<Page<RecoveryRow>, ExecuteError> {
        let (part, now) = (Part { after, limit }, self.now());
        self.ask(async |reading| recoveries::open_bypasses(reading, &part, now).await).await
    }

    /// Cases, the latest first.
    pub async fn recoveries(
        &self,
        query: &RecoveryQuery,
    ) -> Result<Page<RecoveryRow>, ExecuteError> {
        self.ask(async |reading| recoveries::recoveries(reading, query).await).await
    }

    /// One case, if it is known.
    pub async fn recovery(
        &self,
        recovery: RecoveryId,
    ) -> Result<Option<RecoveryRow>, ExecuteError> {
        self.ask(async |reading| recoveries::recovery(reading, recovery).await).await
    }

    /// The history in sentences.
    pub async fn timeline(
        &self,
        query: &TimelineQuery,
    ) -> Result<Page<TimelineEntry>, ExecuteError> {
        self.ask(async |reading| timeline::timeline(reading, query).await).await
    }

    /// Counts of a period.
    pub async fn activity(&self, query: ActivityQuery) -> Result<Activity, ExecuteError> {
        let now = self.now();
        self.ask(async |reading| activity::activity(reading, query, now).await).await
    }

    /// Has a question answered, once more if the tables were replaced under it.
    async fn ask<T>(
        &self,
        question: impl AsyncFn(&mut Reading) -> Result<T, Failure>,
    ) -> Result<T, ExecuteError> {
        let first = self.ask_once(&question).await;
        let again = matches!(first, Err(Failure::Store(_)));
        Ok(if again { self.ask_once(&question).await? } else { first? })
    }

    async fn ask_once<T>(
        &self,
        question: impl AsyncFn(&mut Reading) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let database = match &self.source {
            Source::Live(models) => models.database(),
            Source::Past { database, .. } => database,
        };
        let mut reading = Reading::begin(database, self.ledger).await?;
        let answer = question(&mut reading).await;
        // A transaction that only read has nothing to keep.
        drop(reading);
        answer
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
    async fn begin(database: &Database, ledger: LedgerId) -> Result<Self, Failure> {
        let ledger = ledger.to_string();
        let begun = async {
            let mut transaction = database.read().await?;
            let live = catalogue::live(&mut transaction, &ledger).await?;
            Ok((transaction, live))
        };
        let (transaction, live) = begun.await.map_err(|error| database.explain(&error))?;
        let database = database.clone();
        let reading = Self { database, transaction, ledger, live };
        match ReadModel::ALL.into_iter().find(|model| !reading.is_readable(*model)) {
            Some(model) => Err(catalogue::not_readable(model)),
            None => Ok(reading),
        }
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
