//! Time stamps of checkpoints (RFC 3161): somebody else's word that a checkpoint existed by then.
//!
//! A witness says that a ledger only grew; a time stamp says since when a checkpoint has been there,
//! on the word of a time-stamping authority (TSA) whose clock and key are not ours. Ask one with
//! OpenSSL, keep its answer beside the checkpoint, and judge both later, also when the ledger's key
//! has long been changed:
//!
//! ```text
//! openssl ts -query -data stamped.txt -sha256 -cert -out query.tsq
//! curl -H 'Content-Type: application/timestamp-query' --data-binary @query.tsq TSA > response.tsr
//! openssl ts -verify -data stamped.txt -in response.tsr -CAfile roots-of-the-tsa.pem
//! ```
//!
//! **What is stamped**: the bytes of [`stamped_bytes`], that is the text of the checkpoint, an empty
//! line, and the signature line of the log's key: exactly what `SignedCheckpoint::to_string` gives
//! before anybody cosigned. Cosignatures come and go later, and are dated themselves; so a time
//! stamp stays good whichever of them a checkpoint has. Ed25519 signatures are deterministic, so
//! there is one such text for each checkpoint and key.
//!
//! **What is checked, and what is not.** [`check`] reads a response strictly and compares the digest
//! in it with SHA-256 of those bytes: the response is *about* this checkpoint, and says this time.
//! Whether the TSA really signed it, and whether its certificate and chain deserve trust, is not
//! judged here: whoever wants to rely on the time runs `openssl ts -verify` as above, with roots of
//! their own choice.
//!
//! Source: [RFC 3161] §2.4.2, [RFC 5652] §5.1, [RFC 5816].
//!
//! [RFC 3161]: https://www.rfc-editor.org/rfc/rfc3161
//! [RFC 5652]: https://www.rfc-editor.org/rfc/rfc5652
//! [RFC 5816]: https://www.rfc-editor.org/rfc/rfc5816

mod response;

use readmit_domain::Timestamp;
use readmit_tlog::{CheckpointError, SignedCheckpoint, VerifierKey};
use sha2::{Digest as _, Sha256};

/// The longest response that is read, in bytes: one with a chain of certificates has about 6,000.
pub const RESPONSE_MAX_BYTES: usize = 64 * 1024;

/// What a time stamp says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamped {
    /// When the TSA made it, by its clock; rounded down to microseconds.
    pub at: Timestamp,
    /// By which of its policies, as dotted decimal: what the time is worth, such as how exact the
    /// clock is.
    pub policy: String,
    /// The number of the time stamp, unique for its TSA, in hexadecimal.
    pub serial: String,
}

/// Why a response is not a time stamp of these bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// More than [`RESPONSE_MAX_BYTES`].
    #[error("a time stamp response has at most {RESPONSE_MAX_BYTES} bytes, not {found}")]
    TooLong {
        /// The length found, in bytes.
        found: usize,
    },
    /// Not the DER of a `TimeStampResp` with a `TSTInfo` of version 1 inside.
    #[error("this is not a time stamp response (RFC 3161, DER), {0}: ask the TSA again")]
    Malformed(String),
    /// The TSA did not grant it.
    #[error("the TSA did not grant the time stamp (status {status}): ask it why, or ask another")]
    NotGranted {
        /// `PKIStatus`: 2 is a rejection, 3 to wait.
        status: u8,
    },
    /// Another digest than SHA-256.
    #[error("the time stamp is over a digest of the kind {found}: ask for one with SHA-256")]
    OtherDigest {
        /// The object identifier of the digest, as dotted decimal.
        found: String,
    },
    /// The time stamp is for something else.
    #[error(
        "the time stamp is for other bytes: it belongs to another checkpoint, or to this one with \
         its cosignatures"
    )]
    OtherBytes,
}

/// The bytes to be stamped: the checkpoint's text, an empty line, and the signature line of the
/// log with this key.
///
/// # Errors
///
/// [`CheckpointError`] when that key did not sign the checkpoint: such a one is not worth a stamp.
pub fn stamped_bytes(
    checkpoint: &SignedCheckpoint,
    log: &VerifierKey,
) -> Result<Vec<u8>, CheckpointError> {
    checkpoint.verify(log, &[])?;
    let note = checkpoint.note();
    let mut signatures = note.signatures().iter();
    // The signature of a key is verified above, and of Ed25519 there is only one that is.
    let own = signatures.find(|line| line.name() == log.name() && line.id() == log.id());
    let own = own.map(|line| format!("{line}\n")).unwrap_or_default();
    Ok(format!("{}\n{own}", note.text()).into_bytes())
}

/// Reads the answer of a TSA, and checks that it is about these bytes: those of [`stamped_bytes`].
///
/// The signature of the TSA and its certificates are not judged; see the
/// [module](crate::timestamp).
///
/// # Errors
///
/// [`TimestampError`] when it is malformed, not granted, or about something else.
pub fn check(response: &[u8], note: &[u8]) -> Result<Timestamped, TimestampError> {
    if response.len() > RESPONSE_MAX_BYTES {
        return Err(TimestampError::TooLong { found: response.len() });
    }
    let token = response::token(response)?;
    let info = response::info(token)?;
    if info.digest_kind != response::SHA_256 {
        return Err(TimestampError::OtherDigest { found: info.digest_kind.to_string() });
    }
    if info.digest != Sha256::digest(note).as_slice() {
        return Err(TimestampError::OtherBytes);
    }
    Ok(Timestamped { at: info.at, policy: info.policy.to_string(), serial: info.serial })
}
