//! Rows as SQLite gives them, and items packed into one of them.

use readmit_runtime::ports::store::StoreError;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::sql::fields::{EachItem, Fields, Item, damaged};

/// What goes around queries of `part, n, a, b, x, y` to pack their rows into
/// one: their numbers as a text, their bytes end to end.
///
/// Reading items so is two to three times as fast as row by row. Lengths are
/// taken down as found, so that a row of the wrong shape cannot shift the others.
pub(super) const PACK: (&str, &str) = (
    "SELECT group_concat(concat_ws(' ', part, n, ifnull(a, '?'), ifnull(b, '?'), \
     ifnull(octet_length(x), '?'), ifnull(octet_length(y), '?')), ' '), \
     group_concat(ifnull(x, x'') || ifnull(y, x''), '') FROM (",
    ")",
);

impl Fields for SqliteRow {
    fn bytes(&self, column: usize) -> Option<&[u8]> {
        self.try_get::<Option<&[u8]>, _>(column).ok().flatten()
    }

    fn integer(&self, column: usize) -> Option<i64> {
        self.try_get::<Option<i64>, _>(column).ok().flatten()
    }

    fn text(&self, column: usize) -> Option<&str> {
        self.try_get::<Option<&str>, _>(column).ok().flatten()
    }

    fn items(&self, each: EachItem<'_>) -> Result<(), StoreError> {
        // Without any row to pack, SQLite answers NULL.
        let numbers = self.text(0).unwrap_or_default();
        unpack(numbers, self.bytes(1).unwrap_or_default(), each)
    }
}

fn unpack(numbers: &str, mut bytes: &[u8], each: EachItem<'_>) -> Result<(), StoreError> {
    let bad = || damaged("the rows of an answer", "the length");
    let mut numbers = numbers.split(' ').filter(|number| !number.is_empty());
    while let Some(part) = numbers.next() {
        let part = part.parse().map_err(|_| bad())?;
        let n = number(numbers.next()).ok_or_else(bad)?;
        let integers = [number(numbers.next()), number(numbers.next())];
        let lengths: [Option<usize>; 2] = [number(numbers.next()), number(numbers.next())];
        let mut content = [None; 2];
        for (content, length) in content.iter_mut().zip(lengths) {
            if let Some(length) = length {
                *content = Some(bytes.split_off(..length).ok_or_else(bad)?);
            }
        }
        each(Item { part, n, integers, bytes: content })?;
    }
    if bytes.is_empty() { Ok(()) } else { Err(bad()) }
}

fn number<N: std::str::FromStr>(text: Option<&str>) -> Option<N> {
    text?.parse().ok()
}
