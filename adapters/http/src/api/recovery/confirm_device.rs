//! `POST /recovery/devices/{id}/confirm`

use readmit::{ConfirmEnrolment, DeviceId, TotpCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::api::customers::{EnrolledView, confirm};
use crate::extract::{Body, How, PathOf, text};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// The first code of the new device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FirstCode {
    /// What the app shows now.
    #[serde(deserialize_with = "text")]
    #[schema(value_type = schema::TotpCode)]
    totp: TotpCode,
}

/// Makes the new device active by its first code.
#[utoipa::path(post, path = "/recovery/devices/{id}/confirm", tag = "recovery",
    params(("id" = schema::DeviceId, Path, description = "The device that is being set up")),
    request_body = FirstCode,
    responses((status = 200, body = EnrolledView, description = "It is active")),
    security(("recovery_session" = [])))]
pub(super) async fn confirm_device(
    caller: Caller,
    PathOf(device): PathOf<DeviceId>,
    how: How,
    Body(body): Body<FirstCode>,
) -> Result<Answer<EnrolledView>, Problem> {
    let (customer, _) = caller.recovering()?;
    let command = ConfirmEnrolment::new(customer, device, body.totp);
    confirm(&caller, &caller.actor(), command, how).await
}
