//! Data keys and the master keys that wrap them, on any SQL database.

use std::num::NonZeroUsize;

use async_trait::async_trait;
use readmit_domain::LedgerId;
use readmit_runtime::ports::keys::{KeyStore, Rewrap, StoredKey};
use readmit_runtime::ports::store::{EventStore as _, LedgerCommit, StoreError, StoreErrorKind};
use uuid::Uuid;

use crate::dialect::Dialect;
use crate::sql::keys;
use crate::sql::statement::{Statement, Value};
use crate::store::{FENCE, SqlStore, all};

#[async_trait]
impl<D: Dialect> KeyStore for SqlStore<D> {
    async fn key_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut counts = all(&self.dialect, Statement::new(keys::COUNTS), keys::counted).await?;
        // Sorted here, because databases disagree on the order of letters.
        counts.sort_unstable();
        Ok(counts)
    }

    async fn keys_not_under(
        &self,
        kek: &str,
        after: Option<(LedgerId, Uuid)>,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredKey>, StoreError> {
        all(&self.dialect, keys::not_under(kek, after, limit), keys::stored).await
    }

    async fn rewrap(&self, keys: &[Rewrap]) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        self.dialect.write(&[keys::rewrap(keys)], &mut |_, _| Ok(())).await?;
        self.dialect.scrub_replaced().await
    }

    async fn retire_kek(&self, kek: &str) -> Result<(), StoreError> {
        let name = keys::retired(kek);
        self.set_setting_once(&name, "").await?;
        // A commit that began before that is waited for, or comes too late. One ledger at a time:
        // whoever locks several heads must do so in the order in which commits do.
        for head in self.ledgers().await? {
            let fence = [Statement::new(FENCE).with([Value::Id(head.ledger.uuid())])];
            self.dialect.write(&fence, &mut |_, _| Ok(())).await?;
        }
        Ok(())
    }

    async fn is_retired(&self, kek: &str) -> Result<bool, StoreError> {
        Ok(self.setting(&keys::retired(kek)).await?.is_some())
    }
}

#[expect(private_bounds, reason = "a dialect is what this crate knows of a database")]
impl<D: Dialect> SqlStore<D> {
    /// Why the database took a batch for wrong; a master key that was retired while the batch was
    /// made is no damage.
    pub(crate) async fn unless_retired(
        &self,
        batch: &[LedgerCommit],
        error: StoreError,
    ) -> StoreError {
        for kek in keys::wrapped_by(batch) {
            if matches!(self.is_retired(kek).await, Ok(true)) {
                let what = format!("the master key {kek} was retired meanwhile: try again");
                return StoreError::new(StoreErrorKind::Busy, what);
            }
        }
        error
    }
}
