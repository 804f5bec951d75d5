//! The stored form of an event: one line of JSON, which is the leaf.

use readmit_domain::{
    CommandId, DecodeEventError, Event, LedgerId, NewEvent, Recorded, RecoveryId, StreamId,
    Timestamp, Who,
};
use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// No leaf is longer, so that its length fits the entry bundles of C2SP tlog-tiles.
pub const LEAF_BYTES_MAX: usize = 65_535;

/// An event with everything that is recorded about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The ledger.
    pub ledger: LedgerId,
    /// 0-based place in the ledger; the leaf index.
    pub position: u64,
    /// The stream.
    pub stream: StreamId,
    /// 1-based place in the stream.
    pub version: u64,
    /// When; never earlier than the event before it in the ledger.
    pub at: Timestamp,
    /// Who acted.
    pub who: Who,
    /// The command that caused it.
    pub command: CommandId,
    /// The case it belongs to.
    pub recovery: Option<RecoveryId>,
    /// What happened.
    pub event: Event,
    /// Base64 of SHA-256(salt ‖ private bytes), where there is private data.
    pub private: Option<String>,
}

/// Why an event cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// Its leaf would be too long.
    #[error("an event of {0} bytes is too large: at most {LEAF_BYTES_MAX}")]
    TooLarge(usize),
    /// Its leaf is not the JSON it must be.
    #[error("a stored event cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// Its type or data is not known.
    #[error(transparent)]
    Event(#[from] DecodeEventError),
}

#[derive(Serialize)]
struct Written<'a> {
    ledger: LedgerId,
    position: u64,
    stream: StreamId,
    version: u64,
    r#type: &'static str,
    schema: u16,
    at: Timestamp,
    actor: &'a Who,
    command: CommandId,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery: Option<RecoveryId>,
    data: &'a Event,
    #[serde(skip_serializing_if = "Option::is_none")]
    private: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read<'a> {
    ledger: LedgerId,
    position: u64,
    stream: StreamId,
    version: u64,
    r#type: &'a str,
    schema: u16,
    at: Timestamp,
    actor: Who,
    command: CommandId,
    #[serde(default)]
    recovery: Option<RecoveryId>,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(default)]
    private: Option<String>,
}

impl Envelope {
    /// The leaf: these bytes are stored, hashed, and never made anew.
    pub fn encode(&self) -> Result<Vec<u8>, EnvelopeError> {
        let leaf = serde_json::to_vec(&Written {
            ledger: self.ledger,
            position: self.position,
            stream: self.stream,
            version: self.version,
            r#type: self.event.name(),
            schema: self.event.schema(),
            at: self.at,
            actor: &self.who,
            command: self.command,
            recovery: self.recovery,
            data: &self.event,
            private: self.private.as_deref(),
        })?;
        if leaf.len() > LEAF_BYTES_MAX {
            Err(EnvelopeError::TooLarge(leaf.len()))
        } else {
            Ok(leaf)
        }
    }

    /// Reads a leaf.
    pub fn decode(leaf: &[u8]) -> Result<Self, EnvelopeError> {
        // Checked once, and not text by text.
        let leaf = str::from_utf8(leaf).map_err(serde_json::Error::custom)?;
        let read: Read<'_> = serde_json::from_str(leaf)?;
        Ok(Self {
            event: Event::decode(read.r#type, read.schema, read.data)?,
            ledger: read.ledger,
            position: read.position,
            stream: read.stream,
            version: read.version,
            at: read.at,
            who: read.actor,
            command: read.command,
            recovery: read.recovery,
            private: read.private,
        })
    }

    /// What a fold sees of it.
    pub fn recorded(&self) -> Recorded {
        Recorded { at: self.at, who: self.who, recovery: self.recovery, event: self.event.clone() }
    }

    /// What the rule decided.
    pub fn new_event(&self) -> NewEvent {
        NewEvent { recovery: self.recovery, event: self.event.clone() }
    }
}
