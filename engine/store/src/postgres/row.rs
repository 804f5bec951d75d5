//! Rows as PostgreSQL gives them.

use readmit_runtime::ports::store::StoreError;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::sql::fields::{EachItem, Fields, Item, count, damaged};

// A column has the type its table gives it, so the bytes say all.
impl Fields for PgRow {
    fn bytes(&self, column: usize) -> Option<&[u8]> {
        self.try_get_raw(column).ok()?.as_bytes().ok()
    }

    fn integer(&self, column: usize) -> Option<i64> {
        let bytes = self.bytes(column)?;
        let long = bytes.try_into().map(i64::from_be_bytes);
        long.or_else(|_| bytes.try_into().map(i32::from_be_bytes).map(i64::from)).ok()
    }

    fn text(&self, column: usize) -> Option<&str> {
        std::str::from_utf8(self.bytes(column)?).ok()
    }

    /// One row is one item: `part, n, a, b, x, y`.
    fn items(&self, each: EachItem<'_>) -> Result<(), StoreError> {
        let bad = || damaged("the rows of an answer", "the place");
        each(Item {
            part: count(self.integer(0)).ok_or_else(bad)?,
            n: count(self.integer(1)).ok_or_else(bad)?,
            integers: [self.integer(2), self.integer(3)],
            bytes: [self.bytes(4), self.bytes(5)],
        })
    }
}
