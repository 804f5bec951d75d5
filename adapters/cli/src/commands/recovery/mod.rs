//! `recovery`: look at cases, draw a sample of them, sign them off.

mod list;
mod review;
mod sample;
mod show;

use clap::Subcommand;
use readmit::{RecoveryId, RecoveryRow, Tenant};

use crate::context::Context;
use crate::error::CliError;
use crate::output::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum RecoveryCommand {
    /// List recoveries, the latest first
    #[command(after_help = "\
Examples:
  readmit recovery list --open                           what is under way, what ends first first
  readmit recovery list --from 2026-10-01 --to 2027-01-01
  readmit recovery list --admin bob@acme.example --reason other --profile none
  readmit recovery list --format csv --limit 500 > recoveries.csv

Where there are more than --limit, the answer names the --after of the next page.")]
    List(Box<list::ListArgs>),
    /// Show one recovery: whom, by whose authority, on what terms, what became of it, every event
    #[command(after_help = "\
Example:
  readmit recovery show rec_01h455vb4pex5vsknk084sn02q")]
    Show {
        /// The recovery: its id, as `readmit recovery list` shows it
        #[arg(value_name = "RECOVERY")]
        recovery: RecoveryId,
    },
    /// Draw recoveries of a period by a seed, with a proof of every event
    Sample(sample::SampleArgs),
    /// Sign a finished recovery off as an auditor: accept it, or question it
    #[command(after_help = "\
Examples:
  readmit recovery review rec_01h455vb4pex5vsknk084sn02q --as audrey@acme.example \\
          --verdict accepted
  readmit recovery review rec_01h455vb4pex5vsknk084sn02q --as audrey@acme.example \\
          --verdict questioned --note 'who called whom?'")]
    Review(review::ReviewArgs),
}

impl RecoveryCommand {
    pub(crate) const fn format(&self) -> Option<Format> {
        match self {
            Self::List(args) => args.form.format,
            Self::Show { .. } | Self::Sample(_) | Self::Review(_) => None,
        }
    }
}

pub(crate) async fn run(context: &Context, command: RecoveryCommand) -> Result<(), CliError> {
    match command {
        RecoveryCommand::List(args) => list::run(context, &args).await,
        RecoveryCommand::Show { recovery } => show::run(context, recovery).await,
        RecoveryCommand::Sample(args) => sample::run(context, &args).await,
        RecoveryCommand::Review(args) => review::run(context, args).await,
    }
}

/// The case of this id, as of all that is in the ledger now.
async fn find(tenant: &Tenant, recovery: RecoveryId) -> Result<RecoveryRow, CliError> {
    let views = tenant.views().await?;
    views.caught_up().await?;
    let found = views.recovery(recovery).await?;
    found.ok_or_else(|| {
        let name = tenant.name();
        CliError::NotFound(format!(
            "there is no recovery {recovery} in the tenant {name}: see `readmit recovery list`"
        ))
    })
}
