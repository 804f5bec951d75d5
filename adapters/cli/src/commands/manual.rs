//! `completions` and `man`: made from the same description as `--help`.

use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::context::Context;
use crate::error::CliError;
use crate::output::raw;

pub(crate) fn completions(shell: Shell) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "readmit", &mut script);
    raw(&script)
}

pub(crate) fn pages(context: &Context, directory: &Path) -> Result<(), CliError> {
    let failed = |error: std::io::Error| {
        let told = format!("{}: {error}", directory.display());
        std::io::Error::new(error.kind(), told)
    };
    std::fs::create_dir_all(directory).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), directory).map_err(failed)?;
    let directory = directory.display();
    context.output.talk(format!("The manual begins with {directory}/readmit.1"));
    Ok(())
}
