//! What the integration tests share. The tests themselves stand in `tests/`.
//!
//! | module | what it holds |
//! |---|---|
//! | [`house`] | a database in a folder of its own, a clock, and the engines opened on it |
//! | [`msp`] | a tenant with its staff, and customers with a phone and saved codes |
//! | [`phone`] | an authenticator app that is not ours |
//! | [`postgres`] | a throw-away PostgreSQL server |
//! | [`proxy`] | a TCP proxy that loses requests and answers, and delivers late |
//! | [`at_once`] | many tasks that start at the same moment, and a tally of their answers |
//! | [`shifted`] | the clock of the system, shifted |
//! | [`sqlite`] | the `sqlite3` command line: for damage, and for locks held by somebody else |
//! | [`stored`] | short ways to look into a store |
//! | [`chance`] | random numbers that a seed repeats |
//! | [`faulty`] | an event store that fails when told to |
//! | [`witness`] | a witness that keeps to C2SP, or does not when told so |
//! | [`report`] | what the child of the crash tests tells its parent |
//!
//! What goes wrong here is told as an error, so that a test ends with its words.

pub mod at_once;
pub mod chance;
pub mod faulty;
pub mod house;
pub mod msp;
pub mod phone;
pub mod postgres;
pub mod proxy;
pub mod report;
pub mod shifted;
pub mod sqlite;
pub mod stored;
pub mod witness;

pub use at_once::{all_at_once, kind, tally};
pub use house::{Database, House, Nodes};
pub use msp::{Customer, Msp};
pub use phone::Phone;

/// What tests and their helpers answer.
pub type Result<T = (), E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
