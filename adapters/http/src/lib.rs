//! The REST API of Readmit.

pub mod metrics;
mod router;
pub mod server;
pub mod settings;

pub use router::{RouterError, router};
pub use settings::Settings;
