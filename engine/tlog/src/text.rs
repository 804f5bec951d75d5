//! What all the texts of a log are made of: lines, decimal numbers, base64.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::Hash;

/// A text does not keep to its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: expected {expected}")]
pub struct SyntaxError {
    /// The line, from 1.
    pub line: usize,
    /// What should have stood there.
    pub expected: &'static str,
}

/// A text, read line by line. Every line ends in a newline (U+000A), the last one too.
pub(crate) struct Lines<'a> {
    rest: &'a str,
    /// The number of the line that comes next, from 1.
    next: usize,
}

impl<'a> Lines<'a> {
    /// The lines of `text`, which is the part of a larger text that starts at line `first`.
    pub(crate) const fn new(text: &'a str, first: usize) -> Self {
        Self { rest: text, next: first }
    }

    /// Reads a line with `parse`, which gets it without its newline.
    pub(crate) fn parse<T>(
        &mut self,
        expected: &'static str,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, SyntaxError> {
        let error = SyntaxError { line: self.next, expected };
        let (line, rest) = self.rest.split_once('\n').ok_or(error)?;
        let parsed = parse(line).ok_or(error)?;
        self.rest = rest;
        self.next += 1;
        Ok(parsed)
    }

    /// Reads lines up to and with the next empty one. No more than `max` of them are parsed; an
    /// empty line is expected after that.
    pub(crate) fn parse_until_blank<T>(
        &mut self,
        expected: &'static str,
        max: usize,
        parse: impl Fn(&'a str) -> Option<T>,
    ) -> Result<Vec<T>, SyntaxError> {
        let mut parsed = Vec::new();
        while parsed.len() < max && !self.rest.starts_with('\n') {
            parsed.push(self.parse(expected, &parse)?);
        }
        self.parse("an empty line", |line| line.is_empty().then_some(()))?;
        Ok(parsed)
    }

    /// What comes next, unread.
    pub(crate) const fn rest(&self) -> &'a str {
        self.rest
    }

    /// The number of the line that comes next.
    pub(crate) const fn next(&self) -> usize {
        self.next
    }
}

/// A number in ASCII decimal digits without leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = digits && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| canonical)
}

/// Base64 as of RFC 4648 §4, with the padding it needs and no spare bits set: one text for each
/// sequence of bytes.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// A hash in base64.
pub(crate) fn hash(text: &str) -> Option<Hash> {
    let bytes = decode(text)?;
    Some(Hash::from_bytes(bytes.as_slice().try_into().ok()?))
}

pub(crate) const HASH: &str = "a hash: 32 bytes in base64";

/// Whether a character may not stand anywhere in a signed note: ASCII control characters other
/// than newline (signed-note, *Format*).
pub(crate) const fn is_control(character: char) -> bool {
    (character as u32) < 0x20 && character != '\n'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_form() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("18446744073709551615"), Some(u64::MAX));
        for wrong in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "٣", "18446744073709551616"] {
            assert_eq!(decimal(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn bytes_have_one_form() {
        assert_eq!(decode("AA=="), Some(vec![0]));
        for wrong in ["AB==", "AA", "AA=", "AA===", "A A=", "AA==\n", "AA==\r", "_-==", "=", "A"] {
            assert_eq!(decode(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_hash_has_32_bytes() {
        assert_eq!(hash(&encode(&[7; 32])), Some(Hash::from_bytes([7; 32])));
        assert_eq!(hash(&encode(&[7; 31])), None);
        assert_eq!(hash(&encode(&[7; 33])), None);
    }

    #[test]
    fn a_line_ends_in_a_newline() {
        let mut lines = Lines::new("one\ntwo", 5);
        assert_eq!(lines.parse("one", Some), Ok("one"));
        let error = SyntaxError { line: 6, expected: "two" };
        assert_eq!(lines.parse("two", Some), Err(error));
        assert_eq!(error.to_string(), "line 6: expected two");
    }

    #[test]
    fn lines_are_read_up_to_the_blank_one_and_no_more_than_allowed() {
        let text = "a\nb\n\nrest";
        let read = |max| {
            let mut lines = Lines::new(text, 1);
            (lines.parse_until_blank("a letter", max, Some), lines.rest())
        };
        assert_eq!(read(2), (Ok(vec!["a", "b"]), "rest"));
        let error = SyntaxError { line: 2, expected: "an empty line" };
        assert_eq!(read(1), (Err(error), "b\n\nrest"));
    }
}
