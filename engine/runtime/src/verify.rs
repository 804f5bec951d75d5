//! Verifying a ledger: every leaf hashed again, every column held against its body.

use std::collections::HashMap;

use readmit_domain::{Event, LedgerId, StreamId, Timestamp};
use readmit_tlog::{Frontier, Hash, leaf_hash};

use crate::Failure;
use crate::engine::Runtime;
use crate::envelope::Envelope;
use crate::ports::store::{LedgerHead, StoredEvent};
use crate::read::PAGE;

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
    /// and leaves that hash to the frontier and root of the head.
    ///
    /// A ledger whose tail was cut off together with its head holds together
    /// too: only a head remembered elsewhere can tell.
    pub async fn verify(&self, ledger: LedgerId) -> Result<Verified, VerifyError> {
        // The head first: what is committed while we read comes after it.
        let head = self.head(ledger).await?;
        let mut check = Check::new(&head);
        while check.frontier.size() < head.size {
            let page = self.stored(ledger, check.frontier.size(), PAGE).await?;
            let within = page.iter().take_while(|event| event.position < head.size);
            let before = check.frontier.size();
            for event in within {
                check.event(event)?;
            }
            if check.frontier.size() == before {
                return Err(discrepancy(before, "event", &"an event", &"nothing").into());
            }
        }
        let verified = Verified { size: head.size, root: check.frontier.root(), at: check.at };
        let found = Hash::from_bytes(head.root);
        expect(head.size, "root of the head", verified.root, found)?;
        let frontier = check.frontier.to_bytes();
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
        // A row beyond the head was never committed by us.
        let beyond = self.stored(ledger, head.size, PAGE).await?;
        let grown = self.head(ledger).await?.size;
        if let Some(event) = beyond.iter().find(|event| event.position >= grown) {
            return Err(discrepancy(
                event.position,
                "event",
                &"nothing beyond the head",
                &"an event",
            )
            .into());
        }
        Ok(verified)
    }
}

/// What is known of the events read so far.
struct Check<'a> {
    ledger: LedgerId,
    /// What the head row says of the tenant; the first event says it too.
    head: &'a LedgerHead,
    frontier: Frontier,
    at: Timestamp,
    versions: HashMap<StreamId, u64>,
}

impl<'a> Check<'a> {
    fn new(head: &'a LedgerHead) -> Self {
        let (ledger, at) = (head.ledger, Timestamp::from_unix_micros(0));
        Self { ledger, head, frontier: Frontier::new(), at, versions: HashMap::new() }
    }

    /// The head row names the tenant that the first event created.
    fn creation(&self, envelope: &Envelope) -> Result<(), Discrepancy> {
        let tenant = StreamId::Tenant(self.head.tenant);
        expect(0, "tenant of the head", envelope.stream, tenant)?;
        match &envelope.event {
            Event::TenantCreated(created) => {
                expect(0, "name of the head", created.name.as_str(), self.head.name.as_str())
            }
            other => Err(discrepancy(0, "type", &"TenantCreated", &other.name())),
        }
    }

    fn event(&mut self, stored: &StoredEvent) -> Result<(), Discrepancy> {
        let position = self.frontier.size();
        expect(position, "position", position, stored.position)?;
        let envelope = decode(self.ledger, stored)?;
        if position == 0 {
            self.creation(&envelope)?;
        }
        let version = self.versions.entry(envelope.stream).or_default();
        *version += 1;
        expect(position, "version in its stream", *version, envelope.version)?;
        if envelope.at < self.at {
            return Err(discrepancy(
                position,
                "time",
                &format!("{} or later", self.at),
                &envelope.at,
            ));
        }
        self.at = envelope.at;
        self.frontier
            .append(leaf_hash(&stored.body))
            .map_err(|error| discrepancy(position, "size", &"a ledger that can grow", &error))
    }
}

/// Reads a stored event, and holds its columns against its body.
pub(crate) fn decode(ledger: LedgerId, stored: &StoredEvent) -> Result<Envelope, Discrepancy> {
    let position = stored.position;
    let envelope = Envelope::decode(&stored.body)
        .map_err(|error| discrepancy(position, "body", &"an event", &error))?;
    expect(position, "ledger in the body", ledger, envelope.ledger)?;
    expect(position, "position in the body", position, envelope.position)?;
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
