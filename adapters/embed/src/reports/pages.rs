//! Cases page by page: however many there are, one page of them is in memory.

use std::ops::Range;

use readmit_domain::Timestamp;

use crate::{Error, PAGE_ITEMS_MAX, RecoveryQuery, RecoveryRow, Tenant, Views};

/// Cases, the oldest first: see [`Tenant::case_pages`].
#[derive(Debug)]
pub struct CasePages {
    views: Views,
    /// The next page; none after the last one.
    next: Option<RecoveryQuery>,
}

impl Tenant {
    /// The cases that a query means, with what auditors said of them: all of them, the oldest first,
    /// page by page.
    pub async fn case_pages(&self, query: RecoveryQuery) -> Result<CasePages, Error> {
        let views = self.views().await?;
        views.caught_up().await?;
        Ok(CasePages { views, next: Some(query.oldest_first().limit(PAGE_ITEMS_MAX)) })
    }

    pub(super) async fn case_pages_of(
        &self,
        period: &Range<Timestamp>,
    ) -> Result<CasePages, Error> {
        let query = RecoveryQuery::new().opened_from(period.start).opened_before(period.end);
        self.case_pages(query).await
    }
}

impl CasePages {
    /// The next page; none after the last one.
    pub async fn next(&mut self) -> Result<Option<Vec<RecoveryRow>>, Error> {
        let Some(query) = self.next.take() else { return Ok(None) };
        let page = self.views.recoveries(&query).await?;
        self.next = page.next.map(|next| query.after(next));
        Ok(Some(page.items))
    }
}
