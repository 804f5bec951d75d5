//! Pages of lists.

use readmit::{Page, PageCursor};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::schema;

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct PageOf<T> {
    /// What was asked for, in order.
    pub(crate) items: Vec<T>,
    /// Where the next page begins: give it as `cursor`. Not there after the last page. The header
    /// `Link` has the whole address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Cursor>, nullable = false)]
    pub(crate) next: Option<PageCursor>,
    /// How many events of the ledger the answer has seen.
    pub(crate) seen: u64,
}

impl<T> PageOf<T> {
    /// The page with each item as the API has it.
    pub(crate) fn of<U>(page: Page<U>, view: impl FnMut(U) -> T) -> Self {
        Self { items: page.items.into_iter().map(view).collect(), next: page.next, seen: page.seen }
    }
}
