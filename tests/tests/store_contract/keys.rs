//! Data keys by the master key that wraps them, and what becomes of both.

use std::num::NonZeroUsize;

use readmit_domain::LedgerId;
use readmit_runtime::ports::keys::{Rewrap, StoredKey};
use readmit_runtime::ports::store::{
    CommitError, EventStore, LedgerHead, StoreErrorKind, WrappedKey, Write,
};
use uuid::Uuid;

use crate::Store;
use crate::support::{ALL, ONE, TWO, commit, id, key, ledger, part, part_with, stream};

/// A key that the master key `kek` wrapped.
fn under(kek: &str, byte: u8) -> WrappedKey {
    WrappedKey { kek: kek.to_owned(), wrapped: vec![byte; 60] }
}

/// Gives a stream a key.
async fn give(store: &dyn EventStore, head: &LedgerHead, to: Uuid, key: WrappedKey) -> LedgerHead {
    commit(store, part_with(head, to, 1, vec![Write::Key { stream: to, key }])).await
}

fn stored(head: &LedgerHead, stream: Uuid, key: WrappedKey) -> StoredKey {
    StoredKey { ledger: head.ledger, stream, key }
}

pub(crate) async fn a_setting_is_replaced_if_it_is_the_expected_one(store: Store) {
    assert_eq!(store.replace_setting("kek", "one", "two").await.unwrap(), None);
    store.set_setting_once("kek", "one").await.unwrap();
    store.set_setting_once("other", "one").await.unwrap();
    let kept = store.replace_setting("kek", "three", "four").await.unwrap();
    assert_eq!(kept.as_deref(), Some("one"));
    let kept = store.replace_setting("kek", "one", "two").await.unwrap();
    assert_eq!(kept.as_deref(), Some("two"));
    assert_eq!(store.setting("kek").await.unwrap().as_deref(), Some("two"));
    assert_eq!(store.setting("other").await.unwrap().as_deref(), Some("one"));
}

pub(crate) async fn keys_are_counted_by_master_key(store: Store) {
    assert_eq!(store.keys().key_counts().await.unwrap(), []);
    let (head, other) = (ledger(&*store, 1).await, ledger(&*store, 2).await);
    let head = give(&*store, &head, ONE, under("old", 1)).await;
    give(&*store, &head, TWO, under("new", 2)).await;
    give(&*store, &other, ONE, under("old", 3)).await;
    let counts = store.keys().key_counts().await.unwrap();
    assert_eq!(counts, [("new".to_owned(), 1), ("old".to_owned(), 2)]);
}

pub(crate) async fn keys_under_others_come_in_order_page_by_page(store: Store) {
    let mut expected = Vec::new();
    for number in 1..=3 {
        let mut head = ledger(&*store, number).await;
        for stream in 50..54 {
            let kek = if stream == 52 { "new" } else { "old" };
            let key = under(kek, u8::try_from(stream).unwrap());
            head = give(&*store, &head, id(stream), key.clone()).await;
            if kek == "old" {
                expected.push(stored(&head, id(stream), key));
            }
        }
    }
    let all = store.keys().keys_not_under("new", None, ALL).await.unwrap();
    assert_eq!(all, expected);
    let (mut paged, mut after) = (Vec::new(), None::<(LedgerId, Uuid)>);
    loop {
        let two = NonZeroUsize::MIN.saturating_add(1);
        let page = store.keys().keys_not_under("new", after, two).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some((last.ledger, last.stream));
        paged.extend(page);
    }
    assert_eq!(paged, expected);
    assert_eq!(store.keys().keys_not_under("third", None, ALL).await.unwrap().len(), 12);
}

pub(crate) async fn a_key_is_rewrapped_if_it_is_still_the_old_one(store: Store) {
    let head = ledger(&*store, 1).await;
    let head = give(&*store, &head, ONE, under("old", 1)).await;
    let head = give(&*store, &head, TWO, under("old", 2)).await;
    let anew = |stream, old, new| Rewrap { old: stored(&head, stream, old), new };
    // Of the second, one thinks that other bytes stood there; another, that it was under `other`.
    for wrong in [under("old", 9), under("other", 2)] {
        let batch =
            [anew(ONE, under("old", 1), under("new", 11)), anew(TWO, wrong, under("new", 12))];
        store.keys().rewrap(&batch).await.unwrap();
        assert_eq!(stream(&*store, &head, ONE).await.key, Some(under("new", 11)));
        assert_eq!(stream(&*store, &head, TWO).await.key, Some(under("old", 2)));
    }
    store.keys().rewrap(&[]).await.unwrap();
    store.keys().rewrap(&[anew(TWO, under("old", 2), under("new", 12))]).await.unwrap();
    assert_eq!(stream(&*store, &head, TWO).await.key, Some(under("new", 12)));
}

pub(crate) async fn an_erased_key_does_not_come_back(store: Store) {
    let head = ledger(&*store, 1).await;
    let head = give(&*store, &head, ONE, key(1)).await;
    let head = give(&*store, &head, TWO, key(2)).await;
    let found = store.keys().keys_not_under("new", None, ALL).await.unwrap();
    assert_eq!(found.len(), 2);
    let head = commit(&*store, part_with(&head, ONE, 2, vec![Write::Erase { stream: ONE }])).await;
    let anew = found.into_iter().map(|old| Rewrap { old, new: under("new", 9) });
    store.keys().rewrap(&anew.collect::<Vec<_>>()).await.unwrap();
    assert_eq!(stream(&*store, &head, ONE).await.key, None);
    assert_eq!(stream(&*store, &head, TWO).await.key, Some(under("new", 9)));
}

pub(crate) async fn a_retired_master_key_gets_no_more_keys(store: Store) {
    let head = ledger(&*store, 1).await;
    give(&*store, &head, ONE, under("old", 1)).await;
    assert!(!store.keys().is_retired("old").await.unwrap());
    for _ in 0..2 {
        store.keys().retire_kek("old").await.unwrap();
    }
    assert!(store.keys().is_retired("old").await.unwrap());
    assert!(!store.keys().is_retired("new").await.unwrap());
    let head = store.head(head.ledger).await.unwrap().unwrap();
    let late = part_with(&head, TWO, 1, vec![Write::Key { stream: TWO, key: under("old", 2) }]);
    match store.commit(&[late]).await {
        Err(CommitError::NotCommitted(error)) => assert_eq!(error.kind(), StoreErrorKind::Busy),
        other => panic!("it was retired, but: {other:?}"),
    }
    assert_eq!(stream(&*store, &head, TWO).await.key, None);
    assert_eq!(stream(&*store, &head, ONE).await.key, Some(under("old", 1)));
    give(&*store, &head, TWO, under("new", 2)).await;
}

pub(crate) async fn what_was_begun_before_a_master_key_was_retired_comes_too_late(store: Store) {
    let heads = [ledger(&*store, 1).await, ledger(&*store, 2).await];
    store.keys().retire_kek("old").await.unwrap();
    for before in heads {
        let now = store.head(before.ledger).await.unwrap().unwrap();
        assert!(now.fence > before.fence);
        commit(&*store, part(&now, &[(ONE, 1)])).await;
    }
}
