//! Answers that say yes: a status, perhaps a body, and the headers that go with them.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use readmit::Done;
use serde::Serialize;

use crate::extract::IDEMPOTENCY_KEY;

/// An answer that says yes.
pub(crate) struct Answer<T> {
    status: StatusCode,
    body: Option<T>,
    headers: HeaderMap,
}

/// Where the first event of a command stands in the ledger: give it as `seen` to a list that must
/// know of it.
const POSITION: HeaderName = HeaderName::from_static("ledger-position");
/// Whether the command had been carried out before, and this is only the answer again.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

impl<T: Serialize> Answer<T> {
    /// 200, with this body.
    pub(crate) fn ok(body: T) -> Self {
        Self { status: StatusCode::OK, body: Some(body), headers: HeaderMap::new() }
    }

    /// 201, with this body.
    pub(crate) fn created(body: T) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(body) }
    }

    /// Names the version that was read, or that there is now.
    pub(crate) fn version(mut self, version: u64) -> Self {
        self.put(header::ETAG, format!("\"{version}\""));
        self
    }

    /// Says where what was made can be read.
    pub(crate) fn at(mut self, place: &str) -> Self {
        self.put(header::LOCATION, place.to_owned());
        self
    }

    /// Says where the next page is.
    pub(crate) fn next(mut self, address: Option<String>) -> Self {
        if let Some(address) = address {
            self.put(header::LINK, format!("<{address}>; rel=\"next\""));
        }
        self
    }

    /// Says what is known of a command that was carried out.
    pub(crate) fn of<O>(mut self, done: &Done<O>) -> Self {
        self.put(IDEMPOTENCY_KEY, done.command.to_string());
        self.put(POSITION, done.position.to_string());
        if done.already {
            self.put(REPLAYED, "true".to_owned());
        }
        self.version(done.version)
    }

    fn put(&mut self, name: HeaderName, value: String) {
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.insert(name, value);
        }
    }
}

impl Answer<()> {
    /// 204, without a body.
    pub(crate) fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, headers: HeaderMap::new() }
    }
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match self.body {
            Some(body) => (self.status, self.headers, Json(body)).into_response(),
            None => (self.status, self.headers).into_response(),
        }
    }
}
