//! `bypass`: request, grant, approve, deny, revoke; the list stands in a file of its own.

use std::fmt;

use clap::{Args, Subcommand};
use ipnet::IpNet;
use readmit::{
    Actor, ApproveBypass, BypassId, Case, DenyBypass, Done, Error, Grant, GrantBypass, GrantState,
    IdentityCheck, Note, Proof, Reason, RecoveryId, Refusal, RequestBypass, RevokeBypass, Seconds,
    Tenant, Ticket, Timestamp,
};
use serde::Serialize;

use crate::acting::{Acting, As};
use crate::args::{self, AccountName, PageArgs};
use crate::commands::bypass_list;
use crate::context::Context;
use crate::error::CliError;
use crate::output::fields;
use crate::people::{People, Person};
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum BypassCommand {
    /// Ask for a bypass that somebody else must approve
    #[command(after_help = "\
Example:
  readmit bypass request alice@example.com --as hank@acme.example --reason lost_device")]
    Request {
        #[command(flatten)]
        whom: Whom,
        #[command(flatten)]
        wish: Wish,
        #[command(flatten)]
        acting: As,
    },
    /// Let one customer sign in without the second factor, for a short time
    #[command(after_help = "\
Examples:
  readmit bypass grant alice@example.com --as bob@acme.example --reason lost_device
  readmit bypass grant alice@example.com --as bob@acme.example --reason stolen_device \\
          --ticket INC-4711 --identity-check call_back --for 30m --network 203.0.113.0/24

What the tenant's policy does not demand can be left out. Where policy demands a second person,
this only asks for the bypass; then: readmit bypass approve alice@example.com --as OTHER")]
    Grant(Box<GrantArgs>),
    /// Approve what somebody else asked for
    #[command(after_help = "\
Example:
  readmit bypass approve alice@example.com --as ann@acme.example")]
    Approve {
        #[command(flatten)]
        whom: Whom,
        #[command(flatten)]
        which: Which,
        /// How you made sure that the caller is the customer [default: what the request says;
        /// customers and services cannot say it for themselves]
        #[arg(long, value_name = "CHECK", value_parser = args::identity_check())]
        identity_check: Option<IdentityCheck>,
        #[command(flatten)]
        acting: As,
    },
    /// Deny what somebody else asked for
    Deny {
        #[command(flatten)]
        whom: Whom,
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        acting: As,
    },
    /// Take back the open request or bypass of an account
    #[command(after_help = "\
Examples:
  readmit bypass revoke alice@example.com --as bob@acme.example
  readmit bypass revoke alice@example.com --as-operator          when no admin is at hand")]
    Revoke {
        #[command(flatten)]
        whom: Whom,
        #[command(flatten)]
        by: By,
    },
    /// List the open requests and bypasses
    List {
        /// Those that have ended too
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        page: PageArgs,
    },
}

/// For whom.
#[derive(Debug, Args)]
pub(crate) struct Whom {
    /// The customer (or admin) who cannot sign in
    #[arg(value_name = "LOGIN|ID")]
    account: AccountName,
}

/// Which case, if not the one that is open.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// This case and no other [default: the one that is open]
    #[arg(long, value_name = "ID")]
    recovery: Option<RecoveryId>,
}

/// Who takes it back.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct By {
    /// The admin who acts, by login or id. They are asked for the code that their authenticator
    /// app shows now (or give it as one line of standard input)
    #[arg(long = "as", value_name = "ADMIN")]
    admin: Option<AccountName>,
    /// Act as the operator of this machine instead, and be recorded as such
    #[arg(long)]
    as_operator: bool,
}

/// What both a request and a grant can say.
#[derive(Debug, Args)]
pub(crate) struct Wish {
    /// How long it lives, such as 15m or 1h [default: what policy says]
    #[arg(long = "for", value_name = "DURATION", value_parser = args::duration)]
    lifetime: Option<Seconds>,
    /// Why it is needed
    #[arg(long, value_parser = args::reason())]
    reason: Option<Reason>,
    /// The reference in the ticket system, such as INC-4711
    #[arg(long)]
    ticket: Option<Ticket>,
    /// How it was made sure that the caller is the customer
    #[arg(long, value_name = "CHECK", value_parser = args::identity_check())]
    identity_check: Option<IdentityCheck>,
    /// A sentence about the case; kept sealed
    #[arg(long, value_name = "TEXT")]
    note: Option<Note>,
}

#[derive(Debug, Args)]
pub(crate) struct GrantArgs {
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    wish: Wish,
    /// What the customer must show [default: what policy demands]
    #[arg(long, value_parser = args::proof())]
    proof: Option<Proof>,
    /// How often it can be used [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    uses: Option<u8>,
    /// When it starts [default: now]
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// A network it can be used from, such as 203.0.113.0/24; can be given several times
    #[arg(long = "network", value_name = "CIDR", value_parser = args::network)]
    networks: Vec<IpNet>,
    /// End an open recovery first
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    acting: As,
}

macro_rules! apply {
    ($wish:ident to $command:ident) => {{
        let Wish { lifetime, reason, ticket, identity_check, note } = $wish;
        let mut command = $command;
        if let Some(lifetime) = lifetime {
            command = command.lifetime(lifetime);
        }
        if let Some(reason) = reason {
            command = command.reason(reason);
        }
        if let Some(ticket) = ticket {
            command = command.ticket(ticket);
        }
        if let Some(identity_check) = identity_check {
            command = command.identity_check(identity_check);
        }
        if let Some(note) = note {
            command = command.note(note);
        }
        command
    }};
}

/// How it stands with a bypass that was granted or asked for.
#[derive(Serialize)]
struct Outcome {
    account: Person,
    recovery: RecoveryId,
    bypass: BypassId,
    state: &'static str,
    from: Option<Timestamp>,
    until: Timestamp,
    issued_code: Option<String>,
    tell: String,
    position: u64,
    #[serde(skip)]
    now: Timestamp,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.from.map(words::moment).unwrap_or_default();
        fields(
            f,
            [
                ("account", self.account.to_string()),
                ("recovery", self.recovery.to_string()),
                ("state", self.state.replace('_', " ")),
                ("from", from),
                ("until", words::until(self.until, self.now)),
                ("issued code", self.issued_code.clone().unwrap_or_default()),
            ],
        )
    }
}

/// How it stands with a case that is over.
#[derive(Serialize)]
struct Ended {
    account: Person,
    recovery: RecoveryId,
    state: &'static str,
    position: u64,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (account, recovery) = (self.account.to_string(), self.recovery.to_string());
        fields(f, [("account", account), ("recovery", recovery), ("state", self.state.to_owned())])
    }
}

pub(crate) async fn run(context: &Context, command: BypassCommand) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let people = People::of(&tenant).await?;
    let mut desk = Desk { context, tenant, people };
    match command {
        BypassCommand::Request { whom, wish, acting } => desk.request(whom, wish, &acting).await,
        BypassCommand::Grant(args) => desk.grant(*args).await,
        BypassCommand::Approve { whom, which, identity_check, acting } => {
            desk.approve(whom, which, identity_check, &acting).await
        }
        BypassCommand::Deny { whom, which, acting } => desk.deny(whom, which, &acting).await,
        BypassCommand::Revoke { whom, by } => desk.revoke(whom, by.admin.as_ref()).await,
        BypassCommand::List { all, page } => {
            bypass_list::run(context, &desk.tenant, all, &page).await
        }
    }
}

/// Where admins act.
struct Desk<'a> {
    context: &'a Context,
    tenant: Tenant,
    people: People,
}

impl Desk<'_> {
    async fn request(&mut self, whom: Whom, wish: Wish, acting: &As) -> Result<(), CliError> {
        let account = self.people.find(&whom.account).await?;
        let acting = self.acting(&acting.admin).await?;
        let request = RequestBypass::new(account.id);
        let done = acting.carry_out(self.context, apply!(wish to request)).await?;
        self.tell(account, done).await
    }

    async fn grant(&mut self, args: GrantArgs) -> Result<(), CliError> {
        let account = self.people.find(&args.whom.account).await?;
        let acting = self.acting(&args.acting.admin).await?;
        let wish = args.wish;
        let grant = GrantBypass::new(account.id);
        let mut grant = apply!(wish to grant);
        if let Some(proof) = args.proof {
            grant = grant.proof(proof);
        }
        if let Some(uses) = args.uses {
            grant = grant.uses(uses);
        }
        if let Some(from) = args.from {
            grant = grant.starting_at(from);
        }
        if args.replace {
            grant = grant.replacing();
        }
        let grant = args.networks.into_iter().fold(grant, GrantBypass::only_from);
        let done = acting.carry_out_fresh(self.context, grant).await?;
        self.tell(account, done).await
    }

    async fn approve(
        &mut self,
        whom: Whom,
        which: Which,
        identity_check: Option<IdentityCheck>,
        acting: &As,
    ) -> Result<(), CliError> {
        let account = self.people.find(&whom.account).await?;
        let acting = self.acting(&acting.admin).await?;
        let recovery = self.case(&account, which.recovery).await?;
        let approve = ApproveBypass::new(account.id, recovery);
        let approve = match identity_check {
            Some(check) => approve.identity_check(check),
            None => approve,
        };
        let done = acting.carry_out_fresh(self.context, approve).await?;
        self.tell(account, done).await
    }

    async fn deny(&mut self, whom: Whom, which: Which, acting: &As) -> Result<(), CliError> {
        let account = self.people.find(&whom.account).await?;
        let acting = self.acting(&acting.admin).await?;
        let recovery = self.case(&account, which.recovery).await?;
        let deny = DenyBypass::new(account.id, recovery);
        let position = acting.carry_out(self.context, deny).await?.position;
        let ended = Ended { account, recovery, state: "denied", position };
        self.context.output.answer_recorded(position, &ended)
    }

    async fn revoke(&mut self, whom: Whom, admin: Option<&AccountName>) -> Result<(), CliError> {
        let account = self.people.find(&whom.account).await?;
        let recovery = self.case(&account, None).await?;
        let revoke = RevokeBypass::new(account.id);
        let done = match admin {
            Some(admin) => self.acting(admin).await?.carry_out(self.context, revoke).await?,
            None => self.tenant.execute(&Actor::system(), revoke).await?,
        };
        let position = done.position;
        let ended = Ended { account, recovery, state: "revoked", position };
        self.context.output.answer_recorded(position, &ended)
    }

    async fn acting(&mut self, admin: &AccountName) -> Result<Acting, CliError> {
        Acting::new(&self.tenant, &mut self.people, admin).await
    }

    /// The case that is meant; refused before a code is asked for, if there is none.
    async fn case(&self, of: &Person, named: Option<RecoveryId>) -> Result<RecoveryId, CliError> {
        let now = self.context.engine().await?.now();
        let open = self.tenant.account(of.id).await?.case.filter(|case| now < case.due());
        let open = open.filter(|case| named.is_none_or(|named| named == case.recovery));
        let case: Case = open.ok_or(Error::Refused(Refusal::NoOpenCase))?;
        Ok(case.recovery)
    }

    /// Answers with the grant, and says what to tell the customer.
    async fn tell(&self, account: Person, done: Done<Grant>) -> Result<(), CliError> {
        let (state, from, until) = match done.state {
            GrantState::Open { from, until } => ("granted", Some(from), until),
            GrantState::AwaitingApproval { until } => ("awaiting_approval", None, until),
        };
        let issued_code = done.issued_code.as_ref().map(|code| code.expose().as_str().to_owned());
        let outcome = Outcome {
            tell: sentence(&account, &done),
            account,
            recovery: done.recovery,
            bypass: done.bypass,
            state,
            from,
            until,
            issued_code,
            position: done.position,
            now: self.context.engine().await?.now(),
        };
        self.context.output.answer_recorded(outcome.position, &outcome)?;
        self.context.output.talk(format!("\n{}", outcome.tell));
        Ok(())
    }
}

/// What to tell the customer, or that a second person must look first.
fn sentence(account: &Person, done: &Done<Grant>) -> String {
    match done.state {
        GrantState::Open { from, until } => {
            let start = if from > done.at {
                format!("from {} until {}", words::moment(from), words::moment(until))
            } else {
                format!("until {}", words::moment(until))
            };
            let code = if done.issued_code.is_some() { " and the issued code" } else { "" };
            format!(
                "Tell them: {start} you can sign in with your name and password{code}; then open \
                 My Account, turn MFA off, set up your new device, and generate new recovery codes."
            )
        }
        GrantState::AwaitingApproval { until } => format!(
            "Nobody is let in yet: a second person must approve it before {}, with\n  \
             readmit bypass approve {account} --as ANOTHER_ADMIN",
            words::moment(until)
        ),
    }
}
