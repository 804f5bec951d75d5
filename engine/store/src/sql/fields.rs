//! Reading rows: every value is checked, since a database file can be damaged or edited.

use std::fmt;

use readmit_domain::Timestamp;
use readmit_runtime::ports::store::{StoreError, StoreErrorKind};
use uuid::Uuid;

/// The values of one row, by place of their column.
///
/// A value that is missing or not of the type asked for is `None`.
pub(crate) trait Fields {
    /// Bytes of any length.
    fn bytes(&self, column: usize) -> Option<&[u8]>;

    /// An integer.
    fn integer(&self, column: usize) -> Option<i64>;

    /// Text.
    fn text(&self, column: usize) -> Option<&str>;

    /// The items that a row of [`Answer::Items`](super::statement::Answer::Items) holds.
    fn items(&self, each: EachItem<'_>) -> Result<(), StoreError>;

    /// An id of 16 bytes.
    fn id(&self, column: usize) -> Option<Uuid> {
        Uuid::from_slice(self.bytes(column)?).ok()
    }

    /// Exactly so many bytes.
    fn array<const LENGTH: usize>(&self, column: usize) -> Option<[u8; LENGTH]> {
        self.bytes(column)?.try_into().ok()
    }

    /// A number that is not negative.
    fn count<N: TryFrom<i64>>(&self, column: usize) -> Option<N> {
        count(self.integer(column))
    }

    /// A moment.
    fn moment(&self, column: usize) -> Option<Timestamp> {
        let micros = self.integer(column)?;
        let moment = Timestamp::from_unix_micros(micros);
        // Out of range it was moved to the nearest moment there is.
        (moment.unix_micros() == micros).then_some(moment)
    }
}

/// Called with each item of a row.
pub(crate) type EachItem<'e> = &'e mut dyn FnMut(Item<'_>) -> Result<(), StoreError>;

/// One of many small answers to a statement; what it means is the statement's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'r> {
    /// How many statements after the one that the row belongs to the item's own is.
    pub(crate) part: usize,
    /// Which of the things asked for it is about.
    pub(crate) n: usize,
    /// `a` and `b`; missing if they are no integers.
    pub(crate) integers: [Option<i64>; 2],
    /// `x` and `y`; missing if they are NULL.
    pub(crate) bytes: [Option<&'r [u8]>; 2],
}

/// An integer that must not be negative.
pub(crate) fn count<N: TryFrom<i64>>(number: Option<i64>) -> Option<N> {
    number.filter(|number| *number >= 0).and_then(|number| N::try_from(number).ok())
}

/// The error for a value that is not what it must be.
pub(crate) fn damaged(row: impl fmt::Display, what: &str) -> StoreError {
    let message = format!(
        "the database is damaged: {what} of {row} is not what it must be. Stop writing to it, \
         keep a copy, find out how far the damage goes with `readmit audit verify`, and restore \
         a backup"
    );
    StoreError::new(StoreErrorKind::Corrupt, message)
}
