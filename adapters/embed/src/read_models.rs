//! The read models of an engine: opened when they are first asked for.

use std::sync::Arc;

use readmit_projections::{Difference, ModelStatus, ReadModel, ReadModels, ReadPlace, Views};
use readmit_runtime::Runtime;
use readmit_store::DatabaseUrl;
use tokio::sync::OnceCell;

use crate::{AsOf, Engine, Error, Tenant};

/// The read models, once they were asked for.
pub(crate) struct LazyReadModels {
    place: ReadPlace,
    opened: OnceCell<Arc<ReadModels>>,
}

impl LazyReadModels {
    pub(crate) const fn new(place: ReadPlace) -> Self {
        Self { place, opened: OnceCell::const_new() }
    }

    pub(crate) async fn get(&self, runtime: &Arc<Runtime>) -> Result<&Arc<ReadModels>, Error> {
        let start = || ReadModels::start(Arc::clone(runtime), &self.place);
        Ok(self.opened.get_or_try_init(start).await?)
    }

    /// The read models, if anybody has asked for them yet.
    pub(crate) fn started(&self) -> Option<&Arc<ReadModels>> {
        self.opened.get()
    }

    pub(crate) async fn close(&self) {
        if let Some(opened) = self.opened.get() {
            opened.close().await;
        }
    }
}

impl Drop for LazyReadModels {
    /// An engine that nobody has any more works on nothing.
    fn drop(&mut self) {
        if let Some(opened) = self.opened.get() {
            opened.stop();
        }
    }
}

/// Where the read models of a ledger database are kept, unless something else is said: beside it.
pub(crate) fn beside(url: &DatabaseUrl) -> ReadPlace {
    match url {
        DatabaseUrl::Sqlite(path) => ReadPlace::beside(path),
        DatabaseUrl::Postgres(address) => {
            ReadPlace::Server { url: address.expose().to_owned(), shown: address.to_string() }
        }
        // An address of a kind that is not known here names no place beside it.
        _ => ReadPlace::Memory,
    }
}

impl Engine {
    /// Begins to keep the read models up to date, if that has not begun: a service calls this when
    /// it starts. Otherwise it begins when they are first asked for.
    pub async fn start_read_models(&self) -> Result<(), Error> {
        self.read_models.get(&self.runtime).await.map(|_| ())
    }

    /// Whether there are read models yet.
    pub async fn has_read_models(&self) -> Result<bool, Error> {
        Ok(self.read_models.place.exists().await?)
    }

    /// How far each read model has come.
    pub async fn read_model_status(&self) -> Result<Vec<ModelStatus>, Error> {
        Ok(self.read_models.get(&self.runtime).await?.status().await?)
    }

    /// Makes a read model anew from the ledgers, beside the one that is read, and puts it in its
    /// place. `progress` is told how many events are done, and of how many.
    pub async fn rebuild_read_model(
        &self,
        model: ReadModel,
        progress: impl FnMut(u64, u64),
    ) -> Result<(), Error> {
        Ok(self.read_models.get(&self.runtime).await?.rebuild(model, progress).await?)
    }
}

impl Tenant {
    /// The read models of this tenant: lists, registers, timelines, counts, in pages.
    ///
    /// They follow the ledger some milliseconds behind. Who must see what was just done asks for
    /// it: [`Executing::seen_by`](crate::Executing::seen_by), [`Views::caught_up`].
    pub async fn views(&self) -> Result<Views, Error> {
        Ok(self.read_models.get(&self.runtime).await?.views(self.ledger()))
    }

    /// Waits until these read models have seen so many events.
    pub(crate) async fn wait_for(&self, models: &[ReadModel], events: u64) -> Result<(), Error> {
        if models.is_empty() {
            return Ok(());
        }
        let read_models = self.read_models.get(&self.runtime).await?;
        Ok(read_models.wait(self.ledger(), models, events).await?)
    }

    /// Replays the ledger, and holds the read models against that, row for row: answers how many
    /// events they have seen, and the first difference, if there is any.
    pub async fn compare_read_models(&self) -> Result<(u64, Option<Difference>), Error> {
        Ok(self.read_models.get(&self.runtime).await?.compare(self.ledger()).await?)
    }
}

impl AsOf<'_> {
    /// The read models as they were then: the same folds, run in memory over the events up to
    /// then. What was erased since is gone from them too.
    pub async fn views(&self) -> Result<Views, Error> {
        let runtime = Arc::clone(&self.tenant.runtime);
        Ok(Views::as_of(runtime, self.tenant.ledger(), self.until).await?)
    }
}
