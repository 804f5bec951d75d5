//! The command line of Readmit: the binary `readmit`.
//!
//! | module | what it holds |
//! |---|---|
//! | `cli` | every flag and command, and what `--help` says |
//! | `commands` | one file for each group of commands: its arguments, what it does, how it answers |
//! | `context` | what every command works with: database, key, tenant |
//! | `acting` | an admin shows their second factor and acts |
//! | `people` | logins and ids, one from the other |
//! | `args`, `as_of`, `period`, `words` | parsing what is typed, wording what is known |
//! | `case`, `history` | a recovery and a history, with the names of who had a part in them |
//! | `output`, `prompt`, `progress` | the only places that write to and read from the terminal |
//! | `logs` | what goes to stderr beside talk, and in which form |
//! | `sources` | the settings of the service: from file, environment and flags |
//! | `witness_http` | asks a witness over HTTP |
//! | `error` | every error's kind, exit code and hint |
//! | `demo` | the whole story, told |
//!
//! **Invariant: data on stdout, talk on stderr.** With `--json`, stdout holds
//! documents alone, and stderr nothing but the error, as a document too.
//!
//! **Invariant: no secret is taken from a flag.** Codes come from the terminal or
//! standard input, the master key from a file or the environment.

mod acting;
mod args;
mod as_of;
mod case;
mod cli;
mod commands;
mod context;
mod demo;
mod error;
mod history;
mod logs;
mod output;
mod people;
mod period;
mod progress;
mod prompt;
mod sources;
mod witness_http;
mod words;

use std::process::ExitCode;

use cli::Cli;
use context::Context;
use error::CliError;
use output::Output;

fn main() -> ExitCode {
    let cli = match Cli::from_command_line() {
        Ok(cli) => cli,
        Err(error) => return not_parsed(&error),
    };
    let output = Output::new(cli.global.json);
    match logs::start(&cli).and_then(|()| run(cli, output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => output.report(&error),
    }
}

fn run(cli: Cli, output: Output) -> Result<(), CliError> {
    let Cli { global, command } = cli;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let context = Context::new(global, output);
        let done = Box::pin(commands::run(&context, command)).await;
        context.close().await;
        done
    })
}

/// Help and version are no errors; what was typed wrong is told as text, or as
/// JSON where that was asked for.
fn not_parsed(error: &clap::Error) -> ExitCode {
    let json = cli::asks_for_json(std::env::args_os());
    if error.use_stderr() && json {
        let text = error.render().to_string();
        let text = text.trim().trim_start_matches("error: ").to_owned();
        return Output::new(true).report(&CliError::Usage(text));
    }
    // A pipe that was closed early has seen enough.
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}
