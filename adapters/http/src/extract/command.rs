//! How a command is to be carried out: under which id, and only if nothing has changed.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use readmit::CommandId;
use uuid::Uuid;

use crate::problem::Problem;

/// Names a command, so that it is carried out once however often it is sent.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What the headers of a command say about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct How {
    /// `Idempotency-Key`: a command id, or a UUID, with or without quotation marks.
    pub(crate) id: Option<CommandId>,
    /// `If-Match`: the version that the answer before named as its `ETag`.
    pub(crate) if_version: Option<u64>,
}

impl<S: Send + Sync> FromRequestParts<S> for How {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.headers)
    }
}

impl How {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let id = only(headers, &IDEMPOTENCY_KEY)?.map(command_id).transpose()?;
        let if_version = only(headers, &header::IF_MATCH)?.map(version).transpose()?.flatten();
        Ok(Self { id, if_version })
    }
}

/// The text of a header that may be given once.
pub(crate) fn only<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'h str>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => match value.to_str() {
            Ok(text) => Ok(Some(text.trim())),
            Err(_) => Err(refused(name, "it is no plain text")),
        },
        (Some(_), Some(_)) => Err(refused(name, "it is given twice")),
    }
}

fn refused(name: &HeaderName, why: &str) -> Problem {
    Problem::new("invalid_header", format!("{name}: {why}.")).about(name.as_str())
}

fn command_id(text: &str) -> Result<CommandId, Problem> {
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    // Only the form with hyphens: what else uuid reads would let one id be written in many ways.
    let uuid = || Uuid::try_parse(bare).ok().filter(|_| bare.len() == 36).map(CommandId::from_uuid);
    bare.parse().ok().or_else(uuid).ok_or_else(|| {
        refused(&IDEMPOTENCY_KEY, "expected a UUID, or cmd_ and 26 characters of 0-9 a-z")
    })
}

/// None for `*`: whatever is there.
fn version(text: &str) -> Result<Option<u64>, Problem> {
    if text == "*" {
        return Ok(None);
    }
    let number = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let number = number.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    number.and_then(|digits| digits.parse().ok()).map(Some).ok_or_else(|| {
        refused(&header::IF_MATCH, "expected the ETag of one answer as it was, such as \"7\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn how(name: &str, values: &[&str]) -> Result<How, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            let name = HeaderName::try_from(name).unwrap();
            headers.append(name, value.parse().unwrap());
        }
        How::of(&headers)
    }

    #[test]
    fn a_command_id_may_be_a_uuid_in_quotation_marks() {
        let id: CommandId = "cmd_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        for text in [
            "cmd_01h455vb4pex5vsknk084sn02q",
            "\"cmd_01h455vb4pex5vsknk084sn02q\"",
            "01890a5d-ac96-774b-bcce-b302099a8057",
            "\"01890A5D-AC96-774B-BCCE-B302099A8057\"",
        ] {
            assert_eq!(how("idempotency-key", &[text]).unwrap().id, Some(id), "{text}");
        }
    }

    #[test]
    fn other_keys_and_versions_are_refused_by_name() {
        for text in [
            "",
            "x",
            "\"",
            "cmd_",
            "01890a5dac96774bbcceb302099a8057",
            "cus_01h455vb4pex5vsknk084sn02q",
        ] {
            assert!(how("idempotency-key", &[text]).is_err(), "{text}");
        }
        for text in
            ["", "7", "W/\"7\"", "\"7\", \"8\"", "\"-1\"", "\"99999999999999999999\"", "\"\""]
        {
            let problem = how("if-match", &[text]).unwrap_err();
            assert!(format!("{problem:?}").contains("if-match"), "{text}");
        }
        assert!(how("if-match", &["\"7\"", "\"7\""]).is_err());
        assert_eq!(how("if-match", &["\"7\""]).unwrap().if_version, Some(7));
        assert_eq!(how("if-match", &["*"]).unwrap().if_version, None);
    }
}
