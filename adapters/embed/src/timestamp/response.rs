//! The part of a time stamp response that matters here, as DER.
//!
//! ```text
//! TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
//! ContentInfo   ::= SEQUENCE { id-signedData, [0] EXPLICIT SignedData }
//! SignedData    ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, …, signerInfos }
//! encapContentInfo ::= SEQUENCE { id-ct-TSTInfo, [0] EXPLICIT OCTET STRING of a TSTInfo }
//! TSTInfo       ::= SEQUENCE { version, policy, messageImprint, serialNumber, genTime, … }
//! ```
//!
//! What is not read is only checked to be well-formed on its outermost level: certificates and
//! signatures are judged by whoever verifies them.

use data_encoding::HEXLOWER;
use der::asn1::{AnyRef, ContextSpecific, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode as _, ErrorKind, Reader as _, SliceReader, Tag, TagNumber};
use readmit_domain::Timestamp;

use super::TimestampError;

/// SHA-256 (RFC 5754 §2.2).
pub(super) const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// `granted` and `grantedWithMods` (RFC 3161 §2.4.2).
const GRANTED: [u8; 2] = [0, 1];

/// Serial numbers have at most 160 bits (RFC 3161 §2.4.2).
const SERIAL_MAX_BYTES: usize = 20;

/// What a `TSTInfo` says.
pub(super) struct Info<'a> {
    pub(super) policy: ObjectIdentifier,
    pub(super) digest_kind: ObjectIdentifier,
    pub(super) digest: &'a [u8],
    pub(super) serial: String,
    pub(super) at: Timestamp,
}

/// The token inside a response that grants one: a `ContentInfo`.
pub(super) fn token(response: &[u8]) -> Result<AnyRef<'_>, TimestampError> {
    let mut reader = SliceReader::new(response)?;
    let (status, token) = reader.sequence(|body| {
        let status = body.sequence(|info| {
            let status = u8::decode(info)?;
            rest(info, &[Tag::Sequence, Tag::BitString])?;
            Ok::<_, der::Error>(status)
        })?;
        let token = if body.is_finished() { None } else { Some(AnyRef::decode(body)?) };
        Ok::<_, der::Error>((status, token))
    })?;
    reader.finish()?;
    if !GRANTED.contains(&status) {
        return Err(TimestampError::NotGranted { status });
    }
    token.ok_or_else(|| malformed("it is granted, but there is none"))
}

/// What stands in a token.
pub(super) fn info(token: AnyRef<'_>) -> Result<Info<'_>, TimestampError> {
    let signed = token.sequence(|body| explicit(body, SIGNED_DATA))?;
    let content = signed.sequence(|body| {
        // Version 3, as always for a content that is not `id-data` (RFC 5652 §5.1).
        expect(u8::decode(body)? == 3, Tag::Integer)?;
        tagged(body, Tag::Set)?;
        let content = body.sequence(|content| explicit(content, TST_INFO))?;
        // Certificates and revocation lists, perhaps; and who signed.
        rest(body, &[context(0), context(1)])?;
        tagged(body, Tag::Set)?;
        Ok::<_, der::Error>(content)
    })?;
    let content = content.decode_as::<&OctetStringRef>()?.as_bytes();
    let mut reader = SliceReader::new(content)?;
    let info = reader.sequence(tst_info)?;
    reader.finish()?;
    Ok(info)
}

fn tst_info<'a>(body: &mut SliceReader<'a>) -> Result<Info<'a>, der::Error> {
    expect(u8::decode(body)? == 1, Tag::Integer)?;
    let policy = ObjectIdentifier::decode(body)?;
    let (digest_kind, digest) = body.sequence(|imprint| {
        let kind = imprint.sequence(|algorithm| {
            let kind = ObjectIdentifier::decode(algorithm)?;
            // No parameters, or NULL: both are in use for SHA-256 (RFC 5754 §2).
            rest(algorithm, &[Tag::Null])?;
            Ok::<_, der::Error>(kind)
        })?;
        Ok::<_, der::Error>((kind, <&OctetStringRef>::decode(imprint)?.as_bytes()))
    })?;
    let serial = UintRef::decode(body)?.as_bytes();
    expect(serial.len() <= SERIAL_MAX_BYTES, Tag::Integer)?;
    let at = tagged(body, Tag::GeneralizedTime)?.value();
    let at = moment(at).ok_or(ErrorKind::DateTime)?;
    // How exact, whether ordered, the nonce of the request, the name of the TSA, extensions.
    rest(body, &[Tag::Sequence, Tag::Boolean, Tag::Integer, context(0), context(1)])?;
    let serial = HEXLOWER.encode(serial);
    Ok(Info { policy, digest_kind, digest, serial, at })
}

/// The content of an `[0] EXPLICIT` that follows this identifier, and nothing after it.
fn explicit<'a>(
    body: &mut SliceReader<'a>,
    kind: ObjectIdentifier,
) -> Result<AnyRef<'a>, der::Error> {
    expect(ObjectIdentifier::decode(body)? == kind, Tag::ObjectIdentifier)?;
    let content = ContextSpecific::<AnyRef<'a>>::decode_explicit(body, TagNumber(0))?;
    Ok(content.ok_or_else(|| der::Error::from(ErrorKind::Failed))?.value)
}

/// The next field, which has this tag.
fn tagged<'a>(body: &mut SliceReader<'a>, tag: Tag) -> Result<AnyRef<'a>, der::Error> {
    Tag::peek(body)?.assert_eq(tag)?;
    AnyRef::decode(body)
}

/// Skips optional fields, each at most once and in this order.
fn rest(body: &mut SliceReader<'_>, tags: &[Tag]) -> Result<(), der::Error> {
    for tag in tags {
        if !body.is_finished() && Tag::peek(body)? == *tag {
            AnyRef::decode(body)?;
        }
    }
    Ok(())
}

const fn context(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber(number) }
}

fn expect(holds: bool, tag: Tag) -> Result<(), der::Error> {
    if holds { Ok(()) } else { Err(ErrorKind::Value { tag }.into()) }
}

/// `YYYYMMDDhhmmss[.s…]Z`: with seconds, in UTC, and no zero at the end of a fraction (RFC 3161
/// §2.4.2).
fn moment(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = match text.split_once('.') {
        None => (text, ""),
        Some((_, fraction)) if fraction.is_empty() || fraction.ends_with('0') => return None,
        Some(parts) => parts,
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 14 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let part = |from: usize, to: usize| whole.get(from..to);
    let (date, time) = (
        format!("{}-{}-{}", part(0, 4)?, part(4, 6)?, part(6, 8)?),
        format!("{}:{}:{}", part(8, 10)?, part(10, 12)?, part(12, 14)?),
    );
    // What is finer than a moment can hold is cut off.
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    format!("{date}T{time}.{fraction}Z").parse().ok()
}

fn malformed(why: &str) -> TimestampError {
    TimestampError::Malformed(why.to_owned())
}

impl From<der::Error> for TimestampError {
    fn from(error: der::Error) -> Self {
        Self::Malformed(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_may_have_a_fraction() {
        let read = |text: &str| moment(text.as_bytes()).map(|at| at.to_string());
        let expected = |text: &str| Some(text.to_owned());
        assert_eq!(read("20261124100000Z"), expected("2026-11-24T10:00:00.000000Z"));
        assert_eq!(read("20261124100000.5Z"), expected("2026-11-24T10:00:00.500000Z"));
        assert_eq!(read("20261124100000.1234567Z"), expected("2026-11-24T10:00:00.123456Z"));
    }

    #[test]
    fn a_time_has_one_form() {
        for text in [
            "",
            "Z",
            "20261124100000",
            "202611241000Z",
            "20261124100000.Z",
            "20261124100000.50Z",
            "20261124100000,5Z",
            "20261124100000+0100",
            "20261324100000Z",
            "20261124250000Z",
            "2026112410000éZ",
        ] {
            assert_eq!(moment(text.as_bytes()), None, "{text}");
        }
    }
}
