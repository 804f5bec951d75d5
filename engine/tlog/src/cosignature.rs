//! Cosignatures of witnesses (`cosignature/v1`).

use crate::{Checkpoint, KeyError, KeyKind, NoteSignature, VerifierKey, key::KeyPair};

/// A statement of a witness: at this time, this checkpoint was the largest that I had seen of its
/// log, and it is consistent with all that I saw before.
///
/// Inside a signature line it is the time, 8 bytes, and an Ed25519 signature, 64 bytes.
///
/// Source: tlog-cosignature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// Seconds since 1970, at most [`Cosignature::MAX_SECONDS`].
    at_seconds: u64,
    signature: [u8; 64],
}

/// Why a cosignature cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureError {
    /// Not the 72 bytes of a time and a signature.
    #[error("a cosignature has {max} bytes, not {found}", max = Cosignature::BYTES)]
    WrongLength {
        /// The length found, in bytes.
        found: usize,
    },
    /// A time after [`Cosignature::MAX_SECONDS`].
    #[error("{at_seconds} seconds since 1970 is later than a cosignature can be")]
    TooLate {
        /// The time found, in seconds since 1970.
        at_seconds: u64,
    },
}

/// The key of a witness. `Debug` shows the public half only; the secret one is wiped when dropped.
///
/// One key is for one witness: the signed message does not hold the witness's name.
///
/// ```
/// use readmit_tlog::{Checkpoint, Cosigner, NoteSigner, SignedCheckpoint, empty_root};
///
/// let log = NoteSigner::new("example.com/log", &[1; 32])?;
/// let witness = Cosigner::new("example.com/witness", &[2; 32])?;
///
/// let checkpoint = Checkpoint::new("example.com/log", 0, empty_root())?;
/// let mut signed = SignedCheckpoint::sign(checkpoint, &log)?;
/// signed.add(witness.cosign(signed.checkpoint(), 1_679_315_147)?)?;
///
/// let witnessed = signed.verify(log.key(), &[witness.key().clone()])?;
/// assert_eq!(witnessed[0].at_seconds, Some(1_679_315_147));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Cosigner(KeyPair);

impl Cosignature {
    /// The length of a cosignature, in bytes.
    pub const BYTES: usize = 72;

    /// The latest time of a cosignature, in seconds since 1970: 2⁶³ − 1 (tlog-cosignature, *Format*).
    pub const MAX_SECONDS: u64 = i64::MAX as u64;

    /// Reads what stands in a signature line after the key id.
    ///
    /// # Errors
    ///
    /// [`CosignatureError`] when it is not the shape of a cosignature. Whether it is genuine,
    /// [`SignedCheckpoint::verify`](crate::SignedCheckpoint::verify) tells.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CosignatureError> {
        let wrong_length = CosignatureError::WrongLength { found: bytes.len() };
        let (at, signature) = bytes.split_first_chunk().ok_or(wrong_length)?;
        let signature = signature.try_into().map_err(|_| wrong_length)?;
        Ok(Self { at_seconds: checked_time(u64::from_be_bytes(*at))?, signature })
    }

    /// Writes what [`Cosignature::from_bytes`] reads.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.at_seconds.to_be_bytes().as_slice(), &self.signature].concat()
    }

    /// When it was made, in seconds since 1970, by the witness's clock.
    pub const fn at_seconds(&self) -> u64 {
        self.at_seconds
    }

    /// Whether it is a genuine one over this text, which has to be that of a checkpoint.
    pub(crate) fn covers(&self, text: &str, key: &VerifierKey) -> bool {
        let message = message(text, self.at_seconds);
        text.parse::<Checkpoint>().is_ok() && key.verifies(message.as_bytes(), &self.signature)
    }
}

impl Cosigner {
    /// The witness with this name and the key that follows from this secret seed (RFC 8032 §5.1.5).
    /// Wipe the seed when it is no longer needed.
    ///
    /// # Errors
    ///
    /// [`KeyError::BadName`].
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        KeyPair::new(name, KeyKind::Cosignature, seed).map(Self)
    }

    /// The public half, to be given to whoever verifies.
    pub const fn key(&self) -> &VerifierKey {
        self.0.public()
    }

    /// Cosigns a checkpoint. It is for the caller to have checked that the checkpoint is consistent
    /// with the last one cosigned, and to have stored it.
    ///
    /// # Errors
    ///
    /// [`CosignatureError::TooLate`].
    pub fn cosign(
        &self,
        checkpoint: &Checkpoint,
        at_seconds: u64,
    ) -> Result<NoteSignature, CosignatureError> {
        let message = message(&checkpoint.to_string(), checked_time(at_seconds)?);
        let signature = self.0.sign(message.as_bytes());
        let cosignature = Cosignature { at_seconds, signature };
        Ok(NoteSignature::new(self.key(), &cosignature.to_bytes()))
    }
}

/// What is signed: a header, the time, and the text of the checkpoint.
fn message(text: &str, at_seconds: u64) -> String {
    format!("cosignature/v1\ntime {at_seconds}\n{text}")
}

const fn checked_time(at_seconds: u64) -> Result<u64, CosignatureError> {
    if at_seconds > Cosignature::MAX_SECONDS {
        Err(CosignatureError::TooLate { at_seconds })
    } else {
        Ok(at_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_that_of_the_specification() {
        let checkpoint = "example.com/behind-the-sofa\n20852163\n\
                          CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let published = "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n\
                         CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        assert_eq!(message(checkpoint, 1_679_315_147), published);
    }

    #[test]
    fn nothing_but_a_checkpoint_is_covered() {
        let witness = KeyPair::new("witness", KeyKind::Cosignature, &[7; 32]).unwrap();
        let covers = |text: &str| {
            let signature = witness.sign(message(text, 5).as_bytes());
            Cosignature { at_seconds: 5, signature }.covers(text, witness.public())
        };
        assert!(covers("log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"));
        assert!(!covers("log\n00\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"));
        assert!(!covers("any other text\n"));
    }

    #[test]
    fn only_72_bytes_are_a_cosignature() {
        for found in [0, 7, 8, 64, 71, 73] {
            let refused = Cosignature::from_bytes(&vec![0; found]);
            assert_eq!(refused, Err(CosignatureError::WrongLength { found }));
        }
    }

    #[test]
    fn a_time_beyond_63_bits_is_refused() {
        let at = |seconds: u64| [seconds.to_be_bytes().as_slice(), &[0; 64]].concat();
        let latest = Cosignature::MAX_SECONDS;
        assert_eq!(Cosignature::from_bytes(&at(latest)).unwrap().at_seconds(), latest);
        let refused = Err(CosignatureError::TooLate { at_seconds: latest + 1 });
        assert_eq!(Cosignature::from_bytes(&at(latest + 1)), refused);
    }
}
