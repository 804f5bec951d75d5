//! What the queries of all lists have: where a page begins, how long it is, how new.

use axum::extract::OriginalUri;
use readmit::{PAGE_ITEMS, PAGE_ITEMS_MAX, Views};
use serde::Serialize;

use crate::answer::Answer;
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::PageOf;

/// Declares the query of a list: its own parameters, and those of every list.
macro_rules! paged {
    ($(#[$doc:meta])* $vis:vis struct $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, serde::Deserialize, utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        #[serde(deny_unknown_fields)]
        $vis struct $name {
            $($(#[$fdoc])* $field: $type,)*
            /// Where the page before ended: its `next`.
            #[param(value_type = Option<$crate::view::schema::Cursor>, nullable = false)]
            cursor: Option<readmit::PageCursor>,
            /// Items at most; 50 if not given.
            #[param(minimum = 1, maximum = 500, nullable = false)]
            limit: Option<u16>,
            /// Wait until this position of the ledger is seen: `Ledger-Position` of an answer.
            #[param(nullable = false)]
            seen: Option<u64>,
        }

        impl $crate::api::paging::AsksForPage for $name {
            fn limit(&self) -> Option<u16> {
                self.limit
            }

            fn seen(&self) -> Option<u64> {
                self.seen
            }
        }
    };
}
pub(crate) use paged;

/// A query of a list.
pub(crate) trait AsksForPage {
    /// Items at most.
    fn limit(&self) -> Option<u16>;
    /// The position that must have been seen.
    fn seen(&self) -> Option<u64>;
}

/// A page that is asked for.
pub(crate) struct Paged {
    limit: usize,
    seen: Option<u64>,
    /// The address that was asked, without its cursor.
    address: String,
}

impl Paged {
    pub(crate) fn of(uri: &OriginalUri, query: &impl AsksForPage) -> Result<Self, Problem> {
        let limit = query.limit().map_or(PAGE_ITEMS, usize::from);
        if !(1..=PAGE_ITEMS_MAX).contains(&limit) {
            let detail = format!("limit: expected a number from 1 to {PAGE_ITEMS_MAX}.");
            return Err(Problem::new("invalid_query", detail).about("limit"));
        }
        let query_text = uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query_text.as_bytes())
            .filter(|(name, _)| !matches!(name.as_ref(), "cursor" | "seen"));
        let kept = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let address = format!("{}?{kept}", uri.path());
        Ok(Self { limit, seen: query.seen(), address })
    }

    pub(crate) const fn limit(&self) -> usize {
        self.limit
    }

    /// The read models, once they have seen what must be seen.
    pub(crate) async fn views(&self, caller: &Caller) -> Result<Views, Problem> {
        let tenant = caller.tenant();
        let views = tenant.views().await?;
        if let Some(position) = self.seen {
            if position >= tenant.head().await?.size {
                let detail = "seen: the ledger has no such position.";
                return Err(Problem::new("invalid_query", detail).about("seen"));
            }
            views.seen_by(position).await?;
        }
        Ok(views)
    }

    /// The page, with the address of the next one.
    pub(crate) fn answer<T: Serialize>(self, page: PageOf<T>) -> Answer<PageOf<T>> {
        let next = page.next.as_ref().map(|cursor| {
            let join = if self.address.ends_with('?') { "" } else { "&" };
            format!("{}{join}cursor={cursor}", self.address)
        });
        Answer::ok(page).next(next)
    }
}
