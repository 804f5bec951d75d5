//! `audit checkpoint`, `vkey`, `prove`, `check-proof`.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use readmit::tlog::{TlogProof, VerifierKey, leaf_hash};
use readmit::{Actor, Envelope, Tenant, sentence};
use serde::Serialize;

use crate::args::{read_bytes, read_file};
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::output::{fields, raw};

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The file with the proof
    #[arg(value_name = "FILE")]
    proof: PathBuf,
    /// The log's verifier key, or a file with it; of several, one is enough
    #[arg(long, value_name = "KEY|FILE")]
    vkey: String,
    /// The event's bytes, if they are not in the proof
    #[arg(long, value_name = "FILE")]
    leaf: Option<PathBuf>,
    /// A key of a witness who must have cosigned, or a file with such keys; may be repeated
    #[arg(long, value_name = "KEY|FILE")]
    witness: Vec<String>,
}

#[derive(Serialize)]
struct Signed {
    tenant: String,
    origin: String,
    size: u64,
    root: String,
    note: String,
}

#[derive(Serialize)]
struct Keys {
    tenant: String,
    keys: Vec<String>,
}

#[derive(Serialize)]
struct Proved {
    verified: bool,
    origin: String,
    position: u64,
    size: u64,
    root: String,
    witnesses: Vec<String>,
    leaf_hash: String,
    event: serde_json::Value,
    #[serde(skip)]
    told: String,
}

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.note)
    }
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.keys.iter().try_for_each(|key| writeln!(f, "{key}"))
    }
}

impl fmt::Display for Proved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fields(
            f,
            [
                ("verdict", "proved".to_owned()),
                ("log", self.origin.clone()),
                ("event", format!("{} of {}", self.position, self.size)),
                ("what", self.told.clone()),
                ("leaf hash", self.leaf_hash.clone()),
                ("root", self.root.clone()),
                ("witnesses", self.witnesses.join(", ")),
            ],
        )
    }
}

pub(super) async fn checkpoint(context: &Context) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let signed = tenant.checkpoint().await?;
    let checkpoint = signed.checkpoint();
    context.output.answer(&Signed {
        tenant: tenant.name().to_owned(),
        origin: checkpoint.origin().to_owned(),
        size: checkpoint.size(),
        root: checkpoint.root().to_string(),
        note: signed.to_string(),
    })
}

pub(super) async fn vkey(context: &Context, rotate: bool) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    if rotate {
        tenant.rotate_signing_key(&Actor::system()).await?;
    }
    let keys = tenant.verifier_keys().await?.iter().map(ToString::to_string).collect();
    context.output.answer(&Keys { tenant: tenant.name().to_owned(), keys })
}

pub(super) async fn prove(context: &Context, position: u64) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let size = tenant.head().await?.size;
    if position >= size {
        return Err(CliError::no_event(position, size));
    }
    raw(proof(&tenant, position).await?.as_bytes())
}

/// The proof of an event, with the event itself as its extra data.
pub(crate) async fn proof(tenant: &Tenant, position: u64) -> Result<String, CliError> {
    Ok(tenant.prove_with_event(position).await?.to_string())
}

pub(super) fn check(context: &Context, args: &CheckArgs) -> Result<(), CliError> {
    let logs = keys(&args.vkey)?;
    let mut witnesses = Vec::new();
    for text in &args.witness {
        witnesses.extend(keys(text)?);
    }
    let name = args.proof.display();
    let broken = |why: String| CliError::NotInOrder {
        message: format!("{name}: {why}"),
        exit: Exit::Verification,
    };
    let proof: TlogProof =
        read_file(&args.proof)?.parse().map_err(|error| broken(format!("no proof: {error}")))?;
    let leaf = match &args.leaf {
        Some(path) => read_bytes(path)?,
        None => proof.extra().to_vec(),
    };
    if leaf.is_empty() {
        return Err(CliError::Usage(
            "the proof does not bring its event along: name a file with it (--leaf)".to_owned(),
        ));
    }
    // After a rotation there are two keys, and either may have signed it.
    let log = logs.iter().find(|key| proof.checkpoint().verify(key, &[]).is_ok());
    let log = log.or_else(|| logs.first()).ok_or_else(|| broken("no key was given".to_owned()))?;
    let verified =
        proof.verify(&leaf, log, &witnesses).map_err(|error| broken(error.to_string()))?;
    for witness in &witnesses {
        if !verified.witnesses.iter().any(|signature| signature.key == *witness) {
            return Err(broken(format!("the witness {} has not cosigned", witness.name())));
        }
    }
    let event = Envelope::decode(&leaf).map_err(|error| broken(error.to_string()))?;
    let document = serde_json::from_slice(&leaf).map_err(|error| broken(error.to_string()))?;
    context.output.answer(&Proved {
        verified: true,
        origin: verified.checkpoint.origin().to_owned(),
        position: verified.position,
        size: verified.checkpoint.size(),
        root: verified.checkpoint.root().to_string(),
        witnesses: verified.witnesses.iter().map(|it| it.key.name().to_owned()).collect(),
        leaf_hash: leaf_hash(&leaf).to_string(),
        event: document,
        told: format!("{} {}: {}", event.at, event.event.name(), sentence(&event.event)),
    })
}

/// Verifier keys, as on the command line or in a file, one on a line; at least one.
pub(super) fn keys(text: &str) -> Result<Vec<VerifierKey>, CliError> {
    if let Ok(key) = text.parse() {
        return Ok(vec![key]);
    }
    let content = read_file(std::path::Path::new(text))?;
    let lines = content.lines().filter(|line| !line.trim().is_empty());
    let keys: Result<Vec<VerifierKey>, _> = lines.map(|line| line.trim().parse()).collect();
    match keys {
        Ok(keys) if !keys.is_empty() => Ok(keys),
        Ok(_) => Err(CliError::Usage(format!("{text} holds no verifier key"))),
        Err(error) => Err(CliError::Usage(format!("{text} is no verifier key: {error}"))),
    }
}
