//! Signing out: here, or everywhere.

use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;

use super::end_session;
use crate::identify::Who;
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;

pub(super) async fn here(visitor: Visitor) -> Result<Response, Refused> {
    end_session(&visitor).await?;
    Ok(signed_out(&visitor))
}

/// Ends every session of the account, on every device.
pub(super) async fn everywhere(visitor: Visitor) -> Result<Response, Refused> {
    if let Some(caller) = visitor.caller() {
        let id = match caller.who() {
            Who::Admin { admin, .. } => Some((*admin).into()),
            Who::Customer { customer, .. } => Some((*customer).into()),
            Who::Recovering { .. } | Who::Key { .. } => None,
        };
        if let Some(id) = id {
            visitor.app.sessions.end_all(caller.tenant().id(), id).await?;
        }
    }
    end_session(&visitor).await?;
    Ok(signed_out(&visitor))
}

fn signed_out(visitor: &Visitor) -> Response {
    let jar = visitor.app.cookies.forget(CookieJar::new());
    // Nothing that the browser kept of us stays: pages, cookies, what was typed.
    let clear = [("clear-site-data", "\"cache\"")];
    (jar, clear, Redirect::to("/sign-in?after=signed-out")).into_response()
}
