//! A key service of an embedder's own is rotated.

use std::sync::Arc;

use async_trait::async_trait;
use readmit::{
    Engine, KeyError, KeyRing, LocalMasterKey, MasterKey, MasterKeyError, OpenError, Policy,
    RotateError,
};
use readmit_tests::{House, Msp, Result};
use zeroize::Zeroizing;

use crate::rotation::works;

/// A key service with several versions of a key, as an embedder would write it.
#[derive(Clone)]
struct Service {
    versions: Arc<Vec<LocalMasterKey>>,
    newest: usize,
}

impl Service {
    fn version(&self, kek: &str) -> Result<&LocalMasterKey, MasterKeyError> {
        let known = self.versions.iter().take(self.newest + 1);
        known
            .into_iter()
            .find(|key| key.id() == kek)
            .ok_or_else(|| MasterKeyError::OtherKey { needed: kek.to_owned(), given: self.id() })
    }
}

#[async_trait]
impl MasterKey for Service {
    fn id(&self) -> String {
        self.versions.get(self.newest).map(LocalMasterKey::id).unwrap_or_default()
    }

    fn has(&self, kek: &str) -> bool {
        self.version(kek).is_ok()
    }

    async fn wrap(&self, key: &[u8; 32], context: &[u8]) -> Result<Vec<u8>, MasterKeyError> {
        self.wrap_under(&self.id(), key, context).await
    }

    async fn wrap_under(
        &self,
        kek: &str,
        key: &[u8; 32],
        context: &[u8],
    ) -> Result<Vec<u8>, MasterKeyError> {
        self.version(kek)?.wrap(key, context).await
    }

    async fn unwrap(
        &self,
        kek: &str,
        wrapped: &[u8],
        context: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, MasterKeyError> {
        self.version(kek)?.unwrap(kek, wrapped, context).await
    }
}

#[tokio::test]
async fn a_key_service_is_rotated_by_giving_one_that_knows_both_keys() -> Result {
    let house = House::new()?;
    let versions = Arc::new([1, 2].map(|byte| LocalMasterKey::from_bytes([byte; 32])).into());
    let service = |newest| Service { versions: Arc::clone(&versions), newest };
    let open = async |key| {
        let builder = Engine::builder(&house.url()).clock(house.clock.clone());
        builder.master_key(key).open().await
    };
    let msp = Msp::create(open(service(0)).await?, "acme-msp", Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    let refused = msp.engine.rotate_key().await;
    assert!(matches!(refused, Err(RotateError::Keys(KeyError::NothingNew(_)))), "{refused:?}");
    let refused = msp.engine.retire_key(&service(0).id()).await;
    assert!(matches!(refused, Err(RotateError::Keys(KeyError::InUse(_)))), "{refused:?}");
    msp.engine.close().await;

    let msp = msp.through(open(service(1)).await?).await?;
    works(&msp, &alice, 1).await?;
    assert_eq!(msp.engine.key_use().await?.in_use, service(0).id());
    assert_eq!(msp.engine.rotate_key().await?, service(1).id());
    msp.engine.rewrap(|_| ()).await?;
    msp.engine.retire_key(&service(0).id()).await?;
    works(&msp, &alice, 2).await?;
    msp.engine.close().await;

    // The old version is destroyed.
    let only = LocalMasterKey::from_bytes([2; 32]);
    let msp = msp.through(open_only(&house, only).await?).await?;
    works(&msp, &alice, 3).await?;
    msp.engine.close().await;
    // And can never come into use again.
    let back = KeyRing::of(LocalMasterKey::from_bytes([2; 32]));
    let back = back.with_newest(LocalMasterKey::from_bytes([1; 32])).ok_or("full")?;
    let engine = Engine::builder(&house.url()).master_key(back).open().await?;
    let refused = engine.rotate_key().await;
    assert!(matches!(refused, Err(RotateError::Keys(KeyError::Retired(_)))), "{refused:?}");
    engine.close().await;
    Ok(())
}

async fn open_only(house: &House, key: LocalMasterKey) -> Result<Engine, OpenError> {
    Engine::builder(&house.url()).clock(house.clock.clone()).master_key(key).open().await
}
