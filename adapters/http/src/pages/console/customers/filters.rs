//! What the address of the list says: which customers, in which order.

use form_urlencoded::Serializer;
use readmit::{CustomerQuery, CustomerSort, CustomerStatus, PageCursor, Stage};
use serde::Deserialize;

use super::super::person;
use crate::problem::Problem;

/// Characters that are searched for at most.
const SEARCH_CHARS_MAX: usize = 400;
const PATH: &str = "/console/customers";

/// As it stands in the address. A form leaves nothing out, so what is empty is not asked for.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::pages::console) struct Asked {
    q: String,
    status: String,
    stage: String,
    sort: String,
    cursor: Option<PageCursor>,
}

/// Which customers, in which order.
#[derive(Debug, Clone)]
pub(super) struct Filters {
    pub(super) q: String,
    pub(super) status: Option<CustomerStatus>,
    pub(super) stage: Option<Stage>,
    pub(super) sort: CustomerSort,
    cursor: Option<PageCursor>,
}

/// A way to see others, or in another order.
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) current: bool,
}

/// An option of a list to choose from.
pub(super) struct StageOption {
    pub(super) value: &'static str,
    pub(super) name: &'static str,
    pub(super) current: bool,
}

const STAGES: [(&str, Stage); 5] = [
    ("awaiting_approval", Stage::AwaitingApproval),
    ("granted", Stage::Granted),
    ("signed_in", Stage::SignedIn),
    ("mfa_disabled", Stage::MfaDisabled),
    ("device_enrolled", Stage::DeviceEnrolled),
];
const SORTS: [(&str, CustomerSort); 3] = [
    ("login", CustomerSort::Login),
    ("last_sign_in", CustomerSort::LastSignIn),
    ("codes_left", CustomerSort::CodesLeft),
];

impl Filters {
    pub(super) fn of(asked: Asked) -> Result<Self, Problem> {
        let no = |field: &str| Problem::new("invalid_query", "There is no such one.").about(field);
        if asked.q.chars().count() > SEARCH_CHARS_MAX {
            return Err(no("q"));
        }
        let status = match asked.status.as_str() {
            "" => None,
            status => Some(status.parse().map_err(|_| no("status"))?),
        };
        let stage = match asked.stage.as_str() {
            "" => None,
            stage => Some(known(&STAGES, stage).ok_or_else(|| no("stage"))?),
        };
        let sort = match asked.sort.as_str() {
            "" => CustomerSort::default(),
            sort => known(&SORTS, sort).ok_or_else(|| no("sort"))?,
        };
        Ok(Self { q: asked.q.trim().to_owned(), status, stage, sort, cursor: asked.cursor })
    }

    pub(super) fn query(&self) -> CustomerQuery {
        let mut query = CustomerQuery::new().search(self.q.as_str()).sort(self.sort);
        if let Some(status) = self.status {
            query = query.status(status);
        }
        if let Some(stage) = self.stage {
            query = query.stage(stage);
        }
        match &self.cursor {
            Some(cursor) => query.after(cursor.clone()),
            None => query,
        }
    }

    /// Whether these are not the first ones.
    pub(super) const fn is_later(&self) -> bool {
        self.cursor.is_some()
    }

    /// Whether they are not all.
    pub(super) const fn is_limited(&self) -> bool {
        !self.q.is_empty() || self.status.is_some() || self.stage.is_some()
    }

    /// What is found is in the order of the words that were found.
    pub(super) const fn can_sort(&self) -> bool {
        self.q.is_empty()
    }

    /// The first of these.
    pub(super) fn first(&self) -> String {
        Self { cursor: None, ..self.clone() }.address()
    }

    /// Those after these.
    pub(super) fn after(&self, cursor: &PageCursor) -> String {
        Self { cursor: Some(cursor.clone()), ..self.clone() }.address()
    }

    /// Every status, and all.
    pub(super) fn statuses(&self) -> Vec<Choice> {
        let every = CustomerStatus::ALL.into_iter().map(Some);
        std::iter::once(None).chain(every).map(|status| self.with_status(status)).collect()
    }

    fn with_status(&self, status: Option<CustomerStatus>) -> Choice {
        let name = status.map_or("all", CustomerStatus::name);
        let other = Self { status, cursor: None, ..self.clone() };
        Choice {
            name: format!("console-status-{name}"),
            address: other.address(),
            current: status == self.status,
        }
    }

    /// Every stage.
    pub(super) fn stages(&self) -> Vec<StageOption> {
        let option = |(value, stage): (&'static str, Stage)| StageOption {
            value,
            name: person::stage_name(stage),
            current: self.stage == Some(stage),
        };
        STAGES.into_iter().map(option).collect()
    }

    /// In this order.
    pub(super) fn sorted(&self, by: &str) -> Choice {
        let sort = known(&SORTS, by).unwrap_or_default();
        let other = Self { sort, cursor: None, ..self.clone() };
        let current = self.can_sort() && sort == self.sort;
        Choice { name: format!("customers-by-{by}"), address: other.address(), current }
    }

    /// The order, as the address names it; empty for the usual one.
    pub(super) fn sort_name(&self) -> &'static str {
        let usual = CustomerSort::default();
        let found = SORTS.into_iter().find(|(_, sort)| *sort == self.sort && *sort != usual);
        found.map_or("", |(name, _)| name)
    }

    /// The status, as the address names it; empty for all.
    pub(super) fn status_name(&self) -> &'static str {
        self.status.map_or("", CustomerStatus::name)
    }

    fn address(&self) -> String {
        let stage = STAGES.iter().find(|(_, stage)| Some(*stage) == self.stage);
        let cursor = self.cursor.as_ref().map(ToString::to_string).unwrap_or_default();
        let pairs = [
            ("q", self.q.as_str()),
            ("status", self.status_name()),
            ("stage", stage.map_or("", |(name, _)| name)),
            ("sort", self.sort_name()),
            ("cursor", cursor.as_str()),
        ];
        let asked = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let query = Serializer::new(String::new()).extend_pairs(asked).finish();
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
    }
}

/// The one of this name.
fn known<T: Copy>(all: &[(&str, T)], name: &str) -> Option<T> {
    all.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(q: &str, status: &str, stage: &str, sort: &str) -> Result<Filters, Problem> {
        let [q, status, stage, sort] = [q, status, stage, sort].map(str::to_owned);
        Filters::of(Asked { q, status, stage, sort, cursor: None })
    }

    #[test]
    fn an_address_keeps_all_that_was_asked_for() {
        let asked = filters(" al b ", "on", "granted", "codes_left").unwrap();
        let address = "/console/customers?q=al+b&status=on&stage=granted&sort=codes_left";
        assert_eq!(asked.first(), address);
        let off = asked.statuses().into_iter().find(|it| it.name == "console-status-off").unwrap();
        assert_eq!(off.address, address.replace("status=on", "status=off"));
        assert!(!off.current);
        assert_eq!(filters("", "", "", "").unwrap().first(), PATH);
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        assert!(filters("", "moon", "", "").is_err());
        assert!(filters("", "", "moon", "").is_err());
        assert!(filters("", "", "", "moon").is_err());
        assert!(filters(&"a".repeat(401), "", "", "").is_err());
    }

    #[test]
    fn every_stage_and_order_has_a_name_of_its_own() {
        for (name, stage) in STAGES {
            assert_eq!(filters("", "", name, "").unwrap().stage, Some(stage));
        }
        for (name, sort) in SORTS {
            assert_eq!(filters("", "", "", name).unwrap().sort, sort);
        }
    }
}
