//! Customers: search, filter, sort, page.

use readmit_domain::{CustomerId, Stage, Timestamp};
use readmit_runtime::Failure;

use super::row::stage_name;
use super::{CUSTOMERS, CustomerRow, CustomerStatus, WORDS, words};
use crate::database::{Query, integer, text};
use crate::model::ReadModel;
use crate::page::{Order, Page, PageCursor, Part};
use crate::views::Reading;

/// Which customers, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerQuery {
    search: String,
    status: Option<CustomerStatus>,
    stage: Option<Stage>,
    sort: CustomerSort,
    part: Part,
}

/// What customers are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CustomerSort {
    /// Their login; those that were erased first.
    #[default]
    Login,
    /// Who signed in last, first.
    LastSignIn,
    /// Who has fewest recovery codes left, first; before them those without any set.
    CodesLeft,
}

impl CustomerQuery {
    /// All customers, by login.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of whom every word of this text begins the login, a part of it, or a part of the
    /// name. They come in the order of the words that were found, whatever else is asked for.
    #[must_use]
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.search = text.into();
        self
    }

    /// Those of this status now.
    #[must_use]
    pub const fn status(mut self, status: CustomerStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Those whose open recovery has come so far.
    #[must_use]
    pub const fn stage(mut self, stage: Stage) -> Self {
        self.stage = Some(stage);
        self
    }

    /// In this order.
    #[must_use]
    pub const fn sort(mut self, sort: CustomerSort) -> Self {
        self.sort = sort;
        self
    }

    /// The page after this one.
    #[must_use]
    pub fn after(mut self, cursor: PageCursor) -> Self {
        self.part.after = Some(cursor);
        self
    }

    /// So many at most.
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.part.limit = Some(limit);
        self
    }
}

const BY_WORD: Order =
    Order { list: "customers by word", by: &["w.word", "w.id"], descending: false };

impl CustomerSort {
    const fn order(self) -> Order {
        match self {
            Self::Login => {
                Order { list: "customers by login", by: &["c.login", "c.id"], descending: false }
            }
            Self::LastSignIn => Order {
                list: "customers by last sign-in",
                by: &["c.last_sign_in", "c.id"],
                descending: true,
            },
            Self::CodesLeft => Order {
                list: "customers by codes left",
                by: &["c.codes_left", "c.id"],
                descending: false,
            },
        }
    }
}

pub(crate) async fn customers(
    reading: &mut Reading,
    query: &CustomerQuery,
    now: Timestamp,
) -> Result<Page<CustomerRow>, Failure> {
    let asked = words::asked_for(&query.search);
    let order = if asked.is_empty() { query.sort.order() } else { BY_WORD };
    order.check(&query.part)?;
    let (customers, ledger) = (reading.table(&CUSTOMERS), text(reading.ledger()));
    let mut sql = match asked.split_first() {
        None => {
            let select = format!(
                "SELECT {}, c.state FROM {customers} AS c WHERE c.ledger = ?",
                order.by.join(", ")
            );
            Query::new(&select, [ledger])
        }
        Some((first, others)) => search(reading, first, others),
    };
    filter(&mut sql, query, now);
    order.finish(&mut sql, &query.part);
    let rows = reading.fetch(sql).await?;
    let seen = reading.seen(ReadModel::Customers);
    reading.explain(order.page(&query.part, seen, &rows, |row| row.json(order.by.len())))
}

/// Customers by the first word; of several of their words that begin so, by the first of those.
fn search(reading: &Reading, first: &str, others: &[String]) -> Query {
    let (customers, words) = (reading.table(&CUSTOMERS), reading.table(&WORDS));
    let (ledger, end) = (text(reading.ledger()), text(words::end_of_prefix(first)));
    let select = format!(
        "SELECT w.word, w.id, c.state FROM {words} AS w \
         JOIN {customers} AS c ON c.ledger = w.ledger AND c.id = w.id \
         WHERE w.ledger = ? AND w.word >= ? AND w.word < ? AND NOT EXISTS (\
         SELECT 1 FROM {words} AS earlier WHERE earlier.ledger = w.ledger AND earlier.id = w.id \
         AND earlier.word >= ? AND earlier.word < w.word)"
    );
    let mut sql = Query::new(&select, [ledger, text(first), end, text(first)]);
    for other in others {
        let condition = format!(
            " AND EXISTS (SELECT 1 FROM {words} AS too WHERE too.ledger = w.ledger \
             AND too.id = w.id AND too.word >= ? AND too.word < ?)"
        );
        sql.push(&condition, [text(other), text(words::end_of_prefix(other))]);
    }
    sql
}

fn filter(sql: &mut Query, query: &CustomerQuery, now: Timestamp) {
    let now = integer(now.unix_micros());
    match query.status {
        None => {}
        Some(CustomerStatus::Locked) => {
            sql.push(" AND c.locked_until > 0 AND c.locked_until > ?", [now.clone()]);
        }
        Some(status) => {
            sql.push(" AND c.status = ? AND c.locked_until <= ?", [text(status), now.clone()]);
        }
    }
    if let Some(stage) = query.stage {
        let values = [text(stage_name(stage)), now];
        sql.push(" AND c.stage <> '' AND c.stage = ? AND c.due > ?", values);
    }
}

pub(crate) async fn customer(
    reading: &mut Reading,
    customer: CustomerId,
) -> Result<Option<CustomerRow>, Failure> {
    let customers = reading.table(&CUSTOMERS);
    let select = format!("SELECT state FROM {customers} WHERE ledger = ? AND id = ?");
    let sql = Query::new(&select, [text(reading.ledger()), text(customer)]);
    let rows = reading.fetch(sql).await?;
    let row = rows.first().map(|row| row.json(0)).transpose();
    reading.explain(row)
}
