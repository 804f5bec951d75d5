//! `report`: what auditors ask for, over a period.

mod access;
mod alerts;
mod exceptions;

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::error::CliError;
use crate::output::{Format, FormatArgs};
use crate::period::PeriodArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Tell who held which roles when, and whether anybody did alone what takes two
    #[command(after_help = "\
Examples:
  readmit report access                                          the last 90 days
  readmit report access --from 2026-10-01 --to 2027-01-01        one quarter
  readmit report access --format csv > access.csv

Shown is what was held at any moment of the period. Below it stands how many cases of the period
were looked at for whoever approved what they had asked for, granted for themselves, or enrolled
the device after their own grant, and every such case. With --format csv this goes to stderr.")]
    Access(ReportArgs),
    /// List every bypass of a period, with the profile it met and what it lacked of the next
    #[command(after_help = "\
Examples:
  readmit report exceptions                                      the last 90 days
  readmit report exceptions --from 2026-10-01 --to 2027-01-01    one quarter
  readmit report exceptions --format csv > exceptions.csv

This is the register of exceptions from MFA that PCI DSS 8.5.1 asks for: whom, why, by whose
authority, for how long, and what became of it. A case belongs to the period in which it began.
A bypass that was never granted is held against what it was asked for.")]
    Exceptions(ReportArgs),
    /// List what somebody should look at: admins who stand out, accounts in danger
    #[command(after_help = "\
Examples:
  readmit report alerts                                          the last 90 days
  readmit report alerts --rule far_above_peers --format json

The rules see events alone. An alert is a reason to look, and no verdict: an honest admin can have a
strange month.")]
    Alerts(alerts::AlertArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    period: PeriodArgs,
    #[command(flatten)]
    form: FormatArgs,
}

impl ReportCommand {
    pub(crate) const fn format(&self) -> Option<Format> {
        match self {
            Self::Access(args) | Self::Exceptions(args) => args.form.format,
            Self::Alerts(args) => args.report.form.format,
        }
    }
}

pub(crate) async fn run(context: &Context, command: ReportCommand) -> Result<(), CliError> {
    match command {
        ReportCommand::Access(args) => access::run(context, &args).await,
        ReportCommand::Exceptions(args) => exceptions::run(context, &args).await,
        ReportCommand::Alerts(args) => alerts::run(context, &args).await,
    }
}
