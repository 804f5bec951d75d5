//! `POST /customers/{id}/devices`

use readmit::{Actor, CustomerId, DeviceId, StartEnrolment, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::api::customers::OnBehalf;
use crate::extract::{Body, How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// A device that is being set up.
#[derive(Serialize, ToSchema)]
#[schema(as = Enrolment)]
pub(crate) struct EnrolmentView {
    /// The device to be.
    #[schema(value_type = schema::DeviceId)]
    device: DeviceId,
    /// Until when it must be confirmed by its first code.
    #[schema(value_type = schema::Timestamp)]
    until: Timestamp,
    /// The secret for the customer's app, in base32. Shown this once: a repeated request does not
    /// show it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    secret: Option<zeroize::Zeroizing<String>>,
    /// The same as an address that a QR code can hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    otpauth_uri: Option<zeroize::Zeroizing<String>>,
}

/// Begins to set up a device for the customer: with a recovery session's actor too.
pub(crate) async fn start(
    caller: &Caller,
    actor: &Actor,
    customer: CustomerId,
    how: How,
) -> Result<Answer<EnrolmentView>, Problem> {
    let done = caller.carry_out(actor, StartEnrolment::new(customer), how).await?;
    let (mut secret, mut otpauth_uri) = (None, None);
    if let Some(shown) = &done.secret {
        let login = caller.tenant().login(customer).await?;
        let login = login.as_ref().map_or("customer", |login| login.as_str());
        secret = Some(shown.expose_base32());
        otpauth_uri = shown.otpauth_uri(caller.tenant().name(), login).ok();
    }
    let view = EnrolmentView { device: done.device, until: done.until, secret, otpauth_uri };
    Ok(Answer::created(view).of(&done))
}

/// Begins to set up a device; an earlier set-up that is not finished ends.
///
/// A first device takes nothing more; a further one takes `second_factor_at`.
#[utoipa::path(post, path = "/customers/{id}/devices", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    request_body = OnBehalf,
    responses((status = 201, body = EnrolmentView, description = "It awaits its first code")),
    security(("api_key" = ["service"])))]
pub(super) async fn start_device(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
    Body(body): Body<OnBehalf>,
) -> Result<Answer<EnrolmentView>, Problem> {
    let actor = body.actor(&caller, id);
    start(&caller, &actor, id, how).await
}
