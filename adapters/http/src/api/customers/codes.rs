//! `POST /customers/{id}/codes`

use readmit::{Actor, CodeSetId, CustomerId, RecoveryId, RegenerateCodes};
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::answer::Answer;
use crate::api::customers::OnBehalf;
use crate::extract::{Body, How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// A new set of recovery codes.
#[derive(Serialize, ToSchema)]
#[schema(as = NewCodes)]
pub(crate) struct NewCodesView {
    /// The set.
    #[schema(value_type = schema::CodeSetId)]
    set: CodeSetId,
    /// The codes. Shown this once: empty if the request was repeated.
    #[schema(value_type = Vec<schema::RecoveryCode>)]
    codes: Vec<Zeroizing<String>>,
    /// The recovery that this completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::RecoveryId>, nullable = false)]
    completed: Option<RecoveryId>,
}

/// Generates new codes: with a recovery session's actor too.
pub(crate) async fn generate(
    caller: &Caller,
    actor: &Actor,
    customer: CustomerId,
    how: How,
) -> Result<Answer<NewCodesView>, Problem> {
    let done = caller.carry_out(actor, RegenerateCodes::new(customer), how).await?;
    let codes = done.codes.iter().map(readmit::RecoveryCode::expose).collect();
    Ok(Answer::created(NewCodesView { set: done.set, codes, completed: done.completed }).of(&done))
}

/// Generates new recovery codes; those before are void. Takes `second_factor_at`.
#[utoipa::path(post, path = "/customers/{id}/codes", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    request_body = OnBehalf,
    responses((status = 201, body = NewCodesView, description = "To be saved by the customer")),
    security(("api_key" = ["service"])))]
pub(super) async fn codes(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
    Body(body): Body<OnBehalf>,
) -> Result<Answer<NewCodesView>, Problem> {
    let actor = body.actor(&caller, id);
    generate(&caller, &actor, id, how).await
}
