//! That a batch means what its parts mean.

use readmit_domain::Timestamp;
use readmit_runtime::ports::store::{
    EventStore, LedgerCommit, LedgerHead, NameDigest, SecretName, WrappedKey, Write,
};
use uuid::Uuid;

use crate::Store;
use crate::support::{
    ALL, ONE, TWO, at, commit, events, id, key, ledger, part, part_with, size, stream,
};

pub(crate) async fn batches_of_all_sizes_leave_no_gap(store: Store) {
    let mut head = ledger(&*store, 1).await;
    let mut versions = [0; 7];
    for size in (0..40).chain([64, 200]) {
        let streams: Vec<_> = (0..size)
            .map(|n| {
                versions[n % 7] += 1;
                (id(50 + n as u128 % 7), versions[n % 7])
            })
            .collect();
        head = commit(&*store, part(&head, &streams)).await;
    }
    let events = events(&*store, head.ledger).await;
    assert!(events.iter().map(|event| event.position).eq(0..head.size));
    let last = format!("event {} of {}", head.size - 1, head.name);
    assert_eq!(events.last().unwrap().body, last.as_bytes());
    assert_eq!(store.commit(&[]).await.unwrap(), []);
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

/// A batch must mean the same as its writes one by one: the same random writes go to one ledger
/// in one batch, and to another in a batch each.
pub(crate) async fn a_batch_means_its_writes_one_by_one(store: Store) {
    for seed in 1..=24_u32 {
        let at_once = ledger(&*store, u128::from(seed) * 2).await;
        let one_by_one = ledger(&*store, u128::from(seed) * 2 + 1).await;
        let writes = random_writes(seed);
        let streams: Vec<_> = (1..).zip(&writes).map(|(version, _)| (ONE, version)).collect();
        let batch = LedgerCommit { writes: writes.clone(), ..part(&at_once, &streams) };
        let at_once = commit(&*store, batch).await;
        let mut head = one_by_one;
        for (version, write) in (1..).zip(&writes) {
            head = commit(&*store, part_with(&head, ONE, version, vec![write.clone()])).await;
        }
        let (one, other) = (contents(&*store, &at_once).await, contents(&*store, &head).await);
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

async fn contents(store: &dyn EventStore, head: &LedgerHead) -> Contents {
    let (mut one, mut two) = (stream(store, head, ONE).await, stream(store, head, TWO).await);
    // In what order secrets come is not promised.
    one.secrets.sort_unstable();
    two.secrets.sort_unstable();
    let (mut names, mut private) = (Vec::new(), Vec::new());
    for position in 0..head.size {
        names.push(store.name(head.ledger, digest(position)).await.unwrap());
        private.push(store.private(head.ledger, position).await.unwrap());
    }
    let timers = store.due(at(i64::MAX), ALL).await.unwrap();
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
