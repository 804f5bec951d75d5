//! Why a checkpoint was not cosigned.

use readmit_tlog::{AddCheckpointError, CheckpointError, ProofError};

use super::ANSWER_MAX_BYTES;

/// Why a checkpoint was not cosigned. Nothing was taken from the answer.
///
/// The first two are alarms; the words of each say what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// The witness has cosigned a larger tree than the ledger has.
    #[error(
        "ROLLED BACK: the witness has seen {known} events of {origin}, here are only {ours}. This \
         database is an old copy, or was restored from one, or another copy of it is live. Stop \
         writing to it, find the copy that has {known} events, and keep both. (If another node \
         submitted meanwhile and the ledger has {known} events by now, submit again.)"
    )]
    RolledBack {
        /// The origin of the ledger.
        origin: String,
        /// How many events the witness has seen.
        known: u64,
        /// How many the checkpoint has.
        ours: u64,
    },
    /// The witness has seen another history.
    #[error(
        "FORKED: the witness refuses the proof that the {ours} events of {origin} begin with the \
         {known} that it has seen. History was rewritten here, or another copy of this database \
         went its own way, or stored tiles are damaged. Stop writing to it, run \
         `readmit audit verify` against a remembered checkpoint, and compare with the checkpoint \
         that the witness serves{told}"
    )]
    Forked {
        /// The origin of the ledger.
        origin: String,
        /// How many events the witness has seen.
        known: u64,
        /// How many the checkpoint has.
        ours: u64,
        /// The beginning of what the witness wrote, ready to be shown; empty if nothing.
        told: String,
    },
    /// Status 404.
    #[error(
        "the witness does not know {origin}: give its operator this origin and the verifier key of \
         the ledger, and check the address of the witness{told}"
    )]
    UnknownOrigin {
        /// The origin of the ledger.
        origin: String,
        /// What the witness wrote.
        told: String,
    },
    /// Status 403.
    #[error(
        "the witness knows {origin}, but not the key that signed the checkpoint: give its operator \
         the verifier key of the ledger{told}"
    )]
    UnknownKey {
        /// The origin of the ledger.
        origin: String,
        /// What the witness wrote.
        told: String,
    },
    /// Status 400, or 422 where there is nothing that could be inconsistent.
    #[error(
        "the witness does not accept the request ({status}): either side departs from tlog-witness; \
         check the address of the witness, and report this to its operator{told}"
    )]
    NotAccepted {
        /// The HTTP status.
        status: u16,
        /// What the witness wrote.
        told: String,
    },
    /// Status 429 or 5xx.
    #[error("the witness cannot answer now ({status}): try again later{told}")]
    Unavailable {
        /// The HTTP status.
        status: u16,
        /// What the witness wrote.
        told: String,
    },
    /// A redirect, which is not followed.
    #[error(
        "the witness answers with a redirect ({status}), which is not followed: give the address \
         that it points to, after checking that it is the witness"
    )]
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// The witness was moved on twice while it was asked.
    #[error(
        "the witness now knows {known} events, and another size a moment ago: somebody else submits \
         checkpoints of {origin}; try again"
    )]
    Moved {
        /// The origin of the ledger.
        origin: String,
        /// How many events the witness has seen.
        known: u64,
    },
    /// An answer that tlog-witness does not know.
    #[error(
        "the answer of the witness ({status}) makes no sense, {why}: check that the address is that \
         of a C2SP witness, and report this to its operator"
    )]
    BadAnswer {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        why: String,
    },
    /// Status 200, but no cosignature of this checkpoint by the witness.
    #[error(
        "the witness answered with something that is not its cosignature of this checkpoint, {0}: \
         check its verifier key; nothing was stored"
    )]
    BadCosignature(#[source] CheckpointError),
    /// A cosignature without a time, which tlog-witness forbids.
    #[error("the witness cosigned without a time: report this to its operator; nothing was stored")]
    Undated,
    /// The keys to verify with are not those of a witness, or there are none.
    #[error("what was given as the key of the witness cannot be one: {0}")]
    NotAWitness(String),
    /// The witness did not answer, or with too much.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// No consistency proof.
    #[error("the ledger has no consistency proof for the witness: run `readmit audit verify`: {0}")]
    Source(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The source gave another proof than the one that was asked for.
    #[error(
        "the consistency proof for the witness should lead from {expected:?} events, not from \
         {found:?}: report this as a bug"
    )]
    WrongProof {
        /// The sizes of the old and the new tree.
        expected: (u64, u64),
        /// Those of the proof that came.
        found: (u64, u64),
    },
    /// There is no such proof at all.
    #[error("the ledger is larger than any tree: {0}")]
    Proof(#[from] ProofError),
    /// The request cannot be written.
    #[error("the request to the witness cannot be made: {0}")]
    Request(#[from] AddCheckpointError),
}

/// Why there is no answer of a witness.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// More than [`ANSWER_MAX_BYTES`].
    #[error(
        "the witness answers with more than {ANSWER_MAX_BYTES} bytes: check that the address is \
         that of a C2SP witness"
    )]
    TooLong,
    /// Not in time.
    #[error(
        "the witness did not answer within {seconds} seconds; it may have cosigned all the same: \
         try again later"
    )]
    TimedOut {
        /// How long was waited.
        seconds: u64,
    },
    /// It could not be reached, or broke off.
    #[error(
        "the witness could not be asked, {0}: check its address and the network, and try again"
    )]
    Failed(String),
}
