//! A database in a folder of its own.

use std::path::PathBuf;

use readmit::testing::{START, TestClock};
use readmit::{Engine, OpenError, Policy};
use tempfile::TempDir;

use crate::{Msp, Result};

/// A folder with room for one database, and a clock that is moved by hand.
/// The folder goes when the house goes.
#[derive(Debug)]
pub struct House {
    folder: TempDir,
    /// The clock of every engine that is opened by [`House::open`].
    pub clock: TestClock,
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
    /// An empty house.
    pub fn new() -> Result<Self> {
        Ok(Self { folder: tempfile::tempdir()?, clock: TestClock::at(START) })
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
        format!("sqlite://{}", self.database().display())
    }

    /// Opens an engine that goes by the house's clock.
    pub async fn open(&self) -> Result<Engine, OpenError> {
        Engine::builder(&self.url()).clock(self.clock.clone()).open().await
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
    /// So many engines on one new database.
    pub async fn open(count: usize, policy: Policy) -> Result<Self> {
        let house = House::new()?;
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
