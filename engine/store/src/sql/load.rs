//! What a lane lacks: one list of statements, and one answer put together from theirs.

use readmit_runtime::ports::store::{
    CommandRow, Load, Loaded, LoadedStream, StoreError, StoreErrorKind, WrappedKey,
};

use super::fields::{Fields, damaged};
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
            Some(Part::Heads) => self.loaded.heads.push(head(row)?),
            Some(Part::Events) => self.take_events(row)?,
            Some(Part::Secrets) => self.take_secret(row)?,
            Some(Part::Keys) => self.take_key(row)?,
            Some(Part::Commands) => self.take_command(row)?,
            Some(Part::Names) => self.take_name(row)?,
            None => {}
        }
        Ok(())
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

    fn take_events(&mut self, row: &impl Fields) -> Result<(), StoreError> {
        let Self { loaded, read, last, wanted, .. } = self;
        row.events(&mut |n, event| {
            if let Some(stream) = loaded.streams.get_mut(n) {
                stream.events.push(event);
                *read += 1;
                *last = n;
            }
        })
        .map_err(|what| match wanted.streams.as_slice() {
            [one] => damaged(format_args!("ledger {}", one.ledger), &what),
            _ => damaged("several ledgers", &what),
        })
    }

    fn take_secret(&mut self, row: &impl Fields) -> Result<(), StoreError> {
        let stream = nth(&mut self.loaded, row)?;
        let name = row.array(1).ok_or_else(|| damaged("a secret", "the name"))?;
        let sealed = row.bytes(2).ok_or_else(|| damaged("a secret", "the content"))?;
        stream.secrets.push((name, sealed.to_vec()));
        Ok(())
    }

    fn take_key(&mut self, row: &impl Fields) -> Result<(), StoreError> {
        let stream = nth(&mut self.loaded, row)?;
        let kek = row.text(1).ok_or_else(|| damaged("a data key", "the master key's name"))?;
        let wrapped = row.bytes(2).ok_or_else(|| damaged("a data key", "the content"))?;
        stream.key = Some(WrappedKey { kek: kek.to_owned(), wrapped: wrapped.to_vec() });
        Ok(())
    }

    fn take_command(&mut self, row: &impl Fields) -> Result<(), StoreError> {
        let n: Option<usize> = row.count(0);
        let wanted = n.and_then(|n| self.wanted.commands.get(n)).ok_or_else(not_asked)?;
        self.loaded.commands.push((*wanted, command(row)?));
        Ok(())
    }

    fn take_name(&mut self, row: &impl Fields) -> Result<(), StoreError> {
        let n: Option<usize> = row.count(0);
        let wanted = n.and_then(|n| self.wanted.names.get(n)).ok_or_else(not_asked)?;
        let stream = row.id(1).ok_or_else(|| damaged("a name", "the stream"))?;
        self.loaded.names.push((*wanted, stream));
        Ok(())
    }
}

/// Reads what is kept of a command: `_, fingerprint, first_position, events`.
pub(crate) fn command(row: &impl Fields) -> Result<CommandRow, StoreError> {
    let bad = |what| move || damaged("a command", what);
    Ok(CommandRow {
        fingerprint: row.array(1).ok_or_else(bad("the fingerprint"))?,
        first_position: row.count(2).ok_or_else(bad("the first position"))?,
        events: row.count(3).ok_or_else(bad("the number of events"))?,
    })
}

fn nth<'l>(loaded: &'l mut Loaded, row: &impl Fields) -> Result<&'l mut LoadedStream, StoreError> {
    let n: Option<usize> = row.count(0);
    n.and_then(|n| loaded.streams.get_mut(n)).ok_or_else(not_asked)
}

/// The database answered about something that it was not asked about.
fn not_asked() -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        "the database answered what it was not asked: please report this mistake in Readmit",
    )
}
