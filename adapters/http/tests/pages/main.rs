//! The pages, as a browser without scripts sees them: requests go through the whole router, forms are
//! sent as they stand on the page, cookies and redirects are followed.

// Marked as tests as a whole, so that helpers too may panic when a test cannot go on.
#[cfg(test)]
mod account;
#[cfg(test)]
mod console;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod everywhere;
#[cfg(test)]
#[path = "../api/office.rs"]
#[expect(
    dead_code,
    reason = "the office is made for the tests of the API; pages need a part of it"
)]
mod office;
#[cfg(test)]
mod recovering;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod security;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod visit;
