//! What every command works with.

use readmit::{Engine, EngineBuilder, Error, KeyRing, Tenant, TenantName};
use readmit_http::web_database::{WebDatabase, WebPlace};
use tokio::sync::OnceCell;

use crate::cli::Global;
use crate::error::CliError;
use crate::output::Output;

/// The database of a command that names none.
pub(crate) const DEFAULT_DB: &str = "sqlite://readmit.db";
/// Where the key itself can stand.
pub(crate) const MASTER_KEY: &str = "READMIT_MASTER_KEY";

/// The flags that all commands share, and the engine once it was needed.
pub(crate) struct Context {
    global: Global,
    pub(crate) output: Output,
    engine: OnceCell<Engine>,
}

impl Context {
    pub(crate) fn new(global: Global, output: Output) -> Self {
        Self { global, output, engine: OnceCell::new() }
    }

    /// The address of the database, as it may be shown.
    pub(crate) fn place(&self) -> Result<String, CliError> {
        Ok(Engine::builder(self.db()).place()?)
    }

    /// The address of the database, perhaps with a password in it.
    pub(crate) fn db(&self) -> &str {
        self.db_given().unwrap_or(DEFAULT_DB)
    }

    /// The address of the database, if one was named.
    pub(crate) fn db_given(&self) -> Option<&str> {
        self.global.db.as_deref()
    }

    /// How much more is to be logged.
    pub(crate) fn verbose(&self) -> u8 {
        self.global.verbose
    }

    /// An engine to be opened, with the key that flags and environment name.
    pub(crate) fn builder(&self) -> Result<EngineBuilder, CliError> {
        let builder = Engine::builder(self.db());
        match (&self.global.key_file, master_key()?) {
            (Some(_), Some(_)) => Err(CliError::Usage(format!(
                "both a key file and {MASTER_KEY} are given: leave one of them out"
            ))),
            (Some(path), None) => Ok(builder.key_file(path)),
            (None, Some(key)) => Ok(builder.master_key(key)),
            (None, None) => Ok(builder),
        }
    }

    /// The engine, on a database that is there already.
    pub(crate) async fn engine(&self) -> Result<&Engine, CliError> {
        let open = async || Ok::<_, CliError>(self.builder()?.existing().open().await?);
        self.engine.get_or_try_init(open).await
    }

    /// Passwords and sessions, beside the database.
    pub(crate) async fn web_database(&self) -> Result<WebDatabase, CliError> {
        let place = WebPlace::beside(self.db()).map_err(Error::from)?;
        Ok(WebDatabase::open(&place).await.map_err(Error::from)?)
    }

    /// The same, if anything is there.
    pub(crate) async fn web_database_if_any(&self) -> Result<Option<WebDatabase>, CliError> {
        let place = WebPlace::beside(self.db()).map_err(Error::from)?;
        if place.is_empty() { Ok(None) } else { self.web_database().await.map(Some) }
    }

    /// The tenant that is named, or the only one.
    pub(crate) async fn tenant(&self) -> Result<Tenant, CliError> {
        if let Some(name) = &self.global.tenant {
            return self.tenant_named(name).await;
        }
        let mut tenants = self.engine().await?.tenants().await?;
        match (tenants.pop(), tenants.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(last), false) => Err(which_tenant(&tenants, &last)),
            (None, _) => Err(CliError::NotFound(
                "there is no tenant yet: create one with `readmit tenant create NAME`".to_owned(),
            )),
        }
    }

    /// The tenants that a command for all of them is about: the one that is named, or every one.
    pub(crate) async fn tenants(&self) -> Result<Vec<Tenant>, CliError> {
        match &self.global.tenant {
            Some(name) => Ok(vec![self.tenant_named(name).await?]),
            None => Ok(self.engine().await?.tenants().await?),
        }
    }

    /// The tenant of this name.
    pub(crate) async fn tenant_named(&self, name: &TenantName) -> Result<Tenant, CliError> {
        let found = self.engine().await?.find_tenant(name.clone()).await?;
        found.ok_or_else(|| {
            let name = name.as_str();
            CliError::NotFound(format!(
                "there is no tenant {name} in this database: see `readmit tenant list`"
            ))
        })
    }

    /// Lets the database go.
    pub(crate) async fn close(&self) {
        if let Some(engine) = self.engine.get() {
            engine.close().await;
        }
    }
}

fn master_key() -> Result<Option<KeyRing>, CliError> {
    let refuse = |why: &str| CliError::Usage(format!("{MASTER_KEY}: {why}"));
    match std::env::var(MASTER_KEY) {
        Ok(text) => KeyRing::parse(&text).map(Some).map_err(|why| refuse(&why.to_string())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(refuse("not a text")),
    }
}

/// Names that are told at most, when there are too many to choose from.
const NAMES_TOLD: usize = 8;

fn which_tenant(others: &[Tenant], last: &Tenant) -> CliError {
    let all = others.iter().chain([last]).map(Tenant::name);
    let mut names: Vec<&str> = all.take(NAMES_TOLD).collect();
    if others.len() >= NAMES_TOLD {
        names.push("…");
    }
    CliError::Usage(format!(
        "there are {} tenants ({}): say which with --tenant NAME or READMIT_TENANT",
        others.len() + 1,
        names.join(", ")
    ))
}
