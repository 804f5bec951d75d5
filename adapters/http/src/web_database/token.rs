//! The texts that the holders of sessions and invitations show.

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
const SECRET_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 4;
/// The secret and its checksum, in characters of 5 bits.
const CHARACTERS: usize = 58;

/// A text is no such token. Says nothing about the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not such a token: expected {0} and {CHARACTERS} characters of 0-9 a-z, as they were given out"
)]
pub struct ParseWebTokenError(&'static str);

/// A kind of token: 32 random bytes, written as its prefix, the bytes and a checksum in base32.
///
/// The prefix lets scanners for leaked secrets find it. The checksum tells a mistyped or cut token
/// without a look-up; it proves nothing.
macro_rules! token {
    ($(#[$docs:meta])* $name:ident, $prefix:literal, $checksum:literal) => {
        $(#[$docs])*
        #[derive(Clone)]
        pub struct $name(Secret);

        impl $name {
            const FORM: Form = Form { prefix: $prefix, checksum: $checksum };

            /// The token as its holder shows it.
            pub fn expose(&self) -> Zeroizing<String> {
                self.0.write(&Self::FORM)
            }

            pub(super) fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
                Secret::draw(entropy).map(Self)
            }

            /// What is stored of it.
            pub(super) fn digest(&self) -> TokenDigest {
                TokenDigest::of(&self.expose())
            }
        }

        impl FromStr for $name {
            type Err = ParseWebTokenError;

            fn from_str(text: &str) -> Result<Self, ParseWebTokenError> {
                Secret::read(&Self::FORM, text).map(Self)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }
    };
}

token! {
    /// The bearer token of a session: `rms_` and 58 characters.
    SessionToken, "rms_", b"readmit session token checksum\0"
}
token! {
    /// The secret of an invitation link: `rmi_` and 58 characters.
    InvitationToken, "rmi_", b"readmit invitation token checksum\0"
}

/// How a kind of token is written.
struct Form {
    prefix: &'static str,
    /// What the checksum begins with, so that no other kind has the same.
    checksum: &'static [u8],
}

#[derive(Clone, Zeroize, ZeroizeOnDrop)]
struct Secret([u8; SECRET_BYTES]);

impl Secret {
    fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut secret = Self([0; SECRET_BYTES]);
        entropy.fill(&mut secret.0)?;
        Ok(secret)
    }

    fn write(&self, form: &Form) -> Zeroizing<String> {
        let bytes = Zeroizing::new([self.0.as_slice(), &self.checksum(form)].concat());
        let mut text = Zeroizing::new(String::with_capacity(form.prefix.len() + CHARACTERS));
        text.push_str(form.prefix);
        BASE32.encode_append(&bytes, &mut text);
        text
    }

    fn read(form: &Form, text: &str) -> Result<Self, ParseWebTokenError> {
        let refuse = ParseWebTokenError(form.prefix);
        let body = text.strip_prefix(form.prefix).filter(|body| body.len() == CHARACTERS);
        let bytes = BASE32.decode(body.ok_or(refuse)?.as_bytes()).map_err(|_| refuse)?;
        let bytes = Zeroizing::new(bytes);
        let (secret, checksum) = bytes.split_at_checked(SECRET_BYTES).ok_or(refuse)?;
        let mut read = Self([0; SECRET_BYTES]);
        read.0.copy_from_slice(secret);
        if bool::from(read.checksum(form).ct_eq(checksum)) { Ok(read) } else { Err(refuse) }
    }

    /// Over other bytes than the stored digest, which it therefore tells nothing of.
    fn checksum(&self, form: &Form) -> [u8; CHECKSUM_BYTES] {
        let digest: [u8; 32] =
            Sha256::new().chain_update(form.checksum).chain_update(self.0).finalize().into();
        let [a, b, c, d, ..] = digest;
        [a, b, c, d]
    }
}

/// What a token is found by. It is 256 random bits, so a fast digest is enough
/// (SP 800-63B-4 §3.1.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TokenDigest(String);

impl TokenDigest {
    fn of(token: &str) -> Self {
        Self(HEXLOWER.encode(&Sha256::digest(token.as_bytes())))
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> SessionToken {
        SessionToken(secret())
    }

    fn secret() -> Secret {
        Secret(std::array::from_fn(|index| u8::try_from(index * 7).unwrap()))
    }

    #[test]
    fn a_token_has_one_form() {
        let text = token().expose();
        assert_eq!(text.len(), 62);
        assert!(text.starts_with("rms_"), "{}", *text);
        assert_eq!(*text.parse::<SessionToken>().unwrap().expose(), *text);
        for other in [
            String::new(),
            "rms_".to_owned(),
            text.to_uppercase(),
            format!(" {}", *text),
            format!("{}0", *text),
            text[..61].to_owned(),
            text.replace("rms_", "rmk_"),
            format!("rms_{}", "ü".repeat(29)),
        ] {
            assert_eq!(other.parse::<SessionToken>().unwrap_err(), ParseWebTokenError("rms_"));
        }
    }

    #[test]
    fn no_kind_of_token_is_taken_for_another() {
        let invitation = InvitationToken(secret()).expose();
        assert!(invitation.starts_with("rmi_") && invitation.parse::<InvitationToken>().is_ok());
        let error = invitation.parse::<SessionToken>().unwrap_err().to_string();
        assert!(error.contains("rms_ and 58 characters"), "{error}");
        // Not under the other's name either.
        assert!(invitation.replace("rmi_", "rms_").parse::<SessionToken>().is_err());
        assert_eq!(format!("{:?}", InvitationToken(secret())), "InvitationToken(hidden)");
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
