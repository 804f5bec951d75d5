//! `admin invite`, `customer invite`: a link to a first password.

use std::sync::Arc;

use clap::Args;
use readmit::{Error, OsEntropy, SystemClock, Tenant, Timestamp};
use readmit_http::web_database::Invitations;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::args::AccountName;
use crate::context::Context;
use crate::error::CliError;
use crate::people::{People, Person};

#[derive(Serialize)]
struct Invited {
    account: Person,
    link: Zeroizing<String>,
    ends_at: Timestamp,
}

impl std::fmt::Display for Invited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", *self.link)?;
        writeln!(f, "For {}: works once, until {}.", self.account, self.ends_at)
    }
}

/// Where the pages are, for the link.
#[derive(Debug, Args)]
pub(crate) struct InviteArgs {
    /// Whom to invite
    #[arg(value_name = "LOGIN|ID")]
    account: AccountName,
    /// Where the pages are served
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8470")]
    pages: String,
}

pub(super) async fn admin(
    context: &Context,
    tenant: &Tenant,
    args: &InviteArgs,
) -> Result<(), CliError> {
    let mut people = People::of(tenant).await?;
    let id = people.admin(&args.account).await?;
    let person = people.person(id).await?;
    invite(context, tenant, person, args).await
}

pub(super) async fn customer(
    context: &Context,
    tenant: &Tenant,
    args: &InviteArgs,
) -> Result<(), CliError> {
    let mut people = People::of(tenant).await?;
    let id = people.customer(&args.account).await?;
    let person = people.person(id).await?;
    if person.login.is_none() {
        return Err(Error::from(readmit::Refusal::Erased).into());
    }
    invite(context, tenant, person, args).await
}

async fn invite(
    context: &Context,
    tenant: &Tenant,
    account: Person,
    args: &InviteArgs,
) -> Result<(), CliError> {
    let web = context.web_database().await?;
    let now = context.engine().await?.now();
    let passwords = web.passwords(Arc::new(SystemClock), Arc::new(OsEntropy));
    let issued = passwords.invitations().issue(tenant.id(), account.id, now).await;
    web.close().await;
    let Some(token) = issued.map_err(Error::from)? else {
        let why = format!("{account} has a password: an invitation is for the first one alone");
        return Err(CliError::Exists(why));
    };
    let pages = args.pages.trim_end_matches('/');
    let link = Zeroizing::new(format!("{pages}/invitations/{}", *token.expose()));
    context.output.answer(&Invited { account, link, ends_at: now + Invitations::LIFETIME })
}
