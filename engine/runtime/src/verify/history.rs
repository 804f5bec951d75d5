//! Whether leaves are the history of one ledger: each by itself, then each after those before it.

use std::collections::HashMap;

use readmit_domain::{Event, LedgerId, StreamId, Timestamp};
use readmit_tlog::{Frontier, Hash, leaf_hash};

use super::{Discrepancy, discrepancy, expect};
use crate::envelope::Envelope;

/// Leaves in order, checked one after another: all of one ledger, positions and versions without
/// a gap, time that never runs back. Knows the root of all of them.
///
/// Needs no database, so that a copy of a ledger is checked by the same rules.
#[derive(Debug, Default)]
pub struct History {
    ledger: Option<LedgerId>,
    frontier: Frontier,
    at: Timestamp,
    versions: HashMap<StreamId, u64>,
}

/// What is needed of an event once it was seen to hold by itself. Looking at leaves is most of the
/// work, and can be done on all cores before they are added in order.
#[derive(Debug, Clone)]
pub struct Seen {
    ledger: LedgerId,
    pub(super) leaf: Hash,
    pub(super) stream: StreamId,
    pub(super) version: u64,
    pub(super) at: Timestamp,
    /// What it commits to, if it has private data.
    pub(super) private: Option<String>,
    /// Whether another key signs checkpoints from it on.
    pub(super) rotates: bool,
    /// Whether its account's private data ends with it.
    pub(super) erases: bool,
}

impl History {
    /// No leaves yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next leaf, if it can be the next.
    pub fn add(&mut self, leaf: &[u8]) -> Result<Envelope, Discrepancy> {
        let position = self.size();
        let envelope = decode_leaf(position, leaf)?;
        let ledger = self.ledger.unwrap_or(envelope.ledger);
        expect_place(&envelope, ledger, position)?;
        self.add_seen(&Seen::new(&envelope, leaf))?;
        Ok(envelope)
    }

    /// Adds the event that was seen to stand at the next position, if it can be the next.
    pub fn add_seen(&mut self, event: &Seen) -> Result<(), Discrepancy> {
        let position = self.size();
        let Seen { ledger, leaf, stream, version, at, .. } = *event;
        expect(position, "ledger in the body", *self.ledger.get_or_insert(ledger), ledger)?;
        let expected = self.versions.entry(stream).or_default();
        *expected += 1;
        expect(position, "version in its stream", *expected, version)?;
        if at < self.at {
            let expected = format!("{} or later", self.at);
            return Err(discrepancy(position, "time", &expected, &at));
        }
        self.at = at;
        self.frontier
            .append(leaf)
            .map_err(|error| discrepancy(position, "size", &"a ledger that can grow", &error))
    }

    /// How many leaves.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The ledger, once there is a leaf.
    pub fn ledger(&self) -> Option<LedgerId> {
        self.ledger
    }

    /// Merkle root over all of them.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// `at` of the last; the start of 1970 if there is none.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    pub(super) fn frontier(&self) -> &Frontier {
        &self.frontier
    }
}

impl Seen {
    /// Looks at the leaf that should stand at this position.
    pub fn at(position: u64, leaf: &[u8]) -> Result<Self, Discrepancy> {
        let envelope = decode_leaf(position, leaf)?;
        expect_place(&envelope, envelope.ledger, position)?;
        Ok(Self::new(&envelope, leaf))
    }

    /// The hash of the leaf.
    pub const fn leaf(&self) -> Hash {
        self.leaf
    }

    pub(super) fn new(envelope: &Envelope, leaf: &[u8]) -> Self {
        let Envelope { ledger, stream, version, at, .. } = *envelope;
        Self {
            ledger,
            leaf: leaf_hash(leaf),
            stream,
            version,
            at,
            private: envelope.private.clone(),
            rotates: matches!(envelope.event, Event::SigningKeyRotated(_)),
            erases: matches!(envelope.event, Event::CustomerErased(_)),
        }
    }
}

pub(super) fn decode_leaf(position: u64, leaf: &[u8]) -> Result<Envelope, Discrepancy> {
    Envelope::decode(leaf).map_err(|error| discrepancy(position, "body", &"an event", &error))
}

pub(super) fn expect_place(
    envelope: &Envelope,
    ledger: LedgerId,
    position: u64,
) -> Result<(), Discrepancy> {
    expect(position, "ledger in the body", ledger, envelope.ledger)?;
    expect(position, "position in the body", position, envelope.position)
}
