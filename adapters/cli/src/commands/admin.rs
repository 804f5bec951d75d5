//! `admin`: add, list, roles, suspend; enrolling and API keys stand in files of their own.

use std::fmt;

use clap::Subcommand;
use readmit::{
    Actor, AdminId, AuthoriseAdmin, CodeSet, Login, PersonName, Role, SuspendAdmin, Tenant,
};
use serde::Serialize;

use crate::args::{self, AccountName};
use crate::commands::admin_key::{self, AdminKeyCommand};
use crate::commands::invite::{self, InviteArgs};
use crate::commands::{admin_enrol, admin_password};
use crate::context::Context;
use crate::error::CliError;
use crate::output::{fields, table};
use crate::people::People;
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Add an admin
    #[command(after_help = "\
Examples:
  readmit admin add olga@acme.example --role owner
  readmit admin add bob@acme.example --role recovery_admin --name 'Bob Builder'
  readmit admin enrol bob@acme.example        next: a second factor of their own

Roles:
  owner            all in the tenant
  recovery_admin   grants and revokes bypasses, unlocks accounts
  approver         approves or denies what somebody else asked for
  helpdesk         asks for bypasses
  auditor          reads and verifies")]
    Add {
        /// What they sign in with
        login: Login,
        /// A role; can be given several times, or with commas
        #[arg(long = "role", required = true, value_delimiter = ',', value_parser = args::admin_role())]
        roles: Vec<Role>,
        /// What they are called
        #[arg(long)]
        name: Option<PersonName>,
    },
    /// Set up an admin's authenticator app, at this terminal
    #[command(after_help = "\
Example:
  readmit admin enrol bob@acme.example

Prints a secret for the app (once), asks for the code that the app then shows, and prints the
recovery codes (once). An admin who has an app already is asked for its code first, adds
another device, and keeps their recovery codes.

With --json: one document with the secret, then, after the code was given as a line of standard
input, one with the recovery codes.")]
    Enrol {
        /// The admin
        #[arg(value_name = "LOGIN|ID")]
        admin: AccountName,
    },
    /// Set an admin's password, for signing in over HTTP; their sessions end
    #[command(after_help = "\
Examples:
  readmit admin password bob@acme.example
  readmit admin password bob@acme.example < password.txt

Asks twice at a terminal, otherwise takes one line of standard input. At least 8 characters, none of
the most common passwords, and not the admin's or the company's name. It is kept as an argon2id
digest in the web database, beside the ledger.")]
    Password {
        /// The admin
        #[arg(value_name = "LOGIN|ID")]
        admin: AccountName,
    },
    /// Make a link by which an admin chooses their first password in a browser
    #[command(after_help = "\
Examples:
  readmit admin invite bob@acme.example
  readmit admin invite bob@acme.example --pages https://readmit.acme.example

The link works once, for 24 hours; another one takes its place. Behind it, the admin chooses a
password, signs in, and sets up their own second factor. Who has a password is not invited.")]
    Invite(InviteArgs),
    /// List the admins
    List,
    /// Give an admin exactly these roles; lifts a suspension
    #[command(after_help = "\
Example:
  readmit admin roles bob@acme.example --role recovery_admin,approver")]
    Roles {
        /// The admin
        #[arg(value_name = "LOGIN|ID")]
        admin: AccountName,
        /// A role; can be given several times, or with commas
        #[arg(long = "role", required = true, value_delimiter = ',', value_parser = args::admin_role())]
        roles: Vec<Role>,
    },
    /// Let an admin do nothing until they are given roles again
    Suspend {
        /// The admin
        #[arg(value_name = "LOGIN|ID")]
        admin: AccountName,
    },
    /// Issue, list and revoke the API keys of services
    #[command(subcommand)]
    Key(AdminKeyCommand),
}

#[derive(Serialize)]
struct Listed {
    login: Option<Login>,
    admin: AdminId,
    roles: Vec<Role>,
    suspended: bool,
    mfa: &'static str,
    devices: usize,
    codes_left: Option<u8>,
}

#[derive(Serialize)]
struct Admins {
    admins: Vec<Listed>,
}

impl Listed {
    fn login(&self) -> String {
        self.login.as_ref().map(|login| login.as_str().to_owned()).unwrap_or_default()
    }

    fn roles(&self) -> String {
        let names: Vec<&str> = self.roles.iter().map(|role| role.name()).collect();
        let suspended = if self.suspended { " (suspended)" } else { "" };
        format!("{}{suspended}", names.join(", "))
    }
}

impl fmt::Display for Admins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.admins.iter().map(|listed| {
            let codes = words::or_dash(listed.codes_left);
            let mfa = listed.mfa.replace('_', " ");
            [listed.login(), listed.admin.to_string(), mfa, codes, listed.roles()]
        });
        table(f, ["login", "id", "mfa", "codes", "roles"], rows)
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (login, id) = (self.login(), self.admin.to_string());
        fields(f, [("admin", login), ("id", id), ("roles", self.roles())])
    }
}

pub(crate) async fn run(context: &Context, command: AdminCommand) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    match command {
        AdminCommand::Add { login, roles, name } => add(context, &tenant, login, roles, name).await,
        AdminCommand::Enrol { admin } => admin_enrol::run(context, &tenant, &admin).await,
        AdminCommand::Password { admin } => admin_password::run(context, &tenant, &admin).await,
        AdminCommand::Invite(args) => invite::admin(context, &tenant, &args).await,
        AdminCommand::List => list(context, &tenant).await,
        AdminCommand::Roles { admin, roles } => {
            let id = People::of(&tenant).await?.admin(&admin).await?;
            let authorise = AuthoriseAdmin::known(id, roles);
            let position = tenant.execute(&Actor::system(), authorise).await?.position;
            show(context, &tenant, id, position).await
        }
        AdminCommand::Suspend { admin } => {
            let id = People::of(&tenant).await?.admin(&admin).await?;
            let suspend = SuspendAdmin::new(id);
            let position = tenant.execute(&Actor::system(), suspend).await?.position;
            show(context, &tenant, id, position).await
        }
        AdminCommand::Key(command) => admin_key::run(context, &tenant, command).await,
    }
}

async fn add(
    context: &Context,
    tenant: &Tenant,
    login: Login,
    roles: Vec<Role>,
    name: Option<PersonName>,
) -> Result<(), CliError> {
    let shown = login.as_str().to_owned();
    let mut authorise = AuthoriseAdmin::new(login, roles);
    if let Some(name) = name {
        authorise = authorise.name(name);
    }
    let done = tenant.execute(&Actor::system(), authorise).await?;
    show(context, tenant, done.admin, done.position).await?;
    context.output.talk(format!("Next: readmit admin enrol {shown}"));
    Ok(())
}

async fn list(context: &Context, tenant: &Tenant) -> Result<(), CliError> {
    let mut people = People::of(tenant).await?;
    let ids: Vec<AdminId> = people.state().admins.keys().copied().collect();
    let mut admins = Vec::new();
    for id in ids {
        admins.push(listed(tenant, &mut people, id).await?);
    }
    admins.sort_by(|a, b| a.login.cmp(&b.login));
    if admins.is_empty() {
        context.output.talk("There is no admin yet: see `readmit admin add --help`.");
    }
    context.output.answer(&Admins { admins })
}

/// Answers with an admin as the event at this position left them.
async fn show(
    context: &Context,
    tenant: &Tenant,
    id: AdminId,
    position: u64,
) -> Result<(), CliError> {
    let mut people = People::of(tenant).await?;
    context.output.answer_recorded(position, &listed(tenant, &mut people, id).await?)
}

async fn listed(tenant: &Tenant, people: &mut People, id: AdminId) -> Result<Listed, CliError> {
    let login = people.person(id).await?.login;
    let account = tenant.account(id).await?;
    let admin = people.state().admins.get(&id);
    Ok(Listed {
        login,
        admin: id,
        roles: admin.map(|admin| admin.roles.clone()).unwrap_or_default(),
        suspended: admin.is_some_and(|admin| admin.suspended),
        mfa: words::mfa(&account.mfa),
        devices: account.devices().len(),
        codes_left: account.codes().map(CodeSet::left),
    })
}
