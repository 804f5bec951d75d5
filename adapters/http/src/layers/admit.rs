//! Beyond what can be worked on at once, requests are refused at once, not queued for ever.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::app::AppState;
use crate::problem::Problem;

/// What the admitted may take. Event streams answer at once, and go on beyond it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience(pub(crate) Duration);

/// Lets a request in if there is a place for it, and no longer than it may take.
pub(crate) async fn admit(
    State((app, patience)): State<(AppState, Patience)>,
    request: Request,
    next: Next,
) -> Response {
    let Ok(_place) = app.places.try_acquire() else {
        let detail = "Too many requests are being worked on. Nothing was done.";
        return Problem::new("overloaded", detail).retry_after(1).into_response();
    };
    let answered = tokio::time::timeout(patience.0, next.run(request)).await;
    answered.unwrap_or_else(|_| {
        let detail = "It took too long. Repeat it with the same Idempotency-Key.";
        Problem::new("timed_out", detail).retry_after(1).into_response()
    })
}
