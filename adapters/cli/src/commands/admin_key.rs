//! `admin key`: API keys of services. The operator issues them; what a holder shows is printed once.

use std::fmt;

use clap::Subcommand;
use readmit::{
    Actor, ApiKey, ApiKeyToken, IssueApiKey, KeyId, KeyLabel, RevokeApiKey, Role, Tenant, Timestamp,
};
use serde::Serialize;

use crate::args;
use crate::context::Context;
use crate::error::CliError;
use crate::output::{fields, table};
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum AdminKeyCommand {
    /// Issue an API key; its token is printed once
    #[command(after_help = "\
Examples:
  readmit admin key add 'customer portal'
  readmit admin key add siem --role auditor --until 2027-01-01
  readmit admin key add portal --json | jq -r .token > portal.token

Roles:
  service          signs customers in, asks for bypasses, speaks for customers
  auditor          reads and verifies

Only a digest of the token is kept: a token that is lost cannot be shown again. Issue another
key, then revoke the lost one.")]
    Add {
        /// What it is for
        label: KeyLabel,
        /// What it may do
        #[arg(long, default_value = "service", value_parser = args::key_role())]
        role: Role,
        /// When it runs out; otherwise it is good until it is revoked
        #[arg(long, value_name = "TIME", value_parser = args::moment)]
        until: Option<Timestamp>,
    },
    /// List the API keys, revoked ones too
    List,
    /// Revoke an API key: from now on its token opens nothing
    #[command(after_help = "\
Example:
  readmit admin key revoke key_01jptbm000e008000000000071")]
    Revoke {
        /// The key, by its id: see `readmit admin key list`
        key: KeyId,
    },
}

#[derive(Serialize)]
struct Listed {
    key: KeyId,
    label: String,
    roles: Vec<Role>,
    until: Option<Timestamp>,
    state: &'static str,
}

#[derive(Serialize)]
struct Keys {
    keys: Vec<Listed>,
}

#[derive(Serialize)]
struct Issued {
    #[serde(flatten)]
    listed: Listed,
    token: String,
}

impl Listed {
    fn new(id: KeyId, key: &ApiKey, now: Timestamp) -> Self {
        let state = match key {
            _ if key.revoked => "revoked",
            _ if !key.is_live(now) => "expired",
            // Of a ledger from before keys had tokens.
            _ if !key.secret => "without_token",
            _ => "live",
        };
        let (label, roles) = (key.label.as_str().to_owned(), key.roles.clone());
        Self { key: id, label, roles, until: key.until, state }
    }

    fn roles(&self) -> String {
        let names: Vec<&str> = self.roles.iter().map(|role| role.name()).collect();
        names.join(", ")
    }

    fn cells(&self) -> [String; 5] {
        let until = self.until.map(words::moment);
        let state = self.state.replace('_', " ");
        [self.label.clone(), self.key.to_string(), self.roles(), words::or_dash(until), state]
    }
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.keys.iter().map(Listed::cells);
        table(f, ["label", "id", "role", "until", "state"], rows)
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [label, id, role, until, state] = self.cells();
        fields(f, [("key", label), ("id", id), ("role", role), ("until", until), ("state", state)])
    }
}

impl fmt::Display for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.listed.fmt(f)?;
        fields(f, [("token", self.token.clone())])
    }
}

pub(super) async fn run(
    context: &Context,
    tenant: &Tenant,
    command: AdminKeyCommand,
) -> Result<(), CliError> {
    match command {
        AdminKeyCommand::Add { label, role, until } => {
            let issue = IssueApiKey::new(label);
            let issue = if role == Role::Auditor { issue.auditor() } else { issue };
            add(context, tenant, until.into_iter().fold(issue, IssueApiKey::until)).await
        }
        AdminKeyCommand::List => list(context, tenant).await,
        AdminKeyCommand::Revoke { key } => {
            let done = tenant.execute(&Actor::system(), RevokeApiKey::new(key)).await?;
            context.output.answer_recorded(done.position, &listed(context, tenant, key).await?)
        }
    }
}

async fn add(context: &Context, tenant: &Tenant, issue: IssueApiKey) -> Result<(), CliError> {
    let done = tenant.execute(&Actor::system(), issue).await?;
    let listed = listed(context, tenant, done.key).await?;
    let token = done.token.as_ref().map(ApiKeyToken::expose);
    let token = token.map(|token| token.to_string()).unwrap_or_default();
    context.output.answer_recorded(done.position, &Issued { listed, token })?;
    context
        .output
        .talk("The token is shown this once: put it where the service reads it, and nowhere else.");
    Ok(())
}

async fn list(context: &Context, tenant: &Tenant) -> Result<(), CliError> {
    let now = context.engine().await?.now();
    let state = tenant.state().await?;
    // By id, and so by the time of issue.
    let keys: Vec<Listed> = state.keys.iter().map(|(id, key)| Listed::new(*id, key, now)).collect();
    if keys.is_empty() {
        context.output.talk("There is no API key yet: see `readmit admin key add --help`.");
    }
    context.output.answer(&Keys { keys })
}

async fn listed(context: &Context, tenant: &Tenant, id: KeyId) -> Result<Listed, CliError> {
    let now = context.engine().await?.now();
    let state = tenant.state().await?;
    let key = state.keys.get(&id);
    let key = key.ok_or_else(|| CliError::NotFound(format!("there is no API key {id}")))?;
    Ok(Listed::new(id, key, now))
}
