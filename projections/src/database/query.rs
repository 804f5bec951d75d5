//! Queries of a page, put together from what was asked for.

use std::fmt::Write as _;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use super::{Sql, Value};

/// A query: its text, with `$1`, `$2` … numbered as they come, and what they stand for.
#[derive(Debug)]
pub(crate) struct Query {
    text: String,
    values: Vec<Value>,
}

impl Query {
    /// Begins a query. `?` stands for each value.
    pub(crate) fn new(text: &str, values: impl IntoIterator<Item = Value>) -> Self {
        let mut query = Self { text: String::new(), values: Vec::new() };
        query.push(text, values);
        query
    }

    /// Adds text; `?` stands for each value.
    pub(crate) fn push(&mut self, text: &str, values: impl IntoIterator<Item = Value>) {
        let mut pieces = text.split('?');
        self.text.push_str(pieces.next().unwrap_or_default());
        for (piece, value) in pieces.zip(values) {
            self.values.push(value);
            // Writing to a string cannot fail.
            let _ = write!(self.text, "${}{piece}", self.values.len());
        }
    }

    /// Adds text, if there is a value for it.
    pub(crate) fn push_some(&mut self, text: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.push(text, [value]);
        }
    }

    /// Its rows.
    pub(crate) async fn fetch(self, connection: &mut AnyConnection) -> Sql<Vec<Fetched>> {
        let mut query = sqlx::query(AssertSqlSafe(self.text));
        for value in self.values {
            query = value.bind(query);
        }
        Ok(query.fetch_all(connection).await?.into_iter().map(Fetched).collect())
    }
}

/// A row of an answer.
pub(crate) struct Fetched(AnyRow);

impl Fetched {
    /// The text in a column.
    pub(crate) fn text(&self, column: usize) -> Sql<&str> {
        self.0.try_get(column)
    }

    /// The number in a column.
    pub(crate) fn integer(&self, column: usize) -> Sql<i64> {
        self.0.try_get(column)
    }

    /// The number in a column that is never below 0.
    pub(crate) fn count(&self, column: usize) -> Sql<u64> {
        self.integer(column).map(|number| u64::try_from(number).unwrap_or_default())
    }

    /// What the text in a column says.
    pub(crate) fn parse<T>(&self, column: usize) -> Sql<T>
    where
        T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
    {
        self.text(column)?.parse().map_err(damaged)
    }

    /// What the JSON in a column says.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Sql<T> {
        serde_json::from_str(self.text(column)?).map_err(damaged)
    }
}

/// A row does not hold what it must.
pub(crate) fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{integer, text};

    #[test]
    fn values_are_numbered_as_they_come() {
        let mut query =
            Query::new("SELECT a FROM t WHERE b = ? AND c > ?", [text("x"), integer(1)]);
        query.push_some(" AND d = ?", None);
        query.push_some(" AND e = ?", Some(integer(2)));
        assert_eq!(query.text, "SELECT a FROM t WHERE b = $1 AND c > $2 AND e = $3");
        assert_eq!(query.values, [text("x"), integer(1), integer(2)]);
    }
}
