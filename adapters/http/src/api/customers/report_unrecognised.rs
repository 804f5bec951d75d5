//! `POST /customers/{id}/report-unrecognised`

use readmit::{CustomerId, ReportUnrecognised};

use crate::answer::Answer;
use crate::api::customers::OnBehalf;
use crate::extract::{Body, How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// "This wasn't me": freezes the account and revokes its bypass, until an owner has looked.
#[utoipa::path(post, path = "/customers/{id}/report-unrecognised", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    request_body = OnBehalf,
    responses((status = 204, description = "Frozen")),
    security(("api_key" = ["service"])))]
pub(super) async fn report_unrecognised(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
    Body(body): Body<OnBehalf>,
) -> Result<Answer<()>, Problem> {
    let actor = body.actor(&caller, id);
    let done = caller.carry_out(&actor, ReportUnrecognised::new(id), how).await?;
    Ok(Answer::nothing().of(&done))
}
