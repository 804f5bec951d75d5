//! A running service, and what its callers meet.

mod bounds;
mod end;
mod metrics;
mod running;
mod tls;
