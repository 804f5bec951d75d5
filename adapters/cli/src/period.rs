//! The period of a report: `--from` and `--to`.

use std::ops::Range;

use clap::Args;
use readmit::{Seconds, Tenant, Timestamp};
use serde::Serialize;

use crate::args;
use crate::error::CliError;
use crate::words;

/// A report covers the last three months, unless it is told otherwise.
const DEFAULT_PERIOD: Seconds = Seconds::days(90);

#[derive(Debug, Args)]
pub(crate) struct PeriodArgs {
    /// From this moment on: 2026-11-24 is midnight UTC [default: 90 days before the end]
    #[arg(long, value_name = "TIME", value_parser = args::moment)]
    pub(crate) from: Option<Timestamp>,
    /// Up to this moment, itself excluded [default: now]
    #[arg(long, value_name = "TIME", value_parser = args::moment)]
    pub(crate) to: Option<Timestamp>,
}

/// From a moment on, up to another, itself excluded.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Period {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl PeriodArgs {
    /// The period that is meant: the last 90 days, if nothing else is said.
    pub(crate) async fn period(&self, tenant: &Tenant) -> Result<Period, CliError> {
        check(self.from, self.to)?;
        let to = match self.to {
            Some(to) => to,
            // Whatever has happened belongs to a period that ends now.
            None => just_after(tenant.latest().await?),
        };
        let from = self.from.unwrap_or(to - DEFAULT_PERIOD);
        if from < to { Ok(Period { from, to }) } else { Err(empty(from, to)) }
    }
}

impl Period {
    /// Refuses a period that is not over: what is drawn from it could not be drawn again.
    pub(crate) async fn require_over(self, tenant: &Tenant) -> Result<(), CliError> {
        let now = tenant.latest().await?;
        if self.to <= just_after(now) {
            return Ok(());
        }
        let (to, now) = (words::moment(self.to), words::moment(now));
        Err(CliError::Usage(format!("--to {to} has not come yet: it is {now}")))
    }

    pub(crate) const fn range(self) -> Range<Timestamp> {
        self.from..self.to
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", words::moment(self.from), words::moment(self.to))
    }
}

/// Refuses a period that nothing can be in.
pub(crate) fn check(from: Option<Timestamp>, to: Option<Timestamp>) -> Result<(), CliError> {
    match (from, to) {
        (Some(from), Some(to)) if from >= to => Err(empty(from, to)),
        _ => Ok(()),
    }
}

fn just_after(at: Timestamp) -> Timestamp {
    Timestamp::from_unix_micros(at.unix_micros().saturating_add(1))
}

fn empty(from: Timestamp, to: Timestamp) -> CliError {
    CliError::Usage(format!(
        "nothing is between --from {from} and --to {to}: it must begin earlier"
    ))
}
