//! What only the inside of the store can bring about.

use std::path::PathBuf;

use readmit_domain::{CommandId, LedgerId, TenantId, Timestamp};
use readmit_runtime::ports::keys::{Rewrap, StoredKey};
use readmit_runtime::ports::store::{
    CommandRow, CommitError, EventStore as _, LedgerCommit, LedgerHead, Load, NewLedger,
    StoreError, StoreErrorKind, StoredEvent, StreamLoad, WrappedKey, Write,
};
use sqlx::{AssertSqlSafe, Executor as _};
use tempfile::TempDir;
use uuid::Uuid;

use super::commit::MOVE_HEADS;
use super::render::render;
use super::{SqliteOptions, SqliteStore, session};
use crate::sql::fields::Fields as _;
use crate::sql::load::Loading;
use crate::sql::statement::{Statement, Value, runs};
use crate::sql::{batch, keys, statement};
use crate::store::{DUE, EVENTS, NEXT_DUE};

const STREAM: Uuid = Uuid::from_u128(50);

async fn store() -> (TempDir, SqliteStore, LedgerHead) {
    let directory = tempfile::tempdir().unwrap();
    let path: PathBuf = directory.path().join("readmit.db");
    let store = SqliteStore::open(SqliteOptions::new(path).create(true)).await.unwrap();
    let ledger = NewLedger {
        ledger: LedgerId::from_uuid(Uuid::from_u128(1)),
        tenant: TenantId::from_uuid(Uuid::from_u128(2)),
        name: "Tenant".to_owned(),
        origin: "example.org/1".to_owned(),
    };
    let head = store.create_ledger(ledger).await.unwrap();
    (directory, store, head)
}

fn part(head: &LedgerHead, body: usize) -> LedgerCommit {
    let event = StoredEvent {
        position: head.size,
        stream: STREAM,
        version: head.size + 1,
        body: vec![b'x'; body],
    };
    let row = CommandRow { fingerprint: [9; 16], first_position: head.size, events: 1 };
    LedgerCommit {
        ledger: head.ledger,
        expected_size: head.size,
        fence: head.fence,
        at: Timestamp::from_unix_micros(5),
        root: [7; 32],
        frontier: vec![8; 32],
        events: vec![event],
        commands: vec![(command(head), row)],
        writes: Vec::new(),
    }
}

/// The command of the next event.
fn command(head: &LedgerHead) -> CommandId {
    CommandId::from_uuid(Uuid::from_u128(u128::from(head.size) + 900))
}

/// What is kept of the command of the next event.
async fn stored(store: &SqliteStore, head: &LedgerHead) -> Result<Option<CommandRow>, StoreError> {
    let load = Load { commands: vec![(head.ledger, command(head))], ..Load::default() };
    Ok(store.load(&load).await?.commands.pop().map(|(_, row)| row))
}

async fn pragma(store: &SqliteStore, text: &'static str) {
    let mut writer = store.dialect.writer.lend().await.unwrap();
    session::execute(&mut writer, text).await.unwrap();
    writer.give_back();
}

#[tokio::test]
async fn a_full_disk_stops_one_commit_and_not_those_after_it() {
    let (_directory, store, head) = store().await;
    pragma(&store, "PRAGMA max_page_count = 40").await;
    let error = store.commit(&[part(&head, 400_000)]).await.unwrap_err();
    let CommitError::NotCommitted(error) = error else { panic!("{error}") };
    assert_eq!(error.kind(), StoreErrorKind::CannotWrite, "{error}");
    assert!(error.to_string().contains("room on the disk"), "{error}");
    assert_eq!(store.head(head.ledger).await.unwrap(), Some(head.clone()));

    // What fits is committed even now, and the rest when there is room again.
    assert_eq!(store.commit(&[part(&head, 400)]).await.unwrap(), [head.ledger]);
    let head = store.head(head.ledger).await.unwrap().unwrap();
    pragma(&store, "PRAGMA max_page_count = 1000").await;
    assert_eq!(store.commit(&[part(&head, 400_000)]).await.unwrap(), [head.ledger]);
}

#[tokio::test]
async fn a_commit_that_fails_at_its_very_end_is_looked_up() {
    let (_directory, store, head) = store().await;
    // The transaction is rolled back under COMMIT, so that a ROLLBACK finds none.
    let mut writer = store.dialect.writer.lend().await.unwrap();
    writer.lock_handle().await.unwrap().set_commit_hook(|| false);
    writer.give_back();

    let error = store.commit(&[part(&head, 400)]).await.unwrap_err();
    assert!(matches!(error, CommitError::Unclear(_)), "{error}");
    assert_eq!(store.head(head.ledger).await.unwrap().unwrap().fence, 0);
    assert_eq!(stored(&store, &head).await.unwrap(), None);
    let head = LedgerHead { fence: 1, ..head };
    assert_eq!(store.head(head.ledger).await.unwrap(), Some(head.clone()));

    // The connection is another one by now; nothing is left to settle.
    assert_eq!(store.commit(&[part(&head, 400)]).await.unwrap(), [head.ledger]);
    assert!(stored(&store, &head).await.unwrap().is_some());
    assert_eq!(store.head(head.ledger).await.unwrap().unwrap().fence, 1);
}

#[tokio::test]
async fn while_an_outcome_cannot_be_settled_nothing_is_claimed_about_it() {
    let (_directory, store, head) = store().await;
    store.unsettled.lock().unwrap().insert(head.ledger, 1);
    pragma(&store, "PRAGMA query_only = ON").await;
    let error = stored(&store, &head).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::CannotWrite);
    pragma(&store, "PRAGMA query_only = OFF").await;
    assert_eq!(stored(&store, &head).await.unwrap(), None);
}

#[tokio::test]
async fn a_read_that_is_dropped_leaves_the_readers_usable() {
    let (_directory, store, mut head) = store().await;
    for _ in 0..20 {
        store.commit(&[part(&head, 60_000)]).await.unwrap();
        head = store.head(head.ledger).await.unwrap().unwrap();
    }
    for _ in 0..20 {
        let page = store.events(head.ledger, 0, std::num::NonZeroUsize::MAX);
        let _ = tokio::time::timeout(std::time::Duration::from_micros(50), page).await;
    }
    let page = store.events(head.ledger, 0, std::num::NonZeroUsize::MAX).await.unwrap();
    assert_eq!(page.len(), 20);
}

/// No statement may read a whole table, or what it costs grows with the ledger.
#[tokio::test]
async fn every_statement_finds_its_rows_by_an_index() {
    let (_directory, store, head) = store().await;
    let load = everything_to_load(&head);
    let batch = everything_to_write(&head);
    let mut statements = Loading::new(&load).1;
    statements.push(Statement::new(MOVE_HEADS).over(batch::heads(&[&batch])));
    statements.extend(batch::statements(&[&batch]));
    let scalars = [Value::Id(STREAM), statement::integer(0), statement::integer(9)];
    for text in [DUE, NEXT_DUE, EVENTS] {
        statements.push(Statement::new(text).with(scalars));
    }
    let key = WrappedKey { kek: "kek".to_owned(), wrapped: vec![1] };
    let found = StoredKey { ledger: head.ledger, stream: STREAM, key: key.clone() };
    let rewrap = [Rewrap { old: found, new: key }];
    statements.push(keys::not_under("kek", None, std::num::NonZeroUsize::MIN));
    statements.push(keys::rewrap(&rewrap));
    assert_eq!(statements.len(), 26);
    for Statement { text, .. } in &statements {
        // A parameter alone would have the statement prepared each time it is run.
        let limit = text.split_once("LIMIT $").map_or("+ 0", |(_, limit)| limit);
        assert!(limit.ends_with("+ 0"), "{text}");
    }
    let mut writer = store.dialect.writer.lend().await.unwrap();
    for run in runs(&statements) {
        let (text, arguments) = render(run).unwrap();
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
        let plan = writer.fetch_all(sqlx::query_with(explain, arguments)).await.unwrap();
        for step in &plan {
            let step = step.text(3).unwrap();
            assert!(is_narrow(step), "{step}: {text}");
        }
    }
}

fn is_narrow(step: &str) -> bool {
    // These rows came with the statement, or come from an index in the order asked for.
    let own = ["VIRTUAL TABLE", "subquery", "USING COVERING INDEX timers_by_due"];
    let scan = step.starts_with("SCAN") && !own.iter().any(|own| step.contains(own));
    // All that a ledger has, of anything but heads, is as good as everything.
    let ledger = step.ends_with("(ledger=?)") && !step.starts_with("SEARCH l");
    !scan && !ledger
}

fn everything_to_load(head: &LedgerHead) -> Load {
    Load {
        heads: vec![head.ledger],
        streams: vec![StreamLoad { ledger: head.ledger, stream: STREAM, after_version: 0 }],
        commands: vec![(head.ledger, command(head))],
        names: vec![(head.ledger, [1; 32])],
        event_limit: 10,
    }
}

fn everything_to_write(head: &LedgerHead) -> LedgerCommit {
    let (stream, other) = (STREAM, Uuid::from_u128(51));
    let writes = vec![
        Write::Erase { stream },
        Write::Name { digest: [1; 32], stream },
        Write::Private { position: head.size, sealed: vec![1] },
        Write::Secret { stream, name: [1; 17], sealed: vec![1] },
        Write::SecretEnded { stream, name: [2; 17] },
        Write::Key { stream, key: WrappedKey { kek: "kek".to_owned(), wrapped: vec![1] } },
        Write::Timer { stream, due: Timestamp::from_unix_micros(1) },
        Write::TimerEnded { stream: other },
    ];
    LedgerCommit { writes, ..part(head, 10) }
}
