//! The REST API of Readmit.

pub mod password;
pub mod web_database;
