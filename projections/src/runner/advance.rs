//! One page of one ledger, into the read models that have not seen it.

use std::collections::BTreeMap;
use std::sync::Arc;

use readmit_domain::{Event, LedgerId};
use readmit_runtime::{Envelope, Failure, Follower, PAGE, Runtime};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::catalogue::{self, Cursor, Generation};
use super::lease;
use crate::database::{Database, Sql, Tables};
use crate::model::{Batch, Entry};

/// What came of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advanced {
    /// So many events were taken in.
    By(u64),
    /// Somebody else has moved the cursors: they are to be read again.
    Moved,
    /// Another node has the lease.
    Fenced,
}

/// Events of a page at most. Longer than those that the ledger is read by: a row that many events
/// change is written once for all of them, and so is every page of the database.
const BATCH: u64 = 8 * PAGE.get() as u64;
/// Pages that are read and opened while one is written: some ten MiB.
const AHEAD: usize = 1;

/// Pages on their way.
pub(super) struct Batches {
    receiver: mpsc::Receiver<Result<Batch, Failure>>,
    _task: AbortOnDropHandle<()>,
}

impl Batches {
    /// The next page; none after the last one.
    pub(super) async fn next(&mut self) -> Result<Option<Batch>, Failure> {
        self.receiver.recv().await.transpose()
    }
}

/// Generations of one ledger that have come equally far, and are moved on together.
pub(super) struct Group {
    pub(super) ledger: LedgerId,
    pub(super) members: Vec<Generation>,
    pub(super) next: u64,
    /// Where it meets others that have come farther; else the end.
    pub(super) until: u64,
}

impl Group {
    /// Of a ledger of this size those generations that are read and have come least far, if any of
    /// these is behind; and else those that are being made: who reads does not wait for them.
    pub(super) fn behind(
        ledger: LedgerId,
        generations: &[Generation],
        cursors: &BTreeMap<Generation, Cursor>,
        size: u64,
    ) -> Option<Self> {
        let next =
            |generation: &Generation| cursors.get(generation).map_or(0, |cursor| cursor.next);
        let of = |live| {
            let all = || generations.iter().filter(move |generation| generation.live == live);
            let least = all().map(next).min().filter(|least| *least < size)?;
            let members = all().filter(|it| next(it) == least).copied().collect();
            let others = all().map(next).filter(|other| *other > least);
            let until = others.min().unwrap_or(size).min(size);
            Some(Self { ledger, members, next: least, until })
        };
        of(true).or_else(|| of(false))
    }

    /// What it has not seen yet, page by page, read ahead of what is being written.
    pub(super) fn batches(&self, runtime: Arc<Runtime>) -> Batches {
        let (sender, receiver) = mpsc::channel(AHEAD);
        let (ledger, from, until) = (self.ledger, self.next, self.until);
        let read = async move {
            let mut follower = runtime.follow(ledger, from);
            let mut next = from;
            while next < until {
                let batch = read(&runtime, &mut follower, ledger, until - next).await;
                let more = batch.as_ref().map_or(0, |batch| batch.entries.len() as u64);
                next += more;
                if sender.send(batch).await.is_err() || more == 0 {
                    break;
                }
            }
        };
        Batches { receiver, _task: AbortOnDropHandle::new(tokio::spawn(read)) }
    }

    /// Takes one page in: rows and cursors in one transaction.
    pub(super) async fn take_in(
        &self,
        database: &Database,
        batch: &Batch,
        fence: Option<i64>,
    ) -> Result<(Advanced, Cursor), Failure> {
        let Some(last) = batch.entries.last() else {
            return Ok((Advanced::By(0), Cursor::default()));
        };
        let to = Cursor { next: last.event.position + 1, command: last.event.command.to_string() };
        let written = self.write(database, batch, &to, fence).await;
        let advanced = written.map_err(|error| database.explain(&error))?;
        database.scrub().await.map_err(|error| database.explain(&error))?;
        Ok((advanced, to))
    }

    async fn write(
        &self,
        database: &Database,
        batch: &Batch,
        to: &Cursor,
        fence: Option<i64>,
    ) -> Sql<Advanced> {
        let mut transaction = database.write().await?;
        if batch.entries.iter().any(|entry| erases(&entry.event.event)) {
            database.will_erase();
        }
        if let Some(fence) = fence
            && !lease::renew(&mut transaction, fence).await?
        {
            return Ok(Advanced::Fenced);
        }
        for member in &self.members {
            let moved =
                catalogue::move_on(&mut transaction, member, &batch.key, self.next, to).await?;
            if !moved {
                return Ok(Advanced::Moved);
            }
            let mut tables = Tables::new(&mut transaction, member.number);
            member.model.fold(&mut tables, batch).await?;
        }
        transaction.commit().await?;
        Ok(Advanced::By(to.next - self.next))
    }
}

/// A page of events, of so many at most, with the private data that rows need.
async fn read(
    runtime: &Runtime,
    follower: &mut Follower,
    ledger: LedgerId,
    most: u64,
) -> Result<Batch, Failure> {
    let mut events = Vec::new();
    while (events.len() as u64) < most.min(BATCH) {
        let Some(event) = follower.next_stored().await? else { break };
        events.push(event);
    }
    let registers = |event: &&Envelope| matches!(event.event, Event::CustomerRegistered(_));
    let named: Vec<&Envelope> = events.iter().filter(registers).collect();
    let mut private = runtime.private_of(&named).await?;
    let entries = events
        .into_iter()
        .map(|event| Entry { private: private.remove(&event.position), event })
        .collect();
    Ok(Batch { key: ledger.to_string(), entries })
}

const fn erases(event: &Event) -> bool {
    matches!(event, Event::CustomerErased(_))
}
