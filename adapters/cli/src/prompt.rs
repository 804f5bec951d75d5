//! The only place that reads: codes, from the terminal or from standard input.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use readmit::TotpCode;

use crate::error::CliError;

/// No line that is typed needs to be longer.
const LONGEST_LINE: u64 = 256;

/// Whether a person sits there who can be asked again.
pub(crate) fn is_answered_by_a_person() -> bool {
    io::stdin().is_terminal()
}

/// Asks for the code that an authenticator app shows now. A person who mistypes
/// it is asked again; a program gives one line of standard input.
pub(crate) fn totp_code(question: &str) -> Result<TotpCode, CliError> {
    loop {
        if is_answered_by_a_person() {
            let mut stderr = io::stderr().lock();
            write!(stderr, "{question}: ")?;
            stderr.flush()?;
        }
        match line()?.parse::<TotpCode>() {
            Ok(code) => return Ok(code),
            Err(why) if is_answered_by_a_person() => writeln!(io::stderr().lock(), "{why}")?,
            Err(why) => return Err(CliError::Usage(format!("{question}: {why}"))),
        }
    }
}

fn line() -> Result<String, CliError> {
    let mut line = String::new();
    io::stdin().lock().take(LONGEST_LINE).read_line(&mut line)?;
    if line.is_empty() {
        return Err(CliError::Usage(
            "no code was given: type it at the terminal, or give it as one line of standard input"
                .to_owned(),
        ));
    }
    Ok(line)
}
