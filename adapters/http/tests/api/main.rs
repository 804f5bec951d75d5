//! The API, as its callers see it: requests go through the whole router.
//!
//! `permissions`, `document` and `hostile` are generated from the OpenAPI document: who may call what,
//! whether every answer is a documented one, and what bad input gets. `bodies` has a right body for each
//! route, which a new route has to add.

// Marked as tests as a whole, so that helpers too may panic when a test cannot go on.
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod conventions;
#[cfg(test)]
mod day;
#[cfg(test)]
mod document;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod office;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod overload;
#[cfg(test)]
mod permissions;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod story;
