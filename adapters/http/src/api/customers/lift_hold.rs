//! `DELETE /customers/{id}/legal-hold`

use readmit::{CustomerId, LiftLegalHold};

use crate::answer::Answer;
use crate::extract::{How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// Allows the erasure of a customer.
#[utoipa::path(delete, path = "/customers/{id}/legal-hold", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    responses((status = 204, description = "Done")),
    security(("session" = ["owner"])))]
pub(super) async fn lift_hold(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
) -> Result<Answer<()>, Problem> {
    caller.require_customer(id).await?;
    let done = caller.carry_out(&caller.actor(), LiftLegalHold::new(id), how).await?;
    Ok(Answer::nothing().of(&done))
}
