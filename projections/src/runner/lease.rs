//! Which node keeps the read models up to date.
//!
//! One node holds the lease and shows that it lives by raising its `beat`. Another that has seen
//! the same beat for a while takes over and raises the *fence*, so that whatever the old holder
//! has under way fails. No clock is compared with another's: each node measures with its own how
//! long it has seen a beat.
//!
//! Nodes whose read models are of other versions have a lease of their own: they work on other tables.
//!
//! **The lease only saves double work.** That each event is counted once is the cursor's doing:
//! it moves in the transaction that writes the rows, and only from where it was.

use std::time::{Duration, Instant};

use sqlx::AnyConnection;

use crate::database::{Database, Query, Sql, integer, text};
use crate::model::ReadModel;

/// A holder raises its beat at least this often.
pub(super) const BEAT: Duration = Duration::from_secs(2);
/// A holder whose beat has not changed for so long is gone.
const GONE: Duration = Duration::from_secs(10);

/// Which versions of the read models this code makes: who makes the same shares a lease.
pub(super) fn code() -> String {
    ReadModel::ALL.map(|model| format!("{model} {}", model.version())).join(", ")
}

/// The lease, as one node sees it.
pub(super) struct Lease {
    me: String,
    held: Option<i64>,
    seen: Option<Seen>,
    beaten: Instant,
}

#[derive(Clone, PartialEq, Eq)]
struct Seen {
    holder: String,
    fence: i64,
    beat: i64,
    since: Instant,
}

impl Lease {
    /// Nobody's yet, seen by a node of this name.
    pub(super) fn new(me: String) -> Self {
        Self { me, held: None, seen: None, beaten: Instant::now() }
    }

    /// The fence under which this node writes, if it holds the lease.
    pub(super) const fn fence(&self) -> Option<i64> {
        self.held
    }

    /// Takes the lease, if nobody lives who has it; or shows that this node lives. Answers whether
    /// it has just become the holder.
    pub(super) async fn hold(&mut self, database: &Database) -> Sql<bool> {
        if self.held.is_some() && self.beaten.elapsed() < BEAT {
            return Ok(false);
        }
        let mut transaction = database.write().await?;
        let gained = match self.held {
            Some(fence) => {
                if !renew(&mut transaction, fence).await? {
                    self.held = None;
                    self.seen = None;
                }
                false
            }
            None => self.try_take(&mut transaction).await?,
        };
        transaction.commit().await?;
        self.beaten = Instant::now();
        Ok(gained)
    }

    async fn try_take(&mut self, connection: &mut AnyConnection) -> Sql<bool> {
        let select = "SELECT holder, fence, beat FROM lease WHERE code = ?";
        let rows = Query::new(select, [text(code())]).fetch(connection).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let (holder, fence, beat) = (row.text(0)?.to_owned(), row.integer(1)?, row.integer(2)?);
        let since = match &self.seen {
            Some(seen) if seen.fence == fence && seen.beat == beat => seen.since,
            _ => Instant::now(),
        };
        let free = holder.is_empty() || holder == self.me || since.elapsed() >= GONE;
        self.seen = Some(Seen { holder, fence, beat, since });
        if !free {
            return Ok(false);
        }
        let update = "UPDATE lease SET holder = ?, fence = fence + 1, beat = 0 \
            WHERE code = ? AND fence = ? AND beat = ? RETURNING fence";
        let values = [text(&self.me), text(code()), integer(fence), integer(beat)];
        let taken = Query::new(update, values).fetch(connection).await?;
        self.held = taken.first().map(|row| row.integer(0)).transpose()?;
        Ok(self.held.is_some())
    }

    /// Lets the next node take it at once.
    pub(super) async fn release(&mut self, database: &Database) -> Sql<()> {
        let Some(fence) = self.held.take() else { return Ok(()) };
        let mut transaction = database.write().await?;
        let update = "UPDATE lease SET holder = '', beat = 0 WHERE code = ? AND fence = ?";
        Query::new(update, [text(code()), integer(fence)]).fetch(&mut transaction).await?;
        transaction.commit().await
    }

    /// What this node wrote may not be kept: another has the lease.
    pub(super) fn lost(&mut self) {
        self.held = None;
        self.seen = None;
    }
}

/// Shows that the holder of this fence lives; answers whether it is the holder still. Written in
/// the transaction of a page, it makes that page fail once another has taken over.
pub(super) async fn renew(connection: &mut AnyConnection, fence: i64) -> Sql<bool> {
    let update = "UPDATE lease SET beat = beat + 1 WHERE code = ? AND fence = ? RETURNING beat";
    Ok(Query::new(update, [text(code()), integer(fence)]).fetch(connection).await?.len() == 1)
}
