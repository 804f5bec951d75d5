//! The commit: one statement, one round trip.
//!
//! The statement locks the heads, moves those whose size and fence match, and writes the rows of
//! these ledgers and no others. What it answers is what it committed: a stale ledger fails alone.
//!
//! A statement's parts all see the database as it was before, so rows that go and rows that come
//! in their place do not mix. Only an erasure has such: it takes a transaction of several calls.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use readmit_domain::LedgerId;
use readmit_runtime::ports::store::{CommitError, LedgerCommit};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use super::{Postgres, render, session};
use crate::sql::batch::{self, is_erasure};
use crate::sql::failure::Failure;
use crate::sql::fields::{Fields as _, damaged};

/// How often a commit is tried that others are in the way of.
const TRIES: u32 = 6;
/// What the first pause is drawn from; each later one from twice as much.
const FIRST_PAUSE: Duration = Duration::from_millis(4);

impl Postgres {
    /// Commits those parts of a batch whose heads match.
    pub(super) async fn commit_batch(
        &self,
        batch: &[LedgerCommit],
    ) -> Result<Vec<LedgerId>, CommitError> {
        let not_committed = |failure| CommitError::NotCommitted(self.explain(failure));
        let parts: Vec<&LedgerCommit> = batch.iter().collect();
        let erases = batch.iter().flat_map(|part| &part.writes).any(is_erasure);
        let mut tries = 0;
        loop {
            let mut writer = self.connections.lend().await.map_err(not_committed)?;
            let outcome = if erases {
                in_steps(&mut writer, &parts).await
            } else {
                at_once(&mut writer, &parts).await
            };
            let failure = match outcome {
                Ok(committed) => {
                    writer.give_back();
                    return Ok(committed);
                }
                Err(failure) => failure,
            };
            if session::is_lost(&failure) {
                self.connections.forget_idle();
                return Err(CommitError::Unclear(self.explain(failure)));
            }
            // The server has undone the statement; a transaction in steps ends with its connection.
            if erases {
                writer.discard().await;
            } else {
                writer.give_back();
            }
            tries += 1;
            if tries >= TRIES || !session::is_transient(&failure) {
                return Err(not_committed(failure));
            }
            tokio::time::sleep(pause(tries)).await;
        }
    }
}

async fn at_once(
    writer: &mut PgConnection,
    parts: &[&LedgerCommit],
) -> Result<Vec<LedgerId>, Failure> {
    let commit = render::commit(&batch::heads(parts), &batch::statements(parts));
    moved(&session::run(writer, commit).await?)
}

async fn in_steps(
    writer: &mut PgConnection,
    parts: &[&LedgerCommit],
) -> Result<Vec<LedgerId>, Failure> {
    session::execute(writer, "BEGIN").await?;
    let moved = moved(&session::run(writer, render::move_heads(&batch::heads(parts))).await?)?;
    let parts: Vec<&LedgerCommit> =
        parts.iter().copied().filter(|part| moved.contains(&part.ledger)).collect();
    for statement in batch::statements(&parts) {
        session::run(writer, render::one(&statement)).await?;
    }
    session::execute(writer, "COMMIT").await?;
    Ok(moved)
}

fn moved(rows: &[PgRow]) -> Result<Vec<LedgerId>, Failure> {
    let ledger = |row: &PgRow| {
        let id = row.id(0).ok_or_else(|| damaged("a ledger", "the id"))?;
        Ok(LedgerId::from_uuid(id))
    };
    rows.iter().map(ledger).collect()
}

/// Drawn anew each time, so that those who were in each other's way do not meet again. Not a
/// random number of the engine's: nothing is decided by it.
fn pause(tries: u32) -> Duration {
    let longest = FIRST_PAUSE * 2_u32.pow(tries.min(8));
    let drawn = RandomState::new().hash_one(tries) % 1024;
    longest * u32::try_from(drawn).unwrap_or_default() / 1024
}
