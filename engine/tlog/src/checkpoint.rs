//! Checkpoints: what a log says about its tree, and signs.

use std::{fmt, str::FromStr};

use crate::{
    Frontier, Hash, KeyKind, Note, NoteError, NoteSignature, NoteSigner, SyntaxError,
    VerifiedSignature, VerifierKey,
    text::{self, Lines},
};

/// How many leaves the tree of a log has, and its root.
///
/// As text, the text of a note: three lines, and any extension lines.
///
/// Source: tlog-checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Non-empty, of characters that a note may contain.
    origin: String,
    /// At most [`Frontier::MAX_SIZE`].
    size: u64,
    root: Hash,
    /// Each non-empty, of characters that a note may contain.
    extensions: Vec<String>,
}

/// A checkpoint, and the signatures of its log and of witnesses.
///
/// Parsing checks the form, nothing else: before its root is believed, verify it with
/// [`SignedCheckpoint::verify`].
///
/// ```
/// use readmit_tlog::{Checkpoint, NoteSigner, SignedCheckpoint, leaf_hash};
///
/// let log = NoteSigner::new("example.com/log", &[7; 32])?;
/// let checkpoint = Checkpoint::new("example.com/log", 1, leaf_hash(b"the only event"))?;
/// let text = SignedCheckpoint::sign(checkpoint, &log)?.to_string();
///
/// let received: SignedCheckpoint = text.parse()?;
/// received.verify(log.key(), &[])?;
/// assert_eq!(received.checkpoint().size(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// Its text is that of the checkpoint.
    note: Note,
    checkpoint: Checkpoint,
}

/// Why a checkpoint cannot be, or is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The text does not keep to the format.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// The note around the checkpoint is malformed or not signed as it should be.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// More leaves than [`Frontier::MAX_SIZE`].
    #[error("a tree has at most {max} leaves, not {size}", max = Frontier::MAX_SIZE)]
    TooLarge {
        /// The number of leaves found.
        size: u64,
    },
    /// It is the checkpoint of another log.
    #[error("the checkpoint is of the log {found:?}, not of {expected:?}")]
    WrongOrigin {
        /// The name of the log's key.
        expected: String,
        /// The origin line.
        found: String,
    },
    /// The key of the log did not sign it.
    #[error("the log {origin:?} did not sign this")]
    NotSignedByLog {
        /// The name of the log's key.
        origin: String,
    },
    /// A key is of the wrong kind for what it is to verify.
    #[error("the key {name} should be of signature type {expected:#04x}", expected = .expected.byte())]
    WrongKind {
        /// The name of the key.
        name: String,
        /// The kind that it should be of.
        expected: KeyKind,
    },
}

impl Checkpoint {
    /// The checkpoint of the log `origin` when its tree has `size` leaves, without extension lines.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::TooLarge`]; [`CheckpointError::Syntax`] when the origin is empty or
    /// contains control characters.
    pub fn new(origin: impl Into<String>, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        let origin = origin.into();
        check_line(&origin, 1, ORIGIN)?;
        Ok(Self { origin, size: checked_size(size)?, root, extensions: Vec::new() })
    }

    /// Adds an extension line. The specification advises against them: nobody audits what they say.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Syntax`] when it is empty or contains control characters.
    pub fn with_extension(mut self, line: impl Into<String>) -> Result<Self, CheckpointError> {
        let line = line.into();
        check_line(&line, self.extensions.len() + 4, EXTENSION)?;
        self.extensions.push(line);
        Ok(self)
    }

    /// Which log it is of. Readmit gives the log's key the same name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub const fn root(&self) -> Hash {
        self.root
    }

    /// The extension lines, without their newlines.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// Parses the part of a larger text that starts at line `first`.
    fn parse_at(text: &str, first: usize) -> Result<Self, CheckpointError> {
        let mut lines = Lines::new(text, first);
        let origin = lines.parse(ORIGIN, |line| is_line(line).then(|| line.to_owned()))?;
        let size = lines.parse("the tree size: a decimal number", text::decimal)?;
        let root = lines.parse(text::HASH, text::hash)?;
        let mut extensions = Vec::new();
        while !lines.rest().is_empty() {
            extensions.push(lines.parse(EXTENSION, |line| is_line(line).then(|| line.to_owned()))?);
        }
        Ok(Self { origin, size: checked_size(size)?, root, extensions })
    }
}

const ORIGIN: &str = "an origin: a line that is not empty, without control characters";
const EXTENSION: &str = "an extension: a line that is not empty, without control characters";

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = text::encode(self.root.as_bytes());
        writeln!(f, "{}\n{}\n{root}", self.origin, self.size)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        Self::parse_at(text, 1)
    }
}

impl SignedCheckpoint {
    /// Signs a checkpoint as its log. A log never signs two that are inconsistent with each other.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::WrongOrigin`] when the signer's name is not the checkpoint's origin,
    /// [`CheckpointError::Note`] when the extension lines make it too long.
    pub fn sign(checkpoint: Checkpoint, signer: &NoteSigner) -> Result<Self, CheckpointError> {
        check_origin(&checkpoint, signer.key())?;
        Ok(Self { note: Note::sign(checkpoint.to_string(), signer)?, checkpoint })
    }

    /// Adds a signature that the caller made or knows, in the place of an earlier one of the same
    /// key. What a witness answers goes through [`SignedCheckpoint::add_cosignatures`].
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Note`] when there are too many of them; it is left as it was.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), CheckpointError> {
        Ok(self.note.add(signature)?)
    }

    /// Adds what a witness answered to a request to cosign this checkpoint: signature lines, each
    /// with its newline. Those of keys that are not among `witnesses` are dropped, so that an
    /// answer cannot replace the log's own signature.
    ///
    /// Returns the keys that cosigned.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::WrongKind`] unless all keys are [`KeyKind::Cosignature`];
    /// [`CheckpointError::Note`] when the answer is malformed, when none of the keys cosigned, and
    /// when the cosignature of one of them fails. The checkpoint is left as it was.
    pub fn add_cosignatures(
        &mut self,
        answer: &str,
        witnesses: &[VerifierKey],
    ) -> Result<Vec<VerifiedSignature>, CheckpointError> {
        witnesses.iter().try_for_each(|key| check_kind(key, KeyKind::Cosignature))?;
        let signatures = NoteSignature::parse_lines(answer)?;
        Ok(self.note.add_verified(signatures, witnesses)?)
    }

    /// Checks that the log with this key signed it, and tells which of these witnesses did. How
    /// many of them are enough is the caller's policy, and so is how old or how new a cosignature
    /// may be.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::WrongKind`] unless the log's key is [`KeyKind::Ed25519`] and all others
    /// [`KeyKind::Cosignature`]; [`CheckpointError::WrongOrigin`] when the origin is not the name
    /// of the log's key; [`CheckpointError::NotSignedByLog`]; [`CheckpointError::Note`] when the
    /// signature of one of the keys fails.
    pub fn verify(
        &self,
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<Vec<VerifiedSignature>, CheckpointError> {
        check_kind(log, KeyKind::Ed25519)?;
        witnesses.iter().try_for_each(|key| check_kind(key, KeyKind::Cosignature))?;
        check_origin(&self.checkpoint, log)?;
        let keys = [std::slice::from_ref(log), witnesses].concat();
        let mut verified = match self.note.verify(&keys) {
            Err(NoteError::NotSigned) => Vec::new(),
            other => other?,
        };
        let signatures = verified.len();
        verified.retain(|signature| signature.key != *log);
        if verified.len() == signatures {
            return Err(CheckpointError::NotSignedByLog { origin: log.name().to_owned() });
        }
        Ok(verified)
    }

    /// The checkpoint.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note: the checkpoint's text, and every signature, those of unknown keys too.
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// Parses the part of a larger text that starts at line `first`.
    pub(crate) fn parse_at(text: &str, first: usize) -> Result<Self, CheckpointError> {
        let note = Note::parse_at(text, first)?;
        let checkpoint = Checkpoint::parse_at(note.text(), first)?;
        Ok(Self { note, checkpoint })
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

impl FromStr for SignedCheckpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        Self::parse_at(text, 1)
    }
}

fn is_line(line: &str) -> bool {
    !line.is_empty() && !line.contains(|c| text::is_control(c) || c == '\n')
}

fn check_line(line: &str, number: usize, expected: &'static str) -> Result<(), SyntaxError> {
    if is_line(line) { Ok(()) } else { Err(SyntaxError { line: number, expected }) }
}

const fn checked_size(size: u64) -> Result<u64, CheckpointError> {
    if size > Frontier::MAX_SIZE { Err(CheckpointError::TooLarge { size }) } else { Ok(size) }
}

fn check_origin(checkpoint: &Checkpoint, log: &VerifierKey) -> Result<(), CheckpointError> {
    if checkpoint.origin == log.name() {
        return Ok(());
    }
    Err(CheckpointError::WrongOrigin {
        expected: log.name().to_owned(),
        found: checkpoint.origin.clone(),
    })
}

fn check_kind(key: &VerifierKey, expected: KeyKind) -> Result<(), CheckpointError> {
    if key.kind() == expected {
        return Ok(());
    }
    Err(CheckpointError::WrongKind { name: key.name().to_owned(), expected })
}
