//! How far long work has come, on a terminal.

use std::fmt::Display;

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;

/// A bar on stderr; nothing where nobody looks, and gone when it is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar with a title.
    pub(crate) fn new(output: Output, title: impl Display) -> Self {
        // indicatif itself draws nothing where stderr is no terminal.
        let bar = if output.is_json() { ProgressBar::hidden() } else { ProgressBar::new(0) };
        let style = "{msg} {wide_bar} {human_pos} of {human_len} events, {per_sec}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(title.to_string());
        Self(bar)
    }

    /// So many events are done, of so many.
    pub(crate) fn at(&self, done: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
