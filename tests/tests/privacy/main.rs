//! What is private is sealed, its keys are rotated, and what is erased is gone.
//!
//! | file | what it holds |
//! |---|---|
//! | `rotation` | the master key is rotated, step by step, beside nodes that work, and stopped midway |
//! | `histories` | random histories with random erasures: folds, leaves, root as before, bytes gone |
//! | `life` | one customer's random life, and every distinctive byte that it planted |
//! | `service` | a key service of an embedder's own is rotated |
//! | `search` | bytes, looked for in every file of a database |

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on says so by panicking")]

mod histories;
mod life;
mod rotation;
mod search;
mod service;
