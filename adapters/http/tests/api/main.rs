//! The API, as its callers see it: requests go through the whole router.

mod conventions;
mod ledger;
mod lists;
mod office;
mod secrets;
mod sessions;
mod story;
