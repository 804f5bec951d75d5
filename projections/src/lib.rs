//! Read models: folds over a ledger's events, kept in tables.
//!
//! | module | what it answers |
//! |---|---|
//! | [`customers`] | each customer's current state: search, filter, sort, page |
//! | [`recoveries`] | one row for each case: the exception register |
//! | [`alerts`] | misuse and debt: what somebody should look at |
//! | [`reports`] | what auditors ask for: roles held, duties kept apart, bypasses, samples |
//! | [`timeline`] | the history in sentences |
//! | [`activity`] | counts for pictures, and how long things take |
//! | [`runner`] | keeps all of them up to date; makes them anew |
//! | `views` | asks them, as they are or as they were |
//! | `compare` | holds what is read against the ledger |
//! | `database`, `page`, `model` | what they share: SQL, pages of answers, what a read model is |
//! | [`accounts`], [`replay`](mod@replay) | a fold without tables |
//!
//! **Invariant: a read model is a fold.** It can be made anew from the ledger at any time, and as
//! of any moment by folding fewer events. Whatever decides asks the ledger, never a read model.

pub mod accounts;
pub mod activity;
pub mod alerts;
mod compare;
pub mod customers;
mod database;
mod model;
mod page;
pub mod recoveries;
pub mod replay;
pub mod reports;
pub mod runner;
pub mod timeline;
mod views;

pub use accounts::{AccountRow, Accounts};
pub use compare::Difference;
pub use database::ReadPlace;
pub use model::{ParseReadModelError, ReadModel};
pub use page::{PAGE_ITEMS, PAGE_ITEMS_MAX, Page, PageCursor, ParseCursorError};
pub use replay::{Projection, Until, replay};
pub use runner::{ModelStatus, ReadModels};
pub use timeline::{Arg, Sentence, TimelineEntry, Wording, sentence};
pub use views::Views;
