//! `PUT /customers/{id}/legal-hold`

use readmit::{CustomerId, PlaceLegalHold};

use crate::answer::Answer;
use crate::extract::{How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// Forbids the erasure of a customer.
#[utoipa::path(put, path = "/customers/{id}/legal-hold", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    responses((status = 204, description = "Done")),
    security(("session" = ["owner"])))]
pub(super) async fn place_hold(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
) -> Result<Answer<()>, Problem> {
    caller.require_customer(id).await?;
    let done = caller.carry_out(&caller.actor(), PlaceLegalHold::new(id), how).await?;
    Ok(Answer::nothing().of(&done))
}
