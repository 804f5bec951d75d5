//! Signed notes: a text and signatures under it.

use std::{fmt, str::FromStr};

use crate::{
    Cosignature, KeyError, KeyId, KeyKind, SyntaxError, VerifierKey,
    key::{KeyPair, is_key_name},
    text::{self, Lines},
};

/// A text that ends in a newline, and at least one signature under it.
///
/// Parsing checks the form, nothing else: before any line of the text is believed, verify it with
/// [`Note::verify`].
///
/// Source: signed-note.
///
/// ```
/// use readmit_tlog::{Note, NoteSigner};
///
/// let signer = NoteSigner::new("example.com/log", &[7; 32])?;
/// let note = Note::sign("Nothing happened today.\n", &signer)?;
///
/// let received: Note = note.to_string().parse()?;
/// let verified = received.verify(&[signer.key().clone()])?;
/// assert_eq!(verified[0].key, *signer.key());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Ends in a newline; no other ASCII control characters.
    text: String,
    /// From 1 to [`Note::MAX_SIGNATURES`].
    signatures: Vec<NoteSignature>,
}

/// One signature line of a note.
///
/// As text it is `— <key name> <base64 of key id and signature>`, without the newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    id: KeyId,
    /// At least one byte. Of any length, because the key may be of a kind unknown here.
    signature: Vec<u8>,
}

/// Signs notes with an Ed25519 key. `Debug` shows the public half only; the secret one is wiped
/// when dropped.
#[derive(Debug)]
pub struct NoteSigner(KeyPair);

/// A key, of those asked about, whose signature on a note is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedSignature {
    /// The key.
    pub key: VerifierKey,
    /// When it was cosigned, in seconds since 1970, for keys of [`KeyKind::Cosignature`]. The
    /// newest, should the key have cosigned more than once. It is the witness's word, and may lie
    /// in the future.
    pub at_seconds: Option<u64>,
}

/// Why a note cannot be, or is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text does not keep to the format.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// More than [`Note::MAX_BYTES`].
    #[error("a note has at most {max} bytes, not {found}", max = Note::MAX_BYTES)]
    TooLong {
        /// The length found, in bytes.
        found: usize,
    },
    /// More than [`Note::MAX_SIGNATURES`].
    #[error("a note has at most {max} signatures", max = Note::MAX_SIGNATURES)]
    TooManySignatures,
    /// A signature of a known key fails. The whole note is to be refused.
    #[error("the signature of {name}+{id} does not verify")]
    BadSignature {
        /// The name of the key.
        name: String,
        /// The id of the key.
        id: KeyId,
    },
    /// None of the known keys signed the note.
    #[error("none of the known keys signed this")]
    NotSigned,
    /// Two different keys of those that are known have the same name and id.
    #[error("two known keys go by {name}+{id}")]
    AmbiguousKey {
        /// The name of the keys.
        name: String,
        /// The id of the keys.
        id: KeyId,
    },
}

impl Note {
    /// The longest note, in bytes, that is read or written: as in Go's `note` package. A checkpoint
    /// with sixteen post-quantum signatures has about a tenth of it.
    pub const MAX_BYTES: usize = 1_000_000;

    /// The most signatures that a note can have: as in Go's `note` package. Signed-note demands that
    /// at least 16 be accepted.
    pub const MAX_SIGNATURES: usize = 100;

    /// Signs a text, which ends in a newline.
    ///
    /// # Errors
    ///
    /// [`NoteError::Syntax`] when the text does not end in a newline or contains control characters,
    /// [`NoteError::TooLong`].
    pub fn sign(text: impl Into<String>, signer: &NoteSigner) -> Result<Self, NoteError> {
        let text = text.into();
        check_characters(&text, 1)?;
        if !text.ends_with('\n') {
            let line = text.split('\n').count();
            return Err(SyntaxError { line, expected: "a newline at the end" }.into());
        }
        let signature = signer.signature(&text);
        Self { text, signatures: vec![signature] }.checked()
    }

    /// Adds a signature, in the place of an earlier one of the same key.
    ///
    /// # Errors
    ///
    /// [`NoteError::TooManySignatures`] or [`NoteError::TooLong`]; the note is left as it was.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        let mut longer = self.clone();
        longer.signatures.retain(|old| (&old.name, old.id) != (&signature.name, signature.id));
        longer.signatures.push(signature);
        *self = longer.checked()?;
        Ok(())
    }

    /// Which of these keys signed the note. Signatures of other keys are ignored, as signed-note
    /// demands; every one of a known key has to verify, also when there are several.
    ///
    /// Returns each key at most once, in the order of the signature lines.
    ///
    /// # Errors
    ///
    /// [`NoteError::NotSigned`], [`NoteError::BadSignature`], [`NoteError::AmbiguousKey`]. After any
    /// of them nothing of the note is to be believed.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Vec<VerifiedSignature>, NoteError> {
        verify_all(&self.text, &self.signatures, keys)
    }

    /// Adds those of these signatures that are of one of these keys, all of which have to verify.
    /// The others are dropped.
    pub(crate) fn add_verified(
        &mut self,
        signatures: Vec<NoteSignature>,
        keys: &[VerifierKey],
    ) -> Result<Vec<VerifiedSignature>, NoteError> {
        let verified = verify_all(&self.text, &signatures, keys)?;
        let mut longer = self.clone();
        for signature in signatures {
            if signature.key(keys)?.is_some() {
                longer.add(signature)?;
            }
        }
        *self = longer;
        Ok(verified)
    }

    /// The signed text, with the newline at its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, of which there is at least one.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Parses the part of a larger text that starts at line `first`.
    pub(crate) fn parse_at(note: &str, first: usize) -> Result<Self, NoteError> {
        check_length(note.len())?;
        check_characters(note, first)?;
        let (text, lines) = note.rsplit_once("\n\n").ok_or_else(|| SyntaxError {
            line: first + note.matches('\n').count(),
            expected: "an empty line, and signatures below it",
        })?;
        let mut lines = Lines::new(lines, first + text.matches('\n').count() + 2);
        let signatures = NoteSignature::parse_all(&mut lines)?;
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// Refuses what could not be parsed again.
    fn checked(self) -> Result<Self, NoteError> {
        check_length(self.to_string().len())?;
        if self.signatures.len() > Self::MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        Ok(self)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        Self::parse_at(text, 1)
    }
}

impl NoteSignature {
    pub(crate) fn new(key: &VerifierKey, signature: &[u8]) -> Self {
        Self { name: key.name().to_owned(), id: key.id(), signature: signature.to_vec() }
    }

    /// Reads signature lines, each with its newline: what a witness answers (tlog-witness).
    ///
    /// # Errors
    ///
    /// [`NoteError::Syntax`], also when there is none; [`NoteError::TooManySignatures`],
    /// [`NoteError::TooLong`].
    pub fn parse_lines(text: &str) -> Result<Vec<Self>, NoteError> {
        check_length(text.len())?;
        check_characters(text, 1)?;
        Self::parse_all(&mut Lines::new(text, 1))
    }

    /// The name of the key that is said to have signed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key that is said to have signed.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The signature itself, without the key id.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    fn parse_all(lines: &mut Lines<'_>) -> Result<Vec<Self>, NoteError> {
        let mut signatures = vec![Self::parse(lines)?];
        while !lines.rest().is_empty() {
            if signatures.len() == Note::MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(Self::parse(lines)?);
        }
        Ok(signatures)
    }

    fn parse(lines: &mut Lines<'_>) -> Result<Self, SyntaxError> {
        lines.parse("a signature: — <key name> <base64>", |line| {
            let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
            let bytes = text::decode(encoded)?;
            let (id, signature) = bytes.split_first_chunk()?;
            (is_key_name(name) && !signature.is_empty()).then(|| Self {
                name: name.to_owned(),
                id: KeyId(u32::from_be_bytes(*id)),
                signature: signature.to_vec(),
            })
        })
    }

    /// The key that is said to have signed, if it is among these.
    fn key<'k>(&self, keys: &'k [VerifierKey]) -> Result<Option<&'k VerifierKey>, NoteError> {
        let mut named = keys.iter().filter(|key| key.is_named(&self.name, self.id));
        let first = named.next();
        if named.any(|other| Some(other) != first) {
            return Err(NoteError::AmbiguousKey { name: self.name.clone(), id: self.id });
        }
        Ok(first)
    }

    /// Checks the signature, and gives the time that it covers, if any.
    fn verify(&self, text: &str, key: &VerifierKey) -> Result<Option<u64>, NoteError> {
        let verified = match key.kind() {
            KeyKind::Ed25519 => {
                let signature = self.signature.as_slice().try_into().ok();
                signature.filter(|bytes| key.verifies(text.as_bytes(), bytes)).map(|_| None)
            }
            KeyKind::Cosignature => {
                let cosignature = Cosignature::from_bytes(&self.signature).ok();
                cosignature.filter(|it| it.covers(text, key)).map(|it| Some(it.at_seconds()))
            }
        };
        verified.ok_or_else(|| NoteError::BadSignature { name: self.name.clone(), id: self.id })
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.0.to_be_bytes().as_slice(), &self.signature].concat();
        write!(f, "— {} {}", self.name, text::encode(&bytes))
    }
}

impl NoteSigner {
    /// The signer with this name and the key that follows from this secret seed (RFC 8032 §5.1.5).
    /// Wipe the seed when it is no longer needed.
    ///
    /// # Errors
    ///
    /// [`KeyError::BadName`].
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        KeyPair::new(name, KeyKind::Ed25519, seed).map(Self)
    }

    /// The public half, to be given to whoever verifies.
    pub const fn key(&self) -> &VerifierKey {
        self.0.public()
    }

    /// The signature of a text, for a note that others signed already.
    pub fn signature(&self, text: &str) -> NoteSignature {
        NoteSignature::new(self.key(), &self.0.sign(text.as_bytes()))
    }
}

fn verify_all(
    text: &str,
    signatures: &[NoteSignature],
    keys: &[VerifierKey],
) -> Result<Vec<VerifiedSignature>, NoteError> {
    let mut verified: Vec<VerifiedSignature> = Vec::new();
    for signature in signatures {
        let Some(key) = signature.key(keys)? else { continue };
        let at_seconds = signature.verify(text, key)?;
        if let Some(earlier) = verified.iter_mut().find(|earlier| earlier.key == *key) {
            earlier.at_seconds = earlier.at_seconds.max(at_seconds);
        } else {
            verified.push(VerifiedSignature { key: key.clone(), at_seconds });
        }
    }
    if verified.is_empty() { Err(NoteError::NotSigned) } else { Ok(verified) }
}

fn check_length(found: usize) -> Result<(), NoteError> {
    if found > Note::MAX_BYTES { Err(NoteError::TooLong { found }) } else { Ok(()) }
}

fn check_characters(text: &str, first: usize) -> Result<(), SyntaxError> {
    match text.split_once(text::is_control) {
        None => Ok(()),
        Some((before, _)) => {
            let line = first + before.matches('\n').count();
            Err(SyntaxError { line, expected: "no control characters" })
        }
    }
}
