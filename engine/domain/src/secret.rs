//! Codes that people type: parsed once, hidden from `Debug`, wiped when dropped.
//!
//! Recovery codes and issued codes are written in Crockford base32. On input,
//! case does not matter, O is 0, I and L are 1, spaces and dashes are ignored.

use std::fmt;
use std::str::FromStr;

use data_encoding::Encoding;
use data_encoding_macro::new_encoding;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const CROCKFORD: Encoding = new_encoding! {
    symbols: "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
    translate_from: "abcdefghjkmnpqrstvwxyzOoIiLl",
    translate_to: "ABCDEFGHJKMNPQRSTVWXYZ001111",
    ignore: " -",
};

/// Why a typed code cannot be one. Says nothing about what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a {what}: expected {allowed}")]
pub struct ParseCodeError {
    what: &'static str,
    allowed: &'static str,
}

/// The six digits an authenticator app shows (RFC 6238).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TotpCode(String);

impl TotpCode {
    /// The six digits.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for TotpCode {
    type Err = ParseCodeError;

    /// Reads six digits; white space between them is ignored.
    fn from_str(text: &str) -> Result<Self, ParseCodeError> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).take(7).collect();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(ParseCodeError { what: "code of an authenticator app", allowed: "six digits" })
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident, $bytes:literal bytes, $what:literal, $allowed:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// Bytes of randomness in a code.
            pub const BYTES: usize = $bytes;

            /// The code of these random bytes.
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// The random bytes.
            pub const fn expose_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }

            /// The code as people see it: groups of four, joined by dashes.
            pub fn expose(&self) -> Zeroizing<String> {
                let plain = Zeroizing::new(CROCKFORD.encode(&self.0));
                let mut grouped = Zeroizing::new(String::with_capacity(plain.len() * 5 / 4));
                for (place, character) in plain.chars().enumerate() {
                    if place > 0 && place % 4 == 0 {
                        grouped.push('-');
                    }
                    grouped.push(character);
                }
                grouped
            }
        }

        impl FromStr for $name {
            type Err = ParseCodeError;

            fn from_str(text: &str) -> Result<Self, ParseCodeError> {
                let refuse = ParseCodeError { what: $what, allowed: $allowed };
                // Twice the longest sensible way to write it: a bound, not a form.
                if text.len() > $bytes * 4 {
                    return Err(refuse);
                }
                let mut bytes = Zeroizing::new(CROCKFORD.decode(text.as_bytes()).map_err(|_| refuse)?);
                let code = <[u8; $bytes]>::try_from(bytes.as_slice()).map(Self).map_err(|_| refuse);
                bytes.zeroize();
                code
            }
        }

        impl PartialEq for $name {
            /// In constant time.
            fn eq(&self, other: &Self) -> bool {
                self.0.ct_eq(&other.0).into()
            }
        }

        impl Eq for $name {}
    )+};
}

codes! {
    /// One saved recovery code: 120 bits, shown as 6 groups of 4.
    RecoveryCode, 15 bytes, "recovery code", "24 letters and digits in six groups of four";
    /// The one-time code that belongs to one bypass: 40 bits, shown as 2 groups of 4.
    IssuedCode, 5 bytes, "issued code", "eight letters and digits";
}

macro_rules! hidden {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }
    )+};
}

hidden!(TotpCode, RecoveryCode, IssuedCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_shown_in_groups_and_read_back_however_typed() {
        let code = RecoveryCode::from_bytes(
            *b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\xff",
        );
        let shown = code.expose();
        assert_eq!(shown.len(), 29);
        assert_eq!(shown.parse::<RecoveryCode>().unwrap(), code);
        let typed = shown.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(typed.parse::<RecoveryCode>().unwrap(), code);
    }

    #[test]
    fn what_cannot_be_a_code_is_refused() {
        for text in ["", "1234", "UUUU-UUUU", "1234-56789", &"0".repeat(1000)] {
            assert!(text.parse::<IssuedCode>().is_err(), "{text}");
        }
        for text in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
            assert!(text.parse::<TotpCode>().is_err(), "{text}");
        }
        assert_eq!("123 456".parse::<TotpCode>().unwrap().expose(), "123456");
    }

    #[test]
    fn debug_hides_every_code() {
        let code = IssuedCode::from_bytes([7; 5]);
        assert_eq!(format!("{code:?}"), "IssuedCode(hidden)");
    }
}
