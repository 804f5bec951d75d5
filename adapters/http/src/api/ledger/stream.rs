//! The ledger as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use readmit::Tenant;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::app::{App, AppState};
use crate::identify::{self, TokenDigest};
use crate::problem::Problem;
use crate::server::Stopping;

/// Between two signs of life, and two looks at whether the reader may still read.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events that wait for a slow reader. Then the ledger is read no further until there is room.
const WAITING: usize = 64;

/// What a stream reads, for whom.
struct Reading {
    app: AppState,
    tenant: Tenant,
    next: u64,
    token: String,
}

/// Streams the events of a ledger from a position on, until the reader goes away, may read no
/// longer, or the server stops.
pub(super) fn events(
    app: &AppState,
    tenant: Tenant,
    next: u64,
    token: String,
    stopping: Stopping,
) -> Result<Response, Problem> {
    let place = Arc::clone(&app.streams).try_acquire_owned().map_err(|_| {
        let detail = "As many streams are open as may be.";
        Problem::new("overloaded", detail).retry_after(10)
    })?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let reading = Reading { app: Arc::clone(app), tenant, next, token };
    tokio::spawn(async move {
        let _place = place;
        tokio::select! {
            () = stopping.told() => {}
            () = sender.closed() => {}
            () = reading.pass_on(&sender) => {}
        }
    });
    let events = Sse::new(ReceiverStream::new(receiver));
    Ok(events.keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}

impl Reading {
    async fn pass_on(mut self, sender: &mpsc::Sender<Result<Event, Infallible>>) {
        let mut looked = tokio::time::Instant::now();
        loop {
            if looked.elapsed() >= HEARTBEAT {
                if !may_read(&self.app, &self.token).await {
                    return;
                }
                looked = tokio::time::Instant::now();
            }
            let page = match self.tenant.leaves(self.next).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::error!(%error, "a stream of events ends");
                    return;
                }
            };
            if page.is_empty() {
                self.wait_for_more().await;
            }
            for leaf in page {
                let event = Event::default().id(self.next.to_string()).event("ledger");
                let event = event.data(String::from_utf8_lossy(&leaf));
                if sender.send(Ok(event)).await.is_err() {
                    return;
                }
                self.next += 1;
            }
        }
    }

    /// Waits until the ledger grows, but not beyond the next look at who reads.
    async fn wait_for_more(&self) {
        let mut follower = self.tenant.follow(self.next);
        // What it says of the event does not matter: the leaf is read as it is stored.
        let _ = tokio::time::timeout(HEARTBEAT, follower.next()).await;
    }
}

async fn may_read(app: &App, token: &str) -> bool {
    matches!(identify::look_up(app, token, TokenDigest::of(token)).await, Ok(Some(_)))
}
