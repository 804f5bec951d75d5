//! Pages, loads, following, settings, bounds.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use readmit_domain::{CommandId, LedgerId};
use readmit_runtime::ports::store::{LedgerHead, Load, Write};

use crate::Store;
use crate::support::{
    ALL, ONE, TWO, command, commit, events, id, key, ledger, part, part_with, wanted,
};

pub(crate) async fn a_page_ends_where_asked_and_the_next_goes_on(store: Store) {
    let head = ledger(&*store, 1).await;
    let streams: Vec<_> = (1..=600).map(|version| (ONE, version)).collect();
    let head = commit(&*store, part(&head, &streams)).await;
    for (from, limit, found) in [
        (0, 1, 0..1),
        (0, 513, 0..513),
        (1, 512, 1..513),
        (513, 512, 513..600),
        (599, 10, 599..600),
        (600, 10, 600..600),
        (u64::MAX, 10, 600..600),
    ] {
        let limit = NonZeroUsize::new(limit).unwrap();
        let page = store.events(head.ledger, from, limit).await.unwrap();
        let mut page: Vec<_> = page.iter().map(|event| event.position).collect();
        page.sort_unstable();
        assert!(page.into_iter().eq(found.clone()), "{limit} from {from}: {found:?}");
    }
}

pub(crate) async fn a_load_answers_what_is_asked_in_that_order(store: Store) {
    let (one, two) = (ledger(&*store, 1).await, ledger(&*store, 2).await);
    let key = key(4);
    let writes = vec![
        Write::Name { digest: [1; 32], stream: id(50) },
        Write::Key { stream: id(50), key: key.clone() },
        Write::Secret { stream: id(50), name: [2; 17], sealed: vec![3; 9] },
    ];
    let one = commit(&*store, part_with(&one, id(50), 1, writes)).await;
    let one = commit(&*store, part(&one, &[(id(51), 1), (id(50), 2)])).await;
    let two = commit(&*store, part(&two, &[(id(50), 1)])).await;

    let unknown = CommandId::from_uuid(id(9));
    let load = Load {
        heads: vec![two.ledger, LedgerId::from_uuid(id(9)), one.ledger],
        streams: vec![wanted(&two, id(50), 0), wanted(&one, id(9), 0), wanted(&one, id(50), 0)],
        commands: vec![(one.ledger, unknown), (one.ledger, command(2)), (two.ledger, command(2))],
        names: vec![(one.ledger, [1; 32]), (two.ledger, [1; 32])],
        event_limit: 100,
    };
    let loaded = store.load(&load).await.unwrap();
    assert_eq!(loaded.heads.len(), 2);
    for head in [&one, &two] {
        let size = |loaded: &LedgerHead| (loaded.ledger, loaded.size) == (head.ledger, head.size);
        assert!(loaded.heads.iter().any(size), "{head:?}");
    }
    let [of_two, nothing, of_one] = loaded.streams.as_slice() else { panic!("{loaded:?}") };
    assert_eq!(of_two.events, store.events(two.ledger, 0, ALL).await.unwrap());
    assert!(of_two.key.is_none() && of_two.secrets.is_empty() && !of_two.more);
    assert!(nothing.events.is_empty() && !nothing.more);
    let positions: Vec<_> = of_one.events.iter().map(|e| (e.position, e.version)).collect();
    assert_eq!(positions, [(0, 1), (2, 2)]);
    assert_eq!((&of_one.key, &of_one.secrets), (&Some(key), &vec![([2; 17], vec![3; 9])]));
    assert_eq!(loaded.commands.len(), 1);
    assert_eq!(loaded.commands[0].0, (one.ledger, command(2)));
    let nothing = store.load(&Load::default()).await.unwrap();
    assert!(nothing.heads.is_empty() && nothing.streams.is_empty() && nothing.commands.is_empty());
}

pub(crate) async fn a_load_takes_thousands_of_keys(store: Store) {
    let head = ledger(&*store, 1).await;
    let head = commit(&*store, part(&head, &[(id(4999), 1)])).await;
    let load = Load {
        heads: vec![head.ledger],
        streams: (0..5000).map(|n| wanted(&head, id(n), 0)).collect(),
        commands: (0..40_000).map(|n| (head.ledger, command(n))).collect(),
        names: (0..5000).map(|n: u16| (head.ledger, [n.to_le_bytes()[0]; 32])).collect(),
        event_limit: 10,
    };
    let loaded = store.load(&load).await.unwrap();
    assert_eq!((loaded.streams.len(), loaded.commands.len()), (5000, 1));
    assert_eq!(loaded.streams[4999].events.len(), 1);
}

pub(crate) async fn a_load_stops_at_the_limit_and_goes_on(store: Store) {
    let head = ledger(&*store, 1).await;
    let streams: Vec<_> = (1..=5).flat_map(|version| [(ONE, version), (TWO, version)]).collect();
    let head = commit(&*store, part(&head, &streams)).await;
    for (after, event_limit, expected) in [
        ([0, 0], 10, [(5, false), (5, false)]),
        ([0, 0], 7, [(5, false), (2, true)]),
        ([0, 0], 1, [(1, true), (0, true)]),
        ([0, 0], 0, [(0, true), (0, true)]),
        ([5, 2], 7, [(0, false), (3, false)]),
        ([5, u64::MAX], usize::MAX, [(0, false), (0, false)]),
    ] {
        let streams = vec![wanted(&head, ONE, after[0]), wanted(&head, TWO, after[1])];
        let load = Load { streams, event_limit, ..Load::default() };
        let loaded = store.load(&load).await.unwrap();
        let found: Vec<_> = loaded.streams.iter().map(|s| (s.events.len(), s.more)).collect();
        assert_eq!(found, expected, "after {after:?}, limit {event_limit}");
        for (stream, after) in loaded.streams.iter().zip(after) {
            assert!({
                let versions = after.saturating_add(1)..;
                stream.events.iter().zip(versions).all(|(e, version)| e.version == version)
            });
        }
    }
}

pub(crate) async fn a_follower_sees_every_event_once(store: Store) {
    const COMMITS: u64 = 60;
    let mut head = ledger(&*store, 1).await;
    let ledger = head.ledger;
    let acknowledged = Arc::new(AtomicU64::new(0));
    let writer = {
        let (store, acknowledged) = (store.clone(), acknowledged.clone());
        tokio::spawn(async move {
            for _ in 0..COMMITS {
                let streams = [1, 2, 3].map(|n| (ONE, head.size + n));
                head = commit(&*store, part(&head, &streams)).await;
                acknowledged.store(head.size, Ordering::SeqCst);
            }
        })
    };
    let mut next = 0;
    while next < COMMITS * 3 {
        let finished = writer.is_finished();
        let known = acknowledged.load(Ordering::SeqCst);
        let limit = NonZeroUsize::new(1000).unwrap();
        let page = store.events(ledger, next, limit).await.unwrap();
        let mut positions: Vec<_> = page.iter().map(|event| event.position).collect();
        positions.sort_unstable();
        let end = next + positions.len() as u64;
        assert!(positions.into_iter().eq(next..end), "a gap or a double after {next}");
        assert!(end >= known, "{known} events were acknowledged, but {end} are seen");
        next = end;
        assert!(!finished || next == COMMITS * 3, "the writer ended early");
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
}

pub(crate) async fn a_setting_is_kept_once(store: Store) {
    assert_eq!(store.setting("kek").await.unwrap(), None);
    assert_eq!(store.set_setting_once("kek", "one").await.unwrap(), "one");
    assert_eq!(store.set_setting_once("kek", "two").await.unwrap(), "one");
    assert_eq!(store.set_setting_once("other", "").await.unwrap(), "");
    assert_eq!(store.setting("kek").await.unwrap().as_deref(), Some("one"));
}

pub(crate) async fn a_body_may_be_any_bytes_up_to_the_longest(store: Store) {
    let head = ledger(&*store, 1).await;
    let mut given = part(&head, &[1, 2, 3, 4].map(|version| (ONE, version)));
    let bodies = [Vec::new(), vec![0], (0..=255).collect(), vec![0xff; 65_535]];
    for (event, body) in given.events.iter_mut().zip(bodies) {
        event.body = body;
    }
    commit(&*store, given.clone()).await;
    assert!(events(&*store, head.ledger).await == given.events);
}
