//! What is committed with the events, and what is not.

use readmit_runtime::ports::store::{Load, SecretName, Write};
use readmit_tests::stored;
use uuid::Uuid;

use crate::Store;
use crate::support::{
    ALL, ONE, TWO, at, command, commit, events, key, ledger, part, part_with, refused, size, stream,
};

fn timer(stream: Uuid, due: i64) -> Write {
    Write::Timer { stream, due: at(due) }
}

pub(crate) async fn a_command_is_found_where_it_was_recorded(store: Store) {
    let (head, other) = (ledger(&*store, 1).await, ledger(&*store, 2).await);
    let given = part(&head, &[(ONE, 1), (TWO, 1)]);
    commit(&*store, given.clone()).await;
    let asked = |position| (head.ledger, command(position));
    let load = Load { commands: vec![asked(9), asked(1)], ..Load::default() };
    assert_eq!(store.load(&load).await.unwrap().commands, [(asked(1), given.commands[1].1)]);
    for (id, row) in given.commands {
        assert_eq!(stored::command(&*store, head.ledger, id).await.unwrap(), Some(row));
        assert_eq!(stored::command(&*store, other.ledger, id).await.unwrap(), None);
    }
    assert_eq!(stored::command(&*store, head.ledger, command(9)).await.unwrap(), None);
}

pub(crate) async fn a_command_is_recorded_once(store: Store) {
    let head = ledger(&*store, 1).await;
    let head = commit(&*store, part(&head, &[(ONE, 1)])).await;
    let mut again = part(&head, &[(ONE, 2)]);
    again.commands[0].0 = command(0);
    refused(&*store, &[again]).await;
    assert_eq!(size(&*store, head.ledger).await, 1);
}

pub(crate) async fn a_taken_name_is_found(store: Store) {
    let (head, other) = (ledger(&*store, 1).await, ledger(&*store, 2).await);
    let name = Write::Name { digest: [1; 32], stream: TWO };
    commit(&*store, part_with(&head, ONE, 1, vec![name])).await;
    assert_eq!(store.name(head.ledger, [1; 32]).await.unwrap(), Some(TWO));
    assert_eq!(store.name(head.ledger, [2; 32]).await.unwrap(), None);
    assert_eq!(store.name(other.ledger, [1; 32]).await.unwrap(), None);
    let taken = (head.ledger, [1; 32]);
    let names = vec![(other.ledger, [1; 32]), taken, (head.ledger, [2; 32])];
    let loaded = store.load(&Load { names, ..Load::default() }).await.unwrap();
    assert_eq!(loaded.names, [(taken, TWO)]);
}

pub(crate) async fn a_name_is_taken_once(store: Store) {
    let head = ledger(&*store, 1).await;
    let name = |stream| vec![Write::Name { digest: [1; 32], stream }];
    let head = commit(&*store, part_with(&head, ONE, 1, name(ONE))).await;
    refused(&*store, &[part_with(&head, TWO, 1, name(TWO))]).await;
    assert_eq!(size(&*store, head.ledger).await, 1);
    assert_eq!(store.name(head.ledger, [1; 32]).await.unwrap(), Some(ONE));
}

pub(crate) async fn a_key_is_given_once(store: Store) {
    let head = ledger(&*store, 1).await;
    let given = |byte| vec![Write::Key { stream: ONE, key: key(byte) }];
    let head = commit(&*store, part_with(&head, ONE, 1, given(1))).await;
    refused(&*store, &[part_with(&head, ONE, 2, given(2))]).await;
    assert_eq!(stream(&*store, &head, ONE).await.key, Some(key(1)));
}

pub(crate) async fn private_data_stands_with_its_event(store: Store) {
    let head = ledger(&*store, 1).await;
    let mut given = part(&head, &[(ONE, 1), (TWO, 1)]);
    given.writes = vec![Write::Private { position: 1, sealed: vec![0, 5, 255] }];
    let head = commit(&*store, given).await;
    assert_eq!(store.private(head.ledger, 0).await.unwrap(), None);
    assert_eq!(store.private(head.ledger, 1).await.unwrap(), Some(vec![0, 5, 255]));
}

pub(crate) async fn a_stale_commit_keeps_nothing_beside_its_events(store: Store) {
    let head = ledger(&*store, 1).await;
    commit(&*store, part(&head, &[(ONE, 1)])).await;
    let writes = vec![
        Write::Name { digest: [1; 32], stream: TWO },
        Write::Private { position: 0, sealed: vec![1] },
        Write::Key { stream: TWO, key: key(1) },
        Write::Secret { stream: TWO, name: [1; 17], sealed: vec![1] },
        timer(TWO, 10),
    ];
    let mut stale = part_with(&head, TWO, 1, writes);
    stale.commands[0].0 = command(9);
    assert_eq!(store.commit(&[stale]).await.unwrap(), []);
    assert_eq!(store.name(head.ledger, [1; 32]).await.unwrap(), None);
    assert_eq!(store.private(head.ledger, 0).await.unwrap(), None);
    assert_eq!(stored::command(&*store, head.ledger, command(9)).await.unwrap(), None);
    assert_eq!(store.next_due().await.unwrap(), None);
    let two = stream(&*store, &head, TWO).await;
    assert_eq!((two.key, two.secrets.len(), two.events.len()), (None, 0, 0));
}

pub(crate) async fn a_secret_is_replaced_and_ends(store: Store) {
    let head = ledger(&*store, 1).await;
    let kept = |name: SecretName, byte| Write::Secret { stream: ONE, name, sealed: vec![byte; 30] };
    let head =
        commit(&*store, part_with(&head, ONE, 1, vec![kept([1; 17], 1), kept([2; 17], 2)])).await;
    let ended = Write::SecretEnded { stream: ONE, name: [1; 17] };
    let head = commit(&*store, part_with(&head, ONE, 2, vec![ended, kept([2; 17], 9)])).await;
    assert_eq!(stream(&*store, &head, ONE).await.secrets, [([2; 17], vec![9; 30])]);
}

pub(crate) async fn a_timer_is_moved_and_ends(store: Store) {
    let head = ledger(&*store, 1).await;
    assert_eq!(store.next_due().await.unwrap(), None);
    let set = vec![timer(ONE, 50), timer(TWO, 40)];
    let head = commit(&*store, part_with(&head, ONE, 1, set)).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(40)));
    let moved = vec![Write::TimerEnded { stream: TWO }, timer(ONE, 60)];
    commit(&*store, part_with(&head, ONE, 2, moved)).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(60)));
}

pub(crate) async fn timers_come_earliest_first(store: Store) {
    let (one, two) = (ledger(&*store, 1).await, ledger(&*store, 2).await);
    commit(&*store, part_with(&one, ONE, 1, vec![timer(ONE, 30), timer(TWO, 10)])).await;
    commit(&*store, part_with(&two, ONE, 1, vec![timer(ONE, 20), timer(TWO, 40)])).await;
    let due = store.due(at(30), ALL).await.unwrap();
    let due: Vec<_> = due.iter().map(|timer| (timer.ledger, timer.stream, timer.due)).collect();
    let expected =
        [(one.ledger, TWO, at(10)), (two.ledger, ONE, at(20)), (one.ledger, ONE, at(30))];
    assert_eq!(due, expected);
}

pub(crate) async fn what_is_due_is_limited(store: Store) {
    let head = ledger(&*store, 1).await;
    commit(&*store, part_with(&head, ONE, 1, vec![timer(ONE, 30), timer(TWO, 10)])).await;
    let due = store.due(at(30), std::num::NonZeroUsize::MIN).await.unwrap();
    assert_eq!(due.len(), 1);
}

pub(crate) async fn an_erasure_leaves_only_the_events(store: Store) {
    let mut head = ledger(&*store, 1).await;
    for (stream, byte, position) in [(ONE, 1, 0), (TWO, 2, 1)] {
        let writes = vec![
            Write::Name { digest: [byte; 32], stream },
            Write::Key { stream, key: key(byte) },
            Write::Secret { stream, name: [byte; 17], sealed: vec![byte; 30] },
            timer(stream, i64::from(byte)),
            Write::Private { position, sealed: vec![byte; 20] },
        ];
        head = commit(&*store, part_with(&head, stream, 1, writes)).await;
    }
    let erase = vec![Write::Erase { stream: ONE }];
    let head = commit(&*store, part_with(&head, ONE, 2, erase)).await;
    let (one, two) = (stream(&*store, &head, ONE).await, stream(&*store, &head, TWO).await);
    assert_eq!((one.events.len(), one.secrets.len(), one.key), (2, 0, None));
    assert_eq!((two.events.len(), two.secrets.len(), two.key), (1, 1, Some(key(2))));
    assert_eq!(store.name(head.ledger, [1; 32]).await.unwrap(), None);
    assert_eq!(store.name(head.ledger, [2; 32]).await.unwrap(), Some(TWO));
    assert_eq!(store.private(head.ledger, 0).await.unwrap(), None);
    assert!(store.private(head.ledger, 1).await.unwrap().is_some());
    assert_eq!(store.next_due().await.unwrap(), Some(at(2)));
    assert_eq!(events(&*store, head.ledger).await.len(), 3);
    // The name is free again, in the same ledger.
    let name = Write::Name { digest: [1; 32], stream: TWO };
    commit(&*store, part_with(&head, TWO, 2, vec![name])).await;
}
