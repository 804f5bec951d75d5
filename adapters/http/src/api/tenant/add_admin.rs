//! `POST /admins`

use readmit::{AdminId, AuthoriseAdmin, Login, PersonName, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::extract::{Body, How};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// A new admin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAdmin {
    /// What they sign in with.
    #[schema(value_type = schema::Login)]
    login: Login,
    /// What they are called.
    #[schema(value_type = Option<schema::PersonName>, nullable = false)]
    name: Option<PersonName>,
    /// All their roles: any but `service`.
    #[schema(value_type = Vec<schema::Role>, min_items = 1, max_items = 5)]
    roles: Vec<Role>,
}

/// An admin who is known now.
#[derive(Serialize, ToSchema)]
pub(super) struct Authorised {
    /// Who.
    #[schema(value_type = schema::AdminId)]
    admin: AdminId,
}

/// Adds an admin. Their first password and second factor are set up by the operator.
#[utoipa::path(post, path = "/admins", tag = "tenant", request_body = NewAdmin,
    responses((status = 201, body = Authorised, description = "The admin holds the roles")),
    security(("session" = ["owner"])))]
pub(super) async fn add_admin(
    caller: Caller,
    how: How,
    Body(body): Body<NewAdmin>,
) -> Result<Answer<Authorised>, Problem> {
    let command = AuthoriseAdmin::new(body.login, body.roles);
    let command = match body.name {
        Some(name) => command.name(name),
        None => command,
    };
    let done = caller.carry_out(&caller.actor(), command, how).await?;
    Ok(Answer::created(Authorised { admin: done.admin }).of(&done))
}
