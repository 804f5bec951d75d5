//! `audit verify`: does a ledger hold together, and does it continue what was remembered?

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use readmit::tlog::SignedCheckpoint;
use readmit::{
    Difference, Discrepancy, Error, Failure, StoreErrorKind, Tenant, Timestamp, VerifyError,
};
use serde::Serialize;

use crate::args::read_file;
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::output::fields;
use crate::progress::Progress;

#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  readmit audit checkpoint > acme.checkpoint                     today, kept elsewhere …
  readmit audit verify --against acme.checkpoint                 … and next month
  readmit audit verify --no-anchor                               every tenant, without a memory
  readmit audit verify --bundle acme-export --vkey acme.vkey     a copy, without a database

{COVERS}
{CAVEAT}

Exits with 6 and names the first thing that does not hold. Without a checkpoint that was kept
elsewhere it exits with 6 too, unless --no-anchor says that this is known."))]
pub(crate) struct VerifyArgs {
    /// A checkpoint that was kept elsewhere; may be given once for each tenant
    #[arg(long, value_name = "FILE")]
    against: Vec<PathBuf>,
    /// There is no checkpoint to compare with: a tail that was cut off cannot be seen
    #[arg(long, conflicts_with_all = ["against", "bundle"])]
    no_anchor: bool,
    /// An exported copy to verify, without a database
    #[arg(long, value_name = "DIR", requires = "vkey")]
    bundle: Option<PathBuf>,
    /// The log's verifier key, or a file with it; not the one in the copy itself
    #[arg(long, value_name = "KEY|FILE", requires = "bundle")]
    vkey: Option<String>,
}

/// What a verified ledger proves.
const COVERS: &str = "\
This proves that events, versions, columns, time, tiles, checkpoints and private data fit together
and hash to the stored head: every edit that does not also recompute all of these is found.";

/// What it does not prove.
const CAVEAT: &str = "\
Whoever can write the database and has the master key can recompute all of it, or cut the tail off:
only a checkpoint kept elsewhere can tell. Names, secrets, command ids and timers are not covered.";

#[derive(Serialize)]
struct Verdicts {
    ledgers: Vec<Verdict>,
    covers: String,
    caveat: String,
}

#[derive(Default, Serialize)]
struct Verdict {
    tenant: String,
    verified: bool,
    /// Sizes of the remembered checkpoints that the ledger continues.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    anchors: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discrepancy: Option<Mismatch>,
    /// How many events the read models have seen that agree with a replay of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_models: Option<u64>,
    /// Why they do not agree, or cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_models_wrong: Option<String>,
}

/// The first thing that does not hold.
#[derive(Serialize)]
pub(super) struct Mismatch {
    position: u64,
    what: &'static str,
    expected: String,
    found: String,
}

impl From<Discrepancy> for Mismatch {
    fn from(broken: Discrepancy) -> Self {
        let Discrepancy { position, what, expected, found } = broken;
        Self { position, what, expected, found }
    }
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
                ("continues", anchors(&self.anchors)),
                ("last event", self.at.map(|at| at.to_string()).unwrap_or_default()),
                ("at event", broken.map(|it| it.position.to_string()).unwrap_or_default()),
                ("what", broken.map(|it| it.what.to_owned()).unwrap_or_default()),
                ("expected", broken.map(|it| it.expected.clone()).unwrap_or_default()),
                ("found", broken.map(|it| it.found.clone()).unwrap_or_default()),
                ("read models", self.read_models()),
            ],
        )
    }
}

impl Verdict {
    fn read_models(&self) -> String {
        match (&self.read_models_wrong, self.read_models) {
            (Some(wrong), _) => wrong.clone(),
            (None, Some(seen)) => format!("as a replay of {seen} events makes them"),
            (None, None) => String::new(),
        }
    }
}

/// The remembered checkpoints that a ledger continues, in words.
fn anchors(sizes: &[u64]) -> String {
    let sizes: Vec<String> = sizes.iter().map(u64::to_string).collect();
    let sizes = sizes.join(" and of ");
    if sizes.is_empty() { sizes } else { format!("the remembered checkpoint of {sizes} events") }
}

pub(super) async fn run(context: &Context, args: VerifyArgs) -> Result<(), CliError> {
    let mut remembered = Vec::new();
    for path in &args.against {
        remembered.push(checkpoint_in(path)?);
    }
    if let (Some(bundle), Some(vkey)) = (&args.bundle, &args.vkey) {
        if remembered.len() > 1 {
            let why = "a copy is of one ledger: compare it with one checkpoint (--against)";
            return Err(CliError::Usage(why.to_owned()));
        }
        return super::bundle::verify(context, bundle, vkey, remembered.first());
    }
    let tenants = context.tenants().await.map_err(damage)?;
    for (path, checkpoint) in args.against.iter().zip(&remembered) {
        let origin = checkpoint.checkpoint().origin();
        if !tenants.iter().any(|tenant| tenant.origin() == origin) {
            let message = format!("{}: of {origin}, which is none of the tenants", path.display());
            return Err(CliError::NotInOrder { message, exit: Exit::Verification });
        }
    }
    let mut ledgers = Vec::new();
    for tenant in tenants {
        let of = remembered.iter().filter(|it| it.checkpoint().origin() == tenant.origin());
        let of: Vec<_> = of.collect();
        ledgers.push(verdict(context, &tenant, &of).await.map_err(damage)?);
    }
    tell(context, ledgers, args.no_anchor)
}

fn tell(context: &Context, ledgers: Vec<Verdict>, no_anchor: bool) -> Result<(), CliError> {
    let of = ledgers.len();
    let lying = ledgers.iter().filter(|verdict| verdict.read_models_wrong.is_some()).count();
    let broken = ledgers.iter().filter(|verdict| !verdict.verified).count();
    let unanchored = ledgers.iter().filter(|verdict| verdict.anchors.is_empty()).count();
    let [covers, caveat] = [COVERS, CAVEAT].map(|text| text.replace('\n', " "));
    context.output.answer(&Verdicts { ledgers, covers, caveat })?;
    let failed = |message| Err(CliError::NotInOrder { message, exit: Exit::Verification });
    if broken > 0 {
        return failed(format!("{broken} of {of} ledger(s) do not hold together"));
    }
    if lying > 0 {
        return failed(format!(
            "the read models of {lying} of {of} ledger(s) are not what the ledger says: \
             `readmit projection rebuild` makes them anew"
        ));
    }
    if of == 0 {
        context.output.talk("There is no tenant to verify.");
        return Ok(());
    }
    if unanchored > 0 && !no_anchor {
        return failed(format!(
            "what is there holds together, but nothing that was kept elsewhere shows that \
             {unanchored} of {of} ledger(s) were not cut off or replaced: compare with a checkpoint \
             (--against FILE), or say that there is none (--no-anchor)"
        ));
    }
    context.output.talk(format_args!("{COVERS}\n{CAVEAT}"));
    Ok(())
}

fn checkpoint_in(path: &std::path::Path) -> Result<SignedCheckpoint, CliError> {
    let text = read_file(path)?;
    text.parse().map_err(|error| {
        let message = format!("{} is not a checkpoint: {error}", path.display());
        CliError::NotInOrder { message, exit: Exit::Verification }
    })
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

async fn verdict(
    context: &Context,
    tenant: &Tenant,
    remembered: &[&SignedCheckpoint],
) -> Result<Verdict, CliError> {
    let mut verdict = Verdict { tenant: tenant.name().to_owned(), ..Verdict::default() };
    match look(context, tenant, remembered, &mut verdict).await {
        Ok(()) => {
            verdict.verified = true;
            compare(context, tenant, &mut verdict).await?;
        }
        Err(VerifyError::Broken(broken)) => verdict.discrepancy = Some(broken.into()),
        Err(error) => return Err(error.into()),
    }
    Ok(verdict)
}

async fn look(
    context: &Context,
    tenant: &Tenant,
    remembered: &[&SignedCheckpoint],
    verdict: &mut Verdict,
) -> Result<(), VerifyError> {
    let progress = Progress::new(context.output, format_args!("verifying {}", tenant.name()));
    let verified = tenant.verify_with(|done, of| progress.at(done, of)).await?;
    for checkpoint in remembered {
        tenant.verify_against(checkpoint).await?;
        verdict.anchors.push(checkpoint.checkpoint().size());
    }
    verdict.size = Some(verified.size);
    verdict.root = Some(verified.root.to_string());
    verdict.at = Some(verified.at);
    Ok(())
}

/// Holds the read models against a replay, if there are any.
async fn compare(
    context: &Context,
    tenant: &Tenant,
    verdict: &mut Verdict,
) -> Result<(), CliError> {
    if !context.engine().await?.has_read_models().await? {
        return Ok(());
    }
    context.output.talk(format_args!("comparing the read models of {}", tenant.name()));
    match tenant.compare_read_models().await {
        Ok((seen, None)) => verdict.read_models = Some(seen),
        Ok((_, Some(wrong))) => {
            let Difference { model, table, row, column, expected, found, .. } = wrong;
            let column = column.map(|column| format!(", {column}")).unwrap_or_default();
            verdict.read_models_wrong = Some(format!(
                "{model}: row {row} of {table}{column}: expected {expected}, found {found}"
            ));
        }
        Err(Error::Failed(Failure::Store(error)))
            if matches!(error.kind(), StoreErrorKind::Corrupt | StoreErrorKind::NotOurs) =>
        {
            verdict.read_models_wrong = Some(format!("cannot be read: {error}"));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
