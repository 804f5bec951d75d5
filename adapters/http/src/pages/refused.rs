//! Why a page is not shown: somewhere else comes first, or it is a problem.

use axum::response::{IntoResponse, Redirect, Response};

use super::place::Place;
use crate::problem::Problem;

/// Why a page is not shown.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Nobody is signed in who could see it.
    SignIn { then: Option<Place> },
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
            Self::SignIn { then: Some(then) } => {
                Redirect::to(&then.after("/sign-in")).into_response()
            }
            Self::SignIn { then: None } => Redirect::to("/sign-in").into_response(),
            Self::Elsewhere(address) => Redirect::to(&address).into_response(),
            // The layer around all pages makes a page of it.
            Self::Problem(problem) => problem.into_response(),
        }
    }
}
