//! The history of a customer in sentences, a page of it.

use readmit::{CustomerId, PageCursor, TimelineEntry, TimelineQuery, Views, Who};

use crate::pages::names::{self, Admins};
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::pages::words::Words;
use crate::problem::Problem;

/// Entries on a page.
const ON_A_PAGE: usize = 20;

/// What happened, the latest first.
pub(super) struct History {
    pub(super) entries: Vec<Entry>,
    /// Where it goes on.
    pub(super) older: Option<String>,
    /// Whether these are not the latest.
    pub(super) is_older: bool,
}

pub(super) struct Entry {
    pub(super) class: &'static str,
    pub(super) sentence: String,
    pub(super) at: When,
    pub(super) who: String,
    pub(super) position: u64,
}

impl History {
    pub(super) async fn read(
        visitor: &Visitor,
        admin: &Admin,
        views: &Views,
        id: CustomerId,
        after: Option<PageCursor>,
    ) -> Result<Self, Problem> {
        let logins = visitor.app.names.admins(admin.tenant()).await?;
        let is_older = after.is_some();
        let mut query = TimelineQuery::new().account(id).newest_first().limit(ON_A_PAGE);
        if let Some(cursor) = after {
            query = query.after(cursor);
        }
        let page = views.timeline(&query).await?;
        let entries = page.items.iter().map(|entry| Entry::of(visitor.words(), &logins, entry));
        let older =
            page.next.map(|cursor| format!("/console/customers/{id}?cursor={cursor}#timeline"));
        Ok(Self { entries: entries.collect(), older, is_older })
    }
}

impl Entry {
    fn of(words: &Words, logins: &Admins, entry: &TimelineEntry) -> Self {
        Self {
            class: class(entry.event, &entry.who),
            sentence: words.tell(&entry.sentence),
            at: entry.at.into(),
            who: names::who(words, logins, &entry.who),
            position: entry.position,
        }
    }
}

/// How an entry looks: what should not have happened, or who acted.
fn class(event: &str, who: &Who) -> &'static str {
    let bad = [
        "SecondFactorRejected",
        "BypassCodeRejected",
        "EnrolmentCodeRejected",
        "AccountLocked",
        "AccountFrozen",
    ];
    match who {
        _ if bad.contains(&event) => "bad",
        Who::Admin { .. } => "by-admin",
        Who::Customer { .. } => "by-customer",
        Who::Service { .. } | Who::System => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_stands_out_whoever_did_it() {
        assert_eq!(class("AccountLocked", &Who::System), "bad");
        assert_eq!(class("BypassExpired", &Who::System), "");
        let customer: CustomerId = "cus_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let customer = readmit::Actor::customer(customer).who;
        assert_eq!(class("MfaDisabled", &customer), "by-customer");
    }
}
