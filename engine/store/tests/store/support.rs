//! A store in a directory of its own, and things to put into it.

use std::path::PathBuf;
use std::process::Command;

use readmit_domain::{CommandId, LedgerId, TenantId, Timestamp};
use readmit_runtime::ports::store::{
    CommandRow, EventStore as _, LedgerCommit, LedgerHead, NewLedger, StoredEvent, Write,
};
use readmit_store::{SqliteOptions, SqliteStore};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// A store; its file goes when this does.
pub(crate) struct Place {
    pub(crate) store: SqliteStore,
    pub(crate) path: PathBuf,
    pub(crate) directory: TempDir,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("readmit.db");
        let store = SqliteStore::open(SqliteOptions::new(&path).create(true)).await.unwrap();
        Self { store, path, directory }
    }

    /// A ledger of this number, empty.
    pub(crate) async fn ledger(&self, number: u128) -> LedgerHead {
        add_ledger(&self.store, number).await
    }

    /// The file, as somebody else would open it.
    pub(crate) async fn raw(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(&self.path).connect().await.unwrap()
    }

    /// Runs SQL on the file behind the store's back.
    pub(crate) async fn tamper(&self, sql: &'static str) {
        sqlx::query(sql).execute(&mut self.raw().await).await.unwrap();
    }
}

pub(crate) async fn add_ledger(store: &SqliteStore, number: u128) -> LedgerHead {
    let ledger = NewLedger {
        ledger: LedgerId::from_uuid(id(number)),
        tenant: TenantId::from_uuid(id(1000 + number)),
        name: format!("Tenant {number}"),
        origin: format!("example.org/{number}"),
    };
    store.create_ledger(ledger).await.unwrap()
}

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

pub(crate) fn at(micros: i64) -> Timestamp {
    Timestamp::from_unix_micros(micros)
}

/// The command that records the event at this position.
pub(crate) fn command(position: u64) -> CommandId {
    CommandId::from_uuid(id(u128::from(position) + 5000))
}

/// A batch's part: one event for each stream given, each by a command of its own.
///
/// `streams` holds the streams with the versions of their events.
pub(crate) fn part(head: &LedgerHead, streams: &[(Uuid, u64)]) -> LedgerCommit {
    let mut part = LedgerCommit {
        ledger: head.ledger,
        expected_size: head.size,
        fence: head.fence,
        at: at(1_000 + i64::try_from(head.size).unwrap()),
        root: [7; 32],
        frontier: vec![8; 64],
        events: Vec::new(),
        commands: Vec::new(),
        writes: Vec::new(),
    };
    for (position, (stream, version)) in (head.size..).zip(streams) {
        let body = format!("event {position} of {}", head.name).into_bytes();
        part.events.push(StoredEvent { position, stream: *stream, version: *version, body });
        let row = CommandRow { fingerprint: [9; 16], first_position: position, events: 1 };
        part.commands.push((command(position), row));
    }
    part
}

/// One event of a stream, and writes that go with it.
pub(crate) fn part_with(
    head: &LedgerHead,
    stream: Uuid,
    version: u64,
    writes: Vec<Write>,
) -> LedgerCommit {
    LedgerCommit { writes, ..part(head, &[(stream, version)]) }
}

/// Commits a part that must succeed, and answers the head after it.
pub(crate) async fn commit(store: &SqliteStore, part: LedgerCommit) -> LedgerHead {
    let ledger = part.ledger;
    assert_eq!(store.commit(&[part]).await.unwrap(), [ledger]);
    store.head(ledger).await.unwrap().unwrap()
}

/// This test alone, in a process of its own; `variable` tells it that it is the child.
pub(crate) fn again(test: &str, variable: &str, value: &std::path::Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(variable, value);
    command
}
