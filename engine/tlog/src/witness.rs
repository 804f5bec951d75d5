//! What a log sends to a witness (tlog-witness).

use std::{fmt, str::FromStr};

use crate::{
    CheckpointError, ConsistencyProof, Hash, ProofError, SignedCheckpoint, SyntaxError,
    text::{self, Lines},
};

/// The body of `add-checkpoint`: a checkpoint to be cosigned, and the proof that it is consistent
/// with the last one that the witness saw.
///
/// The witness answers with signature lines, to be added with
/// [`SignedCheckpoint::add_cosignatures`], or, when its last checkpoint has another size than
/// `old`, with that size ([`parse_known_size`]).
///
/// ```
/// use readmit_tlog::{
///     AddCheckpoint, Checkpoint, ConsistencyProof, Cosigner, NoteSigner, SignedCheckpoint,
///     empty_root, leaf_hash,
/// };
///
/// let log = NoteSigner::new("example.com/log", &[1; 32])?;
/// let witness = Cosigner::new("example.com/witness", &[2; 32])?;
/// let checkpoint = Checkpoint::new("example.com/log", 1, leaf_hash(b"the only event"))?;
/// let mut checkpoint = SignedCheckpoint::sign(checkpoint, &log)?;
///
/// // The log asks, the witness checks and answers.
/// let proof = ConsistencyProof::new(0, 1, vec![])?;
/// let body = AddCheckpoint::new(&proof, checkpoint.clone())?.to_string();
///
/// let request: AddCheckpoint = body.parse()?;
/// request.checkpoint().verify(log.key(), &[])?;
/// request.verify(empty_root())?;
/// let answer = format!("{}\n", witness.cosign(request.checkpoint().checkpoint(), 1_679_315_147)?);
///
/// checkpoint.add_cosignatures(&answer, &[witness.key().clone()])?;
/// assert_eq!(checkpoint.note().signatures().len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: tlog-witness, *add-checkpoint*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Not more than the checkpoint's size.
    old: u64,
    /// At most [`AddCheckpoint::MAX_HASHES`], and not necessarily as many as a proof has: a witness
    /// answers a wrong proof otherwise than a malformed request.
    hashes: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

/// Why a request cannot be: a witness answers 400.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddCheckpointError {
    /// The text does not keep to the format.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// The checkpoint is malformed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A tree does not shrink.
    #[error("a tree of {old} leaves cannot have become one of {new}")]
    Shrunk {
        /// The number of leaves that the witness is said to have seen.
        old: u64,
        /// The checkpoint's size.
        new: u64,
    },
    /// The consistency proof leads to another tree than the checkpoint's.
    #[error("the proof is for a tree of {found} leaves, the checkpoint has {expected}")]
    WrongSize {
        /// The checkpoint's size.
        expected: u64,
        /// The size that the proof leads to.
        found: u64,
    },
}

impl AddCheckpoint {
    /// The most hashes that a request may have. Fewer are enough for the largest tree here.
    pub const MAX_HASHES: usize = 63;

    /// The request to cosign `checkpoint`, with the proof from the size that the witness knows.
    ///
    /// # Errors
    ///
    /// [`AddCheckpointError::WrongSize`] when the two are not about the same tree.
    pub fn new(
        proof: &ConsistencyProof,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self, AddCheckpointError> {
        let (expected, found) = (checkpoint.checkpoint().size(), proof.new_size());
        if expected != found {
            return Err(AddCheckpointError::WrongSize { expected, found });
        }
        Ok(Self { old: proof.old_size(), hashes: proof.hashes().to_vec(), checkpoint })
    }

    /// The size of the checkpoint that the witness is thought to have seen last; a witness that
    /// knows better answers 409.
    pub const fn old_size(&self) -> u64 {
        self.old
    }

    /// The checkpoint. The witness verifies that the log signed it before anything else.
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Checks that the checkpoint's tree begins with the one that the witness knows: the first
    /// [`old_size`](Self::old_size) leaves, with the root `old`. A witness that never saw the log
    /// knows the [`empty_root`](crate::empty_root).
    ///
    /// # Errors
    ///
    /// [`ProofError`] when it does not: the witness answers 422.
    pub fn verify(&self, old: Hash) -> Result<(), ProofError> {
        let new = self.checkpoint.checkpoint();
        let proof = ConsistencyProof::new(self.old, new.size(), self.hashes.clone())?;
        proof.verify(old, new.root())
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        let mut hashes = self.hashes.iter();
        hashes.try_for_each(|hash| writeln!(f, "{}", text::encode(hash.as_bytes())))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for AddCheckpoint {
    type Err = AddCheckpointError;

    fn from_str(text: &str) -> Result<Self, AddCheckpointError> {
        let mut lines = Lines::new(text, 1);
        let old = lines.parse("the old size: `old`, a space, a decimal number", |line| {
            text::decimal(line.strip_prefix("old ")?)
        })?;
        let hashes = lines.parse_until_blank(text::HASH, Self::MAX_HASHES, text::hash)?;
        let checkpoint = SignedCheckpoint::parse_at(lines.rest(), lines.next())?;
        let new = checkpoint.checkpoint().size();
        if old > new {
            return Err(AddCheckpointError::Shrunk { old, new });
        }
        Ok(Self { old, hashes, checkpoint })
    }
}

/// Reads the answer of a witness that knows another size than the request's: a decimal number and
/// a newline (`text/x.tlog.size`).
///
/// # Errors
///
/// [`SyntaxError`] when it is anything else.
pub fn parse_known_size(body: &str) -> Result<u64, SyntaxError> {
    let mut lines = Lines::new(body, 1);
    let size = lines.parse("a tree size: a decimal number", text::decimal)?;
    if lines.rest().is_empty() {
        Ok(size)
    } else {
        Err(SyntaxError { line: 2, expected: "nothing more" })
    }
}
