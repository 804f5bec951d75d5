//! Signing out: here, or everywhere.

use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::end_session;
use crate::identify::Who;
use crate::pages::account::end_recovery;
use crate::pages::form::Form;
use crate::pages::refused::Refused;
use crate::pages::visitor::{Notice, Visitor};

#[derive(Deserialize)]
pub(super) struct Act {
    /// Whether it is the last step of a recovery.
    recovered: Option<String>,
}

pub(super) async fn here(visitor: Visitor, Form(act): Form<Act>) -> Result<Response, Refused> {
    end_session(&visitor).await?;
    let notice = if act.recovered.is_some() { Notice::Recovered } else { Notice::SignedOut };
    Ok(signed_out(&visitor, notice))
}

/// Ends every session of the account, on every device; a recovery too, whoever is in it.
pub(super) async fn everywhere(visitor: Visitor) -> Result<Response, Refused> {
    if let Some(caller) = visitor.caller() {
        let id = match caller.who() {
            Who::Admin { admin, .. } => Some((*admin).into()),
            Who::Customer { customer, .. } => Some((*customer).into()),
            Who::Recovering { .. } | Who::Key { .. } => None,
        };
        if let Some(id) = id {
            visitor.app.sessions.end_all(caller.tenant().id(), id).await?;
            end_recovery(caller, id).await?;
        }
    }
    end_session(&visitor).await?;
    Ok(signed_out(&visitor, Notice::SignedOut))
}

fn signed_out(visitor: &Visitor, notice: Notice) -> Response {
    let jar = visitor.app.cookies.forget(CookieJar::new());
    // No page that the browser kept of us stays.
    let clear = [("clear-site-data", "\"cache\"")];
    (jar, clear, Refused::SignIn { notice: Some(notice), then: None }).into_response()
}
