//! Statements as SQLite gets them: one text, and its arguments.
//!
//! A table of rows travels as two arguments. One holds the bytes of all rows end
//! to end. The other is JSON, an array for each row: where its bytes begin, then
//! its integers and the lengths of its bytes, in the order of the columns. So
//! the text says nothing of how many rows there are, and binding costs the same
//! for one and for a thousand.

use std::fmt::{self, Write as _};

use sqlx::Arguments as _;
use sqlx::sqlite::SqliteArguments;

use crate::sql::statement::{Answer, Column, Kind, Rows, Statement, Value};

/// One text for all statements, with numbered parameters, and its arguments.
///
/// sqlx takes the number of `$1` as a place among the arguments of the whole
/// text, so each statement's numbers go on where those of the one before ended.
pub(super) fn render(
    statements: &[Statement<'_>],
) -> Result<(String, SqliteArguments), sqlx::Error> {
    let mut text = String::with_capacity(statements.len() * 256);
    let mut arguments = SqliteArguments::default();
    for statement in statements {
        let before = arguments.len();
        for scalar in &statement.scalars {
            bind(&mut arguments, *scalar)?;
        }
        let first = arguments.len() + 1;
        if let Some(rows) = &statement.rows {
            let (bytes, numbers) = pack(rows);
            arguments.add(bytes).map_err(sqlx::Error::Encode)?;
            arguments.add(numbers).map_err(sqlx::Error::Encode)?;
        }
        if !text.is_empty() {
            text.push_str(";\n");
        }
        // Writing to a string cannot fail.
        let _ = write_statement(&mut text, statement, before, first);
    }
    Ok((text, arguments))
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

fn write_statement(
    text: &mut String,
    statement: &Statement<'_>,
    before: usize,
    first: usize,
) -> fmt::Result {
    let (head, tail) = match statement.answer {
        Answer::Rows => ("", ""),
        Answer::Events => super::unpack::PACK,
    };
    text.push_str(head);
    match (statement.text.split_once("{rows}"), &statement.rows) {
        (Some((left, right)), Some(rows)) => {
            write_renumbered(text, left, before)?;
            write_table(text, rows.columns(), first)?;
            write_renumbered(text, right, before)?;
        }
        _ => write_renumbered(text, statement.text, before)?,
    }
    text.push_str(tail);
    Ok(())
}

/// Writes SQL with `$1` as `$(before + 1)`, and so on.
fn write_renumbered(text: &mut String, sql: &str, before: usize) -> fmt::Result {
    let mut pieces = sql.split('$');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = piece.split_at(digits);
        write!(text, "${}{rest}", before + number.parse::<usize>().unwrap_or_default())?;
    }
    Ok(())
}

/// Writes the table that unpacks what [`pack`] packed into the arguments `first` and the next.
fn write_table(text: &mut String, columns: &[Column], first: usize) -> fmt::Result {
    text.push_str("(SELECT ");
    // The place in a row's array, and how far into the row's bytes it has come.
    let (mut place, mut offset) = (0, String::from("(value ->> 0)"));
    for (n, (name, kind)) in columns.iter().enumerate() {
        if n > 0 {
            text.push_str(", ");
        }
        match kind {
            Kind::Id => {
                write!(text, "substr(${first}, {offset}, {ID_LENGTH})")?;
                write!(offset, " + {ID_LENGTH}")?;
            }
            Kind::Integer => {
                place += 1;
                write!(text, "value ->> {place}")?;
            }
            Kind::Bytes => {
                place += 1;
                write!(text, "substr(${first}, {offset}, value ->> {place})")?;
                write!(offset, " + (value ->> {place})")?;
            }
            Kind::Text => {
                place += 1;
                write!(text, "CAST(substr(${first}, {offset}, value ->> {place}) AS TEXT)")?;
                write!(offset, " + (value ->> {place})")?;
            }
        }
        write!(text, " AS {name}")?;
    }
    write!(text, " FROM json_each(${}))", first + 1)
}

const ID_LENGTH: usize = 16;

fn pack(rows: &Rows<'_>) -> (Vec<u8>, String) {
    let (mut bytes, mut numbers) = (Vec::new(), String::from("["));
    for (n, row) in rows.iter().enumerate() {
        // SQLite counts bytes from 1.
        let start = bytes.len() + 1;
        push_number(&mut numbers, if n > 0 { ",[" } else { "[" }, start);
        for value in row {
            match value {
                Value::Id(id) => bytes.extend_from_slice(id.as_bytes()),
                Value::Integer(number) => push_number(&mut numbers, ",", number),
                Value::Bytes(value) => {
                    push_number(&mut numbers, ",", value.len());
                    bytes.extend_from_slice(value);
                }
                Value::Text(value) => {
                    push_number(&mut numbers, ",", value.len());
                    bytes.extend_from_slice(value.as_bytes());
                }
            }
        }
        numbers.push(']');
    }
    numbers.push(']');
    (bytes, numbers)
}

fn push_number(numbers: &mut String, before: &str, number: impl fmt::Display) {
    // Writing to a string cannot fail.
    let _ = write!(numbers, "{before}{number}");
}
