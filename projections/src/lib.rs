//! Read models: pure folds over a ledger's events.
//!
//! | module | what it answers |
//! |---|---|
//! | [`accounts`] | each account's state: MFA, devices, codes, open case |
//! | [`cases`] | one record for each recovery case: who, whom, why, when, how it ended |
//! | [`reports`] | what auditors ask for: roles held, duties kept apart, bypasses, samples |
//! | [`timeline`] | the history in sentences |
//! | [`replay`](mod@replay) | runs a fold over a ledger, up to now or to any moment before |
//!
//! **Invariant: a read model is a fold.** It can be made anew from the ledger at
//! any time, and as of any moment by folding fewer events. Nothing here is kept
//! in a table yet: every question is answered from the ledger itself.

pub mod accounts;
pub mod cases;
pub mod replay;
pub mod reports;
pub mod timeline;

pub use accounts::{AccountRow, Accounts};
pub use cases::Cases;
pub use replay::{Projection, Until, replay};
pub use timeline::{Arg, Sentence, TimelineEntry, Wording, sentence};
