//! Rows as CSV (RFC 4180), harmless to whoever opens them in a spreadsheet.

use std::borrow::Cow;
use std::io;

use csv::{QuoteStyle, Terminator, WriterBuilder};

/// A table as CSV, in UTF-8. What cannot be known is an empty cell.
///
/// Spreadsheets take a cell that begins with a sign such as `=` for a formula and carry it out.
/// Such a cell gets an apostrophe in front of it, as OWASP advises ("CSV Injection"), and is
/// otherwise as it is. Every cell stands in quotes: a comma, a semicolon or a line end inside of
/// one begins no other cell, whatever a spreadsheet takes for the separator.
///
/// # Errors
/// Never in practice: it is written into memory.
pub fn csv<const N: usize>(
    headers: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> io::Result<Vec<u8>> {
    let mut bytes = csv_rows([headers.map(str::to_owned)])?;
    bytes.extend(csv_rows(rows)?);
    Ok(bytes)
}

/// Rows of such a table without its headers: a part of what is too long to be made at once.
///
/// # Errors
/// Never in practice: it is written into memory.
pub fn csv_rows<const N: usize>(
    rows: impl IntoIterator<Item = [String; N]>,
) -> io::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell).into_owned()))?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// The cell, so that no spreadsheet takes it for a formula.
fn harmless(cell: &str) -> Cow<'_, str> {
    // The last four are the full-width forms, which some spreadsheets take for the same.
    let begins = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if cell.starts_with(begins) { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cell: &str) -> String {
        let bytes = csv(["header"], [[cell.to_owned()]]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        text.strip_prefix("\"header\"\r\n").unwrap().strip_suffix("\r\n").unwrap().to_owned()
    }

    #[test]
    fn what_a_spreadsheet_would_carry_out_gets_an_apostrophe() {
        for cell in ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]
        {
            assert_eq!(written(cell), format!("\"'{cell}\""));
        }
    }

    #[test]
    fn everything_else_is_as_it_is() {
        for cell in ["", "INC-4711", "a=b", "a@b.example", "'quoted'", "1.5", " =1", "ä ö"] {
            assert_eq!(written(cell), format!("\"{cell}\""));
        }
    }

    #[test]
    fn no_cell_breaks_out_of_its_place() {
        assert_eq!(written("a\",=1+1,\"b"), "\"a\"\",=1+1,\"\"b\"");
        assert_eq!(written("a;=1"), "\"a;=1\"");
        let rows = [["x,y".to_owned(), "two\r\nlines".to_owned()]];
        let bytes = csv(["a", "b"], rows.clone()).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let read: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(read, [csv::StringRecord::from(rows[0].to_vec())]);
    }

    #[test]
    fn a_report_without_rows_still_names_its_columns() {
        assert_eq!(csv(["a", "b c"], []).unwrap(), b"\"a\",\"b c\"\r\n");
    }
}
