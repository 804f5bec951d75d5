//! What a rule says when it fires.

use std::collections::BTreeMap;

use readmit_domain::{AccountId, RecoveryId, StreamId, Timestamp};
use readmit_runtime::Envelope;
use serde::{Deserialize, Serialize};

use super::rules::{Rule, Severity};

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

    /// What was found, in one sentence with its numbers and without names of people.
    pub fn sentence(&self) -> String {
        let fact = |name| self.number(name);
        match self.rule {
            Rule::FarAbovePeers => format!(
                "Granted {} bypasses in {} days; the median of {} peers is {}, and the admin's \
                 own usual is {}.",
                fact("grants"),
                fact("days"),
                fact("peers"),
                fact("median"),
                fact("usual")
            ),
            Rule::OffHours => format!(
                "Granted {} bypasses within {} days at hours such as {:02}:00 UTC, around which \
                 the admin was at work on {} of {} days.",
                fact("grants"),
                fact("days"),
                fact("hour"),
                fact("habit"),
                fact("known")
            ),
            Rule::SamePairAgain => format!(
                "The same admin let the same account in {} times within {} days.",
                fact("grants"),
                fact("days")
            ),
            Rule::GrantedAfterFreeze => {
                let by = if fact("same_admin") == 1 { "the same admin" } else { "somebody else" };
                format!(
                    "A bypass was granted {} min after a freeze was lifted by {by}.",
                    fact("minutes")
                )
            }
            Rule::MfaOffWithoutCase => format!(
                "MFA was turned off outside any recovery: {} device(s) ended.",
                fact("devices")
            ),
            Rule::UnusedGrants => format!(
                "Of the admin's latest {} grants that ended, {} were never used.",
                fact("ended"),
                fact("unused")
            ),
            Rule::CodesRunningOut => format!("{} recovery code(s) remain.", fact("left")),
        }
    }

    fn number(&self, name: &str) -> i64 {
        self.facts.get(name).copied().unwrap_or_default()
    }
}
