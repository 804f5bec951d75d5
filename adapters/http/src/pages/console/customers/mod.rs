//! `/console/customers`: who there is, and how they are.

mod chart;
mod filters;
mod new;
mod tiles;

use askama::Template;
use axum::response::IntoResponse;
use readmit::{
    Account, ActivityQuery, CustomerQuery, CustomerRow, Mfa, MfaPolicy, Role, Timestamp,
};

use self::chart::Chart;
use self::filters::{Asked, Filters};
use self::tiles::Tile;
use super::person::{Chip, Person};
use super::{GRANTS, WORKS};
use crate::extract::Query;
use crate::pages::page::{Chrome, Page, Surface};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;

pub(super) use new::{new, register};

/// Customers on a page.
const ON_A_PAGE: usize = 25;

#[derive(Template)]
#[template(path = "console/customers.html")]
struct CustomersPage {
    chrome: Chrome,
    tiles: Vec<Tile>,
    chart: Chart,
    filters: Filters,
    rows: Vec<Listed>,
    /// Where the next page is.
    next: Option<String>,
    may_register: bool,
}

/// A customer on the list.
struct Listed {
    person: Person,
    erased: bool,
    chip: Chip,
    codes_left: Option<u8>,
    last_sign_in: Option<When>,
    act: Option<Act>,
}

/// What can be done for them, and why not now.
struct Act {
    name: &'static str,
    address: String,
    not_now: Option<&'static str>,
}

pub(super) async fn show(
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &WORKS).await?;
    let filters = Filters::of(asked)?;
    let policy = admin.tenant().state().await?.policy;
    let views = admin.tenant().views().await?;
    let now = views.now();
    let page = views.customers(&filters.query().limit(ON_A_PAGE)).await?;
    let rows = page.items.iter().map(|row| Listed::new(row, &admin, policy.mfa, now));
    let activity = views.activity(ActivityQuery::new()).await?;
    Ok(Page(CustomersPage {
        tiles: tiles::tiles(visitor.words(), &views, &activity, policy.mfa).await?,
        chart: Chart::of(&activity),
        rows: rows.collect(),
        next: page.next.map(|cursor| filters.after(&cursor)),
        filters,
        may_register: admin.holds(&[Role::Owner]),
        chrome: admin.chrome,
    }))
}

impl Listed {
    fn new(row: &CustomerRow, admin: &Admin, mfa: MfaPolicy, now: Timestamp) -> Self {
        Self {
            person: Person::of(row),
            erased: row.account.erased,
            chip: Chip::of(row, now),
            codes_left: row.codes_left(),
            last_sign_in: row.last_sign_in.map(When),
            act: Act::of(row, admin, mfa),
        }
    }
}

impl Act {
    fn of(row: &CustomerRow, admin: &Admin, mfa: MfaPolicy) -> Option<Self> {
        let name = grant_name(admin)?;
        let address = format!("/console/customers/{}/grant", row.customer);
        Some(Self { name, address, not_now: why_not(&row.account, mfa) })
    }
}

/// The message that names what an admin may do for a customer who has lost their device.
pub(super) fn grant_name(admin: &Admin) -> Option<&'static str> {
    if admin.holds(&GRANTS) {
        Some("console-disable")
    } else if admin.holds(&[Role::Helpdesk]) {
        Some("console-ask")
    } else {
        None
    }
}

/// The message that says why a customer can get no bypass now; the rules have the last word.
pub(super) const fn why_not(account: &Account, policy: MfaPolicy) -> Option<&'static str> {
    match (&account.mfa, policy) {
        _ if account.erased => Some("console-not-now-erased"),
        _ if account.frozen => Some("console-not-now-frozen"),
        (Mfa::NotSetUp, _) => Some("console-not-now-not-set-up"),
        (Mfa::Off, MfaPolicy::Optional) => Some("console-not-now-off"),
        _ => None,
    }
}

/// Those of this status: as many as are looked at.
fn looked_at(status: readmit::CustomerStatus) -> CustomerQuery {
    CustomerQuery::new().status(status).limit(tiles::LOOKED_AT)
}
