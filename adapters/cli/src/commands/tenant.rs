//! `tenant`: make, list, policy.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use readmit::{
    Actor, ChangePolicy, LedgerId, MfaPolicy, Policy, Profile, Tenant, TenantId, TenantName,
    Timestamp,
};
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::output::{fields, table};
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum TenantCommand {
    /// Make a tenant
    #[command(after_help = "\
Examples:
  readmit tenant create acme-msp
  readmit tenant create acme-msp --policy strict")]
    Create {
        /// Its name: a-z, 0-9 and -
        name: TenantName,
        /// The policy it begins with
        #[arg(long, value_enum, default_value_t = ProfileName::Standard)]
        policy: ProfileName,
    },
    /// List the tenants of this database
    List,
    /// Show a tenant's policy, or change it
    #[command(after_help = "\
Examples:
  readmit tenant policy acme-msp                       show it, as JSON
  readmit tenant policy acme-msp --set strict          use a profile
  readmit tenant policy acme-msp > policy.json         edit the file, then
  readmit tenant policy acme-msp --file policy.json    use it

A change is an event in the ledger. Open bypasses keep the terms they were granted on.")]
    Policy(PolicyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    /// The tenant; not needed where --tenant names it, or where there is only one
    name: Option<TenantName>,
    /// Use the policy of a profile
    #[arg(long, value_name = "PROFILE", value_enum, conflicts_with = "file")]
    set: Option<ProfileName>,
    /// Use the policy in this file, in the form in which it is shown
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
    /// Whether accounts must have MFA
    #[arg(long, value_enum)]
    mfa: Option<MfaName>,
}

/// A policy by name.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ProfileName {
    /// The password alone redeems a bypass; a reason is kept
    Standard,
    /// NIST SP 800-63B-4 AAL2: issued code, second person, ticket, identity check
    Strict,
}

/// Whether accounts must have MFA.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum MfaName {
    /// Every account must set it up
    Required,
    /// Each customer chooses
    Optional,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    tenant: TenantId,
    ledger: LedgerId,
    events: u64,
    policy: &'static str,
    admins: usize,
    created_at: Option<Timestamp>,
    last_event_at: Timestamp,
}

#[derive(Serialize)]
struct Tenants {
    tenants: Vec<Listed>,
}

impl fmt::Display for Tenants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.tenants.iter().map(|listed| {
            [
                listed.name.clone(),
                listed.tenant.to_string(),
                listed.policy.to_owned(),
                listed.admins.to_string(),
                listed.events.to_string(),
                listed.created_at.map(words::moment).unwrap_or_default(),
                words::moment(listed.last_event_at),
            ]
        });
        table(f, ["tenant", "id", "policy", "admins", "events", "since", "last event"], rows)
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, id) = (self.name.clone(), self.tenant.to_string());
        fields(f, [("tenant", name), ("id", id), ("policy", self.policy.to_owned())])
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Shown(Policy);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string_pretty(&self.0).map_err(|_| fmt::Error)?)
    }
}

pub(crate) async fn run(context: &Context, command: TenantCommand) -> Result<(), CliError> {
    match command {
        TenantCommand::Create { name, policy } => create(context, name, policy).await,
        TenantCommand::List => list(context).await,
        TenantCommand::Policy(args) => policy(context, args).await,
    }
}

async fn create(context: &Context, name: TenantName, policy: ProfileName) -> Result<(), CliError> {
    let engine = context.engine().await?;
    if engine.find_tenant(name.clone()).await?.is_some() {
        let name = name.as_str();
        return Err(CliError::Exists(format!("there is a tenant {name} already")));
    }
    let tenant = engine.tenant_under(name, policy.policy()).await?;
    // Its creation is the first event of its ledger.
    context.output.answer_recorded(0, &listed(&tenant).await?)
}

async fn list(context: &Context) -> Result<(), CliError> {
    let mut tenants = Vec::new();
    for tenant in context.tenants().await? {
        tenants.push(listed(&tenant).await?);
    }
    if tenants.is_empty() {
        context
            .output
            .talk("There is no tenant yet: create one with `readmit tenant create NAME`.");
    }
    context.output.answer(&Tenants { tenants })
}

async fn listed(tenant: &Tenant) -> Result<Listed, CliError> {
    let (head, state) = (tenant.head().await?, tenant.state().await?);
    let first = tenant.follow(0).next_stored().await.map_err(readmit::Error::from)?;
    Ok(Listed {
        name: tenant.name().to_owned(),
        tenant: tenant.id(),
        ledger: tenant.ledger(),
        events: head.size,
        policy: policy_name(&state.policy),
        admins: state.admins.len(),
        created_at: first.map(|event| event.at),
        last_event_at: head.at,
    })
}

fn policy_name(policy: &Policy) -> &'static str {
    if *policy == Policy::standard() {
        "standard"
    } else if *policy == Policy::strict() {
        "strict"
    } else {
        "own"
    }
}

async fn policy(context: &Context, args: PolicyArgs) -> Result<(), CliError> {
    let tenant = match &args.name {
        Some(name) => context.tenant_named(name).await?,
        None => context.tenant().await?,
    };
    let present = tenant.state().await?.policy;
    let mut wanted = match (args.set, &args.file) {
        (Some(profile), _) => profile.policy(),
        (None, Some(path)) => read_policy(path)?,
        (None, None) => present.clone(),
    };
    if let Some(mfa) = args.mfa {
        wanted.mfa = mfa.policy();
    }
    if args.set.is_some() || args.file.is_some() || args.mfa.is_some() {
        let change = ChangePolicy::new(wanted.clone());
        let done = tenant.execute(&Actor::system(), change).await?;
        context.output.talk(format!(
            "The policy of {} is changed (event {}).",
            tenant.name(),
            done.position
        ));
        return context.output.answer_recorded(done.position, &Shown(wanted));
    }
    context.output.answer(&Shown(wanted))
}

/// A policy as it is shown has less than one KiB.
const POLICY_FILE_MOST_BYTES: u64 = 64 * 1024;

fn read_policy(path: &Path) -> Result<Policy, CliError> {
    let shown = path.display();
    let refuse =
        |why: &dyn fmt::Display| CliError::Usage(format!("the policy file {shown}: {why}"));
    // Looked at before it is opened: opening a pipe would wait for somebody to write to it.
    if !path.metadata().map_err(|error| refuse(&error))?.is_file() {
        return Err(refuse(&"it is not a regular file"));
    }
    let mut text = Vec::new();
    let file = File::open(path).map_err(|error| refuse(&error))?;
    let read = file.take(POLICY_FILE_MOST_BYTES + 1).read_to_end(&mut text);
    if read.map_err(|error| refuse(&error))? as u64 > POLICY_FILE_MOST_BYTES {
        return Err(refuse(&"it is longer than 64 KiB, which no policy is"));
    }
    let policy: Policy = serde_json::from_slice(&text).map_err(|error| refuse(&error))?;
    policy.validate().map_err(|error| refuse(&error))?;
    Ok(policy)
}

impl ProfileName {
    const fn policy(self) -> Policy {
        match self {
            Self::Standard => Profile::Standard.policy(),
            Self::Strict => Profile::Strict.policy(),
        }
    }
}

impl MfaName {
    const fn policy(self) -> MfaPolicy {
        match self {
            Self::Required => MfaPolicy::Required,
            Self::Optional => MfaPolicy::Optional,
        }
    }
}
