//! Verifying a ledger: every leaf hashed again, every column held against its body.

mod beside;
mod history;
mod page;

use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use readmit_domain::{Event, LedgerId, StreamId, Timestamp};
use readmit_tlog::{Hash, SignedCheckpoint};

use crate::Failure;
use crate::engine::Runtime;
use crate::envelope::Envelope;
use crate::pages::pages;
use crate::ports::store::{LedgerHead, StoredEvent};
use crate::verify::beside::Beside;
use crate::verify::history::{decode_leaf, expect_place};
use crate::verify::page::Page;

pub use history::{History, Seen};

/// A ledger that holds together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many events.
    pub size: u64,
    /// Merkle root over all of them.
    pub root: Hash,
    /// `at` of the last.
    pub at: Timestamp,
}

/// The first thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {position}: {what}: expected {expected}, found {found}")]
pub struct Discrepancy {
    /// Where: the position of an event, or the size of the ledger for its head.
    pub position: u64,
    /// What was looked at.
    pub what: &'static str,
    /// What it must be.
    pub expected: String,
    /// What it is.
    pub found: String,
}

/// Why a ledger was not verified.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// It does not hold together.
    #[error(transparent)]
    Broken(#[from] Discrepancy),
    /// It could not be read.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl Runtime {
    /// Verifies that a ledger holds together: positions and versions without a
    /// gap, columns that agree with their bodies, time that never runs back,
    /// leaves that hash to the stored tiles, to the frontier and root of the head and to every
    /// checkpoint, checkpoints signed by the ledger's own keys, and private data that is what the
    /// events commit to.
    ///
    /// `progress` is told from time to time how many events are done, and of how many.
    ///
    /// A ledger whose tail was cut off together with its head and checkpoints holds together
    /// too: only a checkpoint remembered elsewhere can tell.
    pub async fn verify(
        &self,
        ledger: LedgerId,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Verified, VerifyError> {
        // The head first: what is committed while we read comes after it.
        let head = self.head(ledger).await?;
        let mut history = History::new();
        let mut beside = Beside::new(self, ledger);
        let shared = Arc::clone(&self.shared);
        let look = move |page| Page::look(Arc::clone(&shared), ledger, page);
        let mut pages = pin!(pages(0..head.size, look));
        while let Some(page) = pages.next().await {
            beside.add(&mut history, page?).await?;
            progress(history.size(), head.size);
        }
        let verified = Verified { size: head.size, root: history.root(), at: history.at() };
        let found = Hash::from_bytes(head.root);
        expect(head.size, "root of the head", verified.root, found)?;
        let frontier = history.frontier().to_bytes();
        if frontier != head.frontier {
            return Err(discrepancy(
                head.size,
                "frontier of the head",
                &"that of the leaves",
                &"another",
            )
            .into());
        }
        expect(head.size, "time of the head", verified.at, head.at)?;
        if let Some(first) = self.stored(ledger, 0, NonZeroUsize::MIN).await?.first() {
            creation(&head, first)?;
        }
        beside.end(head.size).await?;
        Ok(verified)
    }

    /// Whether a ledger, once it is verified, continues the one of a checkpoint that was kept
    /// elsewhere: then nothing of that one was changed, cut off or replaced.
    pub async fn verify_against(
        &self,
        ledger: LedgerId,
        remembered: &SignedCheckpoint,
    ) -> Result<(), VerifyError> {
        let checkpoint = remembered.checkpoint();
        let size = checkpoint.size();
        let keys = self.all_verifier_keys(ledger).await?;
        if !keys.iter().any(|key| remembered.verify(key, &[]).is_ok()) {
            let (what, expected) = ("the remembered checkpoint", "signed by this ledger's key");
            let found = format!("one of {}, signed otherwise", checkpoint.origin());
            return Err(discrepancy(size, what, &expected, &found).into());
        }
        let found = self.head(ledger).await?.size;
        if found < size {
            let expected = format!("at least the {size} events of the remembered checkpoint");
            return Err(discrepancy(size, "size of the ledger", &expected, &found).into());
        }
        let root = self.root_at(ledger, size).await?;
        Ok(expect(size, "root of the remembered checkpoint", checkpoint.root(), root)?)
    }
}

/// The head row names the tenant that the first event created.
fn creation(head: &LedgerHead, first: &StoredEvent) -> Result<(), Discrepancy> {
    let envelope = decode(head.ledger, first)?;
    expect(0, "tenant of the head", envelope.stream, StreamId::Tenant(head.tenant))?;
    match &envelope.event {
        Event::TenantCreated(created) => {
            expect(0, "name of the head", created.name.as_str(), head.name.as_str())
        }
        other => Err(discrepancy(0, "type", &"TenantCreated", &other.name())),
    }
}

/// Reads a stored event, and holds its columns against its body.
pub(crate) fn decode(ledger: LedgerId, stored: &StoredEvent) -> Result<Envelope, Discrepancy> {
    let position = stored.position;
    let envelope = decode_leaf(position, &stored.body)?;
    expect_place(&envelope, ledger, position)?;
    expect(position, "stream in the body", stored.stream, envelope.stream.uuid())?;
    expect(position, "version in the body", stored.version, envelope.version)?;
    Ok(envelope)
}

fn expect<T: PartialEq + ToString + Copy>(
    position: u64,
    what: &'static str,
    expected: T,
    found: T,
) -> Result<(), Discrepancy> {
    if expected == found { Ok(()) } else { Err(discrepancy(position, what, &expected, &found)) }
}

fn discrepancy(
    position: u64,
    what: &'static str,
    expected: &dyn ToString,
    found: &dyn ToString,
) -> Discrepancy {
    Discrepancy { position, what, expected: expected.to_string(), found: found.to_string() }
}
