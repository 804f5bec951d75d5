//! A trace id and a line in the log for each request; one form for every problem; the headers that
//! every answer carries.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use data_encoding::HEXLOWER;
use readmit::{Entropy as _, OsEntropy};
use tracing::Instrument as _;

use crate::app::AppState;
use crate::problem::{self, Code};

/// Names a request in the logs.
pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("trace-id");

/// Wraps a request in a span of its own. Neither the span nor the line holds what stands in path,
/// query, headers or body: the route has the names of the parts in their place.
pub(crate) async fn trace(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let trace_id = trace_id(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", trace_id, %method, route);
    async {
        let response = next.run(request).await;
        let mut response = problem::written(response, &trace_id);
        let status = response.status().as_u16();
        let code = response.extensions().get::<Code>().map(|code| code.0);
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status, code, millis, "answered");
        add_headers(response.headers_mut(), &trace_id, app.tls);
        response
    }
    .instrument(span)
    .await
}

/// The caller's own, by W3C Trace Context, or a new one.
fn trace_id(headers: &HeaderMap) -> String {
    let given = headers.get("traceparent").and_then(|value| value.to_str().ok());
    given.and_then(from_traceparent).unwrap_or_else(|| {
        let mut bytes = [0; 16];
        // Without randomness the request goes on under no name.
        let _ = OsEntropy.fill(&mut bytes);
        HEXLOWER.encode(&bytes)
    })
}

/// `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`; a trace id of zeros is none.
fn from_traceparent(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let (version, trace, parent) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let known = is_hex(version, 2) && version != "ff" && is_hex(trace, 32) && is_hex(parent, 16);
    (known && trace.bytes().any(|byte| byte != b'0')).then(|| trace.to_owned())
}

fn add_headers(headers: &mut HeaderMap, trace_id: &str, tls: bool) {
    if let Ok(value) = HeaderValue::try_from(trace_id) {
        headers.insert(TRACE_ID, value);
    }
    let fixed = [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::X_FRAME_OPTIONS, "DENY")];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if tls {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // Whoever lets an answer be kept, or be shown as a page, has said so.
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(no_store);
    let no_referrer = HeaderValue::from_static("no-referrer");
    headers.entry(header::REFERRER_POLICY).or_insert(no_referrer);
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(nothing);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_goes_on_only_if_it_has_the_form_of_one() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(from_traceparent(good).unwrap(), "0af7651916cd43dd8448eb211c80319c");
        for text in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        ] {
            assert_eq!(from_traceparent(text), None, "{text}");
        }
    }
}
