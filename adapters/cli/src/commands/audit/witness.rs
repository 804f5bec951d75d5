//! `audit witness`, `audit timestamp`: others confirm a checkpoint.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use readmit::tlog::{ConsistencyProof, VerifierKey};
use readmit::witness::{self, Source, WitnessError};
use readmit::{Error, Tenant, Timestamp, timestamp};
use serde::Serialize;

use super::proofs::keys;
use crate::args::read_bytes;
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::output::{fields, raw};
use crate::witness_http::HttpWitness;

#[derive(Debug, Args)]
pub(crate) struct WitnessArgs {
    /// The witness's submission prefix, such as <https://witness.example/w1>
    #[arg(long, value_name = "URL")]
    url: String,
    /// The witness's verifier key, or a file with it
    #[arg(long, value_name = "KEY|FILE")]
    vkey: String,
}

#[derive(Debug, Args)]
pub(crate) struct TimestampArgs {
    /// The answer of a time-stamping authority, to be kept; without it, what is to be stamped is
    /// printed
    #[arg(long, value_name = "FILE")]
    response: Option<PathBuf>,
    /// The checkpoint of so many events [default: the one of now]
    #[arg(long, value_name = "N")]
    size: Option<u64>,
}

/// Checkpoints that are looked through for the last one that a witness cosigned.
const LOOKED_THROUGH: usize = 256;

#[derive(Serialize)]
struct Answered {
    tenant: String,
    size: u64,
    root: String,
    cosigned: Vec<Signature>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forgot: Option<String>,
}

#[derive(Serialize)]
struct Signature {
    witness: String,
    at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Stamped {
    tenant: String,
    size: u64,
    at: Timestamp,
    policy: String,
    serial: String,
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cosigned = self.cosigned.iter().map(|it| match it.at {
            Some(at) => format!("{} at {at}", it.witness),
            None => it.witness.clone(),
        });
        fields(
            f,
            [
                ("tenant", self.tenant.clone()),
                ("events", self.size.to_string()),
                ("root", self.root.clone()),
                ("cosigned by", cosigned.collect::<Vec<_>>().join(", ")),
                ("warning", self.forgot.clone().unwrap_or_default()),
            ],
        )
    }
}

impl fmt::Display for Stamped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fields(
            f,
            [
                ("tenant", self.tenant.clone()),
                ("events", self.size.to_string()),
                ("stamped at", self.at.to_string()),
                ("policy", self.policy.clone()),
                ("serial", self.serial.clone()),
            ],
        )
    }
}

/// Proofs come from the ledger.
struct Ledger<'t>(&'t Tenant);

impl Source for Ledger<'_> {
    type Error = Error;

    async fn consistency(&self, old: u64, new: u64) -> Result<ConsistencyProof, Error> {
        self.0.consistency(old, new).await
    }
}

pub(super) async fn submit(context: &Context, args: &WitnessArgs) -> Result<(), CliError> {
    let client = HttpWitness::new(&args.url).map_err(|error| CliError::Usage(error.to_string()))?;
    let keys = keys(&args.vkey)?;
    let tenant = context.tenant().await?;
    let signed = tenant.checkpoint().await?;
    let known = last_cosigned(&tenant, &keys).await?;
    let witnessed = witness::submit(&client, &Ledger(&tenant), signed, known, &keys).await;
    let witnessed = witnessed.map_err(|error| failed(&error))?;
    tenant.keep_cosigned(&witnessed.checkpoint).await?;
    let checkpoint = witnessed.checkpoint.checkpoint();
    let forgot = witnessed.forgot.map(|forgot| {
        format!(
            "the witness had cosigned {} events and knew only {}: it lost its memory, or is \
             another one. Tell its operator",
            forgot.remembered, forgot.known
        )
    });
    let cosigned = witnessed.cosigned.iter().map(|signature| Signature {
        witness: signature.key.name().to_owned(),
        at: signature.at_seconds.map(|seconds| {
            let micros = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000);
            Timestamp::from_unix_micros(micros)
        }),
    });
    let answer = Answered {
        tenant: tenant.name().to_owned(),
        size: checkpoint.size(),
        root: checkpoint.root().to_string(),
        cosigned: cosigned.collect(),
        forgot,
    };
    context.output.answer_done("the cosignature is kept", &answer)
}

/// The size of the last kept checkpoint that one of these keys cosigned; 0 if none is found.
async fn last_cosigned(tenant: &Tenant, keys: &[VerifierKey]) -> Result<u64, CliError> {
    let mut size = u64::MAX;
    for _ in 0..LOOKED_THROUGH {
        let Some(kept) = tenant.kept_checkpoint(size).await? else { break };
        let signed = kept.signed().map_err(Error::from)?;
        let found = signed.checkpoint().size();
        if signed.note().verify(keys).is_ok() {
            return Ok(found);
        }
        let Some(smaller) = found.checked_sub(1) else { break };
        size = smaller;
    }
    Ok(0)
}

/// A witness that refuses what it is shown is an alarm.
fn failed(error: &WitnessError) -> CliError {
    let message = error.to_string();
    match error {
        WitnessError::RolledBack { .. } | WitnessError::Forked { .. } => {
            CliError::NotInOrder { message, exit: Exit::Verification }
        }
        WitnessError::NotAWitness(_) => CliError::Usage(message),
        _ => std::io::Error::other(message).into(),
    }
}

pub(super) async fn timestamp(context: &Context, args: &TimestampArgs) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let signed = match args.size {
        None => tenant.checkpoint().await?,
        Some(size) => {
            let kept = tenant.kept_checkpoint(size).await?;
            let kept = kept.map(|kept| kept.signed()).transpose().map_err(Error::from)?;
            kept.filter(|kept| kept.checkpoint().size() == size).ok_or_else(|| {
                CliError::NotFound(format!("no checkpoint of {size} events is kept"))
            })?
        }
    };
    let size = signed.checkpoint().size();
    // One of the keys that have signed until now: the oldest that still does.
    let keys = tenant.all_verifier_keys().await?;
    let bytes = keys.iter().find_map(|key| timestamp::stamped_bytes(&signed, key).ok());
    let bytes = bytes.ok_or_else(|| {
        CliError::Damaged(format!("the checkpoint of {size} events is not signed by the ledger"))
    })?;
    let Some(path) = &args.response else { return raw(&bytes) };
    let response = read_bytes(path)?;
    let stamped = timestamp::check(&response, &bytes).map_err(|error| CliError::NotInOrder {
        message: format!("{}: {error}", path.display()),
        exit: Exit::Verification,
    })?;
    tenant.keep_stamp(size, &response).await?;
    let answer = Stamped {
        tenant: tenant.name().to_owned(),
        size,
        at: stamped.at,
        policy: stamped.policy,
        serial: stamped.serial,
    };
    context.output.answer_done("the time stamp is kept", &answer)
}
