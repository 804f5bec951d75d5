//! `recovery sample`: cases that a seed draws, with a proof of every event.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::Args;
use readmit::{CaseRecord, Envelope, Tenant, Timestamp, sentence};
use serde::Serialize;

use crate::case::NamedCase;
use crate::commands::audit::proofs;
use crate::context::Context;
use crate::error::CliError;
use crate::output::{fields, table};
use crate::people::People;
use crate::period::{Period, PeriodArgs};

/// Nobody looks at more cases in one go.
const SAMPLE_MAX: i64 = 1_000;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  readmit audit checkpoint > acme.checkpoint                     first fix what is drawn from …
  readmit recovery sample 25 --seed 1729-3141 --from 2026-10-01 --to 2027-01-01 --proofs sample
  readmit audit check-proof sample/41.proof --vkey acme.vkey     … anywhere, without a database

Drawn are the N recoveries of the period whose SHA-256 of the seed, a line feed and the id of the
recovery is least. Anybody can draw again, by this for each recovery that `readmit report
exceptions` lists for the same --from and --to:
  printf '%s\\n%s' SEED rec_… | sha256sum

The auditor names the seed, once a checkpoint has fixed the population: by dice, for example.
With --json the answer holds every proof too.")]
pub(crate) struct SampleArgs {
    /// How many, from 1 to 1000
    #[arg(value_name = "N", value_parser = clap::value_parser!(u16).range(1..=SAMPLE_MAX))]
    count: u16,
    /// What draws them: any text; the same text draws the same
    #[arg(long)]
    seed: String,
    #[command(flatten)]
    period: PeriodArgs,
    /// Write the proof of each event into this folder, as POSITION.proof; made if it is not there
    #[arg(long, value_name = "DIR")]
    proofs: Option<PathBuf>,
}

#[derive(Serialize)]
struct Sample {
    tenant: String,
    period: Period,
    seed: String,
    population: usize,
    size: u64,
    root: String,
    checkpoint: String,
    recoveries: Vec<Drawn>,
}

#[derive(Serialize)]
struct Drawn {
    /// What it was sorted by.
    draw: String,
    #[serde(flatten)]
    case: NamedCase,
    events: Vec<Proved>,
}

/// An event with its proof, as `audit prove` prints it.
#[derive(Serialize)]
struct Proved {
    position: u64,
    at: Timestamp,
    event: &'static str,
    summary: String,
    proof: String,
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fields(
            f,
            [
                ("tenant", self.tenant.clone()),
                ("from", self.period.from.to_string()),
                ("to", self.period.to.to_string()),
                ("seed", self.seed.clone()),
                ("drawn", format!("{} of {}", self.recoveries.len(), self.population)),
                ("ledger", format!("{} events, root {}", self.size, self.root)),
            ],
        )?;
        writeln!(f)?;
        let rows = self.recoveries.iter().map(|drawn| {
            let positions = drawn.events.iter().map(|event| event.position.to_string());
            [
                drawn.case.record().recovery.to_string(),
                drawn.case.account(),
                drawn.case.by(),
                drawn.case.state(),
                drawn.case.profile().to_owned(),
                positions.collect::<Vec<_>>().join(" "),
                drawn.draw.clone(),
            ]
        });
        let headers = ["recovery", "account", "by", "state", "profile met", "events", "sha256"];
        table(f, headers, rows)?;
        write!(f, "\n{}", self.checkpoint)
    }
}

pub(super) async fn run(context: &Context, args: &SampleArgs) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let period = args.period.period(&tenant).await?;
    period.require_over(&tenant).await?;
    let sample = tenant.sample(period.range(), &args.seed, args.count.into()).await?;
    let (signed, population) = (sample.checkpoint, sample.population);
    let mut people = People::of(&tenant).await?;
    let mut recoveries = Vec::new();
    for (drawn, row) in sample.cases {
        let events = prove(&tenant, &row.record).await?;
        let case = NamedCase::of(&mut people, row).await?;
        recoveries.push(Drawn { draw: drawn.draw.to_string(), case, events });
    }
    if let Some(directory) = &args.proofs {
        write_proofs(directory, &recoveries)?;
    }
    context.output.answer(&Sample {
        tenant: tenant.name().to_owned(),
        period,
        seed: args.seed.clone(),
        population,
        size: signed.checkpoint().size(),
        root: signed.checkpoint().root().to_string(),
        checkpoint: signed.to_string(),
        recoveries,
    })
}

/// Every event of a case, with its proof.
async fn prove(tenant: &Tenant, record: &CaseRecord) -> Result<Vec<Proved>, CliError> {
    let mut proved = Vec::new();
    for Envelope { position, at, event, .. } in tenant.recovery_history(record).await? {
        let proof = proofs::proof(tenant, position).await?;
        let summary = sentence(&event);
        proved.push(Proved { position, at, event: event.name(), summary, proof });
    }
    Ok(proved)
}

fn write_proofs(directory: &Path, recoveries: &[Drawn]) -> Result<(), CliError> {
    let named = |path: &Path, error: std::io::Error| {
        std::io::Error::new(error.kind(), format!("{}: {error}", path.display()))
    };
    std::fs::create_dir_all(directory).map_err(|error| named(directory, error))?;
    for event in recoveries.iter().flat_map(|drawn| &drawn.events) {
        let path = directory.join(format!("{}.proof", event.position));
        std::fs::write(&path, &event.proof).map_err(|error| named(&path, error))?;
    }
    Ok(())
}
