//! Requests, counted.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use ::metrics::{Counter, Histogram, counter, gauge, histogram};
use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

/// Middleware that counts requests, and how long their answers take.
///
/// It belongs outside everything else that answers, so that what the others refuse is counted too:
/// `router.layer(axum::middleware::from_fn(metrics::record))`.
pub async fn record(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let in_flight = InFlight::one_more();
    let response = next.run(request).await;
    drop(in_flight);
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    count(method, route, response.status().as_u16(), started.elapsed().as_secs_f64());
    response
}

const NO_ROUTE: &str = "none";

/// A request under way: also one whose caller goes away ends.
struct InFlight;

impl InFlight {
    fn one_more() -> Self {
        gauge!("readmit_http_in_flight").increment(1);
        Self
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        gauge!("readmit_http_in_flight").decrement(1);
    }
}

/// One of a few words: callers could make up methods without end.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Handles of metrics that were used, by route and then by method and status. It is as large as
/// the router, times the statuses that it answers.
type Kept = HashMap<String, HashMap<(&'static str, u16), (Counter, Histogram)>>;

static KEPT: RwLock<Option<Kept>> = RwLock::new(None);
/// A handle that was made before there is a recorder counts into nothing for ever.
static MAY_BE_KEPT: AtomicBool = AtomicBool::new(false);

/// There is a recorder.
pub(super) fn may_be_kept() {
    MAY_BE_KEPT.store(true, Ordering::Release);
}

/// Counts; allocates only at the first answer of its kind.
fn count(method: &'static str, route: &str, status: u16, seconds: f64) {
    if !MAY_BE_KEPT.load(Ordering::Acquire) {
        return;
    }
    let key = (method, status);
    {
        let kept = KEPT.read().unwrap_or_else(PoisonError::into_inner);
        let found = kept.as_ref().and_then(|kept| kept.get(route)).and_then(|it| it.get(&key));
        if let Some((requests, took)) = found {
            requests.increment(1);
            took.record(seconds);
            return;
        }
    }
    let labels = [("method", method.to_owned()), ("route", route.to_owned())];
    let took = histogram!("readmit_http_request_seconds", &labels);
    let [method_label, route_label] = labels;
    let labels = [method_label, route_label, ("status", status.to_string())];
    let requests = counter!("readmit_http_requests_total", &labels);
    requests.increment(1);
    took.record(seconds);
    let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
    let of_route = kept.get_or_insert_default().entry(route.to_owned()).or_default();
    of_route.insert(key, (requests, took));
}
