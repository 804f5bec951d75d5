//! The auditor's desk: whether the ledger holds together, the register of recoveries, one case event
//! by event, reports, samples, and everything to take along.
//!
//! | module | what it holds |
//! |---|---|
//! | `audit` | the first page |
//! | `verified`, `compare` | the last verification of each ledger; a checkpoint that was kept elsewhere |
//! | `alerts`, `pictures` | what is worth a look; heat map and bars |
//! | `register`, `sheet`, `filter`, `line` | the register on a page, and as CSV; which cases; a row |
//! | `case` | one case: swim lanes, replay, sign-off |
//! | `report`, `totals`, `access`, `sample` | what is printed; what is drawn by a seed |
//! | `period`, `wrong` | from when to when; what is said of an address that asks for no such thing |
//! | `export`, `bundle` | proofs, checkpoint and keys; the whole ledger |
//! | `people` | what those are called who had a part in a case |
//!
//! **Invariant: who looks is recorded before they see anything.** Every view and every export of the
//! desk is an event of the ledger, an owner's as an auditor's; only the slider of a case that was just
//! recorded moves without another.

mod access;
mod alerts;
mod audit;
mod bundle;
mod case;
mod compare;
mod export;
mod filter;
mod line;
mod people;
mod period;
mod pictures;
mod register;
mod report;
mod sample;
mod sheet;
mod totals;
mod verified;
mod wrong;

use axum::Router;
use axum::http::{HeaderName, header};
use axum::routing::{get, post};
use readmit::{AuditSubject, RecordAuditAccess, Role};

pub(crate) use bundle::Exports;
pub(crate) use verified::Verifications;

use super::page::Surface;
use super::refused::Refused;
use super::visitor::{Admin, Visitor};
use crate::app::AppState;
use crate::problem::Problem;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/audit", get(audit::show))
        .route("/audit/verify", post(audit::verify))
        .route("/audit/recoveries", get(register::show))
        .route("/audit/recoveries.csv", get(sheet::csv))
        .route("/audit/recoveries/{id}", get(case::show))
        .route("/audit/recoveries/{id}/review", post(case::review))
        .route("/audit/report", get(report::show))
        .route("/audit/sample", get(sample::show))
        .route("/audit/proofs/{position}", get(export::proof))
        .route("/audit/checkpoint", get(export::checkpoint))
        .route("/audit/vkey", get(export::verifier_keys))
        .route("/audit/bundle", get(bundle::download))
}

/// Lets in whoever may audit.
async fn enter(visitor: &Visitor) -> Result<Admin, Refused> {
    visitor.admin(Surface::Desk, &[Role::Auditor, Role::Owner]).await
}

/// Lets in whoever may audit, and records what they are about to see.
async fn look_at(visitor: &Visitor, what: AuditSubject) -> Result<Admin, Refused> {
    let admin = enter(visitor).await?;
    record(&admin, what).await?;
    Ok(admin)
}

/// Records that somebody looks, whatever their role: over the API only auditors leave a trace, since
/// owners work there; who comes to the desk comes to look.
async fn record(admin: &Admin, what: AuditSubject) -> Result<(), Problem> {
    admin.tenant().execute(&admin.caller.actor(), RecordAuditAccess::new(what)).await?;
    Ok(())
}

/// The headers of a file that is saved under this name.
fn saved_as(kind: &'static str, name: &str) -> [(HeaderName, String); 2] {
    let disposition = format!("attachment; filename=\"{name}\"");
    [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)]
}
