//! One's own account: the portal, My Account in a recovery, devices, codes, password.
//!
//! | file | page |
//! |---|---|
//! | `portal` | where a customer begins |
//! | `my_account`, `mfa` | My Account, and turning MFA off there |
//! | `device`, `codes` | a new device; new recovery codes |
//! | `finished` | what happened in the recovery that is over |
//! | `security`, `password` | devices, codes and password outside of a recovery |
//! | `not_me` | "this wasn't me" |
//! | `progress` | the four steps of a recovery, and the time that is left |

mod codes;
mod device;
mod finished;
mod mfa;
mod my_account;
mod not_me;
mod password;
mod portal;
mod progress;
mod security;

use axum::Router;
use axum::routing::{get, post};
use readmit::{Account, AccountId, CommandId, Login, Progress, RevokeBypass};
use serde::Deserialize;

use super::form;
use super::refused::Refused;
use super::visitor::{Own, Visitor};
use crate::app::AppState;
use crate::identify::Caller;
use crate::problem::Problem;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/portal", get(portal::show))
        .route("/my-account", get(my_account::show))
        .route("/my-account/mfa", get(mfa::show))
        .route("/my-account/mfa/off", post(mfa::turn_off))
        .route("/my-account/finished", get(finished::show))
        .route("/device", get(device::show).post(device::start))
        .route("/device/confirm", post(device::confirm))
        .route("/codes", get(codes::show).post(codes::generate))
        .route("/codes/file", get(codes::file))
        .route("/codes/saved", post(codes::saved))
        .route("/security", get(security::show))
        .route("/security/devices/{id}/remove", post(security::remove_device))
        .route("/security/password", get(password::show).post(password::change))
        .route("/not-me", post(not_me::report))
}

pub(super) use password::accepted as accepted_password;

/// Whether a recovery is open for an account, or a bypass that begins one.
pub(super) fn is_open(account: &Account) -> bool {
    account.case.as_ref().is_some_and(|case| matches!(case.progress, Progress::Open(_)))
}

/// Ends the recovery that is open for an account, if there is one that can be ended still.
pub(super) async fn end_recovery(caller: &Caller, id: AccountId) -> Result<(), Problem> {
    match caller.tenant().execute(&caller.actor(), RevokeBypass::new(id)).await {
        Ok(_) | Err(readmit::Error::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A form that only says: do it.
#[derive(Deserialize)]
struct Act {
    #[serde(deserialize_with = "form::command_id")]
    command: CommandId,
}

/// An id for the command of a form.
fn draw(visitor: &Visitor) -> Result<CommandId, Refused> {
    Ok(visitor.app.engine.draw_command_id()?)
}

/// What the visitor signs in with; empty once erased.
fn login(own: &Own) -> String {
    own.chrome.who.as_ref().map(|who| who.login.clone()).unwrap_or_default()
}

/// The same, as a login.
fn parsed_login(own: &Own) -> Option<Login> {
    login(own).parse().ok()
}
