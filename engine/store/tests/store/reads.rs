//! Loads, pages, timers, settings, facts.

use std::num::NonZeroUsize;

use readmit_domain::{CommandId, LedgerId};
use readmit_runtime::ports::store::{
    EventStore as _, LedgerHead, Load, StoreErrorKind, StreamLoad, WrappedKey, Write,
};
use uuid::Uuid;

use crate::support::{Place, at, command, commit, id, part, part_with};

const ALL: NonZeroUsize = NonZeroUsize::MAX;

fn limit(limit: usize) -> NonZeroUsize {
    NonZeroUsize::new(limit).unwrap()
}

fn wanted(head: &LedgerHead, stream: Uuid, after_version: u64) -> StreamLoad {
    StreamLoad { ledger: head.ledger, stream, after_version }
}

#[tokio::test]
async fn a_load_answers_everything_asked_for_in_that_order() {
    let place = Place::new().await;
    let (one, two) = (place.ledger(1).await, place.ledger(2).await);
    let key = WrappedKey { kek: "kek".to_owned(), wrapped: vec![4; 40] };
    let writes = vec![
        Write::Name { digest: [1; 32], stream: id(50) },
        Write::Key { stream: id(50), key: key.clone() },
        Write::Secret { stream: id(50), name: [2; 17], sealed: vec![3; 9] },
    ];
    let one = commit(&place.store, part_with(&one, id(50), 1, writes)).await;
    let one = commit(&place.store, part(&one, &[(id(51), 1), (id(50), 2)])).await;
    let two = commit(&place.store, part(&two, &[(id(50), 1)])).await;

    let unknown = CommandId::from_uuid(id(9));
    let load = Load {
        heads: vec![two.ledger, LedgerId::from_uuid(id(9)), one.ledger],
        streams: vec![wanted(&two, id(50), 0), wanted(&one, id(9), 0), wanted(&one, id(50), 0)],
        commands: vec![(one.ledger, unknown), (one.ledger, command(2)), (two.ledger, command(2))],
        names: vec![(one.ledger, [1; 32]), (two.ledger, [1; 32])],
        event_limit: 100,
    };
    let loaded = place.store.load(&load).await.unwrap();
    assert_eq!(loaded.heads.len(), 2);
    assert!(loaded.heads.contains(&one) && loaded.heads.contains(&two));
    let [of_two, nothing, of_one] = loaded.streams.as_slice() else { panic!("{loaded:?}") };
    assert_eq!(of_two.events, place.store.events(two.ledger, 0, ALL).await.unwrap());
    assert!(of_two.key.is_none() && of_two.secrets.is_empty() && !of_two.more);
    assert!(nothing.events.is_empty() && !nothing.more);
    let positions: Vec<_> = of_one.events.iter().map(|e| (e.position, e.version)).collect();
    assert_eq!(positions, [(0, 1), (2, 2)]);
    assert_eq!((&of_one.key, &of_one.secrets), (&Some(key), &vec![([2; 17], vec![3; 9])]));
    assert_eq!(loaded.commands.len(), 1);
    assert_eq!(loaded.commands[0].0, (one.ledger, command(2)));
    assert_eq!(loaded.commands[0].1.first_position, 2);
    assert_eq!(loaded.names, [((one.ledger, [1; 32]), id(50))]);
}

#[tokio::test]
async fn a_load_of_nothing_answers_nothing() {
    let place = Place::new().await;
    let loaded = place.store.load(&Load::default()).await.unwrap();
    assert!(loaded.heads.is_empty() && loaded.streams.is_empty() && loaded.commands.is_empty());
}

#[tokio::test]
async fn a_load_stops_at_the_limit_and_goes_on_after_a_version() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let streams: Vec<_> = (1..=5).flat_map(|v| [(id(50), v), (id(51), v), (id(52), v)]).collect();
    let head = commit(&place.store, part(&head, &streams)).await;
    let load = |after: [u64; 3], event_limit| Load {
        streams: vec![
            wanted(&head, id(50), after[0]),
            wanted(&head, id(51), after[1]),
            wanted(&head, id(52), after[2]),
        ],
        event_limit,
        ..Load::default()
    };
    for (after, event_limit, expected) in [
        ([0, 0, 0], 15, [(5, false), (5, false), (5, false)]),
        ([0, 0, 0], 14, [(5, false), (5, false), (4, true)]),
        ([0, 0, 0], 7, [(5, false), (2, true), (0, true)]),
        ([0, 0, 0], 5, [(5, false), (0, true), (0, true)]),
        ([0, 0, 0], 1, [(1, true), (0, true), (0, true)]),
        ([0, 0, 0], 0, [(0, true), (0, true), (0, true)]),
        ([5, 2, 0], 7, [(0, false), (3, false), (4, true)]),
        ([5, 5, 4], 1, [(0, false), (0, false), (1, false)]),
        ([5, 9, u64::MAX], usize::MAX, [(0, false), (0, false), (0, false)]),
    ] {
        let loaded = place.store.load(&load(after, event_limit)).await.unwrap();
        let found: Vec<_> = loaded.streams.iter().map(|s| (s.events.len(), s.more)).collect();
        assert_eq!(found, expected, "after {after:?}, limit {event_limit}");
        for (stream, after) in loaded.streams.iter().zip(after) {
            assert!(
                stream.events.iter().zip(after.saturating_add(1)..).all(|(e, v)| e.version == v)
            );
        }
    }
}

#[tokio::test]
async fn a_load_takes_thousands_of_keys() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let head = commit(&place.store, part(&head, &[(id(4999), 1)])).await;
    let load = Load {
        heads: vec![head.ledger],
        streams: (0..5000).map(|n| wanted(&head, id(n), 0)).collect(),
        commands: (0..40_000).map(|n| (head.ledger, command(n))).collect(),
        names: (0..5000).map(|n: u16| (head.ledger, [n.to_le_bytes()[0]; 32])).collect(),
        event_limit: 10,
    };
    let loaded = place.store.load(&load).await.unwrap();
    assert_eq!((loaded.streams.len(), loaded.commands.len()), (5000, 1));
    assert_eq!(loaded.streams[4999].events.len(), 1);
}

#[tokio::test]
async fn events_come_in_pages_of_the_length_asked_for() {
    let place = Place::new().await;
    let (mut head, other) = (place.ledger(1).await, place.ledger(2).await);
    commit(&place.store, part(&other, &[(id(60), 1)])).await;
    for batch in 0..13 {
        let streams: Vec<_> = (1..=100).map(|n| (id(50 + batch), n)).collect();
        head = commit(&place.store, part(&head, &streams)).await;
    }
    for (from, wanted, found) in [
        (0, 1, 0..1),
        (0, 512, 0..512),
        (0, 513, 0..513),
        (100, 1024, 100..1124),
        (0, 1300, 0..1300),
        (0, usize::MAX, 0..1300),
        (1299, 10, 1299..1300),
        (1300, 10, 1300..1300),
        (u64::MAX, 10, 1300..1300),
    ] {
        let page = place.store.events(head.ledger, from, limit(wanted)).await.unwrap();
        assert!(page.iter().map(|event| event.position).eq(found), "{wanted} from {from}");
    }
}

#[tokio::test]
async fn a_body_may_hold_any_bytes() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let bodies: [Vec<u8>; 6] = [
        Vec::new(),
        vec![0],
        vec![0xff, 0xfe, 0, b'\n', b' '],
        (0..=255).collect(),
        "größer 🦀 {\"a\":1}".into(),
        vec![b'x'; 65_535],
    ];
    let mut given = part(&head, &[1, 2, 3, 4, 5, 6].map(|version| (id(50), version)));
    for (event, body) in given.events.iter_mut().zip(bodies) {
        event.body = body;
    }
    commit(&place.store, given.clone()).await;
    assert_eq!(place.store.events(head.ledger, 0, ALL).await.unwrap(), given.events);
    let load = Load { streams: vec![wanted(&head, id(50), 0)], event_limit: 10, ..Load::default() };
    assert_eq!(place.store.load(&load).await.unwrap().streams[0].events, given.events);
}

#[tokio::test]
async fn what_is_due_comes_earliest_first() {
    let place = Place::new().await;
    assert_eq!(place.store.next_due().await.unwrap(), None);
    let (one, two) = (place.ledger(1).await, place.ledger(2).await);
    let timer = |stream, due| Write::Timer { stream: id(stream), due: at(due) };
    let writes = vec![timer(50, 30), timer(51, 10), timer(52, 40)];
    commit(&place.store, part_with(&one, id(50), 1, writes)).await;
    commit(&place.store, part_with(&two, id(50), 1, vec![timer(50, 20)])).await;
    for (until, at_most, expected) in [
        (9, 9, vec![]),
        (10, 9, vec![(one.ledger, 51, 10)]),
        (39, 9, vec![(one.ledger, 51, 10), (two.ledger, 50, 20), (one.ledger, 50, 30)]),
        (99, 2, vec![(one.ledger, 51, 10), (two.ledger, 50, 20)]),
    ] {
        let due = place.store.due(at(until), limit(at_most)).await.unwrap();
        let found: Vec<_> = due.iter().map(|t| (t.ledger, t.stream, t.due)).collect();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(ledger, stream, due)| (ledger, id(stream), at(due)))
            .collect();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_setting_is_set_once() {
    let place = Place::new().await;
    assert_eq!(place.store.setting("kek").await.unwrap(), None);
    assert_eq!(place.store.set_setting_once("kek", "one").await.unwrap(), "one");
    assert_eq!(place.store.set_setting_once("kek", "two").await.unwrap(), "one");
    assert_eq!(place.store.set_setting_once("other", "").await.unwrap(), "");
    assert_eq!(place.store.setting("kek").await.unwrap().as_deref(), Some("one"));
}

#[tokio::test]
async fn the_store_describes_itself() {
    let place = Place::new().await;
    let facts = place.store.describe().await.unwrap();
    let fact = |name: &str| facts.iter().find(|(n, _)| n == name).unwrap().1.clone();
    assert_eq!(fact("product"), "SQLite");
    assert_eq!((fact("journal mode"), fact("synchronous")), ("wal".to_owned(), "full".to_owned()));
    assert_eq!(fact("schema version"), "2");
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
