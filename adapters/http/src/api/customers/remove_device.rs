//! `DELETE /customers/{id}/devices/{device}`

use readmit::{CustomerId, DeviceId, Origin, RemoveDevice, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::extract::{How, PathOf, Query};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// What the service says of the customer.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoveQuery {
    /// When the customer last showed a second factor.
    #[param(value_type = schema::Timestamp)]
    second_factor_at: Timestamp,
}

/// Removes a device, after the customer has shown a second factor.
#[utoipa::path(delete, path = "/customers/{id}/devices/{device}", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer"),
        ("device" = schema::DeviceId, Path, description = "The device"), RemoveQuery),
    responses((status = 204, description = "Removed")),
    security(("api_key" = ["service"])))]
pub(super) async fn remove_device(
    caller: Caller,
    PathOf((id, device)): PathOf<(CustomerId, DeviceId)>,
    Query(asked): Query<RemoveQuery>,
    how: How,
) -> Result<Answer<()>, Problem> {
    let actor = caller.speaking_for(id, Origin::default());
    let actor = actor.with_second_factor(asked.second_factor_at);
    let done = caller.carry_out(&actor, RemoveDevice::new(id, device), how).await?;
    Ok(Answer::nothing().of(&done))
}
