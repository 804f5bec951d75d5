//! `audit`: verify a ledger, read its events.

use std::fmt;

use clap::Subcommand;
use readmit::{Envelope, Error, StreamId, Tenant, Timestamp, VerifyError, sentence};
use serde::Serialize;

use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::output::{fields, raw};
use crate::people::People;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Hash every stored event again, and hold its row and the head of the ledger against that
    #[command(after_help = format!("\
Examples:
  readmit audit verify                        every tenant
  readmit audit verify --tenant acme-msp

{COVERS}
{CAVEAT}

Exits with 6 and names the first event that does not hold, if the ledger does not fit together."))]
    Verify,
    /// Print events, one on a line: the last ones, or all from a position on
    #[command(after_help = "\
Examples:
  readmit audit tail
  readmit audit tail --from 0 --json > events.jsonl    the stored leaves, byte for byte
  readmit audit tail --follow")]
    Tail {
        /// The position to begin at [default: 20 events before the end]
        #[arg(long, value_name = "N")]
        from: Option<u64>,
        /// Go on, and print events as they are recorded; end with Ctrl-C
        #[arg(long, short)]
        follow: bool,
    },
}

/// Events that `tail` shows unless it is told where to begin.
const TAIL: u64 = 20;

/// What a verified ledger proves.
const COVERS: &str = "\
This proves that rows, versions, columns and time fit together and hash to the stored head: every
edit that does not also recompute the head is found.";

/// What it does not prove.
const CAVEAT: &str = "\
Whoever can write the database can recompute the head, or cut the tail off together with it: only
a root noted earlier, elsewhere, can tell. The tables beside events and heads (names, private
data, secrets, commands, timers) are not covered.";

#[derive(Serialize)]
struct Verdicts {
    ledgers: Vec<Verdict>,
    covers: String,
    caveat: String,
}

#[derive(Serialize)]
struct Verdict {
    tenant: String,
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discrepancy: Option<Mismatch>,
}

/// The first thing that does not hold.
#[derive(Serialize)]
struct Mismatch {
    position: u64,
    what: &'static str,
    expected: String,
    found: String,
}

impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        for verdict in &self.ledgers {
            write!(f, "{gap}{verdict}")?;
            gap = "\n";
        }
        Ok(())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.verified { "verified" } else { "BROKEN" };
        let broken = self.discrepancy.as_ref();
        fields(
            f,
            [
                ("tenant", self.tenant.clone()),
                ("verdict", verdict.to_owned()),
                ("events", self.size.map(|size| size.to_string()).unwrap_or_default()),
                ("root", self.root.clone().unwrap_or_default()),
                ("last event", self.at.map(|at| at.to_string()).unwrap_or_default()),
                ("at event", broken.map(|it| it.position.to_string()).unwrap_or_default()),
                ("what", broken.map(|it| it.what.to_owned()).unwrap_or_default()),
                ("expected", broken.map(|it| it.expected.clone()).unwrap_or_default()),
                ("found", broken.map(|it| it.found.clone()).unwrap_or_default()),
            ],
        )
    }
}

pub(crate) async fn run(context: &Context, command: AuditCommand) -> Result<(), CliError> {
    match command {
        AuditCommand::Verify => verify(context).await,
        AuditCommand::Tail { from, follow } => tail(context, from, follow).await,
    }
}

async fn verify(context: &Context) -> Result<(), CliError> {
    let mut ledgers = Vec::new();
    for tenant in context.tenants().await.map_err(damage)? {
        ledgers.push(verdict(&tenant).await.map_err(damage)?);
    }
    let broken = ledgers.iter().filter(|verdict| !verdict.verified).count();
    let of = ledgers.len();
    let [covers, caveat] = [COVERS, CAVEAT].map(|text| text.replace('\n', " "));
    context.output.answer(&Verdicts { ledgers, covers, caveat })?;
    if broken > 0 {
        let message = format!("{broken} of {of} ledger(s) do not hold together");
        return Err(CliError::NotInOrder { message, exit: Exit::Verification });
    }
    if of == 0 {
        context.output.talk("There is no tenant to verify.");
    } else {
        context.output.talk(format_args!("{COVERS}\n{CAVEAT}"));
    }
    Ok(())
}

/// A ledger that is too damaged to be read at all does not hold together either.
fn damage(error: CliError) -> CliError {
    match error.verdict() {
        (_, "damaged") => {
            CliError::NotInOrder { message: error.to_string(), exit: Exit::Verification }
        }
        _ => error,
    }
}

async fn verdict(tenant: &Tenant) -> Result<Verdict, CliError> {
    let name = tenant.name().to_owned();
    match tenant.verify().await {
        Ok(verified) => Ok(Verdict {
            tenant: name,
            verified: true,
            size: Some(verified.size),
            root: Some(verified.root.to_string()),
            at: Some(verified.at),
            discrepancy: None,
        }),
        Err(VerifyError::Broken(broken)) => Ok(Verdict {
            tenant: name,
            verified: false,
            size: None,
            root: None,
            at: None,
            discrepancy: Some(Mismatch {
                position: broken.position,
                what: broken.what,
                expected: broken.expected,
                found: broken.found,
            }),
        }),
        Err(error) => Err(error.into()),
    }
}

async fn tail(context: &Context, from: Option<u64>, follow: bool) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let size = tenant.head().await?.size;
    let mut next = from.unwrap_or_else(|| size.saturating_sub(TAIL));
    if next > size {
        return Err(CliError::NotFound(format!(
            "there is no event {next}: the ledger has {size} events, from 0 on"
        )));
    }
    let mut people = People::of(&tenant).await?;
    loop {
        let leaves = tenant.leaves(next).await?;
        for leaf in &leaves {
            print_leaf(context, &mut people, next, leaf).await?;
            next += 1;
        }
        if leaves.is_empty() {
            if !follow {
                return Ok(());
            }
            // What is waited for here is read again above, as it is stored.
            tenant.follow(next).next().await.map_err(Error::from)?;
            people = People::of(&tenant).await?;
        }
    }
}

async fn print_leaf(
    context: &Context,
    people: &mut People,
    position: u64,
    leaf: &[u8],
) -> Result<(), CliError> {
    if context.output.is_json() {
        return raw(&[leaf, b"\n"].concat());
    }
    let event = Envelope::decode(leaf)
        .map_err(|why| CliError::Damaged(format!("event {position} cannot be read: {why}")))?;
    let about = match event.stream {
        StreamId::Tenant(_) => "the tenant".to_owned(),
        StreamId::Account(id) => people.person(id).await?.to_string(),
    };
    let line = format!(
        "{position:>6}  {}  {:<21} {about}, by {}: {}\n",
        event.at,
        event.event.name(),
        people.actor(&event.who).await?,
        sentence(&event.event)
    );
    raw(line.as_bytes())
}
