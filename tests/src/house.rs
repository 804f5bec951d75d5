//! A database in a folder of its own.

use std::path::PathBuf;
use std::time::Duration;

use readmit::testing::{START, TestClock};
use readmit::{Engine, EngineBuilder, LocalMasterKey, OpenError, Policy};
use tempfile::TempDir;

use crate::postgres::{Server, psql};
use crate::sqlite::sql;
use crate::{Msp, Result};

/// A folder with room for one database, and a clock that is moved by hand.
/// The folder goes when the house goes.
#[derive(Debug)]
pub struct House {
    folder: TempDir,
    server: Option<Server>,
    url: String,
    /// The clock of every engine that is opened by [`House::open`].
    pub clock: TestClock,
}

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite,
    /// A server of its own.
    Postgres,
}

/// How many engines, on which database.
pub type Place = (usize, Database);

/// How any engine of the tests is opened: a database on a server has no file that its master key
/// could lie beside, so all of those have the same.
pub fn builder(url: &str) -> EngineBuilder {
    let builder = Engine::builder(url);
    if url.starts_with("postgres") {
        builder.master_key(LocalMasterKey::from_bytes([7; 32]))
    } else {
        builder
    }
}

/// Several engines on one database, with one tenant: as several nodes would be.
#[derive(Debug)]
pub struct Nodes {
    /// Where they live.
    pub house: House,
    /// The same tenant, seen through each engine.
    pub msps: Vec<Msp>,
}

impl House {
    /// An empty house, for a database in a file.
    pub fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("readmit.db").display());
        Ok(Self { folder, server: None, url, clock: TestClock::at(START) })
    }

    /// An empty house, for this database.
    pub async fn on(database: Database) -> Result<Self> {
        let house = Self::new()?;
        match database {
            Database::Sqlite => Ok(house),
            Database::Postgres => {
                let server = Server::start().await?;
                let url = server.database("readmit")?;
                Ok(Self { server: Some(server), url, ..house })
            }
        }
    }

    /// Runs SQL behind the engine's back; answers what it prints, columns separated by `|`.
    pub fn sql(&self, text: &str) -> Result<String> {
        if self.server.is_some() { psql(&self.url, text) } else { sql(&self.database(), text) }
    }

    /// Waits until a server has finished what clients had sent that are gone.
    pub async fn wait_for_backends(&self) -> Result {
        let others = "SELECT count(*) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        while self.server.is_some() && self.sql(others)?.trim() != "0" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// The server, if the database is on one.
    pub fn server(&mut self) -> Result<&mut Server> {
        self.server.as_mut().ok_or_else(|| "the database is a file".into())
    }

    /// Whether the database is on a server.
    pub const fn is_on_server(&self) -> bool {
        self.server.is_some()
    }

    /// The folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The file of the database.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("readmit.db")
    }

    /// The address of the database.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Opens an engine that goes by the house's clock.
    pub async fn open(&self) -> Result<Engine, OpenError> {
        builder(&self.url).clock(self.clock.clone()).open().await
    }

    /// Opens an engine and creates a tenant under this policy, with its staff.
    pub async fn msp(&self, policy: Policy) -> Result<Msp> {
        Msp::create(self.open().await?, "acme-msp", policy).await
    }

    /// Opens the engine again, as after a restart, with the tenant that was there.
    pub async fn reopen(&self, msp: &Msp) -> Result<Msp> {
        msp.engine.close().await;
        msp.through(self.open().await?).await
    }
}

impl Nodes {
    /// So many engines on one new database in a file.
    pub async fn open(count: usize, policy: Policy) -> Result<Self> {
        Self::at((count, Database::Sqlite), policy).await
    }

    /// So many engines on one new database.
    pub async fn at((count, database): Place, policy: Policy) -> Result<Self> {
        let house = House::on(database).await?;
        let mut msps = vec![house.msp(policy).await?];
        while let Some(first) = msps.first()
            && msps.len() < count
        {
            let next = first.through(house.open().await?).await?;
            msps.push(next);
        }
        Ok(Self { house, msps })
    }

    /// The tenant as the first engine sees it.
    pub fn first(&self) -> Result<&Msp> {
        self.msps.first().ok_or_else(|| "there is no node".into())
    }

    /// One node after the other, for ever.
    pub fn in_turn(&self) -> impl Iterator<Item = &Msp> {
        self.msps.iter().cycle()
    }

    /// Verifies the ledger, and lets everything go.
    pub async fn verify_and_close(self) -> Result {
        for msp in &self.msps {
            msp.tenant.verify().await?;
        }
        for msp in &self.msps {
            msp.engine.close().await;
        }
        Ok(())
    }
}
