//! The mistakes of a store with data keys.

use std::num::NonZeroUsize;

use async_trait::async_trait;
use readmit_domain::LedgerId;
use readmit_runtime::ports::StoreError;
use readmit_runtime::ports::keys::{KeyStore, Rewrap, StoredKey};
use readmit_runtime::ports::store::{Load, Write};
use uuid::Uuid;

use crate::mistakes::Mistake;
use crate::wrong::Wrong;

#[async_trait]
impl KeyStore for Wrong {
    async fn key_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut counts = self.inner.keys().key_counts().await?;
        if self.makes(Mistake::Miscounts) {
            counts.retain(|(kek, _)| kek != "new");
        }
        Ok(counts)
    }

    async fn keys_not_under(
        &self,
        kek: &str,
        after: Option<(LedgerId, Uuid)>,
        limit: NonZeroUsize,
    ) -> Result<Vec<StoredKey>, StoreError> {
        let kek = if self.makes(Mistake::ListsAllKeys) { "" } else { kek };
        self.inner.keys().keys_not_under(kek, after, limit).await
    }

    async fn rewrap(&self, keys: &[Rewrap]) -> Result<(), StoreError> {
        let mut bent = keys.to_vec();
        for key in &mut bent {
            self.bend_key(key).await?;
        }
        self.inner.keys().rewrap(&bent).await
    }

    async fn retire_kek(&self, kek: &str) -> Result<(), StoreError> {
        match self.mistake {
            Mistake::TakesRetired => self.inner.keys().retire_kek("another").await,
            Mistake::RetiresAtOnce => {
                let retired = format!("retired_kek {kek}");
                self.inner.set_setting_once(&retired, "").await.map(drop)
            }
            _ => self.inner.keys().retire_kek(kek).await,
        }
    }

    async fn is_retired(&self, kek: &str) -> Result<bool, StoreError> {
        let kek = if self.makes(Mistake::TakesRetired) { "another" } else { kek };
        self.inner.keys().is_retired(kek).await
    }
}

impl Wrong {
    /// What the store makes of a key that is wrapped anew.
    async fn bend_key(&self, key: &mut Rewrap) -> Result<(), StoreError> {
        let (ledger, stream) = (key.old.ledger, key.old.stream);
        let wanted = readmit_runtime::ports::store::StreamLoad { ledger, stream, after_version: 0 };
        let loaded = self.inner.load(&Load::of(wanted, 0)).await?;
        let stored = loaded.streams.into_iter().find_map(|stream| stream.key);
        match (self.mistake, stored) {
            (Mistake::RewrapsAnyKey, Some(stored)) => key.old.key = stored,
            (Mistake::BringsKeysBack, None) => {
                if let Some(head) = self.inner.head(ledger).await? {
                    let mut part = crate::support::part(&head, &[]);
                    part.writes.push(Write::Key { stream, key: key.new.clone() });
                    // The rule looks whether the key is there; how it came is the mistake's matter.
                    let _ = self.inner.commit(&[part]).await;
                }
            }
            _ => {}
        }
        Ok(())
    }
}
