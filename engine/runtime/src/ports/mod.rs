//! What the engine needs of the outside, as traits.
pub mod store;
