//! The body of a request: one JSON document of one shape.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use crate::problem::Problem;

/// A body in JSON. Unknown fields, fields given twice and wrong types are refused by name.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        require_json(request.headers())?;
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Problem::new("too_large", "The body is larger than this API takes.")
            } else {
                Problem::new("malformed_body", "The body did not arrive whole.")
            }
        })?;
        parse(&bytes).map(Self)
    }
}

fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let refuse = |found: &str| {
        let detail = format!("The body must be application/json, not {found:?}.");
        Err(Problem::new("unsupported_media_type", detail).about("content-type"))
    };
    if headers.contains_key(header::CONTENT_ENCODING) {
        return refuse("encoded");
    }
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (types.next(), types.next()) else {
        return refuse("none, or several");
    };
    let text = value.to_str().unwrap_or_default();
    let (kind, parameters) = text.split_once(';').unwrap_or((text, ""));
    let charset = parameters.trim().to_ascii_lowercase();
    let is_json = kind.trim().eq_ignore_ascii_case("application/json");
    if is_json && matches!(charset.as_str(), "" | "charset=utf-8" | "charset=\"utf-8\"") {
        Ok(())
    } else {
        refuse(&text.chars().take(100).collect::<String>())
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Left to itself, serde would take the fields of a struct from an array, in their order.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::new("invalid_body", "body: expected an object.").about("body"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut json);
    let value = parsed.map_err(|error| {
        let path = error.path().to_string();
        let why = error.into_inner();
        match why.classify() {
            Category::Data => of_field(&why, &path),
            _ if is_json(bytes) => of_field(&why, &path),
            Category::Syntax | Category::Eof | Category::Io => malformed(&why),
        }
    })?;
    json.end().map_err(|why| malformed(&why))?;
    Ok(value)
}

/// Some values that no field takes are told as if they were no JSON: a number where one of a few
/// words is wanted, a number beyond all bounds, half of a surrogate pair.
fn is_json(bytes: &[u8]) -> bool {
    // Whoever ignores a text does not look whether it is UTF-8.
    std::str::from_utf8(bytes).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}

fn malformed(why: &serde_json::Error) -> Problem {
    // Where it is, and never what stands there: it may be a code.
    let detail =
        format!("The body is no JSON from line {}, column {} on.", why.line(), why.column());
    Problem::new("malformed_body", detail)
}

/// A field that is missing or unknown is named by its parent's path: the message has its name.
fn of_field(why: &serde_json::Error, path: &str) -> Problem {
    let message = without_place(&why.to_string());
    let named = ["missing field `", "unknown field `", "duplicate field `"]
        .iter()
        .find_map(|begin| message.strip_prefix(begin)?.split_once('`').map(|(name, _)| name));
    let field = match (path, named) {
        ("." | "", Some(name)) => name.to_owned(),
        ("." | "", None) => "body".to_owned(),
        // Of an unknown field the path has its name already.
        (path, Some(name)) if path == name || path.ends_with(&format!(".{name}")) => {
            path.to_owned()
        }
        (path, Some(name)) => format!("{path}.{name}"),
        (path, None) => path.to_owned(),
    };
    Problem::new("invalid_body", format!("{field}: {message}.")).about(field)
}

/// Without the line and column that serde adds, and without the value that it found: it may be
/// personal, or secret.
fn without_place(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    match message.split_once("invalid type: ").or_else(|| message.split_once("invalid value: ")) {
        Some((_, found)) => {
            let expected = found.rsplit_once(", expected ").map_or("another", |(_, what)| what);
            format!("expected {expected}")
        }
        None => message.chars().take(300).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "what counts is whether it can be read")]
    struct Asked {
        name: String,
        uses: Option<u8>,
        kind: Option<readmit::Reason>,
        #[serde(default)]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "what counts is whether it can be read")]
    struct Inner {
        deep: bool,
    }

    fn refused(body: &[u8]) -> (&'static str, String) {
        let problem = parse::<Asked>(body).unwrap_err();
        let text = format!("{problem:?}");
        (problem.code(), text)
    }

    #[test]
    fn each_wrong_field_is_named() {
        for (body, field) in [
            ("{}", "name"),
            (r#"{"name":1}"#, "name"),
            (r#"{"name":null}"#, "name"),
            (r#"{"name":"a","moon":1}"#, "moon"),
            (r#"{"name":"a","name":"b"}"#, "name"),
            (r#"{"name":"a","uses":256}"#, "uses"),
            (r#"{"name":"a","uses":-1}"#, "uses"),
            (r#"{"name":"a","uses":1.5}"#, "uses"),
            (r#"{"name":"a","uses":1e999}"#, "uses"),
            (r#"{"name":"\ud800"}"#, "name"),
            (r#"{"name":"a","kind":7}"#, "kind"),
            (r#"{"name":"a","inner":[{"deep":1}]}"#, "inner[0].deep"),
            (r#"{"name":"a","inner":[{"deep":true},{}]}"#, "inner[1].deep"),
            (r#"{"name":"a","inner":[{"deep":true,"x":1}]}"#, "inner[0].x"),
            ("[]", "body"),
            (r#"["a",1,[]]"#, "body"),
            ("7", "body"),
        ] {
            let (code, text) = refused(body.as_bytes());
            assert_eq!(code, "invalid_body", "{body}");
            let named = format!("field: Some({field:?})");
            assert!(text.contains(&named), "{body}: {text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused_without_repeating_it() {
        let deep = [b"{\"name\":".as_slice(), &b"[".repeat(5000)].concat();
        for body in [
            b"".as_slice(),
            b"{",
            b"{\"name\":\"a\"} x",
            b"{\"name\":\"s3cret",
            b"\xff\xfe",
            b"{\"name\":\"\xed\xa0\x80\"}",
            b"{'name':'a'}",
            b"{\"name\":\"a\",}",
            b"\xef\xbb\xbf{\"name\":\"a\"}",
            b"NaN",
        ] {
            let (code, text) = refused(body);
            assert_eq!(code, "malformed_body", "{text}");
            assert!(!text.contains("s3cret"), "{text}");
        }
        let (code, _) = refused(&deep);
        assert!(["malformed_body", "invalid_body"].contains(&code));
    }

    #[test]
    fn a_value_of_the_wrong_type_is_not_repeated() {
        let (_, text) = refused(br#"{"name":"a","uses":"123456"}"#);
        assert!(!text.contains("123456"), "{text}");
    }
}
