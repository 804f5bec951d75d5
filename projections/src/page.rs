//! Pages of answers: bounded, and gone on with where the last one ended.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use readmit_runtime::Failure;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::database::{Fetched, Kind, Query, Sql, Value};

/// Items on a page, unless fewer or more are asked for.
pub const PAGE_ITEMS: usize = 50;
/// Items on a page at most: what is asked for beyond it is cut.
pub const PAGE_ITEMS_MAX: usize = 500;

/// A page of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// What was asked for, in order.
    pub items: Vec<T>,
    /// Where the next page begins; none after the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<PageCursor>,
    /// How many events of the ledger the answer has seen.
    pub seen: u64,
}

/// Where a page ended. Its text is opaque, and belongs to the list and the order it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCursor {
    /// Of which list, in which order.
    list: String,
    /// What the last item is sorted by.
    at: Vec<CursorValue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum CursorValue {
    Integer(i64),
    Text(String),
}

/// A text that is no cursor of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor: give the one that came with the page before, as it is")]
pub struct ParseCursorError;

/// No cursor is longer: it holds a login or a word, and an id.
const CURSOR_BYTES_MAX: usize = 2_048;

impl fmt::Display for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(&(&self.list, &self.at)).map_err(|_| fmt::Error)?;
        f.write_str(&BASE64URL_NOPAD.encode(&json))
    }
}

impl FromStr for PageCursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        if text.len() > CURSOR_BYTES_MAX {
            return Err(ParseCursorError);
        }
        let json = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| ParseCursorError)?;
        let (list, at): (String, Vec<CursorValue>) =
            serde_json::from_slice(&json).map_err(|_| ParseCursorError)?;
        // PostgreSQL takes no text with a zero byte in it.
        let has_zero =
            |value: &CursorValue| matches!(value, CursorValue::Text(text) if text.contains('\0'));
        if at.iter().any(has_zero) { Err(ParseCursorError) } else { Ok(Self { list, at }) }
    }
}

impl Serialize for PageCursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PageCursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How a list is sorted, and which part of it is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) after: Option<PageCursor>,
    pub(crate) limit: Option<usize>,
}

/// Gives a query with a `part` what all of them have: where a page begins, and how long it is.
macro_rules! paged {
    ($query:ident) => {
        impl $query {
            /// The page after this one.
            #[must_use]
            pub fn after(mut self, cursor: $crate::PageCursor) -> Self {
                self.part.after = Some(cursor);
                self
            }

            /// So many at most.
            #[must_use]
            pub const fn limit(mut self, limit: usize) -> Self {
                self.part.limit = Some(limit);
                self
            }
        }
    };
}
pub(crate) use paged;

/// A list in an order: what it is sorted by, and which way.
pub(crate) struct Order {
    /// Its name, by which cursors are told apart.
    pub(crate) list: &'static str,
    /// What it is sorted by: the last of these tells any two rows apart.
    pub(crate) by: &'static [&'static str],
    /// What kind each of these is.
    pub(crate) kinds: &'static [Kind],
    pub(crate) descending: bool,
}

impl Part {
    pub(crate) fn limit(&self) -> usize {
        self.limit.unwrap_or(PAGE_ITEMS).clamp(1, PAGE_ITEMS_MAX)
    }
}

impl Order {
    /// Whether a cursor is one of this list.
    pub(crate) fn check(&self, part: &Part) -> Result<(), Failure> {
        match &part.after {
            Some(after)
                if after.list != self.list
                    || !after.at.iter().map(kind).eq(self.kinds.iter().copied()) =>
            {
                Err(Failure::OtherList)
            }
            _ => Ok(()),
        }
    }

    /// Ends a query whose conditions stand: where it goes on, in which order, how many. One more
    /// is asked for than wanted, which tells whether there are more.
    pub(crate) fn finish(&self, query: &mut Query, part: &Part) {
        self.go_on(query, part);
        let direction = if self.descending { " DESC" } else { "" };
        let by: Vec<String> = self.by.iter().map(|column| format!("{column}{direction}")).collect();
        query.push(&format!(" ORDER BY {} LIMIT {}", by.join(", "), part.limit() + 1), []);
    }

    /// Leaves out what stood on the pages before.
    pub(crate) fn go_on(&self, query: &mut Query, part: &Part) {
        if let Some(after) = &part.after {
            let sign = if self.descending { "<" } else { ">" };
            let places = vec!["?"; self.by.len()].join(", ");
            let condition = format!(" AND ({}) {sign} ({places})", self.by.join(", "));
            query.push(&condition, after.at.iter().cloned().map(Value::from));
        }
    }

    /// A page of the rows that such a query answered. Each begins with what it is sorted by.
    pub(crate) fn page<T>(
        &self,
        part: &Part,
        seen: u64,
        rows: &[Fetched],
        read: impl Fn(&Fetched) -> Sql<T>,
    ) -> Sql<Page<T>> {
        let limit = part.limit();
        let next = match rows.get(limit.saturating_sub(1)) {
            Some(last) if rows.len() > limit => Some(self.cursor(last)?),
            _ => None,
        };
        let items = rows.iter().take(limit).map(read).collect::<Sql<_>>()?;
        Ok(Page { items, next, seen })
    }

    /// Where a row stands.
    pub(crate) fn cursor(&self, row: &Fetched) -> Sql<PageCursor> {
        let value = |column| match row.integer(column) {
            Ok(number) => Ok(CursorValue::Integer(number)),
            Err(_) => row.text(column).map(|text| CursorValue::Text(text.to_owned())),
        };
        let at = (0..self.by.len()).map(value).collect::<Sql<_>>()?;
        Ok(PageCursor { list: self.list.to_owned(), at })
    }
}

const fn kind(value: &CursorValue) -> Kind {
    match value {
        CursorValue::Integer(_) => Kind::Integer,
        CursorValue::Text(_) => Kind::Text,
    }
}

impl From<CursorValue> for Value {
    fn from(value: CursorValue) -> Self {
        match value {
            CursorValue::Integer(number) => Self::Integer(number),
            CursorValue::Text(text) => Self::Text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written_and_anything_else_is_refused() {
        let at = vec![CursorValue::Integer(-7), CursorValue::Text("ä/\"'".to_owned())];
        let cursor = PageCursor { list: "customers by login".to_owned(), at };
        assert_eq!(cursor.to_string().parse(), Ok(cursor.clone()));
        let json = serde_json::to_string(&cursor).unwrap();
        assert_eq!(serde_json::from_str::<PageCursor>(&json).unwrap(), cursor);
        for text in ["", "x", "e30", "W10", "äöü", &"A".repeat(4_096)] {
            assert_eq!(text.parse::<PageCursor>(), Err(ParseCursorError), "{text}");
        }
    }

    #[test]
    fn a_page_has_at_least_one_item_and_never_too_many() {
        for (asked, given) in
            [(None, PAGE_ITEMS), (Some(0), 1), (Some(7), 7), (Some(99_999), PAGE_ITEMS_MAX)]
        {
            assert_eq!(Part { after: None, limit: asked }.limit(), given);
        }
    }
}
