//! The tenant itself: policy, admins, API keys.

mod add_admin;
mod admin_roles;
mod admins;
mod api_keys;
mod change_policy;
mod issue_key;
mod policy;
mod revoke_key;
mod suspend_admin;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(policy::policy, change_policy::change_policy))
        .routes(routes!(admins::admins, add_admin::add_admin))
        .routes(routes!(admin_roles::admin_roles))
        .routes(routes!(suspend_admin::suspend_admin))
        .routes(routes!(api_keys::api_keys, issue_key::issue_key))
        .routes(routes!(revoke_key::revoke_key))
}
