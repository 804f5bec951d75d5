//! Who may write, and where.

use crate::Store;
use crate::support::{
    ALL, ONE, TWO, at, commit, events, id, ledger, new_ledger, part, refused, size,
};
use readmit_domain::LedgerId;
use readmit_runtime::ports::store::{LedgerHead, Write};

pub(crate) async fn events_come_in_order_of_position(store: Store) {
    let head = ledger(&*store, 1).await;
    let head = commit(&*store, part(&head, &[(TWO, 1), (ONE, 1), (TWO, 2)])).await;
    let head = commit(&*store, part(&head, &[(ONE, 2), (id(9), 1)])).await;
    let events = store.events(head.ledger, 0, ALL).await.unwrap();
    assert!(events.iter().map(|event| event.position).eq(0..5));
}

pub(crate) async fn a_batch_with_a_gap_is_refused_whole(store: Store) {
    let (head, other) = (ledger(&*store, 1).await, ledger(&*store, 2).await);
    let mut gap = part(&head, &[(ONE, 1), (ONE, 2)]);
    gap.events[1].position = 2;
    let mut ahead = part(&head, &[(ONE, 1)]);
    ahead.events[0].position = 1;
    let mut private = part(&head, &[(ONE, 1)]);
    private.writes.push(Write::Private { position: 1, sealed: vec![1] });
    for bad in [gap, ahead, private] {
        refused(&*store, &[bad, part(&other, &[(ONE, 1)])]).await;
        assert_eq!((size(&*store, head.ledger).await, size(&*store, other.ledger).await), (0, 0));
    }
}

pub(crate) async fn a_ledger_twice_in_a_batch_is_refused(store: Store) {
    let head = ledger(&*store, 1).await;
    refused(&*store, &[part(&head, &[(ONE, 1)]), part(&head, &[(TWO, 1)])]).await;
    assert_eq!(size(&*store, head.ledger).await, 0);
}

pub(crate) async fn a_stale_size_commits_nothing(store: Store) {
    let before = ledger(&*store, 1).await;
    let head = commit(&*store, part(&before, &[(ONE, 1)])).await;
    let ahead = LedgerHead { size: 5, ..head.clone() };
    let unknown = LedgerHead { ledger: LedgerId::from_uuid(id(77)), ..before.clone() };
    for stale in [before, ahead, unknown] {
        assert_eq!(store.commit(&[part(&stale, &[(TWO, 1)])]).await.unwrap(), []);
        assert_eq!(size(&*store, head.ledger).await, 1);
        assert_eq!(events(&*store, head.ledger).await.len(), 1);
    }
    // More than a database can count.
    let mut endless = part(&head, &[(TWO, 1)]);
    endless.expected_size = u64::MAX;
    refused(&*store, &[endless]).await;
}

pub(crate) async fn a_stale_fence_commits_nothing(store: Store) {
    let mut head = ledger(&*store, 1).await;
    head.fence += 1;
    assert_eq!(store.commit(&[part(&head, &[(ONE, 1)])]).await.unwrap(), []);
    assert_eq!(size(&*store, head.ledger).await, 0);
    assert!(events(&*store, head.ledger).await.is_empty());
}

pub(crate) async fn a_stale_ledger_fails_alone(store: Store) {
    let heads = [ledger(&*store, 1).await, ledger(&*store, 2).await, ledger(&*store, 3).await];
    commit(&*store, part(&heads[1], &[(ONE, 1)])).await;
    let batch = [0, 1, 2].map(|n| part(&heads[n], &[(TWO, 1), (TWO, 2)]));
    let mut committed = store.commit(&batch).await.unwrap();
    committed.sort();
    assert_eq!(committed, [heads[0].ledger, heads[2].ledger]);
    for (head, expected) in heads.iter().zip([2, 1, 2]) {
        assert_eq!(size(&*store, head.ledger).await, expected);
        assert_eq!(events(&*store, head.ledger).await.len() as u64, expected);
    }
}

pub(crate) async fn a_bad_part_undoes_the_whole_batch(store: Store) {
    let (one, two) = (ledger(&*store, 1).await, ledger(&*store, 2).await);
    let one = commit(&*store, part(&one, &[(ONE, 1)])).await;
    // This version of the stream is there already.
    refused(&*store, &[part(&two, &[(ONE, 1)]), part(&one, &[(ONE, 1)])]).await;
    assert_eq!((size(&*store, one.ledger).await, size(&*store, two.ledger).await), (1, 0));
    assert!(events(&*store, two.ledger).await.is_empty());
}

pub(crate) async fn of_two_commits_at_once_one_wins(store: Store) {
    let mut head = ledger(&*store, 1).await;
    for round in 1..=25 {
        let racers = [ONE, TWO].map(|stream| {
            let (store, part) = (store.clone(), part(&head, &[(stream, head.size + 1)]));
            tokio::spawn(async move { store.commit(&[part]).await.unwrap().len() })
        });
        let [one, two] = racers;
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        assert_eq!(one + two, 1, "round {round}");
        head = store.head(head.ledger).await.unwrap().unwrap();
        assert_eq!(head.size, round);
        let last = events(&*store, head.ledger).await.pop().unwrap();
        assert_eq!(last.stream, if one == 1 { ONE } else { TWO });
    }
}

pub(crate) async fn a_head_is_as_the_last_commit_left_it(store: Store) {
    let head = ledger(&*store, 1).await;
    assert_eq!((head.size, head.at, head.frontier.len(), head.fence), (0, at(0), 0, 0));
    assert_eq!(head.root[..4], [0xe3, 0xb0, 0xc4, 0x42]);
    let mut after = commit(&*store, part(&head, &[(ONE, 1)])).await;
    for (byte, streams) in [(1, vec![(ONE, 2), (TWO, 1)]), (2, vec![(TWO, 2)])] {
        let mut given = part(&after, &streams);
        (given.root, given.frontier) = ([byte; 32], vec![byte; 32 * usize::from(byte)]);
        after = commit(&*store, given.clone()).await;
        assert_eq!(after.size, given.expected_size + streams.len() as u64);
        assert_eq!((after.at, after.root), (given.at, given.root));
        assert_eq!((&after.frontier, after.fence), (&given.frontier, 0));
        assert_eq!((&after.name, &after.origin), (&head.name, &head.origin));
    }
    assert_eq!(store.ledgers().await.unwrap(), [after]);
    assert_eq!(store.head(LedgerId::from_uuid(id(77))).await.unwrap(), None);
}

pub(crate) async fn a_ledger_name_is_given_once(store: Store) {
    let first = ledger(&*store, 1).await;
    let mut again = new_ledger(77);
    again.name.clone_from(&first.name);
    assert_eq!(store.create_ledger(again).await.unwrap(), first);
    assert_eq!(store.ledgers().await.unwrap(), [first]);
}
