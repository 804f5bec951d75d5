//! `audit replay`: every customer as they were.

use clap::Args;
use readmit::{Error, Timestamp, Until};

use crate::commands::customer;
use crate::context::Context;
use crate::error::CliError;

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// As they were at this time
    #[arg(long, value_name = "TIME", conflicts_with = "position")]
    at: Option<Timestamp>,
    /// As the event at this position left them
    #[arg(long, value_name = "N")]
    position: Option<u64>,
}

pub(super) async fn run(context: &Context, args: &ReplayArgs) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let head = tenant.head().await?;
    let now = context.engine().await?.now().max(head.at);
    let (until, at) = match (args.at, args.position) {
        (Some(at), _) if at > now => {
            return Err(CliError::Usage(format!("--at {at} has not come yet: it is {now}")));
        }
        (Some(at), _) => (Until::Time(at), at),
        (None, Some(position)) => {
            let event = tenant.follow(position).next_stored().await.map_err(Error::from)?;
            let event = event.ok_or_else(|| {
                let size = head.size;
                CliError::NotFound(format!(
                    "there is no event {position}: the ledger has {size} events, from 0 on"
                ))
            })?;
            (Until::Position(position), event.at)
        }
        (None, None) => (Until::Now, now),
    };
    let accounts = tenant.as_of(until).accounts().await?;
    customer::list_as_of(context, accounts, at)
}
