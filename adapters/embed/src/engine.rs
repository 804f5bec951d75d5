//! Opening an engine: database, master key, ports.

use std::path::PathBuf;
use std::sync::Arc;

use readmit_domain::{CommandId, IntoText, LedgerId, Policy, Refusal, TenantName};
use readmit_projections::ReadPlace;
use readmit_runtime::ports::store::LedgerHead;
use readmit_runtime::ports::{
    Clock, Entropy, EventStore, KeyRing, MasterKey, OsEntropy, StoreError, SystemClock,
};
use readmit_runtime::{Ports, Runtime};
use readmit_store::DatabaseUrl;

use crate::file_keys::FileKeys;
use crate::key_file::{self, KeyFileError};
use crate::read_models::{self, LazyReadModels};
use crate::{Error, Tenant};

/// A running engine on one database. Clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    pub(crate) runtime: Arc<Runtime>,
    /// The key file, unless a key was given.
    pub(crate) key_file: Option<Arc<FileKeys>>,
    pub(crate) read_models: Arc<LazyReadModels>,
}

/// How an engine is opened.
pub struct EngineBuilder {
    url: String,
    create: bool,
    key: KeySource,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    read_place: Option<ReadPlace>,
}

enum KeySource {
    /// Beside the database: its name with `.key` appended.
    BesideDatabase,
    File(PathBuf),
    Given(Arc<dyn MasterKey>),
}

/// Why an engine was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key file cannot be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The database has data, but its master key is not there.
    #[error(
        "the master key of this database is missing: expected it in {0}. Without it nothing that is sealed can be read; a new key would not help"
    )]
    KeyMissing(PathBuf),
    /// There is no file beside this database that could hold its master key.
    #[error(
        "this database is not a file, so its master key cannot lie beside it: give a key or a key file"
    )]
    NoKey,
    /// The master key in use is not among those given.
    #[error("this database needs the master key {needed}, but the key given is {given}")]
    WrongKey {
        /// The key that is in use.
        needed: String,
        /// The key that was given.
        given: String,
    },
}

impl Engine {
    /// Opens the database at this address, such as `sqlite://readmit.db`, and
    /// starts the engine. A database that is not there is created, with a
    /// master key in a file beside it (`readmit.db.key`, for its owner alone).
    ///
    /// Must be called on a tokio runtime.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}", dir.path().join("readmit.db").display());
    /// let engine = readmit::Engine::open(&url).await?;
    /// let msp = engine.tenant("acme-msp").await?;
    /// assert_eq!(msp.verify().await?.size, 1); // its creation
    /// # Ok(())
    /// # }
    /// ```
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::builder(url).open().await
    }

    /// Says how to open a database: which key, which clock, whether to create it.
    pub fn builder(url: &str) -> EngineBuilder {
        EngineBuilder {
            url: url.to_owned(),
            create: true,
            key: KeySource::BesideDatabase,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
            read_place: None,
        }
    }

    /// Opens the tenant of this name; creates it under the standard policy if there is none.
    pub async fn tenant(&self, name: impl IntoText<TenantName>) -> Result<Tenant, Error> {
        self.tenant_under(name, Policy::standard()).await
    }

    /// Opens the tenant of this name; creates it under this policy if there is
    /// none. A tenant that exists keeps the policy it has.
    pub async fn tenant_under(
        &self,
        name: impl IntoText<TenantName>,
        policy: Policy,
    ) -> Result<Tenant, Error> {
        let name = name.into_text().map_err(|why| Refusal::InvalidText { why })?;
        let head = self.runtime.tenant(&name, policy).await?;
        Ok(self.tenant_of(head))
    }

    /// The tenant of this name, if there is one.
    pub async fn find_tenant(
        &self,
        name: impl IntoText<TenantName>,
    ) -> Result<Option<Tenant>, Error> {
        let name = name.into_text().map_err(|why| Refusal::InvalidText { why })?;
        let head = self.runtime.find_tenant(&name).await?;
        Ok(head.map(|head| self.tenant_of(head)))
    }

    /// The tenant that has this ledger, if there is one.
    pub async fn tenant_by_ledger(&self, ledger: LedgerId) -> Result<Option<Tenant>, Error> {
        let head = self.runtime.find_ledger(ledger).await?;
        Ok(head.map(|head| self.tenant_of(head)))
    }

    /// Every tenant, by name.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        let heads = self.runtime.ledgers().await?;
        Ok(heads.into_iter().map(|head| self.tenant_of(head)).collect())
    }

    pub(crate) fn tenant_of(&self, head: LedgerHead) -> Tenant {
        Tenant::new(Arc::clone(&self.runtime), Arc::clone(&self.read_models), head)
    }

    /// Draws an id for a command that may have to be repeated.
    pub fn draw_command_id(&self) -> Result<CommandId, Error> {
        Ok(self.runtime.draw_command_id()?)
    }

    /// Facts about the database, for people: product, version, durability, place.
    pub async fn describe(&self) -> Result<Vec<(String, String)>, Error> {
        Ok(self.runtime.describe().await?)
    }

    /// The time, as this engine's clock tells it.
    pub fn now(&self) -> readmit_domain::Timestamp {
        self.runtime.now()
    }

    /// Lets everything that waits finish, then lets the database go.
    pub async fn close(&self) {
        self.read_models.close().await;
        self.runtime.close().await;
    }
}

impl EngineBuilder {
    /// Opens only a database that is there already.
    #[must_use]
    pub const fn existing(mut self) -> Self {
        self.create = false;
        self
    }

    /// Goes by this clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Draws randomness from here.
    #[must_use]
    pub fn entropy(mut self, entropy: impl Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Uses this master key; no key file is read or made. While keys are rotated, give a
    /// [`KeyRing`] or another [`MasterKey`] that knows the old one too.
    #[must_use]
    pub fn master_key(mut self, key: impl MasterKey) -> Self {
        self.key = KeySource::Given(Arc::new(key));
        self
    }

    /// Keeps the master key in this file.
    #[must_use]
    pub fn key_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.key = KeySource::File(path.into());
        self
    }

    /// Keeps the read models here, instead of beside the ledgers: in `readmit-read.db` for
    /// `readmit.db`, or in the schema `NAME_read` for the schema `NAME` of a server.
    #[must_use]
    pub fn read_models(mut self, place: ReadPlace) -> Self {
        self.read_place = Some(place);
        self
    }

    /// The address of the database for people: without its password.
    pub fn place(&self) -> Result<String, OpenError> {
        Ok(self.url.parse::<DatabaseUrl>()?.to_string())
    }

    /// The file that the master key is read from, or made in; none if the key itself was given.
    pub fn key_path(&self) -> Result<Option<PathBuf>, OpenError> {
        Ok(match &self.key {
            KeySource::BesideDatabase => {
                let url: DatabaseUrl = self.url.parse()?;
                let file = url.file().ok_or(OpenError::NoKey)?;
                Some(key_file::beside(file))
            }
            KeySource::File(path) => Some(path.clone()),
            KeySource::Given(_) => None,
        })
    }

    /// Opens the database and starts the engine.
    ///
    /// # Errors
    /// Says what is wrong with the address, the database or the key, and what
    /// to do. A key is never made for a database that has one.
    pub async fn open(self) -> Result<Engine, OpenError> {
        let url: DatabaseUrl = self.url.parse()?;
        let key_path = self.key_path()?;
        // The key first: a malformed one must not leave an empty database behind.
        let found = key_path.as_deref().map(key_file::read).transpose()?.flatten();
        let store = readmit_store::open(&url, self.create).await?;
        let read_place = self.read_place.clone().unwrap_or_else(|| read_models::beside(&url));
        let opened = self.open_with(Arc::clone(&store), key_path, found, read_place).await;
        if opened.is_err() {
            store.close().await;
        }
        opened
    }

    async fn open_with(
        self,
        store: Arc<dyn EventStore>,
        key_path: Option<PathBuf>,
        found: Option<KeyRing>,
        read_place: ReadPlace,
    ) -> Result<Engine, OpenError> {
        let (master_key, key_file): (Arc<dyn MasterKey>, _) = match (self.key, found, key_path) {
            (KeySource::Given(key), _, _) => (key, None),
            (_, found, Some(path)) => {
                let ring = match found {
                    Some(ring) => ring,
                    None if Runtime::needs_key(store.as_ref()).await? => {
                        return Err(OpenError::KeyMissing(path));
                    }
                    None => key_file::create(&path, self.entropy.as_ref())?,
                };
                let keys = Arc::new(FileKeys::new(path, ring, Arc::clone(&self.entropy)));
                (Arc::<FileKeys>::clone(&keys), Some(keys))
            }
            (_, _, None) => return Err(OpenError::NoKey),
        };
        let needed = Runtime::claim_key(store.as_ref(), master_key.as_ref()).await?;
        if !master_key.has(&needed) {
            return Err(OpenError::WrongKey { needed, given: master_key.id() });
        }
        let ports = Ports { store, clock: self.clock, entropy: self.entropy, master_key };
        let read_models = Arc::new(LazyReadModels::new(read_place));
        Ok(Engine { runtime: Arc::new(Runtime::start(ports)), key_file, read_models })
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}
