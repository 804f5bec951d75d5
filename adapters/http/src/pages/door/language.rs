//! `/language/{tag}`: the language that the visitor chooses.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use crate::extract::Query;
use crate::pages::look::LANGUAGE;
use crate::pages::place::{self, Place};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::pages::words::Language;
use crate::problem::Problem;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(deserialize_with = "place::optional")]
    then: Option<Place>,
}

pub(super) async fn choose(
    visitor: Visitor,
    Path(tag): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refused> {
    let language = Language::of_tag(&tag).ok_or_else(Problem::not_found)?;
    let mut cookie = visitor.app.cookies.cookie(LANGUAGE, language.tag().to_owned());
    cookie.make_permanent();
    let then = asked.then.map_or_else(|| "/".to_owned(), |then| then.to_string());
    Ok((CookieJar::new().add(cookie), Redirect::to(&then)).into_response())
}
