//! What is answered: the shapes of the API, kept apart from those of the engine, so that one can
//! change without the other.

mod customer;
mod page;
mod recovery;
pub(crate) mod schema;
mod timeline;
mod who;

pub(crate) use customer::{CustomerListed, CustomerView, Mfa, SignInView};
pub(crate) use page::PageOf;
pub(crate) use recovery::RecoveryView;
pub(crate) use timeline::EntryView;
pub(crate) use who::WhoView;
