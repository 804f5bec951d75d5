//! Things to put into a store, and short ways to look at what is there.

use readmit_domain::{CommandId, LedgerId, TenantId, Timestamp};
use readmit_runtime::ports::store::{
    CommandRow, CommitError, EventStore, LedgerCommit, LedgerHead, Load, LoadedStream, NewLedger,
    StoreErrorKind, StoredEvent, StreamLoad, WrappedKey, Write,
};
use uuid::Uuid;

pub(crate) const ALL: std::num::NonZeroUsize = std::num::NonZeroUsize::MAX;

pub(crate) const fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

pub(crate) const ONE: Uuid = id(50);
pub(crate) const TWO: Uuid = id(51);

pub(crate) fn at(micros: i64) -> Timestamp {
    Timestamp::from_unix_micros(micros)
}

pub(crate) fn key(byte: u8) -> WrappedKey {
    WrappedKey { kek: format!("kek {byte}"), wrapped: vec![byte; 40] }
}

/// The command that records the event at this position.
pub(crate) fn command(position: u64) -> CommandId {
    CommandId::from_uuid(id(u128::from(position) + 5000))
}

pub(crate) fn new_ledger(number: u128) -> NewLedger {
    NewLedger {
        ledger: LedgerId::from_uuid(id(number)),
        tenant: TenantId::from_uuid(id(1000 + number)),
        name: format!("Tenant {number}"),
        origin: format!("example.org/{number}"),
    }
}

/// A ledger of this number, empty.
pub(crate) async fn ledger(store: &dyn EventStore, number: u128) -> LedgerHead {
    store.create_ledger(new_ledger(number)).await.unwrap()
}

/// A batch's part: one event of each stream and version given, each by a command of its own.
pub(crate) fn part(head: &LedgerHead, streams: &[(Uuid, u64)]) -> LedgerCommit {
    let mut part = LedgerCommit {
        ledger: head.ledger,
        expected_size: head.size,
        fence: head.fence,
        at: at(1_000 + i64::try_from(head.size).unwrap()),
        root: [7; 32],
        frontier: vec![8; 64],
        events: Vec::new(),
        commands: Vec::new(),
        writes: Vec::new(),
    };
    for (position, (stream, version)) in (head.size..).zip(streams) {
        let body = format!("event {position} of {}", head.name).into_bytes();
        part.events.push(StoredEvent { position, stream: *stream, version: *version, body });
        let row = CommandRow { fingerprint: [9; 16], first_position: position, events: 1 };
        part.commands.push((command(position), row));
    }
    part
}

/// One event, and writes that go with it.
pub(crate) fn part_with(
    head: &LedgerHead,
    stream: Uuid,
    version: u64,
    writes: Vec<Write>,
) -> LedgerCommit {
    LedgerCommit { writes, ..part(head, &[(stream, version)]) }
}

/// Commits a part that must succeed; answers the head after it.
pub(crate) async fn commit(store: &dyn EventStore, part: LedgerCommit) -> LedgerHead {
    let ledger = part.ledger;
    assert_eq!(store.commit(&[part]).await.unwrap(), [ledger]);
    store.head(ledger).await.unwrap().unwrap()
}

/// Commits a batch that must be refused as a mistake of the caller.
pub(crate) async fn refused(store: &dyn EventStore, batch: &[LedgerCommit]) {
    match store.commit(batch).await {
        Err(CommitError::NotCommitted(error)) => assert_eq!(error.kind(), StoreErrorKind::Corrupt),
        other => panic!("it must be refused, but: {other:?}"),
    }
}

pub(crate) async fn size(store: &dyn EventStore, ledger: LedgerId) -> u64 {
    store.head(ledger).await.unwrap().unwrap().size
}

/// Every event of a ledger; that they come in order is a rule of its own.
pub(crate) async fn events(store: &dyn EventStore, ledger: LedgerId) -> Vec<StoredEvent> {
    let mut events = store.events(ledger, 0, ALL).await.unwrap();
    events.sort_by_key(|event| event.position);
    events
}

pub(crate) fn wanted(head: &LedgerHead, stream: Uuid, after_version: u64) -> StreamLoad {
    StreamLoad { ledger: head.ledger, stream, after_version }
}

pub(crate) async fn stream(
    store: &dyn EventStore,
    head: &LedgerHead,
    stream: Uuid,
) -> LoadedStream {
    store.load(&Load::of(wanted(head, stream, 0), 1000)).await.unwrap().streams.remove(0)
}
