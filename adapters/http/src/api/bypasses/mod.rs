//! Bypasses: granted, asked for, approved, denied, revoked, redeemed, listed.

mod approve;
mod deny;
mod grant;
mod list;
mod redeem;
mod request;
mod revoke;

use readmit::{BypassId, Grant, GrantState, RecoveryId, RecoveryRow, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use zeroize::Zeroizing;

use crate::app::AppState;
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(grant::grant))
        .routes(routes!(request::request))
        .routes(routes!(redeem::redeem))
        .routes(routes!(list::list))
        .routes(routes!(approve::approve))
        .routes(routes!(deny::deny))
        .routes(routes!(revoke::revoke))
}

/// A bypass that was granted, or awaits a second person.
#[derive(Serialize, ToSchema)]
#[schema(as = Grant)]
struct GrantView {
    /// The case.
    #[schema(value_type = schema::RecoveryId)]
    recovery: RecoveryId,
    /// The bypass.
    #[schema(value_type = schema::BypassId)]
    bypass: BypassId,
    /// Whether it holds already.
    state: GrantStateView,
    /// From when it holds; not there while it awaits approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    from: Option<Timestamp>,
    /// Until when it holds, or can be approved.
    #[schema(value_type = schema::Timestamp)]
    until: Timestamp,
    /// The code to tell the customer, where the bypass needs one. Shown this once: a repeated
    /// request does not show it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::IssuedCode>, nullable = false)]
    issued_code: Option<Zeroizing<String>>,
}

/// Whether a bypass holds.
#[derive(Serialize, ToSchema)]
#[schema(as = GrantState)]
#[serde(rename_all = "snake_case")]
enum GrantStateView {
    Open,
    AwaitingApproval,
}

impl From<&Grant> for GrantView {
    fn from(grant: &Grant) -> Self {
        let (state, from, until) = match grant.state {
            GrantState::Open { from, until } => (GrantStateView::Open, Some(from), until),
            GrantState::AwaitingApproval { until } => {
                (GrantStateView::AwaitingApproval, None, until)
            }
        };
        let issued_code = grant.issued_code.as_ref().map(readmit::IssuedCode::expose);
        Self { recovery: grant.recovery, bypass: grant.bypass, state, from, until, issued_code }
    }
}

/// The case of a bypass. A bypass has the id of its case under another prefix.
async fn case_of(caller: &Caller, bypass: BypassId) -> Result<RecoveryRow, Problem> {
    let recovery = RecoveryId::from_uuid(bypass.uuid());
    let views = caller.tenant().views().await?;
    let mut found = views.recovery(recovery).await?;
    if found.is_none() {
        // It may have been granted a moment ago.
        views.caught_up().await?;
        found = views.recovery(recovery).await?;
    }
    found.filter(|row| row.record.bypass == bypass).ok_or_else(Problem::not_found)
}
