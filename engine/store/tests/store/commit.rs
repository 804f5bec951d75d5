//! The commit.

use std::pin::pin;
use std::time::Duration;

use futures_util::poll;
use readmit_runtime::ports::store::{CommitError, EventStore as _, StoreErrorKind, Write};

use crate::support::{Place, at, command, commit, id, part};

const ALL: std::num::NonZeroUsize = std::num::NonZeroUsize::MAX;

#[tokio::test]
async fn a_new_ledger_is_empty_and_its_name_is_its_own() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    assert_eq!((head.size, head.at, head.frontier.len()), (0, at(0), 0));
    assert_eq!(head.root[..4], [0xe3, 0xb0, 0xc4, 0x42]);
    assert_eq!(place.store.head(head.ledger).await.unwrap(), Some(head.clone()));

    // Asked for again under another id, the name keeps the ledger it has.
    let again = readmit_runtime::ports::store::NewLedger {
        ledger: readmit_domain::LedgerId::from_uuid(id(77)),
        tenant: head.tenant,
        name: head.name.clone(),
        origin: "example.org/other".to_owned(),
    };
    assert_eq!(place.store.create_ledger(again).await.unwrap(), head);

    let other = place.ledger(0).await;
    assert_eq!(place.store.ledgers().await.unwrap(), [other, head]);
    let unknown = readmit_domain::LedgerId::from_uuid(id(77));
    assert_eq!(place.store.head(unknown).await.unwrap(), None);
}

#[tokio::test]
async fn a_commit_is_read_back_as_it_was_given() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let given = part(&head, &[(id(50), 1), (id(51), 1), (id(50), 2)]);
    let after = commit(&place.store, given.clone()).await;
    assert_eq!((after.size, after.at, after.root), (3, given.at, given.root));
    assert_eq!((&after.frontier, &after.name), (&given.frontier, &head.name));
    assert_eq!(place.store.events(head.ledger, 0, ALL).await.unwrap(), given.events);
    for (id, row) in given.commands {
        assert_eq!(place.store.command(head.ledger, id).await.unwrap(), Some(row));
    }
    assert_eq!(place.store.command(head.ledger, command(99)).await.unwrap(), None);
}

#[tokio::test]
async fn a_stale_ledger_fails_alone() {
    let place = Place::new().await;
    let (one, two, three) = (place.ledger(1).await, place.ledger(2).await, place.ledger(3).await);
    commit(&place.store, part(&two, &[(id(50), 1)])).await;

    let batch = [&one, &two, &three].map(|head| part(head, &[(id(51), 1), (id(52), 1)]));
    assert_eq!(place.store.commit(&batch).await.unwrap(), [one.ledger, three.ledger]);
    for (ledger, size) in [(one.ledger, 2), (two.ledger, 1), (three.ledger, 2)] {
        assert_eq!(place.store.head(ledger).await.unwrap().unwrap().size, size);
        assert_eq!(place.store.events(ledger, 0, ALL).await.unwrap().len() as u64, size);
    }
    assert_eq!(place.store.command(two.ledger, command(1)).await.unwrap(), None);

    assert!(place.store.commit(&batch).await.unwrap().is_empty(), "all of them are stale now");
    assert!(place.store.commit(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_head_that_is_behind_or_unknown_is_stale() {
    let place = Place::new().await;
    let mut head = place.ledger(1).await;
    head.size = 5;
    assert!(place.store.commit(&[part(&head, &[(id(50), 1)])]).await.unwrap().is_empty());
    head.size = 0;
    head.ledger = readmit_domain::LedgerId::from_uuid(id(77));
    assert!(place.store.commit(&[part(&head, &[(id(50), 1)])]).await.unwrap().is_empty());
    assert!(place.store.events(head.ledger, 0, ALL).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_batch_that_would_leave_a_gap_is_refused() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let mut gap = part(&head, &[(id(50), 1), (id(50), 2)]);
    gap.events[1].position = 2;
    let mut ahead = part(&head, &[(id(50), 1)]);
    ahead.events[0].position = 1;
    let mut private = part(&head, &[(id(50), 1)]);
    private.writes.push(Write::Private { position: 1, sealed: vec![1] });
    let mut endless = part(&head, &[(id(50), 1)]);
    endless.expected_size = u64::MAX;
    let twice = part(&head, &[(id(50), 1)]);
    for batch in [vec![gap], vec![ahead], vec![private], vec![endless], vec![twice.clone(), twice]]
    {
        let error = place.store.commit(&batch).await.unwrap_err();
        let CommitError::NotCommitted(error) = error else { panic!("{error}") };
        assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    }
    assert_eq!(place.store.head(head.ledger).await.unwrap().unwrap().size, 0);
    assert!(place.store.events(head.ledger, 0, ALL).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_row_that_is_there_already_undoes_the_whole_batch() {
    let place = Place::new().await;
    let (one, two) = (place.ledger(1).await, place.ledger(2).await);
    let one = commit(&place.store, part(&one, &[(id(50), 1)])).await;

    let same_version = part(&one, &[(id(50), 1)]);
    let mut same_command = part(&one, &[(id(50), 2)]);
    same_command.commands[0].0 = command(0);
    for bad in [same_version, same_command] {
        let error = place.store.commit(&[part(&two, &[(id(50), 1)]), bad]).await.unwrap_err();
        let CommitError::NotCommitted(error) = error else { panic!("{error}") };
        assert_eq!(error.kind(), StoreErrorKind::Corrupt);
        assert_eq!(place.store.head(one.ledger).await.unwrap(), Some(one.clone()));
        assert_eq!(place.store.head(two.ledger).await.unwrap(), Some(two.clone()));
        assert!(place.store.events(two.ledger, 0, ALL).await.unwrap().is_empty());
    }
    commit(&place.store, part(&one, &[(id(50), 2)])).await;
}

#[tokio::test]
async fn many_batches_of_all_sizes_leave_no_gap() {
    let place = Place::new().await;
    let mut head = place.ledger(1).await;
    let mut versions = [0; 7];
    for size in (0..40).chain([64, 200]) {
        let streams: Vec<_> = (0..size)
            .map(|n| {
                versions[n % 7] += 1;
                (id(50 + n as u128 % 7), versions[n % 7])
            })
            .collect();
        head = commit(&place.store, part(&head, &streams)).await;
    }
    let events = place.store.events(head.ledger, 0, ALL).await.unwrap();
    assert_eq!(events.len() as u64, head.size);
    assert!(events.iter().map(|event| event.position).eq(0..head.size));
    let last = format!("event {} of {}", head.size - 1, head.name);
    assert_eq!(events.last().unwrap().body, last.as_bytes());
}

#[tokio::test]
async fn after_a_dropped_commit_the_next_one_works() {
    let place = Place::new().await;
    let mut head = place.ledger(1).await;
    for polls in 0..40_u32 {
        let new = |kind: u128| (id(kind + u128::from(polls)), 1);
        let batch = [part(&head, &[new(100), new(200)])];
        {
            let mut dropped = pin!(place.store.commit(&batch));
            for _ in 0..polls % 20 {
                if poll!(&mut dropped).is_ready() {
                    break;
                }
                tokio::time::sleep(Duration::from_micros(20) * polls).await;
            }
        }
        // What the store says about it now must be what it says ever after.
        let told = place.store.command(head.ledger, batch[0].commands[0].0).await.unwrap();
        head = place.store.head(head.ledger).await.unwrap().unwrap();
        assert_eq!(told.is_some(), head.size > batch[0].expected_size);
        head = commit(&place.store, part(&head, &[new(300)])).await;
    }
    let events = place.store.events(head.ledger, 0, ALL).await.unwrap();
    assert!(events.iter().map(|event| event.position).eq(0..head.size));
}
