//! What one database does in its own way; everything else about SQL stands once.

use std::num::NonZeroUsize;
use std::time::Duration;

use readmit_domain::LedgerId;
use readmit_runtime::ports::store::{CommitError, LedgerCommit, StoreError};

use crate::sql::fields::Fields;
use crate::sql::statement::Statement;

/// Called with each row of an answer, and with the number of the statement that it answers.
pub(crate) type Each<'e, Row> =
    &'e mut (dyn FnMut(usize, &Row) -> Result<(), StoreError> + Send + 'e);

/// A database, as [`SqlStore`](crate::SqlStore) needs it.
pub(crate) trait Dialect: Send + Sync + 'static {
    /// A row of an answer.
    type Row: Fields;

    /// How many lanes the database serves at once.
    fn lanes(&self) -> NonZeroUsize;

    /// Runs queries, in one round trip where the database allows it.
    ///
    /// Each sees every commit that was acknowledged before, and what the ones
    /// before it saw; they need not see the same moment.
    fn read(
        &self,
        queries: &[Statement<'_>],
        each: Each<'_, Self::Row>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Runs statements in one transaction of their own. After an error they may
    /// have been carried out: only statements that can be repeated belong here.
    fn write(
        &self,
        statements: &[Statement<'_>],
        each: Each<'_, Self::Row>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Commits a batch that was checked; the contract is
    /// [`EventStore::commit`](readmit_runtime::ports::store::EventStore::commit)'s.
    fn commit(
        &self,
        batch: &[LedgerCommit],
    ) -> impl Future<Output = Result<Vec<LedgerId>, CommitError>> + Send;

    /// Destroys what [`write`](Self::write) replaced, where copies of it are kept for a while.
    fn scrub_replaced(&self) -> impl Future<Output = Result<(), StoreError>> + Send {
        std::future::ready(Ok(()))
    }

    /// See [`EventStore::patience`](readmit_runtime::ports::store::EventStore::patience).
    fn patience(&self) -> Duration;

    /// Waits for word that a ledger has grown.
    fn grown(&self) -> impl Future<Output = (LedgerId, u64)> + Send {
        std::future::pending()
    }

    /// Facts about the database for people.
    fn describe(&self) -> impl Future<Output = Result<Vec<(String, String)>, StoreError>> + Send;

    /// Lets the connections go, after what is under way has ended.
    fn close(&self) -> impl Future<Output = ()> + Send;
}
