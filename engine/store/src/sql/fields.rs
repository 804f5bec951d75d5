//! Reading rows: every value is checked, since a database file can be damaged or edited.

use std::fmt;

use readmit_domain::Timestamp;
use readmit_runtime::ports::store::{StoreError, StoreErrorKind, StoredEvent};
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

    /// The events that a row of [`Answer::Events`](super::statement::Answer::Events) holds,
    /// each with its `n`. The error says which one is damaged, and where.
    fn events(&self, each: &mut dyn FnMut(usize, StoredEvent)) -> Result<(), String>;

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
        let number = self.integer(column)?;
        if number < 0 { None } else { N::try_from(number).ok() }
    }

    /// A moment.
    fn moment(&self, column: usize) -> Option<Timestamp> {
        let micros = self.integer(column)?;
        let moment = Timestamp::from_unix_micros(micros);
        // Out of range it was moved to the nearest moment there is.
        (moment.unix_micros() == micros).then_some(moment)
    }
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
