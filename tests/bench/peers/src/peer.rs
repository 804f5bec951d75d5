//! `sqlite-es` and `postgres-es`: the same two events in an aggregate of `cqrs-es`.

use std::path::Path;

use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventRepository, PersistedEventStore};
use cqrs_es::{Aggregate, CqrsFramework, DomainEvent};
use postgres_es::PostgresEventRepository;
use readmit_bench_driver::{Fallible, Subject, shape};
use serde::{Deserialize, Serialize};
use sqlite_es::SqliteEventRepository;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

/// The table that both crates ask for, but for the names of two types.
const EVENTS: &str = "CREATE TABLE events (
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    sequence INTEGER_TYPE CHECK (sequence >= 0) NOT NULL,
    event_type text NOT NULL,
    event_version text NOT NULL,
    payload JSON_TYPE NOT NULL,
    metadata JSON_TYPE NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

/// An account, as far as the two commands need it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Account {
    open: bool,
    grants: u32,
}

pub enum Command {
    Grant,
    Revoke,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    BypassGranted(serde_json::Value),
    BypassRevoked(serde_json::Value),
}

#[derive(Debug)]
pub struct Refusal(&'static str);

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refusal {}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        match self {
            Self::BypassGranted(_) => "BypassGranted".to_owned(),
            Self::BypassRevoked(_) => "BypassRevoked".to_owned(),
        }
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl Aggregate for Account {
    const TYPE: &'static str = "account";
    type Command = Command;
    type Event = Event;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: Command,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        let event = match command {
            Command::Grant if self.open => return Err(Refusal("a case is open")),
            Command::Grant if self.grants >= 30 => return Err(Refusal("too many grants")),
            Command::Revoke if !self.open => return Err(Refusal("nothing is open")),
            Command::Grant => Event::BypassGranted(shape::granted()),
            Command::Revoke => Event::BypassRevoked(shape::revoked()),
        };
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        self.open = matches!(event, Event::BypassGranted(_));
        self.grants += u32::from(self.open);
    }
}

/// A peer on a database of its own.
pub struct Peer<R: PersistedEventRepository> {
    cqrs: CqrsFramework<Account, PersistedEventStore<R, Account>>,
    /// Another name for each measurement, so that streams begin anew.
    run: uuid::Uuid,
    tenants: usize,
}

impl<R: PersistedEventRepository> Peer<R> {
    fn new(repository: R, tenants: usize) -> Self {
        let store = PersistedEventStore::new_event_store(repository);
        let cqrs = CqrsFramework::new(store, Vec::new(), ());
        Self { cqrs, run: shape::new_id(), tenants }
    }
}

/// `sqlite-es`, with every commit on stable storage (its own pool asks for less).
pub async fn sqlite(
    file: &Path,
    tenants: usize,
    connections: u32,
) -> Fallible<(Peer<SqliteEventRepository>, String)> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(connections).connect_with(options).await?;
    let table = EVENTS.replace("INTEGER_TYPE", "integer").replace("JSON_TYPE", "text") + " STRICT";
    sqlx::query(&table).execute(&pool).await?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&pool).await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&pool).await?;
    let version = format!("sqlite-es 0.5, SQLite {version}, synchronous={synchronous} (2 is FULL)");
    Ok((Peer::new(SqliteEventRepository::new(pool), tenants), version))
}

/// `postgres-es`.
pub async fn postgres(
    url: &str,
    tenants: usize,
    connections: u32,
) -> Fallible<(Peer<PostgresEventRepository>, String)> {
    let pool = PgPoolOptions::new().max_connections(connections).connect(url).await?;
    let table = EVENTS.replace("INTEGER_TYPE", "bigint").replace("JSON_TYPE", "json");
    sqlx::query(&table).execute(&pool).await?;
    let on: String = sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&pool).await?;
    let version = format!("postgres-es 0.5, synchronous_commit={on}");
    Ok((Peer::new(PostgresEventRepository::new(pool), tenants), version))
}

impl<R: PersistedEventRepository + 'static> Subject for Peer<R> {
    async fn command(&self, task: usize, number: usize) -> Fallible<()> {
        let ledger = task % self.tenants;
        let id = format!("tenant-{ledger}/{}/{task}/{}", self.run.simple(), number / 4);
        let command = if number.is_multiple_of(2) { Command::Grant } else { Command::Revoke };
        self.cqrs.execute_with_metadata(&id, command, shape::metadata()).await?;
        Ok(())
    }
}
