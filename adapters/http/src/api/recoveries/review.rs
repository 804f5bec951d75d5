//! `POST /recoveries/{id}/review`

use readmit::{Note, RecoveryId, SignOffReview, Verdict};
use serde::Deserialize;
use utoipa::ToSchema;

use super::show::find;
use crate::answer::Answer;
use crate::extract::{Body, How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// What an auditor thinks of a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewBody {
    /// What they think of it.
    #[schema(value_type = schema::Verdict)]
    verdict: Verdict,
    /// Why: needed to question a case. Personal data.
    #[schema(value_type = Option<schema::Note>, nullable = false)]
    note: Option<Note>,
}

/// Signs a case off that has ended.
#[utoipa::path(post, path = "/recoveries/{id}/review", tag = "recoveries",
    params(("id" = schema::RecoveryId, Path, description = "The case")),
    request_body = ReviewBody,
    responses((status = 204, description = "Signed off")),
    security(("session" = ["owner", "auditor"])))]
pub(super) async fn review(
    caller: Caller,
    PathOf(id): PathOf<RecoveryId>,
    how: How,
    Body(body): Body<ReviewBody>,
) -> Result<Answer<()>, Problem> {
    if find(&caller, id).await?.record.ended.is_none() {
        return Err(Problem::new("not_ended", "The recovery has not ended yet."));
    }
    let command = SignOffReview::new(id, body.verdict);
    let command = match body.note {
        Some(note) => command.note(note),
        None => command,
    };
    let done = caller.carry_out(&caller.actor(), command, how).await?;
    Ok(Answer::nothing().of(&done))
}
