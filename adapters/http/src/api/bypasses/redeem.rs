//! `POST /customers/{id}/bypass-redemptions`

use readmit::{CustomerId, IssuedCode, RedeemBypass, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::answer::Answer;
use crate::api::customers::OriginBody;
use crate::extract::{Body, How, PathOf, optional_object, optional_text};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// What the customer shows beside their password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RedeemBody {
    /// The code that an admin gave them, where the bypass needs one.
    #[serde(default, deserialize_with = "optional_text")]
    #[schema(value_type = Option<schema::IssuedCode>, nullable = false)]
    code: Option<IssuedCode>,
    /// Where the customer came from. A bypass that is limited to networks needs their address.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(nullable = false)]
    origin: Option<OriginBody>,
}

/// A recovery session.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoverySession {
    /// The bearer token for `/recovery`, bound to this use of this bypass.
    #[schema(value_type = String, pattern = "^rrs_[0-9a-hjkmnp-tv-z]+$")]
    token: Zeroizing<String>,
    /// Until when it lives.
    #[schema(value_type = schema::Timestamp)]
    until: Timestamp,
}

/// Uses the bypass in the place of a second factor, after YOUR check of the password.
///
/// A newer use takes the place of an older one's session.
#[utoipa::path(post, path = "/customers/{id}/bypass-redemptions", tag = "bypasses",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    request_body = RedeemBody,
    responses((status = 201, body = RecoverySession, description = "The recovery begins")),
    security(("api_key" = ["service"])))]
pub(super) async fn redeem(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
    Body(body): Body<RedeemBody>,
) -> Result<Answer<RecoverySession>, Problem> {
    let command = match body.code {
        Some(code) => RedeemBypass::new(id).code(code),
        None => RedeemBypass::new(id),
    };
    let actor = caller.speaking_for(id, body.origin.unwrap_or_default().into());
    let done = caller.carry_out(&actor, command, how).await?;
    let recovering = actor.in_recovery(done.session);
    let token = caller.tenant().recovery_token(&recovering, done.until).await?;
    Ok(Answer::created(RecoverySession { token: token.expose(), until: done.until }).of(&done))
}
