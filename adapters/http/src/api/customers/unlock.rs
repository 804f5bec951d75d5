//! `POST /customers/{id}/unlock`

use readmit::{CustomerId, UnlockAccount};

use crate::answer::Answer;
use crate::extract::{How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// Lets a customer try again who was locked after too many wrong codes.
#[utoipa::path(post, path = "/customers/{id}/unlock", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    responses((status = 204, description = "Unlocked")),
    security(("session" = ["owner", "recovery_admin"])))]
pub(super) async fn unlock(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
) -> Result<Answer<()>, Problem> {
    let done = caller.carry_out(&caller.actor(), UnlockAccount::new(id), how).await?;
    Ok(Answer::nothing().of(&done))
}
