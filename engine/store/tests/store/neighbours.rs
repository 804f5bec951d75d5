//! Another store on the same file, in this process and in another.

use std::path::Path;
use std::time::Duration;

use readmit_domain::LedgerId;
use readmit_runtime::ports::store::{CommitError, EventStore as _, StoreErrorKind};
use readmit_store::{SqliteOptions, SqliteStore};

use crate::support::{Place, add_ledger, again, commit, id, part};

const ALL: std::num::NonZeroUsize = std::num::NonZeroUsize::MAX;
const CHILD: &str = "READMIT_STORE_TEST_FILE";

#[tokio::test]
async fn a_neighbour_sees_a_commit_at_once_and_is_guarded_against() {
    let place = Place::new().await;
    let other = SqliteStore::open(SqliteOptions::new(&place.path)).await.unwrap();
    let before = place.ledger(1).await;
    let after = commit(&other, part(&before, &[(id(50), 1)])).await;
    assert_eq!(place.store.head(before.ledger).await.unwrap(), Some(after.clone()));

    assert!(place.store.commit(&[part(&before, &[(id(51), 1)])]).await.unwrap().is_empty());
    commit(&place.store, part(&after, &[(id(51), 1)])).await;
}

#[tokio::test]
async fn a_neighbour_that_holds_the_file_too_long_makes_it_busy() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let patience = Duration::from_millis(100);
    let options = SqliteOptions::new(&place.path).busy_timeout(patience);
    let store = SqliteStore::open(options.clone()).await.unwrap();
    let mut holder = place.raw().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();

    let error = store.commit(&[part(&head, &[(id(50), 1)])]).await.unwrap_err();
    let CommitError::NotCommitted(error) = error else { panic!("{error}") };
    assert_eq!(error.kind(), StoreErrorKind::Busy);
    assert!(error.to_string().contains("another process"), "{error}");
    let error = SqliteStore::open(options).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Busy);

    sqlx::query("ROLLBACK").execute(&mut holder).await.unwrap();
    commit(&store, part(&head, &[(id(50), 1)])).await;
}

#[tokio::test]
async fn stores_that_are_created_together_agree() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("readmit.db");
    let open = || SqliteStore::open(SqliteOptions::new(&path).create(true));
    let stores = tokio::join!(open(), open(), open(), open());
    let first = add_ledger(&stores.0.unwrap(), 1).await;
    for store in [stores.1, stores.2, stores.3] {
        assert_eq!(add_ledger(&store.unwrap(), 1).await, first);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share_a_file_without_a_gap() {
    if let Some(path) = std::env::var_os(CHILD) {
        return race(Path::new(&path), 2).await;
    }
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let mut child =
        again("neighbours::two_processes_share_a_file_without_a_gap", CHILD, &place.path)
            .spawn()
            .unwrap();
    race(&place.path, 1).await;
    let exit = tokio::task::spawn_blocking(move || child.wait()).await.unwrap().unwrap();
    assert!(exit.success());

    let events = place.store.events(head.ledger, 0, ALL).await.unwrap();
    assert!(events.iter().map(|event| event.position).eq(0..2 * ROUNDS));
    for racer in [1, 2] {
        let own = events.iter().filter(|event| event.stream == id(racer));
        assert!(own.map(|event| event.version).eq(1..=ROUNDS));
    }
}

const ROUNDS: u64 = 100;

/// Commits so many events of a stream of its own, each as soon as the head allows it.
async fn race(path: &Path, racer: u128) {
    let store = SqliteStore::open(SqliteOptions::new(path)).await.unwrap();
    let ledger = LedgerId::from_uuid(id(1));
    for version in 1..=ROUNDS {
        loop {
            let head = store.head(ledger).await.unwrap().unwrap();
            let mut part = part(&head, &[(id(racer), version)]);
            part.commands.clear();
            if store.commit(&[part]).await.unwrap() == [ledger] {
                break;
            }
        }
    }
    store.close().await;
}
