//! Sealing, deriving, digesting: the few cryptographic operations the engine uses.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Bytes of a nonce of XChaCha20-Poly1305: long enough to be drawn at random.
pub(crate) const NONCE_BYTES: usize = 24;

/// A plaintext was too long to seal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SealError;

/// Sealed bytes do not open: damaged, moved, or sealed under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenError;

/// Seals with XChaCha20-Poly1305; answers nonce ‖ ciphertext ‖ tag.
pub(crate) fn seal(
    key: &[u8; 32],
    nonce: [u8; NONCE_BYTES],
    context: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, SealError> {
    let payload = Payload { msg: plain, aad: context };
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens what [`seal`] made with the same key and context.
pub(crate) fn open(
    key: &[u8; 32],
    context: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(OpenError)?;
    let payload = Payload { msg: ciphertext, aad: context };
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| OpenError)
}

/// Derives a key for one purpose (HKDF-SHA-256, RFC 5869).
#[expect(clippy::expect_used, reason = "expanding fails only beyond 255 blocks; this is one")]
pub(crate) fn derive(key: &[u8; 32], purpose: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut derived = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, key)
        .expand(purpose, derived.as_mut_slice())
        .expect("one block can be expanded");
    derived
}

/// HMAC-SHA-256 over the parts, each preceded by its length.
pub(crate) fn keyed_digest(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A block of SHA-256 holds 64 bytes; HMAC pads a shorter key with zeros (RFC 2104 §2).
    let mut block = Zeroizing::new([0; 64]);
    block.split_at_mut(key.len()).0.copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new((&*block).into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// SHA-256(salt ‖ bytes): the commitment of a leaf to private data.
pub(crate) fn commit(salt: &[u8], bytes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(bytes).finalize().into()
}

/// The argon2id digest of an issued code, as a PHC string. Takes tens of
/// milliseconds by design: call it where blocking is allowed.
pub(crate) fn slow_digest(code: &[u8], salt: &[u8; 16]) -> Result<String, password_hash::Error> {
    let digest = Argon2::default().hash_password_with_salt(code, salt)?;
    Ok(digest.to_string())
}

/// Whether the code is the one digested.
pub(crate) fn slow_digest_matches(code: &[u8], digest: &str) -> bool {
    PasswordHash::new(digest)
        .is_ok_and(|digest| Argon2::default().verify_password(code, &digest).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_open_only_in_their_place() {
        let sealed = seal(&[1; 32], [2; 24], b"place", b"plain").unwrap();
        assert_eq!(open(&[1; 32], b"place", &sealed).unwrap().as_slice(), b"plain");
        assert_eq!(open(&[1; 32], b"other", &sealed), Err(OpenError));
        assert_eq!(open(&[9; 32], b"place", &sealed), Err(OpenError));
        assert_eq!(open(&[1; 32], b"place", &sealed[..20]), Err(OpenError));
    }

    #[test]
    fn a_code_matches_its_slow_digest_alone() {
        let digest = slow_digest(b"code", &[3; 16]).unwrap();
        assert!(digest.starts_with("$argon2id$"), "{digest}");
        assert!(slow_digest_matches(b"code", &digest));
        assert!(!slow_digest_matches(b"edoc", &digest));
        assert!(!slow_digest_matches(b"code", "no digest"));
    }
}
