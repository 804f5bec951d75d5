//! `admin password`: what an admin signs in with, at the web and over HTTP.

use std::sync::Arc;

use readmit::{Error, OsEntropy, SystemClock, Tenant, TenantName};
use readmit_http::password::{AcceptedPassword, PasswordFailure};
use serde::Serialize;

use crate::args::AccountName;
use crate::context::Context;
use crate::error::CliError;
use crate::people::{People, Person};
use crate::prompt;

#[derive(Serialize)]
struct Changed {
    admin: Person,
    sessions_ended: u64,
}

impl std::fmt::Display for Changed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "The password of {} is set.", self.admin)?;
        match self.sessions_ended {
            0 => Ok(()),
            ended => writeln!(f, "Their sessions ended: {ended}."),
        }
    }
}

pub(super) async fn run(
    context: &Context,
    tenant: &Tenant,
    name: &AccountName,
) -> Result<(), CliError> {
    let mut people = People::of(tenant).await?;
    let id = people.admin(name).await?;
    let admin = people.person(id).await?;
    let login = tenant.login(id).await?.ok_or_else(|| {
        CliError::Damaged(format!("the login of {id} cannot be read: run `readmit audit verify`"))
    })?;
    let company: TenantName = tenant.name().parse().map_err(|why| {
        CliError::Damaged(format!("the name of the tenant cannot be read: {why}"))
    })?;
    let question = format!("New password of {admin}");
    let password = prompt::new_password(&question, |typed| {
        AcceptedPassword::new(typed, &login, &company).map_err(|why| why.to_string())
    })?;
    let web = context.web_database().await?;
    let clock = Arc::new(SystemClock);
    let now = context.engine().await?.now();
    let set = web.passwords(clock, Arc::new(OsEntropy));
    let done = set.set_password(tenant.id(), id.into(), &password, now).await;
    let ended = web.sessions(Arc::new(OsEntropy)).end_all(tenant.id(), id.into()).await;
    web.close().await;
    done.map_err(failed)?;
    let sessions_ended = ended.map_err(Error::from)?;
    context.output.answer(&Changed { admin, sessions_ended })
}

fn failed(failure: PasswordFailure) -> CliError {
    match failure {
        PasswordFailure::Failed(failure) => Error::from(failure).into(),
        other => CliError::Io(std::io::Error::other(other.to_string())),
    }
}
