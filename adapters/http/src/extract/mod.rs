//! What a request brings, parsed at the edge: whatever is wrong is told by its field.

mod body;
mod command;
mod path;
mod query;

pub(crate) use body::Body;
pub(crate) use command::{How, IDEMPOTENCY_KEY};
pub(crate) use path::PathOf;
pub(crate) use query::Query;

use serde::{Deserialize, Deserializer};
use std::fmt::Display;
use std::str::FromStr;

/// Reads an optional field from its text, such as a code that people type.
pub(crate) fn optional_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    match Option::<zeroize::Zeroizing<String>>::deserialize(deserializer)? {
        Some(text) => text.parse().map(Some).map_err(serde::de::Error::custom),
        None => Ok(None),
    }
}

/// Reads a field from its text.
pub(crate) fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = zeroize::Zeroizing::<String>::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}
