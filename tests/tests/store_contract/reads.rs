//! Pages, loads, following, settings, bounds.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use readmit_runtime::ports::store::Load;

use crate::Store;
use crate::support::{ONE, TWO, commit, events, id, ledger, part, size, wanted};

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

pub(crate) async fn a_load_stops_at_the_limit_and_goes_on(store: Store) {
    let head = ledger(&*store, 1).await;
    let streams: Vec<_> = (1..=5).flat_map(|version| [(ONE, version), (TWO, version)]).collect();
    let head = commit(&*store, part(&head, &streams)).await;
    for (after, event_limit, expected) in [
        ([0, 0], 10, [(5, false), (5, false)]),
        ([0, 0], 7, [(5, false), (2, true)]),
        ([0, 0], 1, [(1, true), (0, true)]),
        ([5, 2], 7, [(0, false), (3, false)]),
    ] {
        let streams = vec![wanted(&head, ONE, after[0]), wanted(&head, TWO, after[1])];
        let load = Load { streams, event_limit, ..Load::default() };
        let loaded = store.load(&load).await.unwrap();
        let found: Vec<_> = loaded.streams.iter().map(|s| (s.events.len(), s.more)).collect();
        assert_eq!(found, expected, "after {after:?}, limit {event_limit}");
        for (stream, after) in loaded.streams.iter().zip(after) {
            assert!(stream.events.iter().zip(after + 1..).all(|(e, version)| e.version == version));
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

pub(crate) async fn a_batch_may_hold_many_ledgers(store: Store) {
    let mut batch = Vec::new();
    for number in 1..=64 {
        let head = ledger(&*store, number).await;
        let streams: Vec<_> = (0..8).map(|stream| (id(50 + stream), 1)).collect();
        batch.push(part(&head, &streams));
    }
    assert_eq!(store.commit(&batch).await.unwrap().len(), 64);
    for part in batch {
        assert_eq!(size(&*store, part.ledger).await, 8);
        assert_eq!(events(&*store, part.ledger).await, part.events);
    }
}
