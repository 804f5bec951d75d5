//! The style sheet and the script: part of the program, and kept by browsers for as long as they like,
//! since their address names their content.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::problem::Problem;

const STYLE: &str = include_str!("../../assets/readmit.css");
const SCRIPT: &str = include_str!("../../assets/readmit.js");

static STYLE_NAME: LazyLock<String> = LazyLock::new(|| named(STYLE, "css"));
static SCRIPT_NAME: LazyLock<String> = LazyLock::new(|| named(SCRIPT, "js"));

/// Where the style sheet is.
pub(super) fn style() -> &'static str {
    &STYLE_NAME
}

/// Where the script is.
pub(super) fn script() -> &'static str {
    &SCRIPT_NAME
}

/// Sends one of the two.
pub(super) async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let of = |address: &str| address.rsplit('/').next() == Some(name.as_str());
    let (text, kind) = if of(&STYLE_NAME) {
        (STYLE, "text/css; charset=utf-8")
    } else if of(&SCRIPT_NAME) {
        (SCRIPT, "text/javascript; charset=utf-8")
    } else {
        return Err(Problem::new("no_such_route", "There is no such file."));
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, text).into_response())
}

fn named(text: &str, kind: &str) -> String {
    let digest = HEXLOWER.encode(&Sha256::digest(text));
    format!("/assets/readmit-{}.{kind}", digest.get(..16).unwrap_or_default())
}
