//! What is wrong with what the address of a page asks for, told beside the field that it stands in.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::pages::page::{Chrome, Page};
use crate::pages::visitor::Admin;

/// What is wrong: the field, and the message that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) field: &'static str,
    pub(super) message: &'static str,
}

/// Asks for the days of a page again, which shows nothing without.
#[derive(Template)]
#[template(path = "desk/days.html")]
struct DaysPage {
    chrome: Chrome,
    /// The message that names the page.
    heading: &'static str,
    action: &'static str,
    from: String,
    to: String,
    wrong: Option<Wrong>,
}

impl Wrong {
    /// The page that asks again.
    pub(super) fn page(
        self,
        admin: Admin,
        heading: &'static str,
        action: &'static str,
        from: &str,
        to: &str,
    ) -> Response {
        let (from, to, wrong) = (from.to_owned(), to.to_owned(), Some(self));
        let page = DaysPage { chrome: admin.chrome, heading, action, from, to, wrong };
        (StatusCode::BAD_REQUEST, Page(page)).into_response()
    }
}

impl DaysPage {
    /// What is wrong with none of the days.
    fn other(&self) -> Option<&'static str> {
        let is_day = |wrong: &Wrong| ["from", "to"].contains(&wrong.field);
        self.wrong.filter(|wrong| !is_day(wrong)).map(|wrong| wrong.message)
    }
}
