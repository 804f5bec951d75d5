//! What a rule says when it fires.

use std::collections::BTreeMap;

use readmit_domain::{AccountId, RecoveryId, StreamId, Timestamp};
use readmit_runtime::Envelope;
use serde::{Deserialize, Serialize};

use super::rules::{Rule, Severity};
use crate::timeline::{Sentence, Wording};

/// Something that somebody should look at.
///
/// An alert is a reason to look, and no verdict: an honest admin can have a strange month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// The rule that fired.
    pub rule: Rule,
    /// When: the time of the event that made it fire.
    pub at: Timestamp,
    /// That event's place in the ledger.
    pub position: u64,
    /// Whom it is about: the admin who acted, or the owner of the account.
    pub subject: AccountId,
    /// Whose history the event belongs to.
    pub account: AccountId,
    /// The case the event belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<RecoveryId>,
    /// The numbers behind it, by name.
    pub facts: BTreeMap<String, i64>,
}

impl Alert {
    /// An alert about an event of this account.
    pub(super) fn new(rule: Rule, event: &Envelope, subject: impl Into<AccountId>) -> Self {
        let subject = subject.into();
        let account = match event.stream {
            StreamId::Account(account) => account,
            // Events of the tenant's own stream concern no rule.
            StreamId::Tenant(_) => subject,
        };
        let Envelope { at, position, recovery, .. } = *event;
        Self { rule, at, position, subject, account, recovery, facts: BTreeMap::new() }
    }

    /// With a number behind it; one that is too large to be written is written as the largest.
    pub(super) fn fact(mut self, name: &str, number: impl TryInto<i64>) -> Self {
        self.facts.insert(name.to_owned(), number.try_into().unwrap_or(i64::MAX));
        self
    }

    /// How soon somebody should look.
    pub fn severity(&self) -> Severity {
        match self.rule {
            // Whoever lifted the freeze has looked, and their reason is recorded.
            Rule::GrantedAfterFreeze if self.number("same_admin") == 1 => Severity::Notice,
            rule => rule.severity(),
        }
    }

    /// What was found, to be told in any language ([`Wording`]): with its numbers, and without names
    /// of people.
    pub fn told(&self) -> Sentence {
        let numbers = |names: &[&'static str]| {
            let sentence = Sentence::named(self.rule.name());
            names.iter().fold(sentence, |told, name| told.number(name, self.number(name)))
        };
        match self.rule {
            Rule::FarAbovePeers => numbers(&["grants", "days", "peers", "median", "usual"]),
            Rule::OffHours => {
                let hour = format!("{:02}:00", self.number("hour"));
                numbers(&["grants", "days", "habit", "known"]).text("hour", hour)
            }
            Rule::SamePairAgain => numbers(&["grants", "days"]),
            Rule::GrantedAfterFreeze => numbers(&["minutes", "same_admin"]),
            Rule::MfaOffWithoutCase => numbers(&["devices"]),
            Rule::UnusedGrants => numbers(&["ended", "unused"]),
            Rule::CodesRunningOut => numbers(&["left"]),
        }
    }

    /// What was found, in one English sentence with its numbers and without names of people.
    pub fn sentence(&self) -> String {
        Wording::english().tell(&self.told())
    }

    /// No number of a rule is below nought.
    fn number(&self, name: &str) -> u64 {
        self.facts.get(name).copied().and_then(|number| number.try_into().ok()).unwrap_or_default()
    }
}
