//! `DELETE /sessions/current`

use axum::extract::State;

use crate::answer::Answer;
use crate::app::AppState;
use crate::identify::{Caller, TokenDigest};
use crate::problem::Problem;

/// Signs out: the token is dead at once.
#[utoipa::path(delete, path = "/sessions/current", tag = "sessions",
    responses((status = 204, description = "Signed out")),
    security(("signing_in" = [])))]
pub(super) async fn end(
    caller: Caller,
    State(app): State<AppState>,
) -> Result<Answer<()>, Problem> {
    let (_, session) = caller.admin()?;
    app.sessions.end(&session.token).await?;
    app.known.forget(&TokenDigest::of(&session.token.expose()));
    Ok(Answer::nothing())
}
