//! `POST /sessions/current/second-factor`

use axum::extract::State;
use readmit::{RecoveryCode, TotpCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::SessionView;
use crate::answer::Answer;
use crate::api::customers::check_of;
use crate::app::AppState;
use crate::extract::{Body, How, optional_text};
use crate::identify::{Caller, TokenDigest, Who};
use crate::problem::Problem;
use crate::view::schema;

/// A second factor: exactly one of the two codes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepUpBody {
    /// What the authenticator app shows now.
    #[serde(default, deserialize_with = "optional_text")]
    #[schema(value_type = Option<schema::TotpCode>, nullable = false)]
    totp: Option<TotpCode>,
    /// A saved recovery code.
    #[serde(default, deserialize_with = "optional_text")]
    #[schema(value_type = Option<schema::RecoveryCode>, nullable = false)]
    recovery_code: Option<RecoveryCode>,
}

/// Shows the second factor: to finish the sign-in, and again before what needs a fresh one.
///
/// The session goes on under another token: the old one is dead.
#[utoipa::path(post, path = "/sessions/current/second-factor", tag = "sessions",
    request_body = StepUpBody,
    responses((status = 200, body = SessionView, description = "It is right")),
    security(("signing_in" = [])))]
pub(super) async fn second_factor(
    caller: Caller,
    State(app): State<AppState>,
    Body(body): Body<StepUpBody>,
) -> Result<Answer<SessionView>, Problem> {
    let (admin, session) = caller.admin()?;
    let check = check_of(admin, body.totp, body.recovery_code)?;
    // Without a key of the caller's own: a repeated check must not open a second session.
    let done = caller.carry_out(&caller.actor(), check, How::default()).await?;
    let raised = app.sessions.raise(&session.token, done.at, app.engine.now()).await?;
    app.known.forget(&TokenDigest::of(&session.token.expose()));
    let token = raised.ok_or_else(|| Problem::unauthorised("The session has ended."))?;
    let roles = match caller.who() {
        Who::Admin { roles, .. } => roles.clone(),
        Who::Key { .. } | Who::Customer { .. } | Who::Recovering { .. } => Vec::new(),
    };
    Ok(Answer::ok(SessionView {
        token: Some(token.expose()),
        admin,
        tenant: caller.tenant().name().to_owned(),
        roles,
        second_factor_needed: false,
        second_factor_at: Some(done.at),
        ends_at: session.ends_at,
    }))
}
