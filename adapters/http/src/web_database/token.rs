//! The text that the holder of a session shows.

use std::fmt;
use std::str::FromStr;

use data_encoding::{Encoding, HEXLOWER};
use data_encoding_macro::new_encoding;
use readmit::{Entropy, EntropyError};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Lower-case Crockford base32, without its leniencies: a token has one form.
const BASE32: Encoding = new_encoding! { symbols: "0123456789abcdefghjkmnpqrstvwxyz", };
const PREFIX: &str = "rms_";
const SECRET_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 4;
/// The prefix, and 36 bytes in characters of 5 bits.
const LENGTH: usize = PREFIX.len() + 58;

/// The bearer token of a session: `rms_`, then 32 random bytes and a checksum in base32.
///
/// The prefix lets scanners for leaked secrets find it. The checksum tells a mistyped or cut token
/// without a look-up; it proves nothing.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SessionToken([u8; SECRET_BYTES]);

/// A text is no session token. Says nothing about the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a session token: expected rms_ and 58 characters of 0-9 a-z, as they were given out")]
pub struct ParseSessionTokenError;

impl SessionToken {
    /// The token as its holder shows it.
    pub fn expose(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new([self.0.as_slice(), &self.checksum()].concat());
        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        text.push_str(PREFIX);
        BASE32.encode_append(&bytes, &mut text);
        text
    }

    pub(super) fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut token = Self([0; SECRET_BYTES]);
        entropy.fill(&mut token.0)?;
        Ok(token)
    }

    /// What is stored of it. The token is 256 random bits, so a fast digest is enough
    /// (SP 800-63B-4 §3.1.2).
    pub(super) fn digest(&self) -> SessionDigest {
        SessionDigest(HEXLOWER.encode(&Sha256::digest(self.expose().as_bytes())))
    }

    /// Over other bytes than the stored digest, which it therefore tells nothing of.
    fn checksum(&self) -> [u8; CHECKSUM_BYTES] {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(b"readmit session token checksum\0")
            .chain_update(self.0)
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        [a, b, c, d]
    }
}

impl FromStr for SessionToken {
    type Err = ParseSessionTokenError;

    fn from_str(text: &str) -> Result<Self, ParseSessionTokenError> {
        let refuse = ParseSessionTokenError;
        let body = text.strip_prefix(PREFIX).filter(|_| text.len() == LENGTH).ok_or(refuse)?;
        let bytes = Zeroizing::new(BASE32.decode(body.as_bytes()).map_err(|_| refuse)?);
        let (secret, checksum) = bytes.split_at_checked(SECRET_BYTES).ok_or(refuse)?;
        let mut token = Self([0; SECRET_BYTES]);
        token.0.copy_from_slice(secret);
        if bool::from(token.checksum().ct_eq(checksum)) { Ok(token) } else { Err(refuse) }
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(hidden)")
    }
}

/// What a session is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SessionDigest(String);

impl SessionDigest {
    pub(super) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> SessionToken {
        SessionToken(std::array::from_fn(|index| u8::try_from(index * 7).unwrap()))
    }

    #[test]
    fn a_token_has_one_form() {
        let text = token().expose();
        assert_eq!(text.len(), LENGTH);
        assert!(text.starts_with("rms_"), "{}", *text);
        assert_eq!(*text.parse::<SessionToken>().unwrap().expose(), *text);
        for other in [
            String::new(),
            "rms_".to_owned(),
            text.to_uppercase(),
            format!(" {}", *text),
            format!("{}0", *text),
            text[..LENGTH - 1].to_owned(),
            text.replace("rms_", "rmk_"),
            format!("rms_{}", "ü".repeat(29)),
        ] {
            assert_eq!(other.parse::<SessionToken>().unwrap_err(), ParseSessionTokenError);
        }
    }

    #[test]
    fn every_changed_character_is_refused() {
        let text = token().expose();
        for place in 0..text.len() {
            for other in ('!'..='~').filter(|other| text.chars().nth(place) != Some(*other)) {
                let mut changed: Vec<char> = text.chars().collect();
                changed[place] = other;
                let changed: String = changed.into_iter().collect();
                assert!(changed.parse::<SessionToken>().is_err(), "{place} {other}");
            }
        }
    }

    #[test]
    fn a_token_is_not_shown_and_its_digest_is_not_the_token() {
        let text = token().expose();
        assert_eq!(format!("{:?}", token()), "SessionToken(hidden)");
        let digest = token().digest().into_text();
        assert_eq!(digest.len(), 64);
        assert!(!text.contains(&digest[..8]), "{digest}");
    }
}
