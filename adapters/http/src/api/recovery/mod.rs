//! What a customer may do in a recovery, by the token of their recovery session: turn MFA off, set
//! up a device, generate codes, and nothing else.

mod codes;
mod confirm_device;
mod end;
mod mfa_off;
mod show;
mod start_device;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(show::show, end::end))
        .routes(routes!(mfa_off::mfa_off))
        .routes(routes!(start_device::start_device))
        .routes(routes!(confirm_device::confirm_device))
        .routes(routes!(codes::codes))
}
