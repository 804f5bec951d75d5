//! Misuse and debt: what somebody should look at.
//!
//! | module | what stands there |
//! |---|---|
//! | `rules` | every rule: its name, its meaning, its weight, its thresholds |
//! | `alert` | what a rule says when it fires |
//! | `watch` | the fold: what each event adds, and which alerts it raises |
//! | `team` | what is remembered of a ledger's admins |
//! | `hours` | when an admin is at work |
//! | `watched` | what is remembered of one account |
//! | `quiet` | what was said already |
//! | `table`, `query` | the alerts, kept and asked for |
//!
//! **Invariant: an alert follows from events.** No rule reads a clock, private data, or what an
//! auditor thought of an earlier alert; so the alerts of a ledger are the same whenever they are
//! made.
//!
//! **Invariant: what is remembered is bounded**, for a ledger and for an account, whatever
//! happens to them.

mod alert;
mod days;
mod hours;
mod query;
mod quiet;
mod rules;
mod table;
mod team;
#[cfg(test)]
mod tests;
mod watch;
mod watched;

pub use alert::Alert;
pub use query::AlertQuery;
pub(crate) use query::{alerts, count};
pub use rules::{ParseRuleError, Rule, Severity};
pub(crate) use table::{TABLES, VERSION, fold};
