//! `customer`: add, history; the others stand in files of their own.

use std::fmt;

use clap::{Args, Subcommand};
use readmit::{Actor, CustomerId, Login, PersonName, RegisterCustomer, Tenant, Timestamp};
use serde::Serialize;

use crate::args::AccountName;
use crate::commands::customer_erase::{self, EraseArgs, HoldArgs};
use crate::commands::customer_list::{self, ListArgs};
use crate::commands::customer_show;
use crate::commands::invite::{self, InviteArgs};
use crate::context::Context;
use crate::error::CliError;
use crate::history::{self, Told};
use crate::output::fields;
use crate::people::{People, Person};

#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// Add a customer
    #[command(after_help = "\
Examples:
  readmit customer add alice@example.com
  readmit customer add alice@example.com --name 'Alice Liddell'")]
    Add {
        /// What they sign in with
        login: Login,
        /// What they are called
        #[arg(long)]
        name: Option<PersonName>,
    },
    /// Make a link by which a customer chooses their first password in a browser
    #[command(after_help = "\
Examples:
  readmit customer invite alice@example.com
  readmit customer invite alice@example.com --pages https://readmit.acme.example

For customers who sign in on Readmit's own pages. The link works once, for 24 hours; another one
takes its place. Who has a password is not invited.")]
    Invite(InviteArgs),
    /// Show a customer's MFA, codes, open recovery and guards, now or at a moment in the past
    #[command(after_help = "\
Examples:
  readmit customer show alice@example.com
  readmit customer show alice@example.com --at 2026-11-24T10:00:00Z
  readmit customer show alice@example.com --position 41       as the event 41 left them")]
    Show(ShowArgs),
    /// List the customers, or search for some
    #[command(after_help = "\
Examples:
  readmit customer list
  readmit customer list ali                      whose login or name has a word that begins so
  readmit customer list --status frozen
  readmit customer list --sort codes-left --limit 20")]
    List(ListArgs),
    /// Erase a customer's personal data and secrets, for good
    #[command(after_help = "\
Example:
  readmit customer erase alice@example.com --as olga@acme.example

What is destroyed: login, name, notes, addresses, the authenticator's secret, codes, and the key
that they were sealed under. What stays: that there was somebody, and what happened when. The
history still verifies. A legal hold forbids it. Nobody can undo it.")]
    Erase(EraseArgs),
    /// Forbid the erasure of a customer, or allow it again
    #[command(after_help = "\
Examples:
  readmit customer hold alice@example.com --as olga@acme.example
  readmit customer hold alice@example.com --as olga@acme.example --lift")]
    Hold(HoldArgs),
    /// Tell the history of a customer, oldest first
    #[command(after_help = "\
Example:
  readmit customer history alice@example.com")]
    History {
        /// The customer
        #[arg(value_name = "LOGIN|ID")]
        customer: AccountName,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The customer
    #[arg(value_name = "LOGIN|ID")]
    pub(super) customer: AccountName,
    /// As it was at this time
    #[arg(long, value_name = "TIME", conflicts_with = "position")]
    pub(super) at: Option<Timestamp>,
    /// As it was after the event at this position of the ledger
    #[arg(long, value_name = "N")]
    pub(super) position: Option<u64>,
}

#[derive(Serialize)]
struct Added {
    login: Login,
    customer: CustomerId,
}

impl fmt::Display for Added {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let login = self.login.as_str().to_owned();
        fields(f, [("customer", login), ("id", self.customer.to_string())])
    }
}

#[derive(Serialize)]
struct History {
    customer: Person,
    history: Vec<Told>,
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        history::history(f, &self.history)
    }
}

pub(crate) async fn run(context: &Context, command: CustomerCommand) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    match command {
        CustomerCommand::Add { login, name } => add(context, &tenant, login, name).await,
        CustomerCommand::Invite(args) => invite::customer(context, &tenant, &args).await,
        CustomerCommand::Show(args) => customer_show::run(context, &tenant, &args).await,
        CustomerCommand::Erase(args) => customer_erase::erase(context, &tenant, &args).await,
        CustomerCommand::Hold(args) => customer_erase::hold(context, &tenant, &args).await,
        CustomerCommand::List(args) => customer_list::run(context, &tenant, &args).await,
        CustomerCommand::History { customer } => history(context, &tenant, &customer).await,
    }
}

async fn add(
    context: &Context,
    tenant: &Tenant,
    login: Login,
    name: Option<PersonName>,
) -> Result<(), CliError> {
    let mut register = RegisterCustomer::new(login.clone());
    if let Some(name) = name {
        register = register.name(name);
    }
    let done = tenant.execute(&Actor::system(), register).await?;
    context.output.answer_recorded(done.position, &Added { login, customer: done.customer })
}

async fn history(context: &Context, tenant: &Tenant, name: &AccountName) -> Result<(), CliError> {
    let mut people = People::of(tenant).await?;
    let id = people.customer(name).await?;
    let customer = people.person(id).await?;
    let timeline = tenant.timeline(id).await?;
    let history = Told::all(&mut people, timeline).await?;
    context.output.answer(&History { customer, history })
}
