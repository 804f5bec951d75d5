//! Facts, and reads beside a commit.

use readmit_runtime::ports::store::{EventStore as _, StoreErrorKind};

use crate::support::{Place, commit, id, part};

#[tokio::test]
async fn the_store_describes_itself() {
    let place = Place::new().await;
    let facts = place.store.describe().await.unwrap();
    let fact = |name: &str| facts.iter().find(|(n, _)| n == name).unwrap().1.clone();
    assert_eq!(fact("product"), "SQLite");
    assert_eq!((fact("journal mode"), fact("synchronous")), ("wal".to_owned(), "full".to_owned()));
    assert_eq!(fact("schema version"), "3");
    assert_eq!(fact("file"), place.path.display().to_string());
    assert!(fact("version").starts_with("3.") && fact("file size").ends_with(" bytes"));
    assert_eq!(place.store.lanes().get(), 1);
}

#[tokio::test]
async fn reads_go_on_while_a_commit_waits() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let mut holder = place.raw().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();
    let batch = [part(&head, &[(id(50), 1)])];
    let (committed, read) = tokio::join!(place.store.commit(&batch), async {
        let read = place.store.head(head.ledger).await;
        sqlx::query("ROLLBACK").execute(&mut holder).await.unwrap();
        read
    });
    assert_eq!(read.unwrap().unwrap().size, 0);
    assert_eq!(committed.unwrap(), [head.ledger]);
}

#[tokio::test]
async fn a_closed_store_leaves_one_file_and_answers_no_more() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    commit(&place.store, part(&head, &[(id(50), 1)])).await;
    place.store.close().await;
    place.store.close().await;
    let files = std::fs::read_dir(place.directory.path()).unwrap().count();
    assert_eq!(files, 1, "the write-ahead log was written back and removed");
    let error = place.store.head(head.ledger).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(place.store.commit(&[part(&head, &[(id(51), 1)])]).await.is_err());
}
