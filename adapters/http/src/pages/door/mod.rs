//! Where people sign in: password, then second factor or bypass. One door for all.

pub(super) mod code;
mod invitation;
mod language;
mod password;
mod recovery;
mod sign_out;

use axum::Router;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use zeroize::Zeroizing;

use super::page::Surface;
use super::place::Place;
use super::refused::Refused;
use super::visitor::Visitor;
use crate::app::AppState;
use crate::identify::Who;
use crate::web_database::SessionToken;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(home))
        .route("/sign-in", get(password::show).post(password::check))
        .route("/sign-in/code", get(code::show).post(code::check))
        .route("/sign-in/recovery", get(recovery::show).post(recovery::redeem))
        .route("/invitations/{token}", get(invitation::follow))
        .route("/invitation", get(invitation::show).post(invitation::accept))
        .route("/sign-out", post(sign_out::here))
        .route("/sign-out-everywhere", post(sign_out::everywhere))
        .route("/language/{tag}", get(language::choose))
}

/// Sends everybody to where they begin.
async fn home(visitor: Visitor) -> Redirect {
    Redirect::to(home_of(visitor.caller().map(crate::identify::Caller::who)))
}

/// Where somebody begins.
fn home_of(who: Option<&Who>) -> &'static str {
    match who {
        Some(Who::Admin { roles, .. }) => Surface::of(roles).home(),
        Some(Who::Customer { .. }) => Surface::Portal.home(),
        Some(Who::Recovering { .. }) => "/my-account",
        Some(Who::Key { .. }) | None => Surface::Door.home(),
    }
}

/// Goes on under this token. What the browser brought before is worth nothing any more: nobody who
/// planted it gains anything (session fixation).
async fn go_on(
    visitor: &Visitor,
    token: &Zeroizing<String>,
    address: &str,
) -> Result<Response, Refused> {
    end_session(visitor).await?;
    let jar = visitor.app.cookies.bring(CookieJar::new(), token);
    Ok((jar, Redirect::to(address)).into_response())
}

/// Ends the session that the visitor came with, if any.
async fn end_session(visitor: &Visitor) -> Result<(), Refused> {
    let Some((caller, token)) = visitor.caller().zip(visitor.token()) else { return Ok(()) };
    if let Who::Admin { session, .. } | Who::Customer { session, .. } = caller.who() {
        visitor.app.sessions.end(&session.token).await?;
    }
    visitor.app.known.forget(&token);
    Ok(())
}

/// Where somebody goes who has signed in whole.
fn destination(then: Option<&Place>, who: &Who) -> String {
    if let Some(then) = then {
        return then.to_string();
    }
    match who {
        Who::Admin { roles, .. } => Surface::of(roles).home().to_owned(),
        _ => Surface::Portal.home().to_owned(),
    }
}

/// The session that a visitor has begun.
fn session(who: &Who) -> Option<&SessionToken> {
    match who {
        Who::Admin { session, .. } | Who::Customer { session, .. } => Some(&session.token),
        Who::Key { .. } | Who::Recovering { .. } => None,
    }
}
