//! Admins sign in: password, then second factor, both checked here.

mod begin;
mod end;
mod second_factor;
mod show;

use readmit::{Role, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use zeroize::Zeroizing;

use crate::app::AppState;
use crate::view::schema;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(begin::begin))
        .routes(routes!(show::show, end::end))
        .routes(routes!(second_factor::second_factor))
}

/// An admin's session.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionView {
    /// The bearer token. Shown this once, and another one after each second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    token: Option<Zeroizing<String>>,
    /// Who.
    #[schema(value_type = schema::AdminId)]
    admin: readmit::AdminId,
    /// Their tenant's name.
    tenant: String,
    /// Their roles.
    #[schema(value_type = Vec<schema::Role>)]
    roles: Vec<Role>,
    /// Whether the second factor is still to be shown.
    second_factor_needed: bool,
    /// When it was last shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    second_factor_at: Option<Timestamp>,
    /// When the session ends, however much it is used. Unused, it ends after half an hour.
    #[schema(value_type = schema::Timestamp)]
    ends_at: Timestamp,
}
