//! What is done for every request, around its handler, from the outside in.
//!
//! 1. [`trace`]: a trace id, a span, one line in the log, problems written out, headers that
//!    every answer carries;
//! 2. [`admit`]: a place among those that are worked on, or 503 at once; a time limit;
//! 3. [`authorise`]: who asks, how often, and whether they may.

mod admit;
mod authorise;
mod trace;

pub(crate) use admit::{Patience, admit};
pub(crate) use authorise::{authorise, identity, origin};
pub(crate) use trace::trace;
