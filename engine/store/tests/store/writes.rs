//! Everything that is committed with the events.

use readmit_domain::Timestamp;
use readmit_runtime::ports::store::{
    EventStore as _, LedgerCommit, LedgerHead, Load, LoadedStream, NameDigest, SecretName,
    StreamLoad, WrappedKey, Write,
};
use readmit_store::SqliteStore;
use uuid::Uuid;

use crate::support::{Place, at, commit, part, part_with};

const ONE: Uuid = Uuid::from_u128(501);
const TWO: Uuid = Uuid::from_u128(502);

fn key(byte: u8) -> WrappedKey {
    WrappedKey { kek: format!("kek-{byte}"), wrapped: vec![byte; 40] }
}

async fn stream(store: &SqliteStore, head: &LedgerHead, stream: Uuid) -> LoadedStream {
    let wanted = StreamLoad { ledger: head.ledger, stream, after_version: 0 };
    let load = Load { streams: vec![wanted], event_limit: 1000, ..Load::default() };
    store.load(&load).await.unwrap().streams.remove(0)
}

#[tokio::test]
async fn names_private_data_and_keys_are_kept() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let other = place.ledger(2).await;
    let writes = vec![
        Write::Name { digest: [1; 32], stream: ONE },
        Write::Private { position: 0, sealed: vec![5; 99] },
        Write::Key { stream: ONE, key: key(3) },
    ];
    commit(&place.store, part_with(&head, ONE, 1, writes)).await;
    assert_eq!(place.store.name(head.ledger, [1; 32]).await.unwrap(), Some(ONE));
    assert_eq!(place.store.name(head.ledger, [2; 32]).await.unwrap(), None);
    assert_eq!(place.store.name(other.ledger, [1; 32]).await.unwrap(), None);
    assert_eq!(place.store.private(head.ledger, 0).await.unwrap(), Some(vec![5; 99]));
    assert_eq!(place.store.private(head.ledger, 1).await.unwrap(), None);
    assert_eq!(stream(&place.store, &head, ONE).await.key, Some(key(3)));
    assert_eq!(stream(&place.store, &other, ONE).await.key, None);
}

#[tokio::test]
async fn a_name_or_a_key_is_given_once() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let name = Write::Name { digest: [1; 32], stream: ONE };
    let key = Write::Key { stream: ONE, key: key(3) };
    let head = commit(&place.store, part_with(&head, ONE, 1, vec![name, key.clone()])).await;
    let taken = Write::Name { digest: [1; 32], stream: TWO };
    for again in [taken, key] {
        let batch = [part_with(&head, TWO, 1, vec![again])];
        assert!(place.store.commit(&batch).await.is_err());
    }
    assert_eq!(place.store.head(head.ledger).await.unwrap(), Some(head));
}

#[tokio::test]
async fn a_secret_is_replaced_and_ends() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let kept = |name: SecretName, byte| Write::Secret { stream: ONE, name, sealed: vec![byte; 30] };
    let writes = vec![kept([1; 17], 1), kept([2; 17], 2), kept([1; 17], 3)];
    let head = commit(&place.store, part_with(&head, ONE, 1, writes)).await;
    let loaded = stream(&place.store, &head, ONE).await;
    assert_eq!(loaded.secrets, [([1; 17], vec![3; 30]), ([2; 17], vec![2; 30])]);

    let ended = |name| Write::SecretEnded { stream: ONE, name };
    let writes = vec![ended([1; 17]), kept([2; 17], 9), kept([3; 17], 4), ended([3; 17])];
    commit(&place.store, part_with(&head, ONE, 2, writes)).await;
    assert_eq!(stream(&place.store, &head, ONE).await.secrets, [([2; 17], vec![9; 30])]);
}

#[tokio::test]
async fn a_timer_is_moved_and_ends() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let timer = |stream, due| Write::Timer { stream, due: at(due) };
    let head =
        commit(&place.store, part_with(&head, ONE, 1, vec![timer(ONE, 50), timer(TWO, 40)])).await;
    assert_eq!(place.store.next_due().await.unwrap(), Some(at(40)));
    let writes = vec![Write::TimerEnded { stream: TWO }, timer(ONE, 60)];
    commit(&place.store, part_with(&head, ONE, 2, writes)).await;
    assert_eq!(place.store.next_due().await.unwrap(), Some(at(60)));
    let due = place.store.due(at(60), std::num::NonZeroUsize::MAX).await.unwrap();
    assert_eq!(due.iter().map(|timer| timer.stream).collect::<Vec<_>>(), [ONE]);
}

#[tokio::test]
async fn an_erasure_takes_one_stream_and_leaves_its_events() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let everything = |stream, byte, position| {
        vec![
            Write::Name { digest: [byte; 32], stream },
            Write::Key { stream, key: key(byte) },
            Write::Secret { stream, name: [byte; 17], sealed: vec![byte; 30] },
            Write::Timer { stream, due: at(i64::from(byte)) },
            Write::Private { position, sealed: vec![byte; 20] },
        ]
    };
    let head = commit(&place.store, part_with(&head, ONE, 1, everything(ONE, 1, 0))).await;
    let head = commit(&place.store, part_with(&head, TWO, 1, everything(TWO, 2, 1))).await;
    // The event that tells of the erasure carries private data too.
    let last =
        vec![Write::Private { position: 2, sealed: vec![3; 20] }, Write::Erase { stream: ONE }];
    let head = commit(&place.store, part_with(&head, ONE, 2, last)).await;

    let (one, two) =
        (stream(&place.store, &head, ONE).await, stream(&place.store, &head, TWO).await);
    assert_eq!((one.events.len(), one.secrets.len(), one.key), (2, 0, None));
    assert_eq!((two.events.len(), two.secrets.len(), two.key), (1, 1, Some(key(2))));
    assert_eq!(place.store.name(head.ledger, [1; 32]).await.unwrap(), None);
    assert_eq!(place.store.name(head.ledger, [2; 32]).await.unwrap(), Some(TWO));
    for (position, private) in [(0, None), (1, Some(vec![2; 20])), (2, None)] {
        assert_eq!(place.store.private(head.ledger, position).await.unwrap(), private);
    }
    assert_eq!(place.store.next_due().await.unwrap(), Some(at(2)));
    // The name is free again, in the same ledger.
    let name = Write::Name { digest: [1; 32], stream: TWO };
    commit(&place.store, part_with(&head, TWO, 2, vec![name])).await;
}

#[tokio::test]
async fn erased_bytes_are_in_no_file_any_more() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let marks = [*b"a secret 0123456789", *b"a letter 0123456789", *b"the key! 0123456789"];
    let writes = vec![
        Write::Secret { stream: ONE, name: [1; 17], sealed: marks[0].into() },
        Write::Private { position: 0, sealed: marks[1].into() },
        Write::Key {
            stream: ONE,
            key: WrappedKey { kek: "kek".to_owned(), wrapped: marks[2].into() },
        },
    ];
    let head = commit(&place.store, part_with(&head, ONE, 1, writes)).await;
    assert_eq!(marks.map(|mark| found(&place, &mark)), [true; 3]);
    let head = commit(&place.store, part_with(&head, ONE, 2, vec![Write::Erase { stream: ONE }]));
    let head = head.await;
    assert_eq!(marks.map(|mark| found(&place, &mark)), [false; 3]);
    commit(&place.store, part(&head, &[(TWO, 1)])).await;
}

#[tokio::test]
async fn a_reader_only_delays_the_end_of_erased_bytes() {
    let place = Place::new().await;
    let head = place.ledger(1).await;
    let mark = *b"a letter 0123456789";
    let private = vec![Write::Private { position: 0, sealed: mark.into() }];
    let head = commit(&place.store, part_with(&head, ONE, 1, private)).await;
    let mut reader = place.raw().await;
    sqlx::query("BEGIN").execute(&mut reader).await.unwrap();
    sqlx::query("SELECT * FROM private").fetch_all(&mut reader).await.unwrap();
    let erase = part_with(&head, ONE, 2, vec![Write::Erase { stream: ONE }]);
    let head = commit(&place.store, erase).await;
    assert!(found(&place, &mark));
    sqlx::query("ROLLBACK").execute(&mut reader).await.unwrap();
    commit(&place.store, part(&head, &[(TWO, 1)])).await;
    assert!(!found(&place, &mark));
}

/// Whether bytes stand anywhere in the files of a store.
fn found(place: &Place, bytes: &[u8]) -> bool {
    std::fs::read_dir(place.directory.path()).unwrap().any(|file| {
        let contents = std::fs::read(file.unwrap().path()).unwrap();
        contents.windows(bytes.len()).any(|window| window == bytes)
    })
}

/// A batch must mean the same as its writes one by one: the same random writes go to one ledger
/// in one batch, and to another in a batch each.
#[tokio::test]
async fn a_batch_means_its_writes_one_by_one() {
    let place = Place::new().await;
    for seed in 1..=36_u32 {
        let at_once = place.ledger(u128::from(seed) * 2).await;
        let one_by_one = place.ledger(u128::from(seed) * 2 + 1).await;
        let writes = random_writes(seed);
        let streams: Vec<_> = (1..).zip(&writes).map(|(version, _)| (ONE, version)).collect();
        let batch = LedgerCommit { writes: writes.clone(), ..part(&at_once, &streams) };
        let at_once = commit(&place.store, batch).await;
        let mut head = one_by_one;
        for (version, write) in (1..).zip(&writes) {
            head = commit(&place.store, part_with(&head, ONE, version, vec![write.clone()])).await;
        }
        let (one, other) =
            (contents(&place.store, &at_once).await, contents(&place.store, &head).await);
        assert_eq!(one, other, "seed {seed}: {writes:?}");
    }
}

/// Everything the writes of a ledger left.
type Contents = (
    Vec<Vec<(SecretName, Vec<u8>)>>,
    Vec<Option<WrappedKey>>,
    Vec<Option<Uuid>>,
    Vec<Option<Vec<u8>>>,
    Vec<(Uuid, Timestamp)>,
);

async fn contents(store: &SqliteStore, head: &LedgerHead) -> Contents {
    let (one, two) = (stream(store, head, ONE).await, stream(store, head, TWO).await);
    let (mut names, mut private) = (Vec::new(), Vec::new());
    for position in 0..head.size {
        names.push(store.name(head.ledger, digest(position)).await.unwrap());
        private.push(store.private(head.ledger, position).await.unwrap());
    }
    let timers = store.due(at(i64::MAX), std::num::NonZeroUsize::MAX).await.unwrap();
    let timers = timers.into_iter().filter(|timer| timer.ledger == head.ledger);
    let timers = timers.map(|timer| (timer.stream, timer.due)).collect();
    (vec![one.secrets, two.secrets], vec![one.key, two.key], names, private, timers)
}

/// As many writes as the seed says. All events are of one stream; names are new each time, and a
/// key is given only where there is none.
fn random_writes(seed: u32) -> Vec<Write> {
    let mut state = u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut draw = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut keyed = [false; 2];
    let mut write = |position| {
        let which = usize::from(draw(3) == 0);
        let stream = [ONE, TWO][which];
        let name = [u8::from(draw(2) == 0); 17];
        match draw(9) {
            0 => Write::Name { digest: digest(position), stream },
            1 => Write::Private { position, sealed: position.to_be_bytes().to_vec() },
            2 | 3 => Write::Secret { stream, name, sealed: position.to_be_bytes().to_vec() },
            4 => Write::SecretEnded { stream, name },
            5 if !std::mem::replace(&mut keyed[which], true) => {
                Write::Key { stream, key: key(position.to_le_bytes()[0]) }
            }
            6 => Write::TimerEnded { stream },
            7 => {
                keyed[which] = false;
                Write::Erase { stream }
            }
            _ => Write::Timer { stream, due: at(i64::try_from(position).unwrap()) },
        }
    };
    (0..u64::from(seed)).map(&mut write).collect()
}

fn digest(position: u64) -> NameDigest {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&position.to_be_bytes());
    digest
}
