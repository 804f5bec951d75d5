//! Proofs to be checked offline (`c2sp.org/tlog-proof@v1`).

use std::{fmt, str::FromStr};

use crate::{
    Checkpoint, CheckpointError, InclusionProof, ProofError, SignedCheckpoint, SyntaxError,
    VerifiedSignature, VerifierKey, leaf_hash,
    text::{self, Lines},
};

/// Everything that an auditor needs besides the leaf and the keys: where the leaf stands, an
/// inclusion proof, and the signed checkpoint that it leads to.
///
/// Parsing checks the form, nothing else: [`check_proof`] or [`TlogProof::verify`] tell whether it
/// proves anything. Stored with the file extension `.tlog-proof`.
///
/// Source: tlog-proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// At most [`TlogProof::MAX_EXTRA_BYTES`].
    extra: Vec<u8>,
    /// Of the checkpoint's size.
    inclusion: InclusionProof,
    checkpoint: SignedCheckpoint,
}

/// What a proof has proved: the log signed a tree that has this leaf at this position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedLeaf {
    /// Where the leaf stands, from zero.
    pub position: u64,
    /// What the log signed.
    pub checkpoint: Checkpoint,
    /// The witnesses, of those asked about, that cosigned it; each at most once.
    pub witnesses: Vec<VerifiedSignature>,
}

/// Why a proof cannot be, or does not prove.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// The text does not keep to the format.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// The checkpoint is malformed or not signed as it should be.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The inclusion proof cannot be, or leads elsewhere than to the checkpoint's root.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The inclusion proof is for a tree of another size than the checkpoint's.
    #[error("the proof is for a tree of {found} leaves, the checkpoint has {expected}")]
    WrongSize {
        /// The checkpoint's size.
        expected: u64,
        /// The proof's size.
        found: u64,
    },
    /// More than [`TlogProof::MAX_EXTRA_BYTES`].
    #[error("extra data has at most {max} bytes, not {found}", max = TlogProof::MAX_EXTRA_BYTES)]
    TooMuchExtra {
        /// The length found, in bytes.
        found: usize,
    },
}

/// Checks, offline, that the log with the key `log` has `leaf`: the one call that an auditor needs.
///
/// The log's name is the origin that its checkpoints must have. Which witnesses cosigned is told,
/// not judged: a policy such as "two of these three" is the caller's.
///
/// ```
/// use readmit_tlog::{
///     Checkpoint, InclusionProof, NoteSigner, SignedCheckpoint, TlogProof, check_proof, leaf_hash,
/// };
///
/// let log = NoteSigner::new("example.com/log", &[7; 32])?;
/// let checkpoint = Checkpoint::new("example.com/log", 1, leaf_hash(b"the only event"))?;
/// let checkpoint = SignedCheckpoint::sign(checkpoint, &log)?;
/// let text = TlogProof::new(InclusionProof::new(0, 1, vec![])?, checkpoint)?.to_string();
///
/// let verified = check_proof(&text, b"the only event", log.key(), &[])?;
/// assert_eq!(verified.position, 0);
/// assert!(check_proof(&text, b"another event", log.key(), &[]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`TlogProofError`] when the text is malformed, when the log did not sign, when a known signature
/// fails, and when the leaf is not where the proof says.
pub fn check_proof(
    text: &str,
    leaf: &[u8],
    log: &VerifierKey,
    witnesses: &[VerifierKey],
) -> Result<VerifiedLeaf, TlogProofError> {
    text.parse::<TlogProof>()?.verify(leaf, log, witnesses)
}

impl TlogProof {
    /// The most extra data, in bytes, that is read or written. The specification sets no bound; a
    /// leaf, which extra data may help to rebuild, has at most 65,535.
    pub const MAX_EXTRA_BYTES: usize = 65_536;

    /// The proof that a leaf is in the tree of a checkpoint, without extra data.
    ///
    /// # Errors
    ///
    /// [`TlogProofError::WrongSize`] when the two are not about the same tree.
    pub fn new(
        inclusion: InclusionProof,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self, TlogProofError> {
        let (expected, found) = (checkpoint.checkpoint().size(), inclusion.size());
        if expected != found {
            return Err(TlogProofError::WrongSize { expected, found });
        }
        Ok(Self { extra: Vec::new(), inclusion, checkpoint })
    }

    /// Takes along extra data, which nothing authenticates.
    ///
    /// # Errors
    ///
    /// [`TlogProofError::TooMuchExtra`].
    pub fn with_extra(self, extra: Vec<u8>) -> Result<Self, TlogProofError> {
        if extra.len() > Self::MAX_EXTRA_BYTES {
            return Err(TlogProofError::TooMuchExtra { found: extra.len() });
        }
        Ok(Self { extra, ..self })
    }

    /// Does what [`check_proof`] does, for a proof that was parsed already: to build the leaf from
    /// the extra data, say.
    ///
    /// # Errors
    ///
    /// As [`check_proof`].
    pub fn verify(
        &self,
        leaf: &[u8],
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<VerifiedLeaf, TlogProofError> {
        let checkpoint = self.checkpoint.checkpoint();
        let witnesses = self.checkpoint.verify(log, witnesses)?;
        self.inclusion.verify(leaf_hash(leaf), checkpoint.root())?;
        let position = self.inclusion.position();
        Ok(VerifiedLeaf { position, checkpoint: checkpoint.clone(), witnesses })
    }

    /// The extra data; empty when there is none. Not to be trusted: no signature covers it.
    pub fn extra(&self) -> &[u8] {
        &self.extra
    }

    /// The inclusion proof.
    pub const fn inclusion(&self) -> &InclusionProof {
        &self.inclusion
    }

    /// The checkpoint that the proof leads to.
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }
}

const HEADER: &str = "c2sp.org/tlog-proof@v1";

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", text::encode(&self.extra))?;
        }
        writeln!(f, "index {}", self.inclusion.position())?;
        let mut hashes = self.inclusion.hashes().iter();
        hashes.try_for_each(|hash| writeln!(f, "{}", text::encode(hash.as_bytes())))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = TlogProofError;

    fn from_str(text: &str) -> Result<Self, TlogProofError> {
        let mut lines = Lines::new(text, 1);
        lines.parse(HEADER, |line| (line == HEADER).then_some(()))?;
        let extra = if lines.rest().starts_with("extra ") {
            lines.parse("extra data: `extra`, a space, base64 of at least one byte", extra)?
        } else {
            Vec::new()
        };
        let position = lines.parse("the position: `index`, a space, a decimal number", |line| {
            text::decimal(line.strip_prefix("index ")?)
        })?;
        let hashes = lines.parse_until_blank(text::HASH, InclusionProof::MAX_HASHES, text::hash)?;
        let checkpoint = SignedCheckpoint::parse_at(lines.rest(), lines.next())?;
        let inclusion = InclusionProof::new(position, checkpoint.checkpoint().size(), hashes)?;
        Self::new(inclusion, checkpoint)?.with_extra(extra)
    }
}

/// Without data there is no such line, so that a proof has one form.
fn extra(line: &str) -> Option<Vec<u8>> {
    text::decode(line.strip_prefix("extra ")?).filter(|extra| !extra.is_empty())
}
