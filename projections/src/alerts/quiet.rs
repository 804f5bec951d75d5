//! What was said already, and is not said again for a while.

use std::collections::BTreeMap;

use readmit_domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::rules::Rule;

/// Until when each rule says nothing more. At most one entry for each rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Quiet(BTreeMap<Rule, Timestamp>);

impl Quiet {
    /// Whether this rule may speak at this moment; if so, it is quiet from now on.
    pub(super) fn speak(&mut self, rule: Rule, at: Timestamp) -> bool {
        if self.0.get(&rule).is_some_and(|until| at < *until) {
            return false;
        }
        self.0.insert(rule, at + rule.quiet());
        true
    }

    /// Lets this rule speak again.
    pub(super) fn end(&mut self, rule: Rule) {
        self.0.remove(&rule);
    }

    /// Whether anything is still quiet at this moment.
    pub(super) fn holds(&self, at: Timestamp) -> bool {
        self.0.values().any(|until| at < *until)
    }
}
