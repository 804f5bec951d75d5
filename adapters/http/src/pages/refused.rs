//! Why a page is not shown: somewhere else comes first, or it is a problem.

use axum::response::{IntoResponse, Redirect, Response};

use super::place::Place;
use super::visitor::Notice;
use crate::problem::Problem;

/// Why a page is not shown.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Nobody is signed in who could see it: why, and where they go on.
    SignIn { notice: Option<Notice>, then: Option<Place> },
    /// Something else comes first.
    Elsewhere(String),
    /// It is refused, or it failed.
    Problem(Problem),
}

impl<P: Into<Problem>> From<P> for Refused {
    fn from(problem: P) -> Self {
        Self::Problem(problem.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn { notice, then } => {
                let mut query = form_urlencoded::Serializer::new(String::new());
                query.extend_pairs(notice.map(|notice| ("after", notice.name())));
                query.extend_pairs(then.map(|then| ("then", then.to_string())));
                let address = format!("/sign-in?{}", query.finish());
                Redirect::to(address.trim_end_matches('?')).into_response()
            }
            Self::Elsewhere(address) => Redirect::to(&address).into_response(),
            // The layer around all pages makes a page of it.
            Self::Problem(problem) => problem.into_response(),
        }
    }
}
