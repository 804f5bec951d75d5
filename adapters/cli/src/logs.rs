//! What goes to stderr beside talk, and in which form.

mod json;

use readmit_http::settings::{Log, LogFormat};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::JsonFields;

use crate::cli::{Cli, Command};
use crate::error::CliError;

/// Starts the log of a command: as much as `RUST_LOG` or else `--verbose` says. The service starts
/// its own, once its settings are read.
pub(crate) fn start(cli: &Cli) -> Result<(), CliError> {
    if matches!(cli.command, Command::Serve(_)) {
        return Ok(());
    }
    let filter = match from_environment()? {
        Some(filter) => filter,
        None => EnvFilter::new(more(cli.global.verbose).unwrap_or("warn")),
    };
    logger(filter).init();
    Ok(())
}

/// Starts the log of the service: as much as `RUST_LOG`, or `--verbose`, or else its settings say.
pub(crate) fn start_service(log: &Log, verbose: u8) -> Result<(), CliError> {
    let filter = match (from_environment()?, more(verbose)) {
        (Some(filter), _) => filter,
        (None, Some(level)) => EnvFilter::new(level),
        (None, None) => EnvFilter::try_new(&log.level)
            .map_err(|why| CliError::Usage(format!("log.level: {why}")))?,
    };
    match log.format {
        LogFormat::Text => logger(filter).init(),
        LogFormat::Json => {
            let fields = JsonFields::new();
            logger(filter).fmt_fields(fields).event_format(json::FlatJson::new()).init();
        }
    }
    Ok(())
}

type Logger<W> = tracing_subscriber::fmt::SubscriberBuilder<
    tracing_subscriber::fmt::format::DefaultFields,
    tracing_subscriber::fmt::format::Format,
    EnvFilter,
    W,
>;

fn logger(filter: EnvFilter) -> Logger<fn() -> std::io::Stderr> {
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr as fn() -> std::io::Stderr)
        .with_ansi(false)
}

/// What `RUST_LOG` says, if it says anything.
fn from_environment() -> Result<Option<EnvFilter>, CliError> {
    let Ok(filter) = std::env::var(EnvFilter::DEFAULT_ENV) else { return Ok(None) };
    let refuse = |why| CliError::Usage(format!("{} cannot be: {why}", EnvFilter::DEFAULT_ENV));
    EnvFilter::try_new(filter).map(Some).map_err(refuse)
}

/// What `--verbose` says, if it was said.
const fn more(verbose: u8) -> Option<&'static str> {
    match verbose {
        0 => None,
        1 => Some("info"),
        2 => {
            Some("info,readmit=debug,readmit_http=debug,readmit_runtime=debug,readmit_store=debug")
        }
        _ => Some("trace"),
    }
}
