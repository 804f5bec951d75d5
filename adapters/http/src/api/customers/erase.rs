//! `DELETE /customers/{id}`

use readmit::{CustomerId, EraseCustomer};

use crate::answer::Answer;
use crate::extract::{How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// Destroys a customer's personal data, secrets and keys. Their events stay, without names.
#[utoipa::path(delete, path = "/customers/{id}", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    responses((status = 204, description = "Destroyed")), security(("session" = ["owner"])))]
pub(super) async fn erase(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
) -> Result<Answer<()>, Problem> {
    let done = caller.carry_out(&caller.actor(), EraseCustomer::new(id), how).await?;
    Ok(Answer::nothing().of(&done))
}
