//! The only place that reads: codes, from the terminal or from standard input.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use console::Term;
use readmit::TotpCode;
use readmit_http::password::Password;
use zeroize::Zeroizing;

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

/// Asks for a new password until one is accepted, and typed the same twice. A program gives one
/// line of standard input, which must be accepted as it is.
pub(crate) fn new_password<T>(
    question: &str,
    accept: impl Fn(Password) -> Result<T, String>,
) -> Result<T, CliError> {
    if !is_answered_by_a_person() {
        let line = Zeroizing::new(line()?);
        let typed = Password::new(line.trim_end_matches(['\r', '\n']).to_owned());
        return accept(typed).map_err(|why| CliError::Usage(format!("{question}: {why}")));
    }
    let terminal = Term::stderr();
    loop {
        let typed = hidden(&terminal, &format!("{question}: "))?;
        let accepted = match accept(typed.clone()) {
            Ok(accepted) => accepted,
            Err(why) => {
                terminal.write_line(&why)?;
                continue;
            }
        };
        if hidden(&terminal, "Once more: ")?.expose() == typed.expose() {
            return Ok(accepted);
        }
        terminal.write_line("These are not the same: begin again.")?;
    }
}

/// One line that is not shown while it is typed.
fn hidden(terminal: &Term, question: &str) -> io::Result<Password> {
    terminal.write_str(question)?;
    Ok(Password::new(terminal.read_secure_line()?))
}

fn line() -> Result<String, CliError> {
    let mut line = String::new();
    io::stdin().lock().take(LONGEST_LINE).read_line(&mut line)?;
    if line.is_empty() {
        return Err(CliError::Usage(
            "nothing was given: type it at the terminal, or give it as one line of standard input"
                .to_owned(),
        ));
    }
    Ok(line)
}
