//! What is done for every request, around its handler, from the outside in.
//!
//! 1. [`trace`]: a trace id, a span, one line in the log, problems written out, headers that
//!    every answer carries;
//! 2. [`on_a_page`]: for whoever comes with a browser, a page of what no page has told;
//! 3. [`admit`]: a place among those that are worked on, or 503 at once; a time limit;
//! 4. [`authorise`]: who asks, how often, and whether they may.

mod admit;
mod authorise;
mod on_a_page;
mod trace;

pub(crate) use admit::{Patience, admit};
pub(crate) use authorise::{authorise, identity, origin};
pub(crate) use on_a_page::on_a_page;
pub(crate) use trace::trace;
