//! Damaged files and rows: an error that names the place, never a panic.

use std::num::NonZeroUsize;

use readmit_runtime::ports::store::{
    EventStore as _, LedgerHead, Load, StoreError, StoreErrorKind, StreamLoad, WrappedKey, Write,
};
use readmit_store::{SqliteOptions, SqliteStore};

use crate::support::{Place, at, command, commit, id, part, part_with};

const ALL: NonZeroUsize = NonZeroUsize::MAX;

async fn filled() -> (Place, LedgerHead) {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let writes = vec![
        Write::Name { digest: [1; 32], stream: id(50) },
        Write::Key { stream: id(50), key: WrappedKey { kek: "kek".into(), wrapped: vec![4; 40] } },
        Write::Secret { stream: id(50), name: [2; 17], sealed: vec![3; 9] },
        Write::Timer { stream: id(50), due: at(5) },
    ];
    let head = commit(&place.store, part_with(&head, id(50), 1, writes)).await;
    let head = commit(&place.store, part(&head, &[(id(50), 2), (id(51), 1)])).await;
    (place, head)
}

/// Reads everything there is; answers the first error.
async fn read_all(store: &SqliteStore, head: &LedgerHead) -> Result<(), StoreError> {
    store.ledgers().await?;
    store.events(head.ledger, 0, ALL).await?;
    store.due(at(99), ALL).await?;
    store.next_due().await?;
    store.name(head.ledger, [1; 32]).await?;
    let streams =
        [id(50), id(51)].map(|stream| StreamLoad { ledger: head.ledger, stream, after_version: 0 });
    let commands = vec![(head.ledger, command(0))];
    let load = Load { streams: streams.into(), commands, event_limit: 100, ..Load::default() };
    store.load(&load).await.map(|_| ())
}

#[tokio::test]
async fn a_row_that_is_not_what_it_must_be_is_named() {
    for (damage, name) in [
        ("UPDATE ledgers SET size = -1", "the size of ledger led_"),
        ("UPDATE ledgers SET at = -1", "the time of ledger led_"),
        ("UPDATE ledgers SET root = x'00'", "the root of ledger led_"),
        ("UPDATE ledgers SET tenant = x'00'", "the tenant of ledger led_"),
        ("UPDATE ledgers SET ledger = x'00'", "the id of a row of the table ledgers"),
        (
            "UPDATE events SET version = -1 WHERE position = 1",
            "the version of event 1 of ledger led_",
        ),
        (
            "UPDATE events SET stream = x'00' WHERE position = 1",
            "the stream of event 1 of ledger led_",
        ),
        (
            "UPDATE events SET stream = zeroblob(20) WHERE position = 0",
            "the stream of event 0 of ledger led_",
        ),
        (
            "UPDATE events SET stream = x'' WHERE position = 2",
            "the stream of event 2 of ledger led_",
        ),
        (
            "UPDATE events SET position = -1 WHERE position = 0",
            "the position of an event of ledger led_",
        ),
        ("UPDATE commands SET first_position = -1", "the first position of a command"),
        ("UPDATE commands SET events = 5000000000", "the number of events of a command"),
        ("UPDATE commands SET fingerprint = x'00'", "the fingerprint of a command"),
        ("UPDATE names SET stream = x'00'", "the stream of a name"),
        ("UPDATE secrets SET name = x'00'", "the name of a secret"),
        ("UPDATE timers SET due = -5", "the time of a timer"),
        ("UPDATE timers SET stream = x'00'", "the stream of a timer"),
    ] {
        let (place, head) = filled().await;
        read_all(&place.store, &head).await.unwrap();
        place.tamper(damage).await;
        let error = read_all(&place.store, &head).await.expect_err(damage);
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{damage}: {error}");
        assert!(error.to_string().contains(name), "{damage}: {error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_damaged_file_is_told_from_a_failing_one() {
    use std::os::unix::fs::FileExt as _;

    let (place, head) = filled().await;
    let mut head = head;
    for batch in 0..20 {
        let streams: Vec<_> = (1..=50).map(|n| (id(100 + batch), n)).collect();
        head = commit(&place.store, part(&head, &streams)).await;
    }
    place.store.close().await;
    let file = std::fs::OpenOptions::new().write(true).open(&place.path).unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    // The last pages hold events only.
    for page in pages - 8..pages {
        file.write_all_at(&[0xff; 4096], page * 4096).unwrap();
    }
    let store = SqliteStore::open(SqliteOptions::new(&place.path)).await.unwrap();
    let error = store.events(head.ledger, 0, ALL).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
    assert!(error.to_string().contains("restore a backup"), "{error}");
    store.close().await;

    for page in 1..pages {
        file.write_all_at(&[0xff; 4096], page * 4096).unwrap();
    }
    let error = SqliteStore::open(SqliteOptions::new(&place.path)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
}
