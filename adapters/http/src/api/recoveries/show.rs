//! `GET /recoveries/{id}`

use readmit::{AuditSubject, RecoveryId, RecoveryRow, TimelineEntry};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::extract::PathOf;
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::{EntryView, RecoveryView, schema};

/// A case with its events.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryWithEvents {
    /// The case.
    #[serde(flatten)]
    recovery: RecoveryView,
    /// Its events, the oldest first; each can be proved at `/ledger/proofs/{position}`.
    events: Vec<EntryView>,
}

/// Shows one recovery case, event by event. An auditor who reads it leaves an event that says so.
#[utoipa::path(get, path = "/recoveries/{id}", tag = "recoveries",
    params(("id" = schema::RecoveryId, Path, description = "The case")),
    responses((status = 200, body = RecoveryWithEvents, description = "The case")),
    security(("api_key" = ["auditor"]),
        ("session" = ["owner", "recovery_admin", "approver", "helpdesk", "auditor"])))]
pub(super) async fn show(
    caller: Caller,
    PathOf(id): PathOf<RecoveryId>,
) -> Result<Answer<RecoveryWithEvents>, Problem> {
    let row = find(&caller, id).await?;
    caller.record_access(AuditSubject::Case).await?;
    let tenant = caller.tenant();
    let history = tenant.recovery_history(&row.record).await?;
    let events = history.iter().map(|event| EntryView::from(TimelineEntry::from(event))).collect();
    let recovery = RecoveryView::new(row, tenant.latest().await?);
    Ok(Answer::ok(RecoveryWithEvents { recovery, events }))
}

/// A case, also if it began a moment ago.
pub(super) async fn find(caller: &Caller, id: RecoveryId) -> Result<RecoveryRow, Problem> {
    let views = caller.tenant().views().await?;
    views.caught_up().await?;
    views.recovery(id).await?.ok_or_else(Problem::not_found)
}
