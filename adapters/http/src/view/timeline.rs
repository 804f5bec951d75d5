//! An entry of a timeline.

use readmit::{RecoveryId, StreamId, TimelineEntry, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::{WhoView, schema};

/// One thing that happened.
#[derive(Serialize, ToSchema)]
#[schema(as = TimelineEntry)]
pub(crate) struct EntryView {
    /// When.
    #[schema(value_type = schema::Timestamp)]
    at: Timestamp,
    /// Where it stands in the ledger, from 0.
    position: u64,
    /// The stored name of the event.
    #[schema(example = "BypassGranted")]
    event: &'static str,
    /// Whose history it belongs to: an account's, or the tenant's own.
    #[schema(value_type = String)]
    stream: StreamId,
    /// Who acted.
    who: WhoView,
    /// The recovery it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::RecoveryId>, nullable = false)]
    recovery: Option<RecoveryId>,
    /// What happened, in one sentence without names of people.
    summary: String,
}

impl From<TimelineEntry> for EntryView {
    fn from(entry: TimelineEntry) -> Self {
        Self {
            at: entry.at,
            position: entry.position,
            event: entry.event,
            stream: entry.stream,
            who: WhoView::from(&entry.who),
            recovery: entry.recovery,
            summary: entry.summary,
        }
    }
}
