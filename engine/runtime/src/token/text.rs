//! The one form in which a token is written and read: a prefix that scanners for leaked secrets can
//! look for, and lower-case Crockford base32.

use data_encoding::Encoding;
use data_encoding_macro::new_encoding;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Strict: no upper case, no dashes, no look-alikes, no bits left over. A token has one text.
const CROCKFORD: Encoding = new_encoding! {
    symbols: "0123456789abcdefghjkmnpqrstvwxyz",
};

/// Why a text is no token. Says nothing about the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseTokenError {
    /// It has another form.
    #[error("not a token of this kind: expected {expected}")]
    Malformed {
        /// What was expected.
        expected: &'static str,
    },
    /// It has the form, but was mistyped: its checksum does not fit.
    #[error("the token was mistyped, or is made of several: its checksum does not fit")]
    Mistyped,
}

/// Writes bytes behind a prefix.
pub(super) fn write(prefix: &str, bytes: &[u8]) -> Zeroizing<String> {
    // As long as it will be: a text that grows leaves copies of itself behind.
    let length = prefix.len() + CROCKFORD.encode_len(bytes.len());
    let mut text = Zeroizing::new(String::with_capacity(length));
    text.push_str(prefix);
    CROCKFORD.encode_append(bytes, &mut text);
    text
}

/// Reads so many bytes behind a prefix; nothing from any other text.
pub(super) fn read<const BYTES: usize>(prefix: &str, text: &str) -> Option<Zeroizing<[u8; BYTES]>> {
    let digits = text.strip_prefix(prefix)?.as_bytes();
    // Before anything is decoded: the text may come from a stranger.
    if digits.len() != CROCKFORD.encode_len(BYTES) {
        return None;
    }
    let mut bytes = Zeroizing::new([0; BYTES]);
    let read = CROCKFORD.decode_mut(digits, bytes.as_mut_slice()).ok()?;
    (read == BYTES).then_some(bytes)
}

/// Cuts the next field off the front of some bytes.
pub(super) fn field<const BYTES: usize>(bytes: &mut &[u8]) -> Option<[u8; BYTES]> {
    let (field, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*field)
}

/// Cuts an id off the front of some bytes.
pub(super) fn id(bytes: &mut &[u8]) -> Option<Uuid> {
    field(bytes).map(Uuid::from_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_one_text_and_no_other_is_read() {
        let text = write("rmk_", &[0, 1, 2, 250]);
        assert_eq!(text.as_str(), "rmk_000g5yg");
        assert_eq!(*read::<4>("rmk_", &text).unwrap(), [0, 1, 2, 250]);
        for other in [
            "",
            "rmk_",
            "rmk_000g5y",
            "rmk_000g5yg0",
            "rmk_000g5yg ",
            " rmk_000g5yg",
            "rmk_000G5YG",
            "RMK_000g5yg",
            "rms_000g5yg",
            "rmk_ooog5yg",
            "rmk_000g-5yg",
            // The last character holds two bits, and three that must be 0.
            "rmk_000g5yh",
            "rmk_000g5yu",
            "rmk_000g5y\u{e9}",
        ] {
            assert!(read::<4>("rmk_", other).is_none(), "{other}");
        }
    }
}
