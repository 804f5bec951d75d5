//! Every "no" of the API, as problem details (RFC 9457).
//!
//! A handler answers a [`Problem`]; [`written`] puts it into words for the wire once the request's
//! trace id is known, so that every answer of 400 and above has one form, the framework's own too.

mod catalogue;
mod engine;

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use readmit::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub(crate) use catalogue::{CATALOGUE, Entry, entry};
pub(crate) use engine::internal;

/// Media type of problem details.
pub(crate) const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// An answer that says no, or that something failed.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    status: StatusCode,
    /// One of [`CATALOGUE`].
    code: &'static str,
    detail: String,
    /// The field of the request that it is about.
    field: Option<String>,
    /// What a program may want to know beside the code, such as `until`.
    /// In a box, so that every answer is not as large as the largest "no".
    more: Box<Map<String, Value>>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Problem details, as they are sent.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem, description = "What went wrong, as RFC 9457 has it. Further members depend \
    on the code, such as `until` or `attempts_left`: the page at `type` tells.")]
pub(crate) struct ProblemBody<'a> {
    /// Where this kind of problem is explained.
    #[serde(rename = "type")]
    #[schema(example = "/problems/spent", format = "uri-reference")]
    kind: String,
    /// What this kind of problem is, in a few words.
    title: &'a str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// The stable name of this kind of problem.
    #[schema(example = "spent")]
    code: &'a str,
    /// What happened here, in a sentence.
    detail: &'a str,
    /// The field of the request that it is about: a path into the body such as `roles[0]`, or the
    /// name of a parameter or header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<&'a str>,
    /// Names this request in the logs.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    trace_id: &'a str,
    #[serde(flatten)]
    #[schema(ignore)]
    more: &'a Map<String, Value>,
}

impl Problem {
    /// A problem of the catalogue.
    pub(crate) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        let status = entry(code).map_or(StatusCode::INTERNAL_SERVER_ERROR, |entry| entry.status);
        let (field, more, headers) = (None, Box::default(), Vec::new());
        Self { status, code, detail: detail.into(), field, more, headers }
    }

    /// Names the field of the request that it is about.
    #[must_use]
    pub(crate) fn about(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds what a program may want to know.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Says when to try again, in whole seconds, at least one.
    #[must_use]
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    pub(crate) const fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    pub(crate) fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// The numbers among what a program may want to know, by name.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = (&str, i64)> {
        self.more.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_i64()?)))
    }

    /// Until when it will be so, if there is an end that is known.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        self.more.get("until")?.as_str()?.parse().ok()
    }

    pub(crate) fn not_found() -> Self {
        readmit::Refusal::NotFound.into()
    }

    pub(crate) fn not_permitted() -> Self {
        readmit::Refusal::NotPermitted.into()
    }

    /// Nobody who may, or who is known: the answer does not tell which.
    pub(crate) fn unauthorised(detail: &str) -> Self {
        Self::new("unauthorised", detail)
    }

    fn body<'a>(&'a self, trace_id: &'a str) -> ProblemBody<'a> {
        ProblemBody {
            kind: format!("/problems/{}", self.code),
            title: entry(self.code).map_or("Internal error", |entry| entry.title),
            status: self.status.as_u16(),
            code: self.code,
            detail: &self.detail,
            field: self.field.as_deref(),
            trace_id,
            more: &self.more,
        }
    }
}

impl IntoResponse for Problem {
    /// Without a body yet: [`written`] knows the trace id.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The answer with its problem written out. Whatever else says 400 or above becomes a problem too.
pub(crate) fn written(mut response: Response, trace_id: &str) -> Response {
    if response.extensions().get::<InPage>().is_some() {
        return response;
    }
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if response.status().as_u16() < 400 => return response,
        None => of_the_framework(response.status()),
    };
    let mut written = (problem.status, Json(problem.body(trace_id))).into_response();
    // What layers have added to the answer stays.
    written.headers_mut().extend(
        response
            .headers_mut()
            .drain()
            .filter_map(|(name, value)| Some((name?, value)))
            .filter(|(name, _)| *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH),
    );
    written.headers_mut().insert(header::CONTENT_TYPE, PROBLEM_JSON);
    if problem.status == StatusCode::UNAUTHORIZED {
        // Every 401 says what would be taken (RFC 9110, section 15.5.2).
        let challenge = HeaderValue::from_static(r#"Bearer realm="readmit""#);
        written.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    for (name, value) in &problem.headers {
        written.headers_mut().insert(name, value.clone());
    }
    written.extensions_mut().insert(Code(problem.code));
    written
}

/// Says of an answer that it is a page, which tells a problem itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InPage;

/// The code of the problem that an answer tells, for logs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code(pub(crate) &'static str);

/// The problem that a status means which is not ours.
pub(crate) fn of_the_framework(status: StatusCode) -> Problem {
    let known = CATALOGUE.iter().find(|entry| entry.status == status && entry.of_the_framework);
    let code = known.map_or("internal", |entry| entry.code);
    let problem = Problem::new(code, known.map_or("Something failed.", |entry| entry.explanation));
    match code {
        "overloaded" | "timed_out" => problem.retry_after(1),
        _ => problem,
    }
}
