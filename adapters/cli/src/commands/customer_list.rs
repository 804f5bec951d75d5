//! `customer list`: customers by search, status, stage; and as they were.

use std::fmt;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use readmit::{
    CustomerId, CustomerQuery, CustomerRow, CustomerSort, CustomerStatus, Login, Page, PageCursor,
    PersonName, Stage, Tenant, Timestamp, Views,
};
use serde::Serialize;

use crate::args::PageArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::output::table;
use crate::words;

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Words: each begins the login, a part of it, or a part of the name
    #[arg(value_name = "SEARCH")]
    search: Vec<String>,
    /// Only those of this status
    #[arg(long, value_parser = status())]
    status: Option<CustomerStatus>,
    /// Only those whose open recovery has come so far
    #[arg(long)]
    stage: Option<StageName>,
    /// In this order; what is searched for comes in the order of the words found
    #[arg(long, default_value = "login", conflicts_with = "search")]
    sort: SortName,
    #[command(flatten)]
    page: PageArgs,
}

/// A stage, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum StageName {
    AwaitingApproval,
    Granted,
    SignedIn,
    MfaDisabled,
    DeviceEnrolled,
}

/// An order, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SortName {
    Login,
    LastSignIn,
    CodesLeft,
}

fn status() -> impl TypedValueParser<Value = CustomerStatus> {
    let names = CustomerStatus::ALL.map(CustomerStatus::name);
    PossibleValuesParser::new(names).try_map(|name: String| name.parse::<CustomerStatus>())
}

impl ListArgs {
    fn query(&self) -> CustomerQuery {
        let sort = match self.sort {
            SortName::Login => CustomerSort::Login,
            SortName::LastSignIn => CustomerSort::LastSignIn,
            SortName::CodesLeft => CustomerSort::CodesLeft,
        };
        let mut query = CustomerQuery::new().search(self.search.join(" ")).sort(sort);
        if let Some(status) = self.status {
            query = query.status(status);
        }
        if let Some(stage) = self.stage {
            query = query.stage(stage.into());
        }
        if let Some(after) = &self.page.after {
            query = query.after(after.clone());
        }
        query.limit(self.page.limit)
    }
}

impl From<StageName> for Stage {
    fn from(name: StageName) -> Self {
        match name {
            StageName::AwaitingApproval => Self::AwaitingApproval,
            StageName::Granted => Self::Granted,
            StageName::SignedIn => Self::SignedIn,
            StageName::MfaDisabled => Self::MfaDisabled,
            StageName::DeviceEnrolled => Self::DeviceEnrolled,
        }
    }
}

#[derive(Serialize)]
struct Listing {
    customers: Vec<Listed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<PageCursor>,
    #[serde(skip)]
    now: Timestamp,
}

#[derive(Serialize)]
struct Listed {
    login: Option<Login>,
    name: Option<PersonName>,
    customer: CustomerId,
    status: CustomerStatus,
    mfa: &'static str,
    codes_left: Option<u8>,
    stage: Option<Stage>,
    until: Option<Timestamp>,
    last_sign_in: Option<Timestamp>,
}

impl Listed {
    fn new(row: CustomerRow, now: Timestamp) -> Self {
        Self {
            status: row.status(now),
            mfa: words::mfa(&row.account.mfa),
            codes_left: row.codes_left(),
            stage: row.stage(now),
            until: row.until(now),
            last_sign_in: row.last_sign_in,
            customer: row.customer,
            login: row.login,
            name: row.name,
        }
    }
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.customers.iter().map(|listed| {
            [
                listed.login.as_ref().map(|login| login.as_str().to_owned()).unwrap_or_default(),
                listed.name.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default(),
                listed.customer.to_string(),
                listed.status.name().replace('_', " "),
                words::or_dash(listed.codes_left),
                words::or_dash(listed.last_sign_in.map(words::moment)),
                words::or_dash(listed.stage.map(words::stage)),
                listed.until.map(|end| words::until(end, self.now)).unwrap_or_default(),
            ]
        });
        let headers = ["login", "name", "id", "mfa", "codes", "last sign-in", "recovery", "until"];
        table(f, headers, rows)
    }
}

pub(super) async fn run(
    context: &Context,
    tenant: &Tenant,
    args: &ListArgs,
) -> Result<(), CliError> {
    let views = tenant.views().await?;
    views.caught_up().await?;
    let query = args.query();
    if query == CustomerQuery::new().limit(args.page.limit) {
        return list_all(context, &views, &args.page).await;
    }
    tell(context, views.customers(&query).await?, &views, "No customer is like that.")
}

/// Lists all customers, as they are in these views, by login.
pub(super) async fn list_all(
    context: &Context,
    views: &Views,
    page: &PageArgs,
) -> Result<(), CliError> {
    let mut query = CustomerQuery::new().limit(page.limit);
    if let Some(after) = &page.after {
        query = query.after(after.clone());
    }
    let none = "There is no customer yet: see `readmit customer add --help`.";
    tell(context, views.customers(&query).await?, views, none)
}

fn tell(
    context: &Context,
    page: Page<CustomerRow>,
    views: &Views,
    none: &str,
) -> Result<(), CliError> {
    let now = views.now();
    let customers: Vec<Listed> = page.items.into_iter().map(|row| Listed::new(row, now)).collect();
    if customers.is_empty() {
        context.output.talk(none);
    }
    let next = page.next.clone();
    context.output.answer(&Listing { customers, next: page.next, now })?;
    context.output.talk_of_next(next.as_ref());
    Ok(())
}
