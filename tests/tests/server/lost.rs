//! Requests and answers that are lost with their connection.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use readmit_domain::{CommandId, LedgerId, TenantId, Timestamp};
use readmit_runtime::ports::store::{
    CommandRow, CommitError, EventStore as _, LedgerCommit, NewLedger, StoredEvent,
};
use readmit_store::{DatabaseUrl, PostgresOptions, PostgresStore};
use readmit_tests::Result;
use readmit_tests::postgres::Server;
use readmit_tests::proxy::{Cut, Proxy};
use readmit_tests::stored;
use uuid::Uuid;

use crate::{LEAF, Site, told_the_truth, write_until};

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_a_success() -> Result {
    let site = Site::open().await?;
    let id = site.engine.draw_command_id()?;
    site.proxy.cut(LEAF, [Cut::LoseAnswer]);
    assert!(!site.register(id, "alice@example.com").await?);
    assert_eq!(site.proxy.done(), 1);
    assert!(site.register(id, "alice@example.com").await?, "it was carried out before");
    site.ends_well().await
}

#[tokio::test]
async fn a_commit_that_was_lost_on_its_way_is_carried_out_once() -> Result {
    let site = Site::open().await?;
    let id = site.engine.draw_command_id()?;
    site.proxy.cut(LEAF, [Cut::LoseRequest]);
    assert!(!site.register(id, "alice@example.com").await?);
    assert_eq!(site.proxy.done(), 1);
    assert!(site.register(id, "alice@example.com").await?, "it was carried out before");
    site.ends_well().await
}

#[tokio::test]
async fn a_commit_that_was_called_lost_and_arrives_late_comes_to_nothing() -> Result {
    let server = Server::start().await?;
    server.database("readmit")?;
    let proxy = Proxy::to(server.address()).await?;
    let url: DatabaseUrl = server.url_through(proxy.address(), "readmit").parse()?;
    let DatabaseUrl::Postgres(url) = url else { return Err("not a server".into()) };
    let options = PostgresOptions::new(url).create(true);
    let store = PostgresStore::open(options.lanes(NonZeroUsize::MIN)).await?;
    let ledger = NewLedger {
        ledger: LedgerId::from_uuid(Uuid::from_u128(1)),
        tenant: TenantId::from_uuid(Uuid::from_u128(2)),
        name: "tenant".to_owned(),
        origin: "example.org/1".to_owned(),
    };
    let head = store.create_ledger(ledger).await?;
    let command = CommandId::from_uuid(Uuid::from_u128(3));
    let row = CommandRow { fingerprint: [9; 16], first_position: 0, events: 1 };
    let body = b"a late leaf".to_vec();
    let commit = LedgerCommit {
        ledger: head.ledger,
        expected_size: head.size,
        fence: head.fence,
        at: Timestamp::from_unix_micros(5),
        root: [7; 32],
        frontier: vec![8; 32],
        events: vec![StoredEvent { position: 0, stream: Uuid::from_u128(4), version: 1, body }],
        commands: vec![(command, row)],
        writes: Vec::new(),
    };

    proxy.cut(b"a late leaf", [Cut::Late(Duration::from_secs(1))]);
    let outcome = store.commit(std::slice::from_ref(&commit)).await;
    assert!(matches!(outcome, Err(CommitError::Unclear(_))), "{outcome:?}");
    assert_eq!(stored::command(&store, head.ledger, command).await?, None);
    while proxy.done() == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // It has arrived by now, and the size it was decided on is still the ledger's.
    let now = store.head(head.ledger).await?.ok_or("the ledger is gone")?;
    assert_eq!((now.size, now.fence), (0, 1));
    assert_eq!(stored::command(&store, head.ledger, command).await?, None);
    // Who knows the new fence goes on.
    let again = LedgerCommit { fence: now.fence, ..commit };
    assert_eq!(store.commit(&[again]).await?, [head.ledger]);
    store.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_storm_of_lost_connections_everybody_is_told_the_truth() -> Result {
    let site = Site::open().await?;
    let stop = Arc::new(AtomicBool::new(false));
    let writers = write_until(&site.msp.tenant, &site.engine, &stop);
    let late = Cut::Late(Duration::from_millis(30));
    for round in 1..=20 {
        site.proxy.cut(LEAF, [Cut::LoseAnswer, Cut::LoseRequest, late]);
        while site.proxy.done() < 3 * round {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    stop.store(true, Ordering::Release);
    let told = told_the_truth(&site.msp, writers.join_all().await).await?;
    assert!(told.done.len() > 60, "{}", told.done.len());
    assert_eq!(told.unknown, [], "the server was there all along");
    site.ends_well().await
}
