//! `customer erase`, and the hold that forbids it.

use std::fmt;

use clap::Args;
use readmit::{CustomerId, EraseCustomer, Error, LiftLegalHold, PlaceLegalHold, Tenant};
use serde::Serialize;

use crate::acting::{Acting, As};
use crate::args::AccountName;
use crate::context::Context;
use crate::error::CliError;
use crate::output::fields;
use crate::people::{People, Person};

#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    /// The customer
    #[arg(value_name = "LOGIN|ID")]
    customer: AccountName,
    #[command(flatten)]
    acting: As,
}

#[derive(Debug, Args)]
pub(crate) struct HoldArgs {
    /// The customer
    #[arg(value_name = "LOGIN|ID")]
    customer: AccountName,
    /// Lift the hold
    #[arg(long)]
    lift: bool,
    #[command(flatten)]
    acting: As,
}

#[derive(Serialize)]
struct Changed {
    customer: Person,
    /// `erased`, `held` or `not held`.
    state: &'static str,
    position: u64,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.position.to_string();
        let state = self.state.to_owned();
        fields(f, [("customer", self.customer.to_string()), ("state", state), ("event", position)])
    }
}

pub(super) async fn erase(
    context: &Context,
    tenant: &Tenant,
    args: &EraseArgs,
) -> Result<(), CliError> {
    let mut people = People::of(tenant).await?;
    let id = people.customer(&args.customer).await?;
    let acting = Acting::new(tenant, &mut people, &args.acting.admin).await?;
    let done = acting.carry_out_fresh(context, EraseCustomer::new(id)).await;
    // Refused or not: whoever asks again makes up for what failed in between the first time.
    let forgotten = forget_erased(context, tenant, id).await;
    let done = done?;
    forgotten?;
    // By now nobody knows the login.
    let customer = Person { id: id.into(), login: None };
    let position = done.position;
    context.output.answer_recorded(position, &Changed { customer, state: "erased", position })
}

/// Forgets password, sessions and invitation of a customer who is erased, if there ever were any.
async fn forget_erased(
    context: &Context,
    tenant: &Tenant,
    customer: CustomerId,
) -> Result<(), CliError> {
    if !tenant.account(customer).await?.erased {
        return Ok(());
    }
    let Some(web) = context.web_database_if_any().await? else { return Ok(()) };
    let forgotten = web.forget(tenant.id(), customer.into()).await;
    web.close().await;
    Ok(forgotten.map_err(Error::from)?)
}

pub(super) async fn hold(
    context: &Context,
    tenant: &Tenant,
    args: &HoldArgs,
) -> Result<(), CliError> {
    let mut people = People::of(tenant).await?;
    let id = people.customer(&args.customer).await?;
    let customer = people.person(id).await?;
    let acting = Acting::new(tenant, &mut people, &args.acting.admin).await?;
    let (state, position) = if args.lift {
        ("not held", acting.carry_out_fresh(context, LiftLegalHold::new(id)).await?.position)
    } else {
        ("held", acting.carry_out_fresh(context, PlaceLegalHold::new(id)).await?.position)
    };
    context.output.answer_recorded(position, &Changed { customer, state, position })
}
