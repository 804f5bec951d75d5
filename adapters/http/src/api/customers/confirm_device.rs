//! `POST /customers/{id}/devices/{device}/confirm`

use readmit::{Actor, ConfirmEnrolment, CustomerId, DeviceId, Timestamp, TotpCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::api::customers::OriginBody;
use crate::extract::{Body, How, PathOf, optional_object, text};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// The first code of a device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmBody {
    /// What the app shows now.
    #[serde(deserialize_with = "text")]
    #[schema(value_type = schema::TotpCode)]
    totp: TotpCode,
    /// Where the customer came from.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(nullable = false)]
    origin: Option<OriginBody>,
}

/// A device that is active.
#[derive(Serialize, ToSchema)]
#[schema(as = Enrolled)]
pub(crate) struct EnrolledView {
    /// The device.
    #[schema(value_type = schema::DeviceId)]
    device: DeviceId,
    /// When: what `second_factor_at` takes, since a second factor was just shown.
    #[schema(value_type = schema::Timestamp)]
    checked_at: Timestamp,
}

/// Confirms a device: with a recovery session's actor too.
pub(crate) async fn confirm(
    caller: &Caller,
    actor: &Actor,
    command: ConfirmEnrolment,
    how: How,
) -> Result<Answer<EnrolledView>, Problem> {
    let done = caller.carry_out(actor, command, how).await?;
    Ok(Answer::ok(EnrolledView { device: done.device, checked_at: done.at }).of(&done))
}

/// Makes a device active by its first code.
#[utoipa::path(post, path = "/customers/{id}/devices/{device}/confirm", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer"),
        ("device" = schema::DeviceId, Path, description = "The device that is being set up")),
    request_body = ConfirmBody,
    responses((status = 200, body = EnrolledView, description = "It is active")),
    security(("api_key" = ["service"])))]
pub(super) async fn confirm_device(
    caller: Caller,
    PathOf((id, device)): PathOf<(CustomerId, DeviceId)>,
    how: How,
    Body(body): Body<ConfirmBody>,
) -> Result<Answer<EnrolledView>, Problem> {
    let actor = caller.speaking_for(id, body.origin.unwrap_or_default().into());
    confirm(&caller, &actor, ConfirmEnrolment::new(id, device, body.totp), how).await
}
