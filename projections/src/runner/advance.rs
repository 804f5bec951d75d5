//! One page of one ledger, into the read models that have not seen it.

use std::collections::BTreeMap;

use readmit_domain::{Event, LedgerId};
use readmit_runtime::{Failure, Follower, PAGE, Runtime};

use super::catalogue::{self, Cursor, Generation};
use super::lease;
use crate::database::{Database, Sql, Tables};
use crate::model::{Batch, Entry};

/// What came of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advanced {
    /// So many events were taken in.
    By(u64),
    /// Another process had moved the cursors, or has the lease: what is known of them is old.
    Overtaken,
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
    /// Those that have come least far in a ledger of this size, if any is behind.
    pub(super) fn behind(
        ledger: LedgerId,
        generations: &[Generation],
        cursors: &BTreeMap<Generation, Cursor>,
        size: u64,
    ) -> Option<Self> {
        let next = |generation| cursors.get(generation).map_or(0, |cursor| cursor.next);
        let least = generations.iter().map(next).min().filter(|least| *least < size)?;
        let members = generations.iter().filter(|it| next(it) == least).copied().collect();
        let others = generations.iter().map(next).filter(|other| *other > least);
        Some(Self { ledger, members, next: least, until: others.min().unwrap_or(size).min(size) })
    }

    /// Takes one page in: rows and cursors in one transaction.
    pub(super) async fn advance(
        &self,
        runtime: &Runtime,
        database: &Database,
        follower: &mut Follower,
        fence: Option<i64>,
    ) -> Result<(Advanced, Cursor), Failure> {
        let batch = self.read(runtime, follower).await?;
        let Some(last) = batch.entries.last() else {
            return Ok((Advanced::By(0), Cursor::default()));
        };
        let to = Cursor { next: last.event.position + 1, command: last.event.command.to_string() };
        if batch.entries.iter().any(|entry| erases(&entry.event.event)) {
            database.will_erase();
        }
        let written = self.write(database, &batch, &to, fence).await;
        let written = written.map_err(|error| database.explain(&error))?;
        database.scrub().await.map_err(|error| database.explain(&error))?;
        let advanced =
            if written { Advanced::By(to.next - self.next) } else { Advanced::Overtaken };
        Ok((advanced, to))
    }

    async fn read(&self, runtime: &Runtime, follower: &mut Follower) -> Result<Batch, Failure> {
        let limit = usize::try_from(self.until - self.next).unwrap_or(usize::MAX).min(PAGE.get());
        let mut events = Vec::with_capacity(limit);
        while events.len() < limit {
            let Some(event) = follower.next_stored().await? else { break };
            events.push(event);
        }
        let named: Vec<_> = events
            .iter()
            .filter(|event| matches!(event.event, Event::CustomerRegistered(_)))
            .collect();
        let mut private = runtime.private_of(&named).await?;
        let entries = events
            .into_iter()
            .map(|event| Entry { private: private.remove(&event.position), event })
            .collect();
        Ok(Batch { key: self.ledger.to_string(), entries })
    }

    /// Answers whether it was written: not, if the lease or a cursor is no longer what it was.
    async fn write(
        &self,
        database: &Database,
        batch: &Batch,
        to: &Cursor,
        fence: Option<i64>,
    ) -> Sql<bool> {
        let mut transaction = database.write().await?;
        if let Some(fence) = fence
            && !lease::renew(&mut transaction, fence).await?
        {
            return Ok(false);
        }
        for member in &self.members {
            let moved =
                catalogue::move_on(&mut transaction, member, &batch.key, self.next, to).await?;
            if !moved {
                return Ok(false);
            }
            let mut tables = Tables::new(&mut transaction, member.number);
            member.model.fold(&mut tables, batch).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

const fn erases(event: &Event) -> bool {
    matches!(event, Event::CustomerErased(_))
}
