//! Every flag and command, and what `--help` says about them.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;
use readmit::TenantName;

use crate::commands::admin::AdminCommand;
use crate::commands::audit::AuditCommand;
use crate::commands::bypass::BypassCommand;
use crate::commands::config::ConfigCommand;
use crate::commands::customer::CustomerCommand;
use crate::commands::key::KeyCommand;
use crate::commands::projection::ProjectionCommand;
use crate::commands::recovery::RecoveryCommand;
use crate::commands::report::ReportCommand;
use crate::commands::tenant::TenantCommand;
use crate::output::Format;
use crate::sources::ServiceArgs;

const EVERYDAY: &str = "\
The everyday path:
  readmit init                                     make a database, and its key
  readmit tenant create acme-msp                   the service provider
  readmit admin add bob@acme.example --role owner  an admin …
  readmit admin enrol bob@acme.example             … with an authenticator app of their own
  readmit customer add alice@example.com           a customer
  readmit bypass grant alice@example.com --as bob@acme.example \\
          --reason lost_device --for 1h            alice lost her phone: let her in, once
  readmit customer show alice@example.com          how far she has come
  readmit audit checkpoint > acme.checkpoint       to be kept elsewhere …
  readmit audit verify --against acme.checkpoint   … and compared with later

See it all without a database of your own: readmit demo --no-serve

Customers and admins are named by login or id. Times are RFC 3339 (2026-11-24T10:00:00Z),
durations are like 15m, 1h, 1h 30m.

Answers go to stdout, everything else to stderr. With --json every command answers with one
JSON document (`audit tail`, `admin enrol` and `demo` with one on each line), and an error is
{\"error\":{\"kind\":…,\"message\":…}} on stderr.

Exit codes: 0 done, 1 failure, 2 usage, 3 not found, 4 refused, 5 conflict or busy,
6 verification failed.";

/// Lets a customer who lost their MFA device back in, safely, and proves what was done.
#[derive(Debug, Parser)]
#[command(name = "readmit", version, after_help = EVERYDAY, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// What was typed, and what the environment adds to it.
    ///
    /// A database in the environment is somebody's real one: the demo never gets it.
    pub(crate) fn from_command_line() -> Result<Self, clap::Error> {
        let mut parser = Self::command();
        let matches = parser.try_get_matches_from_mut(std::env::args_os())?;
        let mut cli =
            Self::from_arg_matches(&matches).map_err(|error| error.format(&mut parser))?;
        let typed = matches.value_source("db") == Some(ValueSource::CommandLine);
        if matches!(cli.command, Command::Demo { .. }) && !typed {
            cli.global.db = None;
        }
        match (cli.command.format(), cli.global.json) {
            (Some(Format::Json), _) => cli.global.json = true,
            (Some(Format::Table | Format::Csv), true) => {
                let said = "--json and another --format cannot be used with each other";
                return Err(parser.error(ErrorKind::ArgumentConflict, said));
            }
            (Some(Format::Table | Format::Csv) | None, _) => {}
        }
        Ok(cli)
    }
}

/// Whether JSON was asked for in a command line that may not be understood otherwise.
pub(crate) fn asks_for_json(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut after_format = false;
    for argument in arguments {
        if argument == "--json"
            || argument == "--format=json"
            || (after_format && argument == "json")
        {
            return true;
        }
        after_format = argument == "--format";
    }
    false
}

const EVERYWHERE: &str = "Options of every command";

/// The flags that all commands share.
#[derive(Debug, Args)]
pub(crate) struct Global {
    #[arg(
        help = "The database, sqlite://PATH or postgres://USER@HOST/NAME [default: sqlite://readmit.db]"
    )]
    #[arg(long, global = true, value_name = "URL", env = "READMIT_DB", hide_env_values = true)]
    #[arg(help_heading = EVERYWHERE)]
    pub(crate) db: Option<String>,
    /// The file with the master key [default: that of the database with .key appended]. The key
    /// itself can be given in `READMIT_MASTER_KEY` instead
    #[arg(long, global = true, value_name = "PATH", env = "READMIT_KEY_FILE")]
    #[arg(hide_env_values = true, help_heading = EVERYWHERE)]
    pub(crate) key_file: Option<PathBuf>,
    /// The tenant; not needed where there is only one
    #[arg(long, global = true, value_name = "NAME", env = "READMIT_TENANT")]
    #[arg(hide_env_values = true, help_heading = EVERYWHERE)]
    pub(crate) tenant: Option<TenantName>,
    /// Answer in JSON
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) json: bool,
    /// Log more to stderr; twice for still more. `RUST_LOG` says it finer
    #[arg(long, short, global = true, action = clap::ArgAction::Count, help_heading = EVERYWHERE)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play the whole story on a database of its own, then serve its pages: a customer loses their
    /// phone and gets back in
    #[command(after_help = "\
Examples:
  readmit demo                                       the story, then the pages, until Ctrl-C
  readmit demo --no-serve                            the story alone, in a temporary folder
  readmit demo --no-serve --db sqlite://story.db     kept, to be looked at afterwards

The pages show two providers with some 40 customers and ninety days of history, and who can sign in.

The story moves its clock ahead, which would end real bypasses early. So it makes a new database
where --db says so on the command line, refuses if anything is there already, and takes none
from READMIT_DB.")]
    Demo {
        /// Only tell the story; do not serve the web pages afterwards
        #[arg(long)]
        no_serve: bool,
        /// Where the pages are served: on this machine alone
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8470")]
        listen: std::net::SocketAddr,
    },
    /// Make a new database and its master key
    #[command(after_help = "\
Examples:
  readmit init
  readmit init --db sqlite:///var/lib/readmit/readmit.db --key-file /etc/readmit/master.key

The key file is readable by its owner alone. Keep a copy of it elsewhere: without it nothing
that is sealed can be read again, and nobody can make another.")]
    Init,
    /// Serve the REST API until told to stop (SIGTERM, Ctrl-C)
    #[command(after_help = "\
Examples:
  readmit serve
  readmit serve --config /etc/readmit/readmit.toml --log-format json
  READMIT_HTTP_LIMITS__CONNECTIONS=64 readmit serve

What a flag says counts more than the environment, and that more than the file. Each setting has
a variable: READMIT_HTTP_ and its name in capitals, with __ for the dot. See what they come to with
`readmit config check`.

Requests under way are finished before it ends; a second Ctrl-C does not wait for them. SIGHUP
reads certificate and key anew.")]
    Serve(ServiceArgs),
    /// The settings of the service
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Check that the database, the key and every ledger are in order
    #[command(after_help = "Exits with 0 only if everything is in order.")]
    Doctor,
    /// Service providers: make, list, set their policy
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Admins of a tenant: add, set up their second factor, roles
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Customers of a tenant: add, list, look at one now or in the past
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// The permission to sign in without the second factor: ask, grant, approve, take back
    #[command(subcommand)]
    Bypass(BypassCommand),
    /// Recoveries: list them, look at one, draw a sample of them, sign them off
    #[command(subcommand)]
    Recovery(RecoveryCommand),
    /// Reports for auditors: who could do what, and every bypass of a period
    #[command(subcommand)]
    Report(ReportCommand),
    /// The ledger: verify it, prove what it holds, copy it, read its events
    #[command(subcommand)]
    Audit(AuditCommand),
    /// The read models, which lists and reports are read from: how far they are, make them anew
    #[command(subcommand)]
    Projection(ProjectionCommand),
    /// The master key: show which is in use, rotate it
    #[command(subcommand)]
    Key(KeyCommand),
    /// Print a completion script for a shell
    #[command(after_help = "\
Examples:
  readmit completions bash > ~/.local/share/bash-completion/completions/readmit
  readmit completions zsh > ~/.zfunc/_readmit")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages into a directory
    #[command(after_help = "\
Example:
  readmit man man1 && man -l man1/readmit-bypass-grant.1")]
    Man {
        /// The directory; made if it is not there
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
}

impl Command {
    /// The form that the answer was asked for in, where there is a choice.
    const fn format(&self) -> Option<Format> {
        match self {
            Self::Recovery(command) => command.format(),
            Self::Report(command) => command.format(),
            _ => None,
        }
    }
}
