//! Statements as SQLite gets them: one text, and its arguments.
//!
//! A table of rows travels as two arguments. One holds all rows end to end: ids and bytes as they
//! are, integers in 19 digits, lengths in 10. The other is a JSON array that says where each row
//! begins. So the text says nothing of how many rows there are, and binding costs the same for
//! one and for a thousand. Digits, because SQL cannot read a binary integer, and a JSON array for
//! each row, with its integers, takes SQLite three times as long to read.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use sqlx::Arguments as _;
use sqlx::sqlite::SqliteArguments;

use super::unpack::PACK;
use crate::sql::statement::{Column, Kind, Rows, Statement, Value, runs, write_renumbered};

/// One text for all statements, with numbered parameters, and its arguments.
///
/// sqlx takes the number of `$1` as a place among the arguments of the whole
/// text, so each statement's numbers go on where those of the one before ended.
pub(super) fn render(
    statements: &[Statement<'_>],
) -> Result<(String, SqliteArguments), sqlx::Error> {
    let mut text = String::with_capacity(statements.len() * 256);
    let mut arguments = SqliteArguments::default();
    for run in runs(statements) {
        if !text.is_empty() {
            text.push_str(";\n");
        }
        let packed = run.first().is_some_and(Statement::answers_items);
        if packed {
            text.push_str(PACK.0);
        }
        for (part, statement) in run.iter().enumerate() {
            // Writing to a string cannot fail.
            let _ = match (packed, part) {
                (false, _) => Ok(()),
                (true, 0) => write!(text, "SELECT 0 AS part, * FROM ("),
                (true, _) => write!(text, " UNION ALL SELECT {part}, * FROM ("),
            };
            write_statement(&mut text, &mut arguments, statement)?;
            if packed {
                text.push(')');
            }
        }
        if packed {
            text.push_str(PACK.1);
        }
    }
    Ok((text, arguments))
}

fn write_statement(
    text: &mut String,
    arguments: &mut SqliteArguments,
    statement: &Statement<'_>,
) -> Result<(), sqlx::Error> {
    let before = arguments.len();
    for scalar in &statement.scalars {
        bind(arguments, *scalar)?;
    }
    match (statement.text.split_once("{rows}"), &statement.rows) {
        (Some((left, right)), Some(rows)) => {
            let first = arguments.len() + 1;
            let (bytes, starts) = pack(rows);
            arguments.add(bytes).map_err(sqlx::Error::Encode)?;
            arguments.add(starts).map_err(sqlx::Error::Encode)?;
            write_renumbered(text, left, before);
            // Writing to a string cannot fail.
            let _ = write_table(text, rows.columns(), first);
            write_renumbered(text, right, before);
        }
        _ => write_renumbered(text, statement.text, before),
    }
    Ok(())
}

fn bind(arguments: &mut SqliteArguments, value: Value<'_>) -> Result<(), sqlx::Error> {
    match value {
        Value::Id(id) => arguments.add(id.as_bytes().to_vec()),
        Value::Bytes(bytes) => arguments.add(bytes.to_vec()),
        Value::Integer(number) => arguments.add(number),
        Value::Text(text) => arguments.add(text.to_owned()),
    }
    .map_err(sqlx::Error::Encode)
}

/// Writes the table that unpacks what [`pack`] packed into the arguments `first` and the next.
fn write_table(text: &mut String, columns: &[Column], first: usize) -> fmt::Result {
    text.push_str("(SELECT ");
    // Where the next column begins: so far into the row, and the lengths found on the way.
    let (mut fixed, mut lengths) = (0, String::new());
    for (n, (name, kind)) in columns.iter().enumerate() {
        if n > 0 {
            text.push_str(", ");
        }
        let at = format!("substr(${first}, value + {fixed}{lengths}");
        match kind {
            Kind::Id => {
                write!(text, "{at}, {ID_LENGTH})")?;
                fixed += ID_LENGTH;
            }
            Kind::Integer => {
                write!(text, "CAST({at}, {INTEGER_DIGITS}) AS INTEGER)")?;
                fixed += INTEGER_DIGITS;
            }
            Kind::Bytes | Kind::Text => {
                let length = format!("CAST({at}, {LENGTH_DIGITS}) AS INTEGER)");
                fixed += LENGTH_DIGITS;
                let content = format!("substr(${first}, value + {fixed}{lengths}, {length})");
                match kind {
                    Kind::Text => write!(text, "CAST({content} AS TEXT)")?,
                    _ => text.push_str(&content),
                }
                write!(lengths, " + {length}")?;
            }
        }
        write!(text, " AS {name}")?;
    }
    write!(text, " FROM json_each(${}))", first + 1)
}

const ID_LENGTH: usize = 16;
/// As many as `i64::MAX` has. No integer here is negative.
const INTEGER_DIGITS: usize = 19;
/// As many as the longest value SQLite takes has.
const LENGTH_DIGITS: usize = 10;

/// The rows end to end, and where each begins: SQLite counts bytes from 1.
fn pack(rows: &Rows<'_>) -> (Vec<u8>, String) {
    let (mut bytes, mut starts) = (Vec::new(), String::from("["));
    for (n, row) in rows.iter().enumerate() {
        // Writing to a string or a vector cannot fail.
        let _ = write!(starts, "{}{}", if n > 0 { "," } else { "" }, bytes.len() + 1);
        for value in row {
            match value {
                Value::Id(id) => bytes.extend_from_slice(id.as_bytes()),
                Value::Integer(number) => {
                    let _ = write!(bytes, "{number:0INTEGER_DIGITS$}");
                }
                Value::Bytes(value) => push(&mut bytes, value),
                Value::Text(value) => push(&mut bytes, value.as_bytes()),
            }
        }
    }
    starts.push(']');
    (bytes, starts)
}

fn push(bytes: &mut Vec<u8>, value: &[u8]) {
    let _ = write!(bytes, "{:0LENGTH_DIGITS$}", value.len());
    bytes.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn numbers_go_on_from_statement_to_statement() {
        let mut rows = Rows::new(&[("ledger", Kind::Id), ("size", Kind::Integer)]);
        rows.push([Value::Id(Uuid::nil()), Value::Integer(7)]);
        let statements = [
            Statement::new("SELECT $1, $2").with([Value::Integer(1), Value::Text("a")]),
            Statement::new("DELETE FROM {rows} AS w LIMIT $1").with([Value::Integer(5)]).over(rows),
        ];
        let (text, arguments) = render(&statements).unwrap();
        assert_eq!(
            text,
            "SELECT $1, $2;\n\
             DELETE FROM (SELECT substr($4, value + 0, 16) AS ledger, \
             CAST(substr($4, value + 16, 19) AS INTEGER) AS size FROM json_each($5)) AS w LIMIT $3"
        );
        assert_eq!(arguments.len(), 5);
    }

    #[test]
    fn rows_are_packed_end_to_end() {
        let columns = &[("ledger", Kind::Id), ("size", Kind::Integer), ("root", Kind::Bytes)];
        let mut rows = Rows::new(columns);
        for root in [b"ab".as_slice(), b""] {
            rows.push([Value::Id(Uuid::nil()), Value::Integer(7), Value::Bytes(root)]);
        }
        let (bytes, starts) = pack(&rows);
        assert_eq!(starts, "[1,48]");
        assert_eq!(&bytes[..16], [0; 16]);
        assert_eq!(&bytes[16..47], b"00000000000000000070000000002ab");
        assert_eq!(bytes.len(), 47 + 45);
    }
}
