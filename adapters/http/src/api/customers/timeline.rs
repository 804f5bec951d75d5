//! `GET /customers/{id}/timeline`

use axum::extract::OriginalUri;
use readmit::{AuditSubject, CustomerId, TimelineQuery};

use crate::answer::Answer;
use crate::api::paging::{Paged, paged};
use crate::extract::{PathOf, Query};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::{EntryView, PageOf, schema};

paged! {
    /// Which part of the history.
    pub(super) struct TimelineParams {
        /// The latest first.
        #[param(nullable = false)]
        newest_first: Option<bool>,
    }
}

/// Tells a customer's history in sentences. An auditor who reads it leaves an event that says so.
#[utoipa::path(get, path = "/customers/{id}/timeline", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer"), TimelineParams),
    responses((status = 200, body = PageOf<EntryView>, description = "A page of the history")),
    security(("api_key" = ["service", "auditor"]),
        ("session" = ["owner", "recovery_admin", "approver", "helpdesk", "auditor"])))]
pub(super) async fn timeline(
    caller: Caller,
    uri: OriginalUri,
    PathOf(id): PathOf<CustomerId>,
    Query(asked): Query<TimelineParams>,
) -> Result<Answer<PageOf<EntryView>>, Problem> {
    let paged = Paged::of(&uri, &asked)?;
    caller.require_customer(id).await?;
    let mut query = TimelineQuery::new().account(id).limit(paged.limit());
    if asked.newest_first == Some(true) {
        query = query.newest_first();
    }
    if let Some(cursor) = asked.cursor {
        query = query.after(cursor);
    }
    caller.record_access(AuditSubject::Timeline).await?;
    let page = paged.views(&caller).await?.timeline(&query).await?;
    Ok(paged.answer(PageOf::of(page, EntryView::from)))
}
