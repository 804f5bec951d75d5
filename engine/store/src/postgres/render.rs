//! Statements as PostgreSQL gets them: one text, and its arguments.
//!
//! A table of rows travels as one array for each column, which `unnest` puts side by side again.
//! So the text says nothing of how many rows there are.

use std::fmt::Write as _;

use sqlx::Arguments as _;
use sqlx::postgres::PgArguments;
use uuid::Uuid;

use crate::sql::statement::{Answer, Kind, Rows, Statement, Value, write_renumbered};

/// A text with numbered parameters, and its arguments.
type Rendered = Result<(String, PgArguments), sqlx::Error>;

/// One statement, as it stands.
pub(super) fn one(statement: &Statement<'_>) -> Rendered {
    let mut query = Query::default();
    query.write(statement, "")?;
    Ok((query.text, query.arguments))
}

/// Queries that are neighbours: one, or several that answer items.
pub(super) fn read(run: &[Statement<'_>]) -> Rendered {
    let mut query = Query::default();
    for (part, statement) in run.iter().enumerate() {
        let Answer::Items([x, y]) = statement.answer else { return one(statement) };
        let before = if part > 0 { " UNION ALL " } else { "" };
        let (x, y) = (as_bytes("x", x), as_bytes("y", y));
        query.push(&format!(
            "{before}SELECT {part}::bigint AS part, n::bigint, a::bigint, b::bigint, {x}, {y} FROM ("
        ));
        query.write(statement, "")?;
        query.push(&format!(") AS part_{part}"));
    }
    if run.len() > 1 {
        // The events of a stream come in order of version, and so in order of position.
        query.push(" ORDER BY 1, 2, 3");
    }
    Ok((query.text, query.arguments))
}

/// Several statements as one: those after the first see only the rows of `head`'s ledgers.
pub(super) fn commit(heads: &Rows<'_>, statements: &[Statement<'_>]) -> Rendered {
    let mut query = Query::default();
    query.move_heads(heads)?;
    for (number, statement) in statements.iter().enumerate() {
        query.push(&format!(", part_{number} AS ("));
        // Within an expression, so that it becomes a look into a hash table of ledgers.
        query.write(statement, " WHERE (ledger IN (SELECT ledger FROM head)) IS TRUE")?;
        query.push(")");
    }
    query.push(" SELECT ledger FROM head");
    Ok((query.text, query.arguments))
}

/// The guard alone.
pub(super) fn move_heads(heads: &Rows<'_>) -> Rendered {
    commit(heads, &[])
}

/// Heads are locked in the order of their ids, if size and fence are what the lane believes; a
/// head that another transaction changes meanwhile is compared again when that one ends.
const LOCK_AND_MOVE: &str = "), locked AS MATERIALIZED (SELECT l.ledger FROM ledgers AS l \
    JOIN want AS w ON l.ledger = w.ledger AND l.size = w.expected AND l.fence = w.fence \
    ORDER BY l.ledger FOR UPDATE OF l), \
    head AS (UPDATE ledgers AS l SET size = w.size, at = w.at, root = w.root, \
    frontier = w.frontier FROM want AS w JOIN locked AS k ON k.ledger = w.ledger \
    WHERE l.ledger = w.ledger RETURNING l.ledger)";

#[derive(Default)]
struct Query {
    text: String,
    arguments: PgArguments,
}

impl Query {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn move_heads(&mut self, heads: &Rows<'_>) -> Result<(), sqlx::Error> {
        self.push("WITH want AS MATERIALIZED (SELECT * FROM ");
        self.table(heads, "")?;
        self.push(" AS w");
        self.push(LOCK_AND_MOVE);
        Ok(())
    }

    /// Writes a statement; `which` is added to the table of its rows.
    fn write(&mut self, statement: &Statement<'_>, which: &str) -> Result<(), sqlx::Error> {
        let before = self.arguments.len();
        for scalar in &statement.scalars {
            match *scalar {
                Value::Id(id) => self.add(id),
                Value::Bytes(bytes) => self.add(bytes),
                Value::Integer(number) => self.add(number),
                Value::Text(text) => self.add(text),
            }?;
        }
        match (statement.text.split_once("{rows}"), &statement.rows) {
            (Some((left, right)), Some(rows)) => {
                write_renumbered(&mut self.text, left, before);
                self.table(rows, which)?;
                write_renumbered(&mut self.text, right, before);
            }
            _ => write_renumbered(&mut self.text, statement.text, before),
        }
        Ok(())
    }

    /// Writes `(SELECT * FROM unnest($1::uuid[], …) AS u(ledger, …))`.
    fn table(&mut self, rows: &Rows<'_>, which: &str) -> Result<(), sqlx::Error> {
        let mut names = Vec::new();
        for (column, (name, kind)) in rows.columns().iter().enumerate() {
            let values = rows.iter().filter_map(|row| row.get(column));
            match kind {
                Kind::Id => self.add(values.map(Value::id).collect::<Vec<_>>()),
                Kind::Integer => self.add(values.map(Value::integer).collect::<Vec<_>>()),
                Kind::Bytes => self.add(values.map(Value::bytes).collect::<Vec<_>>()),
                Kind::Text => self.add(values.map(Value::text).collect::<Vec<_>>()),
            }?;
            let before = if column > 0 { ", " } else { "(SELECT * FROM unnest(" };
            let (number, array) = (self.arguments.len(), array(*kind));
            // Writing to a string cannot fail.
            let _ = write!(self.text, "{before}${number}::{array}");
            names.push(*name);
        }
        self.push(&format!(") AS u({}){which})", names.join(", ")));
        Ok(())
    }

    fn add<'v, T>(&mut self, value: T) -> Result<(), sqlx::Error>
    where
        T: sqlx::Encode<'v, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        self.arguments.add(value).map_err(sqlx::Error::Encode)
    }
}

const fn array(kind: Kind) -> &'static str {
    match kind {
        Kind::Id => "uuid[]",
        Kind::Bytes => "bytea[]",
        Kind::Integer => "bigint[]",
        Kind::Text => "text[]",
    }
}

/// All parts of an answer must agree on the type of a column.
fn as_bytes(column: &str, kind: Kind) -> String {
    match kind {
        Kind::Id => format!("uuid_send({column})"),
        Kind::Text => format!("convert_to({column}, 'UTF8')"),
        Kind::Bytes | Kind::Integer => format!("{column}::bytea"),
    }
}

impl<'a> Value<'a> {
    // A column holds values of one kind: what stands for any other is never used.
    const fn id(&self) -> Uuid {
        if let Self::Id(id) = self { *id } else { Uuid::nil() }
    }

    const fn integer(&self) -> i64 {
        if let Self::Integer(number) = self { *number } else { 0 }
    }

    const fn bytes(&self) -> &'a [u8] {
        if let Self::Bytes(bytes) = self { bytes } else { &[] }
    }

    const fn text(&self) -> &'a str {
        if let Self::Text(text) = self { text } else { "" }
    }
}
