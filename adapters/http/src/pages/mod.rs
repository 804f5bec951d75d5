//! The web pages: server-rendered, usable without a script, on the same sessions as the API.
//!
//! | module | what it holds |
//! |---|---|
//! | `door` | signing in and out, for everybody |
//! | `account` | one's own account: the portal, My Account, devices, codes, password |
//! | `console` | the admin console |
//! | `desk` | the auditor's desk: verification, register, replay, reports, exports |
//! | `layers` | what is done around every page: who visits, problems as pages, headers |
//! | `visitor` | who visits, and as what; where somebody goes who must do something else first |
//! | `page`, `look`, `words` | what stands around a page; theme and language; what pages say |
//! | `cookies`, `form`, `place`, `when` | the session's cookie, forms, addresses of our own, moments |
//! | `shown` | what is shown once, for as long as its page may be loaded again |
//! | `demo` | the phones of the demonstration |
//! | `names`, `notes` | what admins are called; what people note beside what they do |
//! | `assets` | the style sheet and the script |
//!
//! **Invariant: a page changes nothing by being looked at.** What acts is a form, sent by POST from
//! our own pages: mail scanners and prefetching browsers do no harm.
//!
//! **Invariant: a form is carried out once.** It brings the id of its command.

mod account;
mod assets;
mod console;
mod cookies;
mod demo;
mod desk;
mod door;
mod form;
mod layers;
mod look;
mod names;
mod notes;
mod page;
mod place;
mod refused;
mod shown;
mod visitor;
mod when;
mod words;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

pub(crate) use cookies::Cookies;
pub use demo::{DemoPeople, DemoPerson};
pub(crate) use desk::{Exports, Verifications};
pub(crate) use layers::told;
pub(crate) use names::Names;
pub(crate) use shown::Shown;

use crate::app::AppState;

/// Every page.
pub(crate) fn routes(app: &AppState) -> Router<AppState> {
    let mut pages = Router::new()
        .merge(door::routes())
        .merge(account::routes())
        .merge(console::routes())
        .merge(desk::routes());
    if app.demo.is_some() {
        pages = pages.merge(demo::routes());
    }
    pages
        .layer(layers::csrf())
        .layer(from_fn_with_state(AppState::clone(app), layers::around))
        .route("/assets/{name}", get(assets::asset))
}
