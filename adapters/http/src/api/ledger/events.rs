//! `GET /ledger/events`

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse as _, Response};
use readmit::AuditSubject;
use serde::Deserialize;
use utoipa::IntoParams;

use super::stream;
use crate::app::AppState;
use crate::extract::{Query, only};
use crate::identify::{self, Caller};
use crate::problem::Problem;
use crate::server::Stopping;

/// Events that are answered at once, unless fewer are asked for.
const EVENTS: u16 = 1_000;
/// Events that can be asked for at once.
const EVENTS_MAX: u16 = 10_000;
/// Bytes of events after which a page ends, however few they are.
const BYTES_MAX: usize = 8 << 20;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsQuery {
    /// The first position; 0 if not given.
    #[param(nullable = false)]
    from: Option<u64>,
    /// Events at most; 1,000 if not given. A stream has no end.
    #[param(minimum = 1, maximum = 10_000, nullable = false)]
    limit: Option<u16>,
}

/// Reads the ledger's events from a position on, byte for byte as they are hashed.
///
/// As JSON lines, a page at a time; or, with `Accept: text/event-stream`, as server-sent events
/// that go on for as long as there are more. There the id of each is its position: a reader who
/// comes again with `Last-Event-ID` misses none and sees none twice.
#[utoipa::path(get, path = "/ledger/events", tag = "ledger",
    params(EventsQuery, ("last-event-id" = Option<u64>, Header, nullable = false,
        description = "The last position seen: the stream goes on behind it")),
    responses((status = 200, description = "Events", content(
        (String = "application/jsonl"), (String = "text/event-stream")))),
    security(("api_key" = ["auditor"]), ("session" = ["owner", "auditor"])))]
pub(super) async fn events(
    caller: Caller,
    State(app): State<AppState>,
    stopping: Option<Extension<Stopping>>,
    headers: HeaderMap,
    Query(asked): Query<EventsQuery>,
) -> Result<Response, Problem> {
    let limit = asked.limit.unwrap_or(EVENTS);
    if !(1..=EVENTS_MAX).contains(&limit) {
        let detail = format!("limit: expected a number from 1 to {EVENTS_MAX}.");
        return Err(Problem::new("invalid_query", detail).about("limit"));
    }
    let from = match last_event_id(&headers)? {
        Some(last) => last.saturating_add(1),
        None => asked.from.unwrap_or(0),
    };
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    if accept.contains("text/event-stream") {
        caller.record_access(AuditSubject::Export).await?;
        let Extension(stopping) = stopping.unwrap_or_default();
        let token = identify::bearer(&headers)?.unwrap_or_default().to_owned();
        return stream::events(&app, caller.tenant().clone(), from, token, stopping);
    }
    if !["*/*", "application/*", "application/jsonl"].iter().any(|form| accept.contains(form)) {
        let detail = "Events come as application/jsonl or text/event-stream.";
        return Err(Problem::new("not_acceptable", detail).about("accept"));
    }
    let lines = lines(&caller, from, usize::from(limit)).await?;
    caller.record_access(AuditSubject::Export).await?;
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], lines).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(text) = only(headers, &LAST_EVENT_ID)? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let detail = "last-event-id: expected the id of an event of this stream.";
        Problem::new("invalid_header", detail).about("last-event-id")
    })
}

async fn lines(caller: &Caller, from: u64, limit: usize) -> Result<Vec<u8>, Problem> {
    let (mut lines, mut next, mut left) = (Vec::new(), from, limit);
    while left > 0 && lines.len() < BYTES_MAX {
        let page = caller.tenant().leaves(next).await?;
        if page.is_empty() {
            break;
        }
        for leaf in page.iter().take(left) {
            lines.extend_from_slice(leaf);
            lines.push(b'\n');
        }
        next = next.saturating_add(page.len() as u64);
        left = left.saturating_sub(page.len());
    }
    Ok(lines)
}
