//! `GET /readyz`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::AppState;

/// Read models that are further behind make lists too old to act on.
const LAG_MAX: u64 = 100_000;

/// Whether requests can be served.
#[derive(Serialize, ToSchema)]
pub(super) struct Readiness {
    /// Whether all of the following are in order.
    ready: bool,
    /// Whether the database answers.
    database: bool,
    /// Whether the master key in use is at hand.
    key: bool,
    /// Events that the read model furthest behind has not seen; not there while that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lag_events: Option<u64>,
}

/// Whether requests can be served: what a load balancer asks. Why not, the logs say.
#[utoipa::path(get, path = "/readyz", tag = "service",
    responses((status = 200, body = Readiness, description = "Ready"),
        (status = 503, body = Readiness, description = "Not ready")),
    security(()))]
pub(super) async fn ready(State(app): State<AppState>) -> Response {
    let health = app.engine.health().await;
    let (database, key) = (health.database.ok, health.key.ok);
    let models = health.read_models.as_ref().filter(|models| models.check.ok);
    let lag_events = models.map(|models| models.models.iter().map(|it| it.most_behind).max());
    let lag_events = lag_events.flatten();
    let ready = database && key && lag_events.is_none_or(|lag| lag <= LAG_MAX);
    if !ready {
        tracing::warn!(?health, "not ready");
    }
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, database, key, lag_events })).into_response()
}
