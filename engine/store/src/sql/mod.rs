//! What every SQL database needs, without a connection: statements, rows, words for failures.

pub(crate) mod batch;
pub(crate) mod changes;
pub(crate) mod failure;
pub(crate) mod fields;
pub(crate) mod heads;
pub(crate) mod keys;
pub(crate) mod load;
pub(crate) mod statement;
pub(crate) mod steps;
mod wanted;
