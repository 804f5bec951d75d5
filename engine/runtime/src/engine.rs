//! A running engine: lanes in front of a store, and the tasks beside them.

use std::sync::{Arc, PoisonError, RwLock};

use readmit_domain::command::AccountCommand;
use readmit_domain::tenant::CreateTenant;
use readmit_domain::{
    Actor, Command, CommandId, IssuedCode, IssuedCodeCheck, LedgerId, Policy, Refusal, TenantId,
    TenantName, Timestamp,
};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::envelope::Envelope;
use crate::lane::{Lane, LaneSender, Reply, lane_of};
use crate::outcome::{Executed, ShownOnce};
use crate::ports::store::{CommandRow, EventStore, LedgerHead, NewLedger, at_least_one};
use crate::ports::{Clock, Entropy, MasterKey, MasterKeyError, StoreError, StoreErrorKind};
use crate::prepare::Prepared;
use crate::shared::Shared;
use crate::{ExecuteError, Failure, Request, checkpoint, expiry};

/// Times that a command may come back from the lane for something it needs.
const ROUNDS_MAX: usize = 4;

/// A running engine on one store.
pub struct Runtime {
    pub(crate) shared: Arc<Shared>,
    lanes: RwLock<Vec<LaneSender>>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

/// The ports an engine runs on.
pub struct Ports {
    /// Where events are kept.
    pub store: Arc<dyn EventStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The key over all keys.
    pub master_key: Arc<dyn MasterKey>,
}

impl Runtime {
    /// Starts the lanes and the expiry timer. Must be called on a tokio runtime.
    pub fn start(ports: Ports) -> Self {
        let shared = Arc::new(Shared::new(ports));
        let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
        let mut lanes = Vec::new();
        for _ in 0..shared.store.lanes().get() {
            let (lane, sender) = Lane::new(Arc::clone(&shared));
            tasks.spawn(lane.run());
            lanes.push(sender);
        }
        let expiry = expiry::run(Arc::clone(&shared), lanes.clone());
        let stop = stopping.clone();
        tasks.spawn(async move { stop.run_until_cancelled(expiry).await });
        let (signing, stop) = (checkpoint::run(Arc::clone(&shared)), stopping.clone());
        tasks.spawn(async move { stop.run_until_cancelled(signing).await });
        let (words, stop) = (crate::follow::pass_on_words(Arc::clone(&shared)), stopping.clone());
        tasks.spawn(async move { stop.run_until_cancelled(words).await });
        Self { shared, lanes: RwLock::new(lanes), tasks, stopping }
    }

    /// Lets everything that waits finish, signs what changed, then lets the store go.
    pub async fn close(&self) {
        self.stopping.cancel();
        self.lanes.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.tasks.close();
        self.tasks.wait().await;
        if let Err(error) = checkpoint::sign_changed(&self.shared).await {
            tracing::warn!(%error, "the last checkpoints could not be signed");
        }
        self.shared.store.close().await;
    }

    /// Carries a command out, and answers once it is durable or refused.
    ///
    /// Once the command waits in its lane, dropping the future does not take it back.
    pub async fn execute(&self, request: Request) -> Result<Executed, ExecuteError> {
        let span = tracing::debug_span!("execute", command = request.command.name(), ledger = %request.ledger);
        let name = request.command.name();
        async {
            let outcome = self.carry_out(request).await;
            self.shared.measures.command(name, &outcome);
            match &outcome {
                Ok(done) => tracing::debug!(position = done.first_position, "carried out"),
                Err(ExecuteError::Refused(refusal)) => {
                    tracing::debug!(kind = refusal.kind(), "refused");
                }
                Err(error) => tracing::warn!(%error, "not carried out"),
            }
            outcome
        }
        .instrument(span)
        .await
    }

    async fn carry_out(&self, request: Request) -> Result<Executed, ExecuteError> {
        let ledger = self.shared.ledger(request.ledger).await?;
        let prepared = self.shared.prepare(ledger, request).await?;
        self.submit(prepared).await
    }

    /// Opens the ledger of the tenant of this name; creates both if there is none.
    pub async fn tenant(
        &self,
        name: &TenantName,
        policy: Policy,
    ) -> Result<LedgerHead, ExecuteError> {
        if let Some(head) = self.find_tenant(name).await? {
            return Ok(head);
        }
        let tenant = TenantId::from_uuid(self.shared.draw_id()?);
        let ledger = LedgerId::from_uuid(self.shared.draw_id()?);
        let new = NewLedger {
            ledger,
            tenant,
            name: name.as_str().to_owned(),
            origin: format!("{LOG_NAME}/{ledger}"),
        };
        let head = self.shared.store.create_ledger(new).await?;
        match self.create(&head, name, policy).await {
            // Another node was faster: what it created is the tenant.
            Ok(_) | Err(ExecuteError::Refused(Refusal::AlreadyDone)) => Ok(head),
            Err(error) => Err(error),
        }
    }

    /// The head of the ledger of the tenant of this name, once the tenant is created.
    pub async fn find_tenant(&self, name: &TenantName) -> Result<Option<LedgerHead>, Failure> {
        let heads = self.shared.store.ledgers().await?;
        Ok(heads.into_iter().find(|head| head.name == name.as_str() && head.size > 0))
    }

    async fn create(
        &self,
        head: &LedgerHead,
        name: &TenantName,
        policy: Policy,
    ) -> Result<Executed, ExecuteError> {
        let (ledger, key) = self.shared.draw_ledger(head.ledger, head.tenant).await?;
        let request = Request {
            ledger: head.ledger,
            actor: Actor::system(),
            command: CreateTenant::new(name.clone(), policy).into(),
            id: None,
            if_version: None,
        };
        let mut prepared = self.shared.prepare(ledger, request).await?;
        prepared.new_key = Some(key);
        self.submit(prepared).await
    }

    /// Takes a prepared command to its lane, and brings what the lane finds it needs.
    async fn submit(&self, mut prepared: Prepared) -> Result<Executed, ExecuteError> {
        let lane =
            lane_of(&self.lanes.read().unwrap_or_else(PoisonError::into_inner), prepared.ledger.id);
        let lane = lane.ok_or(Failure::Closed)?;
        for _ in 0..ROUNDS_MAX {
            let waiting = Arc::new(prepared);
            let reply = lane.submit(Arc::clone(&waiting)).await?;
            // The lane has let go of it, having answered.
            match reply {
                Reply::Committed(executed) => {
                    let shown_once = ShownOnce::from(&waiting.drawn);
                    return unless_refused(Executed { shown_once, ..*executed });
                }
                Reply::Known(row) => return self.repeat(&waiting, row).await,
                Reply::NeedsIssuedCode => {
                    let drawn = self.shared.draw_issued_code().await?;
                    prepared = reclaim(waiting)?;
                    prepared.drawn = drawn;
                }
                Reply::NeedsCodeCheck { bypass, digest } => {
                    let right = match shown_issued_code(&waiting.command) {
                        Some(code) => self.shared.check_issued_code(code, digest).await?,
                        None => false,
                    };
                    prepared = reclaim(waiting)?;
                    prepared.issued_code_check = Some(IssuedCodeCheck { bypass, right });
                }
            }
        }
        Err(ExecuteError::BUSY)
    }

    /// The answer to a command that was carried out before: what its events say.
    async fn repeat(&self, prepared: &Prepared, row: CommandRow) -> Result<Executed, ExecuteError> {
        let limit = at_least_one(row.events as usize);
        // It was carried out, so a failure to read it must not sound like "nothing was done".
        let unknown = |why: String| {
            let why = StoreError::new(StoreErrorKind::Corrupt, why);
            ExecuteError::Unknown { command: prepared.id, why }
        };
        let envelopes = self.events(prepared.ledger.id, row.first_position, limit).await;
        let envelopes = envelopes.map_err(|failure| unknown(failure.to_string()))?;
        let own = envelopes.iter().all(|event| event.command == prepared.id);
        let ends = envelopes.first().zip(envelopes.last()).filter(|_| own);
        let (first, last) =
            ends.ok_or_else(|| unknown("its events are not where they should be".into()))?;
        unless_refused(Executed {
            command: prepared.id,
            stream: first.stream,
            first_position: row.first_position,
            version: last.version,
            at: first.at,
            events: envelopes.iter().map(Envelope::new_event).collect(),
            already: true,
            shown_once: ShownOnce::Nothing,
        })
    }

    /// Draws an id for a command that may have to be repeated.
    pub fn draw_command_id(&self) -> Result<CommandId, Failure> {
        self.shared.draw_command_id()
    }

    /// Facts about the database, for people.
    pub async fn describe(&self) -> Result<Vec<(String, String)>, Failure> {
        Ok(self.shared.store.describe().await?)
    }

    /// Asks the database something, and waits for its answer.
    pub async fn check_store(&self) -> Result<(), Failure> {
        self.shared.look_up_key().await.map(drop)
    }

    /// Whether the master key in use is at hand.
    pub async fn check_key(&self) -> Result<(), Failure> {
        let needed = self.shared.look_up_key().await?;
        let given = self.shared.master_key.id();
        if self.shared.master_key.has(&needed) {
            Ok(())
        } else {
            Err(MasterKeyError::OtherKey { needed, given }.into())
        }
    }

    /// The clock that this engine goes by.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }
}

impl Drop for Runtime {
    /// Stops the timer; the lanes end with their senders. Nothing that was
    /// acknowledged is lost, but what waits may never be answered: close instead.
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

/// First part of every ledger's origin.
const LOG_NAME: &str = "readmit";

/// A recorded "no" is a "no".
fn unless_refused(executed: Executed) -> Result<Executed, ExecuteError> {
    match Refusal::recorded_by(&executed.events) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(executed),
    }
}

fn reclaim(waiting: Arc<Prepared>) -> Result<Prepared, Failure> {
    Arc::into_inner(waiting).ok_or(Failure::Bug("a lane answers before it lets a command go"))
}

fn shown_issued_code(command: &Command) -> Option<&IssuedCode> {
    match command {
        Command::Account(AccountCommand::RedeemBypass(command)) => command.issued_code(),
        _ => None,
    }
}
