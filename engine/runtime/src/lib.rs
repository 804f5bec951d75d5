//! The engine's ports.
pub mod ports;
