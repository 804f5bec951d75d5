//! A store that fails: never a success that did not happen, never a failure that did.
//!
//! | file | what fails |
//! |---|---|
//! | `commits.rs` | commits that are refused, lost, or that somebody else overtook |
//! | `loads.rs` | what cannot be read, and streams that are damaged |
//! | `full.rs` | nothing, but the store is slow: callers are turned away, not piled up |
//! | `storm.rs` | everything, at random |

mod commits;
mod full;
mod loads;
mod storm;

use std::sync::Arc;

use readmit::testing::{START, TestClock};
use readmit_domain::account::RegisterCustomer;
use readmit_domain::{Actor, Command, CommandId, CustomerId, LedgerId, Policy, StreamId};
use readmit_runtime::ports::{LocalMasterKey, OsEntropy};
use readmit_runtime::{ExecuteError, Executed, Ports, Request, Runtime};
use readmit_store::{SqliteOptions, SqliteStore};
use readmit_tests::faulty::FaultyStore;
use readmit_tests::stored;
use readmit_tests::{House, Result, kind};

/// A running engine on a store that fails when told to.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) store: Arc<FaultyStore>,
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) ledger: LedgerId,
    house: Arc<House>,
}

impl Node {
    pub(crate) async fn start() -> Result<Self> {
        Self::start_in(Arc::new(House::new()?)).await
    }

    async fn start_in(house: Arc<House>) -> Result<Self> {
        let options = SqliteOptions::new(house.database()).create(true);
        let store = Arc::new(FaultyStore::new(SqliteStore::open(options).await?));
        let runtime = Runtime::start(Ports {
            store: store.clone(),
            clock: Arc::new(TestClock::at(START)),
            entropy: Arc::new(OsEntropy),
            master_key: Arc::new(LocalMasterKey::from_bytes([7; 32])),
        });
        let ledger = runtime.tenant(&"acme-msp".parse()?, Policy::standard()).await?.ledger;
        Ok(Self { store, runtime: Arc::new(runtime), ledger, house })
    }

    /// Ends the engine and starts another, which remembers nothing.
    pub(crate) async fn restart(self) -> Result<Self> {
        self.runtime.close().await;
        Self::start_in(self.house).await
    }

    /// Another tenant on the same store; with one lane, both share every commit.
    pub(crate) async fn another_tenant(&self) -> Result<Self> {
        let name = "beta-msp".parse()?;
        let ledger = self.runtime.tenant(&name, Policy::standard()).await?.ledger;
        Ok(Self { ledger, ..self.clone() })
    }

    pub(crate) fn draw_id(&self) -> Result<CommandId> {
        Ok(self.runtime.draw_command_id()?)
    }

    /// Carries a command out under this id, for the operator.
    pub(crate) async fn execute(
        &self,
        id: CommandId,
        command: impl Into<Command>,
    ) -> Result<Executed, ExecuteError> {
        self.execute_as(Actor::system(), id, command).await
    }

    pub(crate) async fn execute_as(
        &self,
        actor: Actor,
        id: CommandId,
        command: impl Into<Command>,
    ) -> Result<Executed, ExecuteError> {
        let request = Request {
            ledger: self.ledger,
            actor,
            command: command.into(),
            id: Some(id),
            if_version: None,
        };
        self.runtime.execute(request).await
    }

    pub(crate) async fn register(
        &self,
        id: CommandId,
        login: &str,
    ) -> Result<Executed, ExecuteError> {
        self.execute(id, RegisterCustomer::new(login)).await
    }

    /// Registers a customer, which must work.
    pub(crate) async fn customer(&self, login: &str) -> Result<CustomerId> {
        let executed = self.register(self.draw_id()?, login).await?;
        match executed.stream {
            StreamId::Account(readmit_domain::AccountId::Customer(id)) => Ok(id),
            other => Err(format!("{other} is no customer").into()),
        }
    }

    /// Whether this command's events are stored.
    pub(crate) async fn is_stored(&self, id: CommandId) -> Result<bool> {
        Ok(stored::command(self.store.as_ref(), self.ledger, id).await?.is_some())
    }

    pub(crate) async fn size(&self) -> Result<u64> {
        Ok(self.runtime.head(self.ledger).await?.size)
    }

    /// All works again, and a new command is carried out: nothing wrong was remembered.
    pub(crate) async fn goes_on(&self) -> Result {
        self.store.heal();
        let before = self.size().await?;
        let answer = self.register(self.draw_id()?, &format!("after-{before}@example.com")).await;
        assert_eq!(kind(&answer), "ok");
        assert_eq!(self.runtime.verify(self.ledger, |_, _| {}).await?.size, before + 1);
        Ok(())
    }
}
