//! `GET /admins`

use readmit::{AdminId, Login, Role};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// An admin.
#[derive(Serialize, ToSchema)]
pub(super) struct AdminView {
    /// Who.
    #[schema(value_type = schema::AdminId)]
    admin: AdminId,
    /// What they sign in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Login>, nullable = false)]
    login: Option<Login>,
    /// All their roles.
    #[schema(value_type = Vec<schema::Role>)]
    roles: Vec<Role>,
    /// Whether they may do nothing until authorised again.
    suspended: bool,
}

/// All admins of the tenant.
#[derive(Serialize, ToSchema)]
pub(super) struct Admins {
    /// The admins, in the order in which they became known.
    items: Vec<AdminView>,
}

/// Lists the admins. They are few: there are no pages.
#[utoipa::path(get, path = "/admins", tag = "tenant",
    responses((status = 200, body = Admins, description = "The admins")),
    security(("api_key" = ["auditor"]), ("session" = ["owner", "auditor"])))]
pub(super) async fn admins(caller: Caller) -> Result<Answer<Admins>, Problem> {
    let tenant = caller.tenant();
    let (state, version) = tenant.versioned_state().await?;
    let logins = tenant.admin_logins().await?;
    let items = state.admins.into_iter().map(|(admin, known)| AdminView {
        admin,
        login: logins.get(&admin).cloned(),
        roles: known.roles,
        suspended: known.suspended,
    });
    Ok(Answer::ok(Admins { items: items.collect() }).version(version))
}
