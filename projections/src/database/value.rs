//! Values, as both databases have them.

use serde::Serialize;
use sqlx::Any;
use sqlx::any::AnyArguments;
use sqlx::query::Query;

use super::Sql;

/// A value of a column: there is nothing else, and no NULL, so that any column can be sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    /// Text; empty where there is none.
    Text(String),
    /// A number; 0 where there is none.
    Integer(i64),
}

/// A text.
#[expect(clippy::needless_pass_by_value, reason = "ids and words are given as they are")]
pub(crate) fn text(value: impl ToString) -> Value {
    Value::Text(value.to_string())
}

/// A number. What does not fit is beyond every number that was ever stored.
pub(crate) fn integer(value: impl TryInto<i64>) -> Value {
    Value::Integer(value.try_into().unwrap_or(i64::MAX))
}

/// Something whole, as JSON.
pub(crate) fn json(value: &impl Serialize) -> Sql<Value> {
    let text = serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))?;
    Ok(Value::Text(text))
}

impl Value {
    /// Hands the value to a statement.
    pub(crate) fn bind(self, query: Query<'_, Any, AnyArguments>) -> Query<'_, Any, AnyArguments> {
        match self {
            Self::Text(value) => query.bind(value),
            Self::Integer(value) => query.bind(value),
        }
    }
}
