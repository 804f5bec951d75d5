//! What a lane lacks: one list of statements, and one answer put together from theirs.

use readmit_domain::LedgerId;
use readmit_runtime::ports::store::{
    CommandRow, Load, Loaded, LoadedStream, StoreError, StoreErrorKind, StoredEvent, WrappedKey,
};
use uuid::Uuid;

use super::fields::{Fields, Item, count, damaged};
use super::heads::head;
use super::statement::{Rows, Statement};
use super::wanted;

/// A load in progress.
pub(crate) struct Loading<'a> {
    wanted: &'a Load,
    parts: Vec<Part>,
    loaded: Loaded,
    /// Events read so far, and the stream of the last of them.
    read: usize,
    last: usize,
}

/// What a statement of the load answers.
#[derive(Debug, Clone, Copy)]
enum Part {
    Heads,
    Events,
    Secrets,
    Keys,
    Commands,
    Names,
}

impl<'a> Loading<'a> {
    /// The load, and the statements to run for it.
    ///
    /// **Invariant:** heads come first. The statements need not see one moment of
    /// the database: whatever is written after a head was read makes the guard
    /// of a commit on that head fail.
    pub(crate) fn new(wanted: &'a Load) -> (Self, Vec<Statement<'a>>) {
        let all = [
            (Part::Heads, wanted::heads(wanted)),
            (Part::Events, wanted::events(wanted)),
            (Part::Secrets, wanted::secrets(wanted)),
            (Part::Keys, wanted::keys(wanted)),
            (Part::Commands, wanted::commands(wanted)),
            (Part::Names, wanted::names(wanted)),
        ];
        let empty = |statement: &Statement<'_>| statement.rows.as_ref().is_some_and(Rows::is_empty);
        let (parts, statements) =
            all.into_iter().filter(|(_, statement)| !empty(statement)).unzip();
        let mut loaded = Loaded::default();
        loaded.streams.resize_with(wanted.streams.len(), LoadedStream::default);
        (Self { wanted, parts, loaded, read: 0, last: 0 }, statements)
    }

    /// Takes a row that one of the statements answered.
    pub(crate) fn take(&mut self, statement: usize, row: &impl Fields) -> Result<(), StoreError> {
        match self.parts.get(statement) {
            Some(Part::Heads) => {
                self.loaded.heads.push(head(row)?);
                Ok(())
            }
            _ => row.items(&mut |item| self.take_item(statement + item.part, item)),
        }
    }

    fn take_item(&mut self, statement: usize, item: Item<'_>) -> Result<(), StoreError> {
        match self.parts.get(statement) {
            Some(Part::Events) => self.take_event(item),
            Some(Part::Secrets) => self.take_secret(item),
            Some(Part::Keys) => self.take_key(item),
            Some(Part::Commands) => self.take_command(item),
            Some(Part::Names) => self.take_name(item),
            Some(Part::Heads) | None => Err(not_asked()),
        }
    }

    /// The answer, once every row was taken.
    pub(crate) fn finish(mut self) -> Loaded {
        if self.read > self.wanted.event_limit {
            // The one event beyond the limit was read only to know that it exists.
            for (n, stream) in self.loaded.streams.iter_mut().enumerate().skip(self.last) {
                stream.more = true;
                if n == self.last {
                    stream.events.pop();
                }
            }
        }
        self.loaded
    }

    fn take_event(&mut self, item: Item<'_>) -> Result<(), StoreError> {
        let wanted = self.wanted.streams.get(item.n).ok_or_else(not_asked)?;
        let event = event(item, wanted.ledger)?;
        self.stream(item)?.events.push(event);
        self.read += 1;
        self.last = item.n;
        Ok(())
    }

    fn take_secret(&mut self, item: Item<'_>) -> Result<(), StoreError> {
        let bad = |what| move || damaged("a secret", what);
        let [name, sealed] = item.bytes;
        let name = name.and_then(|name| name.try_into().ok()).ok_or_else(bad("the name"))?;
        let sealed = sealed.ok_or_else(bad("the content"))?.to_vec();
        self.stream(item)?.secrets.push((name, sealed));
        Ok(())
    }

    fn take_key(&mut self, item: Item<'_>) -> Result<(), StoreError> {
        let bad = |what| move || damaged("a data key", what);
        let [kek, wrapped] = item.bytes;
        let kek = kek.and_then(|kek| std::str::from_utf8(kek).ok());
        let kek = kek.ok_or_else(bad("the master key's name"))?.to_owned();
        let wrapped = wrapped.ok_or_else(bad("the content"))?.to_vec();
        self.stream(item)?.key = Some(WrappedKey { kek, wrapped });
        Ok(())
    }

    fn take_command(&mut self, item: Item<'_>) -> Result<(), StoreError> {
        let wanted = self.wanted.commands.get(item.n).ok_or_else(not_asked)?;
        self.loaded.commands.push((*wanted, command(item)?));
        Ok(())
    }

    fn take_name(&mut self, item: Item<'_>) -> Result<(), StoreError> {
        let wanted = self.wanted.names.get(item.n).ok_or_else(not_asked)?;
        let [stream, _] = item.bytes;
        let stream = id(stream).ok_or_else(|| damaged("a name", "the stream"))?;
        self.loaded.names.push((*wanted, stream));
        Ok(())
    }

    fn stream(&mut self, item: Item<'_>) -> Result<&mut LoadedStream, StoreError> {
        self.loaded.streams.get_mut(item.n).ok_or_else(not_asked)
    }
}

/// Reads an event: `position`, `version`, `stream`, `body`.
pub(crate) fn event(item: Item<'_>, ledger: LedgerId) -> Result<StoredEvent, StoreError> {
    let ([position, version], [stream, body]) = (item.integers, item.bytes);
    let position = count(position)
        .ok_or_else(|| damaged(format_args!("an event of ledger {ledger}"), "the position"))?;
    let bad = |what| move || damaged(format_args!("event {position} of ledger {ledger}"), what);
    Ok(StoredEvent {
        position,
        version: count(version).ok_or_else(bad("the version"))?,
        stream: id(stream).ok_or_else(bad("the stream"))?,
        body: body.ok_or_else(bad("the body"))?.to_vec(),
    })
}

/// Reads what is kept of a command: `first_position`, `events`, `fingerprint`.
pub(crate) fn command(item: Item<'_>) -> Result<CommandRow, StoreError> {
    let bad = |what| move || damaged("a command", what);
    let ([first_position, events], [fingerprint, _]) = (item.integers, item.bytes);
    let fingerprint = fingerprint.and_then(|fingerprint| fingerprint.try_into().ok());
    Ok(CommandRow {
        fingerprint: fingerprint.ok_or_else(bad("the fingerprint"))?,
        first_position: count(first_position).ok_or_else(bad("the first position"))?,
        events: count(events).ok_or_else(bad("the number of events"))?,
    })
}

fn id(bytes: Option<&[u8]>) -> Option<Uuid> {
    Uuid::from_slice(bytes?).ok()
}

/// The database answered about something that it was not asked about.
fn not_asked() -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        "the database answered what it was not asked: please report this mistake in Readmit",
    )
}
