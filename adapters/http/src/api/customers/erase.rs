//! `DELETE /customers/{id}`

use axum::extract::State;
use readmit::{CustomerId, EraseCustomer};

use crate::answer::Answer;
use crate::app::AppState;
use crate::extract::{How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::sign_in;
use crate::view::schema;

/// Destroys a customer's personal data, secrets, keys, password and sessions. Their events stay, without names.
#[utoipa::path(delete, path = "/customers/{id}", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    responses((status = 204, description = "Destroyed")), security(("session" = ["owner"])))]
pub(super) async fn erase(
    State(app): State<AppState>,
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
) -> Result<Answer<()>, Problem> {
    let done = caller.carry_out(&caller.actor(), EraseCustomer::new(id), how).await;
    let forgotten = sign_in::forget_erased(&app, caller.tenant(), id).await;
    // What became of the command is told first.
    let done = done?;
    forgotten?;
    Ok(Answer::nothing().of(&done))
}
