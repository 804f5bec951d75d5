//! `GET /customers`

use axum::extract::OriginalUri;
use readmit::{CustomerQuery, CustomerSort, CustomerStatus, Stage};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::api::paging::{Paged, paged};
use crate::extract::Query;
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::{CustomerListed, PageOf, schema};

paged! {
    /// Which customers.
    pub(super) struct ListQuery {
        /// Words: each begins the login, a part of it, or a part of the name.
        #[param(max_length = 400, nullable = false)]
        q: Option<String>,
        /// Only those of this status.
        #[param(value_type = Option<schema::CustomerStatus>, nullable = false)]
        status: Option<CustomerStatus>,
        /// Only those whose open recovery has come so far.
        #[param(value_type = Option<schema::Stage>, nullable = false)]
        stage: Option<Stage>,
        /// In which order. What is searched for comes in the order of the words found.
        #[param(inline, nullable = false)]
        sort: Option<Sort>,
    }
}

/// An order of customers.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sort {
    Login,
    LastSignIn,
    CodesLeft,
}

impl From<Sort> for CustomerSort {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Login => Self::Login,
            Sort::LastSignIn => Self::LastSignIn,
            Sort::CodesLeft => Self::CodesLeft,
        }
    }
}

/// Characters that are searched for at most.
const SEARCH_CHARS_MAX: usize = 400;

/// Lists customers, by search, status, stage; in pages.
#[utoipa::path(get, path = "/customers", tag = "customers", params(ListQuery),
    responses((status = 200, body = PageOf<CustomerListed>, description = "A page of customers")),
    security(("api_key" = ["service", "auditor"]),
        ("session" = ["owner", "recovery_admin", "approver", "helpdesk", "auditor"])))]
pub(super) async fn list(
    caller: Caller,
    uri: OriginalUri,
    Query(asked): Query<ListQuery>,
) -> Result<Answer<PageOf<CustomerListed>>, Problem> {
    let paged = Paged::of(&uri, &asked)?;
    let mut query = CustomerQuery::new().limit(paged.limit());
    if let Some(words) = asked.q {
        if words.chars().count() > SEARCH_CHARS_MAX {
            let detail = format!("q: no more than {SEARCH_CHARS_MAX} characters are searched for.");
            return Err(Problem::new("invalid_query", detail).about("q"));
        }
        query = query.search(words);
    }
    if let Some(status) = asked.status {
        query = query.status(status);
    }
    if let Some(stage) = asked.stage {
        query = query.stage(stage);
    }
    if let Some(sort) = asked.sort {
        query = query.sort(sort.into());
    }
    if let Some(cursor) = asked.cursor {
        query = query.after(cursor);
    }
    let views = paged.views(&caller).await?;
    let page = views.customers(&query).await?;
    let now = views.now();
    Ok(paged.answer(PageOf::of(page, |row| CustomerListed::new(row, now))))
}
