//! Keys of logs and witnesses.

use std::{fmt, str::FromStr};

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::text;

/// What a key signs, and so what its signatures look like. The assigned *signature types* of
/// signed-note that Readmit knows; for ML-DSA-44 (`06`) there is room but no code yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// `01`: Ed25519 over the text of any note. What a log signs its checkpoints with.
    Ed25519,
    /// `04`: Ed25519 over a checkpoint and a time (`cosignature/v1`). What a witness signs with.
    Cosignature,
}

/// The public half of a key, with the name it goes by: a *vkey*.
///
/// Its text form is `<name>+<key id>+<base64 of kind and public key>`; parsing it is the only way
/// in, and refuses a key id that does not follow from the rest, and weak public keys.
///
/// Source: signed-note, *Verifier keys*.
///
/// ```
/// use readmit_tlog::{KeyKind, VerifierKey};
///
/// let text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
/// let key: VerifierKey = text.parse()?;
/// assert_eq!(key.name(), "sum.golang.org");
/// assert_eq!(key.kind(), KeyKind::Ed25519);
/// assert_eq!(key.id().to_string(), "033de0ae");
/// assert_eq!(key.to_string(), text);
/// # Ok::<(), readmit_tlog::KeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    key: VerifyingKey,
    /// Follows from the other fields.
    id: KeyId,
}

/// A short identifier of a key, together with its name. Not a cryptographic commitment: who wants
/// can make another key with the same id, and gains a signature that fails.
///
/// Shown as 8 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(crate) u32);

/// Why a key cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is not three parts separated by plus signs, or one of them is malformed.
    #[error("a verifier key should be <name>+<8 hexadecimal digits>+<base64>")]
    Malformed,
    /// A name is empty, or contains a space, a plus sign or a control character.
    #[error("a key name should be non-empty, without spaces, plus signs and control characters")]
    BadName,
    /// A kind of key that is not known here.
    #[error("signature type {found:#04x} is not known here; 0x01 and 0x04 are")]
    UnknownKind {
        /// The signature type identifier byte.
        found: u8,
    },
    /// The bytes are not a public key that can be trusted to bind its owner.
    #[error("the public key is not a point of Ed25519, or a weak one")]
    BadPublicKey,
    /// The key id is not the one that follows from name, kind and public key.
    #[error("the key id should be {expected}, not {found}")]
    WrongId {
        /// The id that the key has.
        expected: KeyId,
        /// The id that stands in the text.
        found: KeyId,
    },
}

impl VerifierKey {
    /// The name: for a log of Readmit, the origin of its checkpoints.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the key signs.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The identifier that stands in every signature of this key.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Whether these are the name and id of this key.
    pub(crate) fn is_named(&self, name: &str, id: KeyId) -> bool {
        self.id == id && self.name == name
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }

    fn new(name: &str, kind: KeyKind, key: VerifyingKey) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::BadName);
        }
        let id = KeyId::of(name, kind, key.as_bytes());
        Ok(Self { name: name.to_owned(), kind, key, id })
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let material = [&[self.kind.byte()], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, text::encode(&material))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, rest) = text.split_once('+').ok_or(KeyError::Malformed)?;
        let (id, material) = rest.split_once('+').ok_or(KeyError::Malformed)?;
        let found = KeyId::parse(id).ok_or(KeyError::Malformed)?;
        let material = text::decode(material).ok_or(KeyError::Malformed)?;
        let (&kind, public) = material.split_first().ok_or(KeyError::Malformed)?;
        let kind = KeyKind::from_byte(kind)?;
        let public = public.try_into().map_err(|_| KeyError::BadPublicKey)?;
        let public = VerifyingKey::from_bytes(public).map_err(|_| KeyError::BadPublicKey)?;
        if public.is_weak() {
            return Err(KeyError::BadPublicKey);
        }
        let key = Self::new(name, kind, public)?;
        if key.id == found { Ok(key) } else { Err(KeyError::WrongId { expected: key.id, found }) }
    }
}

impl KeyKind {
    /// The signature type identifier byte of signed-note.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Cosignature => 0x04,
        }
    }

    const fn from_byte(byte: u8) -> Result<Self, KeyError> {
        match byte {
            0x01 => Ok(Self::Ed25519),
            0x04 => Ok(Self::Cosignature),
            found => Err(KeyError::UnknownKind { found }),
        }
    }
}

impl KeyId {
    /// SHA-256(name ‖ newline ‖ kind ‖ public key), the first four bytes of it (signed-note,
    /// *Signatures*).
    fn of(name: &str, kind: KeyKind, public: &[u8; 32]) -> Self {
        let hash = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', kind.byte()])
            .chain_update(public)
            .finalize();
        let [a, b, c, d, ..] = <[u8; 32]>::from(hash);
        Self(u32::from_be_bytes([a, b, c, d]))
    }

    fn parse(text: &str) -> Option<Self> {
        let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let shape = text.len() == 8 && text.bytes().all(lower);
        u32::from_str_radix(text, 16).ok().filter(|_| shape).map(Self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// Both halves of a key. The secret one is wiped when dropped, and never shown.
pub(crate) struct KeyPair {
    secret: SigningKey,
    public: VerifierKey,
}

impl KeyPair {
    pub(crate) fn new(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = SigningKey::from_bytes(seed);
        let public = VerifierKey::new(name, kind, secret.verifying_key())?;
        Ok(Self { secret, public })
    }

    pub(crate) const fn public(&self) -> &VerifierKey {
        &self.public
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({}, …)", self.public)
    }
}

/// A name is not empty and contains neither Unicode spaces nor plus signs (signed-note, *Format*),
/// and no control characters, which a note may not contain either.
pub(crate) fn is_key_name(name: &str) -> bool {
    let allowed = |c: char| !c.is_whitespace() && c != '+' && !text::is_control(c);
    !name.is_empty() && name.chars().all(allowed)
}
