//! The typed parts of a path.

use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, MatchedPath, Path};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// The parts of the path, each of its type.
pub(crate) struct PathOf<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(parts)| Self(parts)).map_err(|rejection| {
            let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
            refused(&rejection, route)
        })
    }
}

fn refused(rejection: &PathRejection, route: &str) -> Problem {
    let PathRejection::FailedToDeserializePathParams(error) = rejection else {
        return Problem::new("internal", "The route does not fit its handler.");
    };
    let name = |index| names(route).nth(index).unwrap_or("path").to_owned();
    let (field, why) = match error.kind() {
        ErrorKind::ParseErrorAtKey { key, expected_type, .. } => {
            (key.clone(), format!("expected {expected_type}"))
        }
        ErrorKind::ParseErrorAtIndex { index, expected_type, .. } => {
            (name(*index), format!("expected {expected_type}"))
        }
        ErrorKind::ParseError { expected_type, .. } => {
            (name(0), format!("expected {expected_type}"))
        }
        ErrorKind::DeserializeError { key, message, .. } => (key.clone(), message.clone()),
        ErrorKind::InvalidUtf8InPathParam { key } => (key.clone(), "no text in UTF-8".to_owned()),
        ErrorKind::Message(why) => (name(0), why.clone()),
        _ => (name(0), "it has not the form it must have".to_owned()),
    };
    let why: String = why.chars().take(300).collect();
    Problem::new("invalid_path", format!("{field}: {why}.")).about(field)
}

/// The names of the parts of a route, in order.
fn names(route: &str) -> impl Iterator<Item = &str> {
    route.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}
