//! `GET /bypasses`

use axum::extract::OriginalUri;
use readmit::{AuditSubject, Ended, RecoveryQuery};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::api::paging::{Paged, paged};
use crate::extract::Query;
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::{PageOf, RecoveryView};

paged! {
    /// Which bypasses.
    pub(super) struct BypassQuery {
        /// Those that are open, whose end comes first, first; or those that ended so, the latest
        /// first. Open ones if not given.
        #[param(inline, nullable = false)]
        state: Option<State>,
    }
}

/// What became of a bypass.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Open,
    Completed,
    Denied,
    Revoked,
    Expired,
    All,
}

impl State {
    /// The end that cases are looked for by; none for those of any kind.
    const fn ended(self) -> Option<Ended> {
        match self {
            Self::Open | Self::All => None,
            Self::Completed => Some(Ended::Completed),
            Self::Denied => Some(Ended::Denied),
            Self::Revoked => Some(Ended::Revoked),
            Self::Expired => Some(Ended::Expired),
        }
    }
}

/// Lists bypasses: the open ones, requests among them, or those that ended.
#[utoipa::path(get, path = "/bypasses", tag = "bypasses", params(BypassQuery),
    responses((status = 200, body = PageOf<RecoveryView>, description = "A page of bypasses")),
    security(("api_key" = ["auditor"]),
        ("session" = ["owner", "recovery_admin", "approver", "helpdesk", "auditor"])))]
pub(super) async fn list(
    caller: Caller,
    uri: OriginalUri,
    Query(asked): Query<BypassQuery>,
) -> Result<Answer<PageOf<RecoveryView>>, Problem> {
    let paged = Paged::of(&uri, &asked)?;
    caller.record_access(AuditSubject::Register).await?;
    let views = paged.views(&caller).await?;
    let page = match asked.state.unwrap_or(State::Open) {
        State::Open => views.open_bypasses(asked.cursor, Some(paged.limit())).await?,
        state => {
            let mut query = RecoveryQuery::new().limit(paged.limit());
            if let Some(ended) = state.ended() {
                query = query.ended(ended);
            }
            if let Some(cursor) = asked.cursor {
                query = query.after(cursor);
            }
            views.recoveries(&query).await?
        }
    };
    let now = views.now();
    Ok(paged.answer(PageOf::of(page, |row| RecoveryView::new(row, now))))
}
