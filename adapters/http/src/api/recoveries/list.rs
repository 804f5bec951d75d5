//! `GET /recoveries`

use axum::extract::OriginalUri;
use readmit::{AccountId, AdminId, AuditSubject, Ended, Reason, RecoveryQuery, Timestamp};

use crate::answer::Answer;
use crate::api::paging::{Paged, paged};
use crate::extract::Query;
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::{PageOf, RecoveryView, schema};

paged! {
    /// Which cases.
    pub(super) struct RegisterQuery {
        /// Only those of this account.
        #[param(value_type = Option<schema::AccountId>, nullable = false)]
        account: Option<AccountId>,
        /// Only those that this admin granted or approved.
        #[param(value_type = Option<schema::AdminId>, nullable = false)]
        granted_by: Option<AdminId>,
        /// Only those for this reason.
        #[param(value_type = Option<schema::Reason>, nullable = false)]
        reason: Option<Reason>,
        /// Only those that ended so.
        #[param(value_type = Option<schema::Ended>, nullable = false)]
        ended: Option<Ended>,
        /// Only those that began at this moment or later.
        #[param(value_type = Option<schema::Timestamp>, nullable = false)]
        from: Option<Timestamp>,
        /// Only those that began before this moment.
        #[param(value_type = Option<schema::Timestamp>, nullable = false)]
        to: Option<Timestamp>,
    }
}

/// Lists recovery cases, the latest first: the register of exceptions from MFA. An auditor who
/// reads it leaves an event that says so.
#[utoipa::path(get, path = "/recoveries", tag = "recoveries", params(RegisterQuery),
    responses((status = 200, body = PageOf<RecoveryView>, description = "A page of cases")),
    security(("api_key" = ["auditor"]),
        ("session" = ["owner", "recovery_admin", "approver", "auditor"])))]
pub(super) async fn list(
    caller: Caller,
    uri: OriginalUri,
    Query(asked): Query<RegisterQuery>,
) -> Result<Answer<PageOf<RecoveryView>>, Problem> {
    let paged = Paged::of(&uri, &asked)?;
    caller.record_access(AuditSubject::Register).await?;
    let views = paged.views(&caller).await?;
    let page = views.recoveries(&query(asked, paged.limit())).await?;
    let now = views.now();
    Ok(paged.answer(PageOf::of(page, |row| RecoveryView::new(row, now))))
}

fn query(asked: RegisterQuery, limit: usize) -> RecoveryQuery {
    let mut query = RecoveryQuery::new().limit(limit);
    if let Some(account) = asked.account {
        query = query.account(account);
    }
    if let Some(admin) = asked.granted_by {
        query = query.granted_by(admin);
    }
    if let Some(reason) = asked.reason {
        query = query.reason(reason);
    }
    if let Some(ended) = asked.ended {
        query = query.ended(ended);
    }
    if let Some(from) = asked.from {
        query = query.opened_from(from);
    }
    if let Some(to) = asked.to {
        query = query.opened_before(to);
    }
    match asked.cursor {
        Some(cursor) => query.after(cursor),
        None => query,
    }
}
