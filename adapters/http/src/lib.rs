//! The REST API of Readmit.
