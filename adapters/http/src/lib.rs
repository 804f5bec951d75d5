//! The REST API of Readmit.

pub mod password;
