//! `audit replay`: every customer as they were.

use clap::Args;
use readmit::Timestamp;

use crate::args::PageArgs;
use crate::as_of::AsOf;
use crate::commands::customer_list;
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
    #[command(flatten)]
    page: PageArgs,
}

pub(super) async fn run(context: &Context, args: &ReplayArgs) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let as_of = AsOf::of(context, &tenant, args.at, args.position).await?;
    let views = tenant.as_of(as_of.until).views().await?;
    customer_list::list_all(context, &views, &args.page).await
}
