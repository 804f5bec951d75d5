//! The only place that writes: data to stdout, talk to stderr.

use std::fmt::{self, Display};
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use readmit::PageCursor;
use serde::Serialize;

use crate::error::{CliError, Exit};

/// In which form a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Columns, to be read
    Table,
    /// Comma-separated values, for a spreadsheet
    Csv,
    /// One JSON document, for a program; the same as --json
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct FormatArgs {
    /// The form of the answer [default: table]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
}

/// An answer that has a form for spreadsheets too.
pub(crate) trait Sheet {
    /// As CSV. Of what is personal it holds as much as the table does.
    fn csv(&self) -> io::Result<Vec<u8>>;
}

/// How a command answers: in text, or in JSON.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

#[derive(Serialize)]
struct ErrorDocument<'a> {
    error: ErrorBody<'a>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    kind: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Prints the answer: one JSON document on a line, or its text.
    pub(crate) fn answer<A: Serialize + Display>(self, answer: &A) -> Result<(), CliError> {
        let mut text =
            if self.json { to_json(answer)? } else { answer.to_string().trim_end().to_owned() };
        if text.is_empty() {
            return Ok(());
        }
        text.push('\n');
        raw(text.as_bytes())
    }

    /// Prints the answer in the form that was asked for. (JSON is asked for once, for errors too.)
    pub(crate) fn answer_as<A: Serialize + Display + Sheet>(
        self,
        form: &FormatArgs,
        answer: &A,
    ) -> Result<(), CliError> {
        match form.format {
            Some(Format::Csv) => raw(&answer.csv()?),
            Some(Format::Table | Format::Json) | None => self.answer(answer),
        }
    }

    /// Prints the answer of a command that was carried out and left this behind,
    /// such as `event 12`. If it cannot be printed, even into a pipe that was
    /// closed, the error says so: the command must not be taken for undone.
    pub(crate) fn answer_done<A: Serialize + Display>(
        self,
        done: impl Display,
        answer: &A,
    ) -> Result<(), CliError> {
        self.answer(answer)
            .map_err(|error| CliError::Untold { done: done.to_string(), why: error.to_string() })
    }

    /// Prints the answer of a command whose first event has this position.
    pub(crate) fn answer_recorded<A: Serialize + Display>(
        self,
        position: u64,
        answer: &A,
    ) -> Result<(), CliError> {
        self.answer_done(format_args!("event {position}"), answer)
    }

    /// Says something to the person at the terminal; programs are told nothing.
    pub(crate) fn talk(self, words: impl Display) {
        if !self.json {
            // If nobody can hear it, nothing is lost.
            let _ = writeln!(io::stderr().lock(), "{words}");
        }
    }

    /// Says that there is more of a list, and how to see it.
    pub(crate) fn talk_of_next(self, next: Option<&PageCursor>) {
        if let Some(next) = next {
            self.talk(format_args!("There is more: --after {next}"));
        }
    }

    /// Tells an error, and answers how the process ends.
    pub(crate) fn report(self, error: &CliError) -> ExitCode {
        let (exit, kind) = error.verdict();
        if exit != Exit::Ok {
            let told = if self.json {
                let body = ErrorBody { kind, message: error.to_string(), hint: error.hint() };
                to_json(&ErrorDocument { error: body }).unwrap_or_default()
            } else {
                told(error, exit, kind)
            };
            let _ = writeln!(io::stderr().lock(), "{told}");
        }
        ExitCode::from(exit as u8)
    }
}

/// Prints bytes as they are.
pub(crate) fn raw(bytes: &[u8]) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    Ok(written.map_err(|error| {
        io::Error::new(error.kind(), format!("the answer cannot be written: {error}"))
    })?)
}

fn told(error: &CliError, exit: Exit, kind: &str) -> String {
    let head = match exit {
        Exit::Refused => format!("refused ({kind})"),
        Exit::NotFound => "not found".to_owned(),
        Exit::Busy => "busy".to_owned(),
        Exit::Verification => "verification failed".to_owned(),
        Exit::Ok | Exit::Failure | Exit::Usage => "error".to_owned(),
    };
    let hint = error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    format!("{head}: {error}{hint}")
}

fn to_json(document: &impl Serialize) -> Result<String, CliError> {
    Ok(serde_json::to_string(document).map_err(io::Error::from)?)
}

/// Writes rows under headers in columns, without lines; nothing, if there is no row.
pub(crate) fn table<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    headers: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> fmt::Result {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(headers.map(str::to_uppercase));
    table.add_rows(rows);
    if table.is_empty() {
        return Ok(());
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    // Without the spaces that fill the last column: lines can be cut and pasted.
    table.lines().try_for_each(|line| writeln!(f, "{}", line.trim_end()))
}

/// Writes a name and what it is on a line each; what is empty is left out.
pub(crate) fn fields<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    fields: [(&str, String); N],
) -> fmt::Result {
    let mut present = fields.into_iter().filter(|(_, value)| !value.is_empty());
    present.try_for_each(|(name, value)| writeln!(f, "{name:<15} {value}"))
}
