//! Customers: search, filter, sort, page.

use std::collections::BTreeMap;

use readmit_domain::{CustomerId, Login, Stage, Timestamp};
use readmit_runtime::Failure;

use super::row::stage_name;
use super::{CUSTOMERS, CustomerRow, CustomerStatus, WORDS, words};
use crate::database::{Fetched, Kind, Query, Sql, integer, text};
use crate::model::ReadModel;
use crate::page::{Order, PAGE_ITEMS_MAX, Page, Part, paged};
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
    /// name. They come in the order of the words that were found, whatever else is asked for; and a
    /// page may have fewer of them than were asked for, or none, though it is not the last one.
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
}

paged!(CustomerQuery);

/// Customers that are asked for in one statement. SQLite looks for the name of each value in a list of
/// all names, and what that takes grows with their square.
const LOGINS_AT_ONCE: usize = 100;

/// Long pages that a search looks through, beside the first one, before it answers what it has.
const SEARCH_PAGES_MAX: usize = 4;

const BY_WORD: Order = Order {
    list: "customers by word",
    by: &["w.word", "w.id"],
    kinds: &[Kind::Text, Kind::Text],
    descending: false,
};

impl CustomerSort {
    const fn order(self) -> Order {
        match self {
            Self::Login => Order {
                list: "customers by login",
                by: &["c.login", "c.id"],
                kinds: &[Kind::Text, Kind::Text],
                descending: false,
            },
            Self::LastSignIn => Order {
                list: "customers by last sign-in",
                by: &["c.last_sign_in", "c.id"],
                kinds: &[Kind::Integer, Kind::Text],
                descending: true,
            },
            Self::CodesLeft => Order {
                list: "customers by codes left",
                by: &["c.codes_left", "c.id"],
                kinds: &[Kind::Integer, Kind::Text],
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
    if !asked.is_empty() {
        return search(reading, query, &asked, now).await;
    }
    let order = query.sort.order();
    order.check(&query.part)?;
    let (table, by) = (reading.table(&CUSTOMERS), order.by.join(", "));
    let select = format!("SELECT {by}, c.state FROM {table} AS c WHERE c.ledger = ?");
    let mut sql = Query::new(&select, [text(reading.ledger())]);
    filter(&mut sql, query, now);
    order.finish(&mut sql, &query.part);
    let rows = reading.fetch(sql).await?;
    let seen = reading.seen(ReadModel::Customers);
    reading.explain(order.page(&query.part, seen, &rows, |row| row.json(order.by.len())))
}

/// Customers by the first word that was asked for. What else was asked for is looked at row by row;
/// where that leaves few of many, the page may have fewer items than there are.
async fn search(
    reading: &mut Reading,
    query: &CustomerQuery,
    asked: &[String],
    now: Timestamp,
) -> Result<Page<CustomerRow>, Failure> {
    BY_WORD.check(&query.part)?;
    let (limit, mut part) = (query.part.limit(), query.part.clone());
    let mut found =
        Page { items: Vec::new(), next: None, seen: reading.seen(ReadModel::Customers) };
    for looked_at in 0.. {
        // The first page is as long as wanted; if that was too little, longer ones follow.
        part.limit = Some(if looked_at == 0 { limit } else { PAGE_ITEMS_MAX });
        let rows = reading.fetch(by_word(reading, query, asked, &part, now)).await?;
        let read = |row: &Fetched| {
            // Most rows of a common word are read no further than that.
            let told = words::is_told_by(&row.json(2)?, row.text(0)?, asked);
            let customer = if told { Some(row.json::<CustomerRow>(2)?) } else { None };
            Ok((BY_WORD.cursor(row)?, customer))
        };
        let page = reading.explain(BY_WORD.page(&part, found.seen, &rows, read))?;
        let (mut at, mut rows) = (None, page.items.into_iter());
        while found.items.len() < limit
            && let Some((place, customer)) = rows.next()
        {
            at = Some(place);
            found.items.extend(customer);
        }
        let is_full = found.items.len() == limit || looked_at == SEARCH_PAGES_MAX;
        let more = page.next.is_some() || rows.next().is_some();
        match (is_full, page.next) {
            (_, None) if !more => return Ok(found),
            // Whether one of them is to be told is not known without looking.
            (true, _) => return Ok(Page { next: at, ..found }),
            (false, next) => part.after = next,
        }
    }
    Ok(found)
}

fn by_word(
    reading: &Reading,
    query: &CustomerQuery,
    asked: &[String],
    part: &Part,
    now: Timestamp,
) -> Query {
    let (customers, words) = (reading.table(&CUSTOMERS), reading.table(&WORDS));
    let first = asked.first().map(String::as_str).unwrap_or_default();
    let select = format!(
        "SELECT w.word, w.id, c.state FROM {words} AS w \
         JOIN {customers} AS c ON c.ledger = w.ledger AND c.id = w.id \
         WHERE w.ledger = ? AND w.word >= ? AND w.word < ?"
    );
    let values = [text(reading.ledger()), text(first), text(words::end_of_prefix(first))];
    let mut sql = Query::new(&select, values);
    filter(&mut sql, query, now);
    BY_WORD.finish(&mut sql, part);
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

/// What these customers sign in with.
pub(crate) async fn logins(
    reading: &mut Reading,
    customers: &[CustomerId],
) -> Result<BTreeMap<CustomerId, Login>, Failure> {
    let table = reading.table(&CUSTOMERS);
    let mut logins = BTreeMap::new();
    for customers in customers.chunks(LOGINS_AT_ONCE) {
        let places = vec!["?"; customers.len()].join(", ");
        let select = format!(
            "SELECT id, login FROM {table} WHERE ledger = ? AND login <> '' AND id IN ({places})"
        );
        let ids = customers.iter().map(text);
        let values = std::iter::once(text(reading.ledger())).chain(ids);
        let rows = reading.fetch(Query::new(&select, values)).await?;
        let pair = |row: &Fetched| Ok((row.parse(0)?, row.parse(1)?));
        let found: Sql<Vec<(CustomerId, Login)>> = rows.iter().map(pair).collect();
        logins.extend(reading.explain(found)?);
    }
    Ok(logins)
}
