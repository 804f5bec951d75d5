//! What an auditor takes along to check it elsewhere: the proof of an event, a checkpoint, the keys.

use axum::response::{IntoResponse as _, Response};
use readmit::AuditSubject;

use super::{enter, look_at, record, saved_as};
use crate::extract::PathOf;
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

/// `/audit/proofs/{position}`: with the event in it, as the command line writes it.
pub(super) async fn proof(
    visitor: Visitor,
    PathOf(position): PathOf<u64>,
) -> Result<Response, Refused> {
    let admin = enter(&visitor).await?;
    if position >= admin.tenant().head().await?.size {
        return Err(Problem::not_found().into());
    }
    record(&admin, AuditSubject::Export).await?;
    let proof = admin.tenant().prove_with_event(position).await?;
    Ok(text(&admin, &format!("{position}.proof"), proof.to_string()))
}

/// `/audit/checkpoint`: the ledger as it is now, signed.
pub(super) async fn checkpoint(visitor: Visitor) -> Result<Response, Refused> {
    let admin = look_at(&visitor, AuditSubject::Export).await?;
    let signed = admin.tenant().checkpoint().await?;
    Ok(text(&admin, &format!("{}.checkpoint", signed.checkpoint().size()), signed.to_string()))
}

/// `/audit/vkey`: the keys that verify checkpoints now.
pub(super) async fn verifier_keys(visitor: Visitor) -> Result<Response, Refused> {
    let admin = look_at(&visitor, AuditSubject::Export).await?;
    let keys = admin.tenant().verifier_keys().await?;
    let lines: Vec<String> = keys.iter().map(|key| format!("{key}\n")).collect();
    Ok(text(&admin, "vkey", lines.concat()))
}

fn text(admin: &Admin, name: &str, text: String) -> Response {
    let name = format!("{}-{name}", admin.tenant().name());
    (saved_as("text/plain; charset=utf-8", &name), text).into_response()
}
