//! `audit export`, and `audit verify --bundle`.

use std::fmt;
use std::path::Path;

use readmit::Timestamp;
use readmit::bundle::{self, BundleError, ExportError};
use readmit::tlog::SignedCheckpoint;
use serde::Serialize;

use super::proofs::keys;
use crate::context::Context;
use crate::error::{CliError, Exit};
use crate::output::fields;
use crate::progress::Progress;

#[derive(Serialize)]
struct Exported {
    tenant: String,
    directory: String,
    events: u64,
    root: String,
}

#[derive(Serialize)]
struct Checked {
    verified: bool,
    origin: String,
    size: u64,
    root: String,
    at: Timestamp,
    signer: String,
    cosigned: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    continues: Option<u64>,
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fields(
            f,
            [
                ("tenant", self.tenant.clone()),
                ("directory", self.directory.clone()),
                ("events", self.events.to_string()),
                ("root", self.root.clone()),
            ],
        )
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let continues =
            self.continues.map(|size| format!("the remembered checkpoint of {size} events"));
        fields(
            f,
            [
                ("log", self.origin.clone()),
                ("verdict", "verified".to_owned()),
                ("events", self.size.to_string()),
                ("root", self.root.clone()),
                ("continues", continues.unwrap_or_default()),
                ("last event", self.at.to_string()),
                ("signed by", self.signer.clone()),
                ("witnesses", self.cosigned.join(", ")),
            ],
        )
    }
}

pub(super) async fn export(context: &Context, directory: &Path) -> Result<(), CliError> {
    let tenant = context.tenant().await?;
    let bar = Progress::new(context.output, format_args!("exporting {}", tenant.name()));
    let signed = tenant.export(directory, |done, of| bar.at(done, of)).await;
    drop(bar);
    let signed = signed.map_err(|error| match error {
        ExportError::Ledger(error) => error.into(),
        ExportError::Bundle(error) => failed(error),
    })?;
    let exported = Exported {
        tenant: tenant.name().to_owned(),
        directory: directory.display().to_string(),
        events: signed.checkpoint().size(),
        root: signed.checkpoint().root().to_string(),
    };
    context.output.answer_done(format_args!("a copy in {}", directory.display()), &exported)
}

pub(super) fn verify(
    context: &Context,
    directory: &Path,
    vkey: &str,
    remembered: Option<&SignedCheckpoint>,
) -> Result<(), CliError> {
    if !directory.is_dir() {
        return Err(CliError::NotFound(format!("there is no folder {}", directory.display())));
    }
    let keys = keys(vkey)?;
    if let Some(remembered) = remembered
        && !keys.iter().any(|key| remembered.verify(key, &[]).is_ok())
    {
        let message =
            "the remembered checkpoint is not signed by the key that was given".to_owned();
        return Err(CliError::NotInOrder { message, exit: Exit::Verification });
    }
    let bar = Progress::new(context.output, format_args!("verifying {}", directory.display()));
    let progress = |done| bar.at(done, done);
    let verified = match remembered {
        Some(remembered) => {
            bundle::verify_against(directory, &keys, remembered.checkpoint(), progress)
        }
        None => bundle::verify(directory, &keys, progress),
    };
    let verified = verified.map_err(failed)?;
    drop(bar);
    let checkpoint = verified.checkpoint.checkpoint();
    context.output.answer(&Checked {
        verified: true,
        origin: checkpoint.origin().to_owned(),
        size: checkpoint.size(),
        root: checkpoint.root().to_string(),
        at: verified.at,
        signer: verified.signer.to_string(),
        cosigned: verified.cosigned.iter().map(|it| it.key.name().to_owned()).collect(),
        continues: remembered.map(|it| it.checkpoint().size()),
    })
}

fn failed(error: BundleError) -> CliError {
    match error {
        BundleError::Io { ref source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            CliError::NotFound(error.to_string())
        }
        BundleError::Io { .. } => std::io::Error::other(error.to_string()).into(),
        BundleError::Occupied(_) | BundleError::Unfinished(_) => {
            CliError::Exists(error.to_string())
        }
        BundleError::Broken(_) => {
            CliError::NotInOrder { message: error.to_string(), exit: Exit::Verification }
        }
        other => CliError::Damaged(other.to_string()),
    }
}
