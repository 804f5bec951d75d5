//! `GET /sessions/current`

use super::SessionView;
use crate::answer::Answer;
use crate::identify::{Caller, Who};
use crate::problem::Problem;

/// Shows the session that the request came with.
#[utoipa::path(get, path = "/sessions/current", tag = "sessions",
    responses((status = 200, body = SessionView, description = "The session, without its token")),
    security(("signing_in" = [])))]
pub(super) async fn show(caller: Caller) -> Result<Answer<SessionView>, Problem> {
    let Who::Admin { admin, roles, session } = caller.who() else {
        return Err(Problem::not_permitted());
    };
    Ok(Answer::ok(SessionView {
        token: None,
        admin: *admin,
        tenant: caller.tenant().name().to_owned(),
        roles: roles.clone(),
        second_factor_needed: !session.is_complete(),
        second_factor_at: session.second_factor_at,
        ends_at: session.ends_at,
    }))
}
