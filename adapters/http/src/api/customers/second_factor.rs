//! `POST /customers/{id}/second-factor`

use readmit::{AccountId, CheckSecondFactor, CustomerId, RecoveryCode, Timestamp, TotpCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::api::customers::OriginBody;
use crate::extract::{Body, How, PathOf, optional_object, optional_text};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// A second factor: exactly one of the two codes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecondFactorBody {
    /// What the authenticator app shows now.
    #[serde(default, deserialize_with = "optional_text")]
    #[schema(value_type = Option<schema::TotpCode>, nullable = false)]
    totp: Option<TotpCode>,
    /// A saved recovery code.
    #[serde(default, deserialize_with = "optional_text")]
    #[schema(value_type = Option<schema::RecoveryCode>, nullable = false)]
    recovery_code: Option<RecoveryCode>,
    /// Where the customer came from.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(nullable = false)]
    origin: Option<OriginBody>,
}

/// A second factor that was right.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckedView {
    /// When: what `second_factor_at` takes in requests that need a fresh second factor.
    #[schema(value_type = schema::Timestamp)]
    pub(crate) checked_at: Timestamp,
    /// Recovery codes that remain, if one was spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) codes_left: Option<u8>,
}

/// The check that a body asks for.
pub(crate) fn check_of(
    account: impl Into<AccountId>,
    totp: Option<TotpCode>,
    recovery_code: Option<RecoveryCode>,
) -> Result<CheckSecondFactor, Problem> {
    match (totp, recovery_code) {
        (Some(code), None) => Ok(CheckSecondFactor::totp(account, code)),
        (None, Some(code)) => Ok(CheckSecondFactor::recovery_code(account, code)),
        (None, None) | (Some(_), Some(_)) => {
            let detail = "totp: give exactly one of totp and recovery_code.";
            Err(Problem::new("invalid_body", detail).about("totp"))
        }
    }
}

/// Checks a customer's second factor. Each code is good once; wrong ones are counted, and lock.
///
/// Open a session only on an answer without `Idempotency-Replayed`, or for the very request whose
/// key it names.
#[utoipa::path(post, path = "/customers/{id}/second-factor", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    request_body = SecondFactorBody,
    responses((status = 200, body = CheckedView, description = "It is right")),
    security(("api_key" = ["service"])))]
pub(super) async fn second_factor(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
    Body(body): Body<SecondFactorBody>,
) -> Result<Answer<CheckedView>, Problem> {
    let check = check_of(id, body.totp, body.recovery_code)?;
    let actor = caller.speaking_for(id, body.origin.unwrap_or_default().into());
    let done = caller.carry_out(&actor, check, how).await?;
    let view = CheckedView { checked_at: done.at, codes_left: done.codes_left };
    Ok(Answer::ok(view).of(&done))
}
