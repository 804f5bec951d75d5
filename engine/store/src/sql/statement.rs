//! SQL statements, before a database's own way of passing arguments is known.

use std::fmt::Write as _;

use uuid::Uuid;

/// One statement, with what it is given.
#[derive(Debug, Clone)]
pub(crate) struct Statement<'a> {
    /// The SQL: `$1`, `$2` … stand for the scalars, `{rows}` (once at most) for the rows.
    pub(crate) text: &'static str,
    /// Single values.
    pub(crate) scalars: Vec<Value<'a>>,
    /// Any number of rows: a table that exists for this statement only.
    pub(crate) rows: Option<Rows<'a>>,
    /// What its answer holds.
    pub(crate) answer: Answer,
}

/// What the answer to a statement holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Rows, each read by its columns.
    Rows,
    /// Items, read by [`Fields::items`](super::fields::Fields::items) only. The statement selects
    /// `n, a, b, x, y`: a number, two integers, two values of any bytes; a database may pack many
    /// of these into one row. Said here: what kinds `x` and `y` are.
    Items([Kind; 2]),
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// 16 bytes.
    Id(Uuid),
    /// Any bytes.
    Bytes(&'a [u8]),
    /// A 64-bit integer.
    Integer(i64),
    /// Text.
    Text(&'a str),
}

/// What kind of values a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// [`Value::Id`].
    Id,
    /// [`Value::Bytes`].
    Bytes,
    /// [`Value::Integer`].
    Integer,
    /// [`Value::Text`].
    Text,
}

/// One column of a [`Rows`] table.
pub(crate) type Column = (&'static str, Kind);

/// Rows that travel with a statement: `{rows}` in its text is a table of them.
#[derive(Debug, Clone)]
pub(crate) struct Rows<'a> {
    columns: &'static [Column],
    values: Vec<Value<'a>>,
}

impl<'a> Statement<'a> {
    /// A statement that takes nothing.
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, scalars: Vec::new(), rows: None, answer: Answer::Rows }
    }

    /// Gives it its scalars.
    pub(crate) fn with(mut self, scalars: impl Into<Vec<Value<'a>>>) -> Self {
        self.scalars = scalars.into();
        self
    }

    /// Gives it its rows.
    pub(crate) fn over(mut self, rows: Rows<'a>) -> Self {
        self.rows = Some(rows);
        self
    }

    /// Says that it answers items, and of what kinds `x` and `y` are.
    pub(crate) const fn answering(mut self, kinds: [Kind; 2]) -> Self {
        self.answer = Answer::Items(kinds);
        self
    }

    pub(crate) const fn answers_items(&self) -> bool {
        matches!(self.answer, Answer::Items(_))
    }
}

/// The statements as a database runs them: neighbours that answer items are one statement.
pub(crate) fn runs<'s, 'a>(
    statements: &'s [Statement<'a>],
) -> impl Iterator<Item = &'s [Statement<'a>]> {
    statements.chunk_by(|one, next| one.answers_items() && next.answers_items())
}

/// Writes SQL with `$1` as `$(before + 1)`, and so on.
pub(crate) fn write_renumbered(text: &mut String, sql: &str, before: usize) {
    let mut pieces = sql.split('$');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = piece.split_at(digits);
        let number = before + number.parse::<usize>().unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = write!(text, "${number}{rest}");
    }
}

impl<'a> Rows<'a> {
    /// No rows yet.
    pub(crate) const fn new(columns: &'static [Column]) -> Self {
        Self { columns, values: Vec::new() }
    }

    /// Adds a row: one value for each column, in their order.
    pub(crate) fn push<const COLUMNS: usize>(&mut self, row: [Value<'a>; COLUMNS]) {
        debug_assert_eq!(COLUMNS, self.columns.len());
        self.values.extend(row);
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(crate) const fn columns(&self) -> &'static [Column] {
        self.columns
    }

    /// Each row's values, in the order of the columns.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[Value<'a>]> {
        self.values.chunks_exact(self.columns.len().max(1))
    }
}

/// A number as SQL has it. What does not fit is beyond every number that was ever stored.
pub(crate) fn integer(number: impl TryInto<i64>) -> Value<'static> {
    Value::Integer(number.try_into().unwrap_or(i64::MAX))
}
