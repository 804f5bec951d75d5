//! `GET /customers/{id}/sign-in`

use readmit::CustomerId;

use crate::answer::Answer;
use crate::extract::PathOf;
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::{SignInView, schema};

/// Says what a right password is worth now. Check the password first; asking changes nothing.
#[utoipa::path(get, path = "/customers/{id}/sign-in", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    responses((status = 200, body = SignInView, description = "What to do next")),
    security(("api_key" = ["service"]),
        ("session" = ["owner", "recovery_admin", "approver", "helpdesk"])))]
pub(super) async fn sign_in(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
) -> Result<Answer<SignInView>, Problem> {
    Ok(Answer::ok(caller.tenant().sign_in(id).await?.into()))
}
