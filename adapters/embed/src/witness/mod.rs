//! Witnesses: somebody else who remembers how far a ledger had come.
//!
//! Whoever can write the database can recompute every hash in it. What they cannot do is change
//! what a **witness** has seen: it keeps the last checkpoint that it cosigned of each log, and
//! cosigns a newer one only with a proof that the log merely grew. So a ledger that was rolled back
//! to an old copy, or rewritten, gets no cosignature any more: [`WitnessError::RolledBack`],
//! [`WitnessError::Forked`].
//!
//! | what | is |
//! |---|---|
//! | [`submit`] | the whole conversation, from checkpoint to [`Witnessed`] |
//! | [`Submission`] | the same as a state machine without IO |
//! | [`WitnessClient`] | what carries a request to the witness: any HTTP client |
//! | [`Source`] | where consistency proofs come from: the ledger's tiles |
//!
//! ```
//! use readmit::witness::{
//!     ClientError, ConsistencyProof, SignedCheckpoint, Source, VerifierKey, WitnessAnswer,
//!     WitnessClient, WitnessError, submit,
//! };
//!
//! /// Asks for nothing more than that the checkpoint be cosigned, and tells since when it stood.
//! async fn witnessed(
//!     client: &impl WitnessClient,
//!     tiles: &impl Source,
//!     checkpoint: SignedCheckpoint,
//!     witness: VerifierKey,
//! ) -> Result<Option<u64>, WitnessError> {
//!     let witnessed = submit(client, tiles, checkpoint, 0, &[witness]).await?;
//!     Ok(witnessed.cosigned.first().and_then(|signature| signature.at_seconds))
//! }
//! ```
//!
//! **Invariant: nothing unverified is taken.** A cosignature is added to a checkpoint only when it
//! verifies with the witness's key, which the caller has from elsewhere; on any error the
//! caller's checkpoint is what it was.
//!
//! **Invariant: bounded.** At most two requests; answers of at most [`ANSWER_MAX_BYTES`].
//!
//! **What an alarm is worth.** `RolledBack` and `Forked` rest on the status and the body of an
//! answer, which nobody signs. They are reasons to look, not evidence; evidence is the checkpoint
//! that the witness serves under its monitoring prefix, signed by the log and cosigned.
//!
//! Source: [tlog-witness], *add-checkpoint*; [tlog-cosignature].
//!
//! [tlog-witness]: https://c2sp.org/tlog-witness
//! [tlog-cosignature]: https://c2sp.org/tlog-cosignature

mod error;
mod submission;

use std::future::Future;

pub use error::{ClientError, WitnessError};
pub use readmit_tlog::{
    CheckpointError, ConsistencyProof, ProofError, SignedCheckpoint, VerifiedSignature, VerifierKey,
};
pub use submission::{Forgot, Step, Submission, Witnessed};

/// The longest answer that is read, in bytes: a hundred cosignatures of today's kind take a tenth
/// of it, sixteen post-quantum ones fit.
pub const ANSWER_MAX_BYTES: usize = 64 * 1024;

/// What a witness answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessAnswer {
    /// The HTTP status, such as 200.
    pub status: u16,
    /// The header `Content-Type`, if there is one and it is a text.
    pub content_type: Option<String>,
    /// The body. More than [`ANSWER_MAX_BYTES`] is refused; a client stops reading there.
    pub body: Vec<u8>,
}

/// Carries requests to one witness.
///
/// An implementation has a time limit for the whole exchange, reads at most [`ANSWER_MAX_BYTES`]
/// of an answer ([`ClientError::TooLong`]), follows no redirect, and repeats nothing by itself.
/// Every status is an answer, not an error.
pub trait WitnessClient: Send + Sync {
    /// Sends `body` by `POST` to `<submission prefix>/add-checkpoint`.
    fn add_checkpoint(
        &self,
        body: String,
    ) -> impl Future<Output = Result<WitnessAnswer, ClientError>> + Send;
}

/// Where consistency proofs come from.
pub trait Source: Send + Sync {
    /// Why there is no proof.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The proof that the first `new` events begin with the first `old`, for
    /// 0 < `old` < `new` ≤ the size of the checkpoint that is submitted.
    fn consistency(
        &self,
        old: u64,
        new: u64,
    ) -> impl Future<Output = Result<ConsistencyProof, Self::Error>> + Send;
}

/// Asks a witness to cosign a checkpoint.
///
/// `known_size` is the size of the last checkpoint that this witness cosigned as far as the caller
/// remembers, 0 if it remembers nothing: a witness that knows better says so, and is asked once
/// more. `witness` are the keys of that witness, of which at least one has to cosign; an operator
/// who changes keys has two for a while.
///
/// Several nodes may submit for one ledger. Then [`WitnessError::RolledBack`] may also mean that
/// another node was faster: read the head again, and submit a checkpoint of it if it is not
/// smaller than what the witness knows.
///
/// # Errors
///
/// [`WitnessError`]; nothing was taken, and everything may be tried again.
pub async fn submit<C: WitnessClient, S: Source>(
    client: &C,
    source: &S,
    checkpoint: SignedCheckpoint,
    known_size: u64,
    witness: &[VerifierKey],
) -> Result<Witnessed, WitnessError> {
    let mut submission = Submission::new(checkpoint, known_size, witness)?;
    loop {
        let proof = proof(source, &submission).await?;
        let answer = client.add_checkpoint(submission.request(&proof)?).await?;
        match submission.take(&answer)? {
            Step::Again(corrected) => submission = corrected,
            Step::Done(witnessed) => return Ok(witnessed),
        }
    }
}

/// Between an empty tree or a tree and itself there is nothing to be fetched.
async fn proof<S: Source>(
    source: &S,
    submission: &Submission,
) -> Result<ConsistencyProof, WitnessError> {
    let (old, new) = (submission.old_size(), submission.size());
    if old == 0 || old == new {
        return Ok(ConsistencyProof::new(old, new, Vec::new())?);
    }
    let proof = source.consistency(old, new).await;
    proof.map_err(|error| WitnessError::Source(Box::new(error)))
}
