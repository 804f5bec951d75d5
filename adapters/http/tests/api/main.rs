//! The API, as its callers see it: requests go through the whole router.

mod conventions;
mod document;
mod hostile;
mod ledger;
mod lists;
mod office;
mod permissions;
mod secrets;
mod sessions;
mod story;
