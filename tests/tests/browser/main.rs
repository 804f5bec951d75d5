//! The web pages in a real Chromium: seen, clicked and typed into as people do.
//!
//! | file | what it holds |
//! |---|---|
//! | `story` | the whole story by mouse, by keyboard alone, without JavaScript |
//! | `interrupted` | expired, a second tab, the back button, a double click, "this wasn't me" |
//! | `tour` | every page of the demonstration, at both widths and in both themes |
//! | `prints` | codes and reports on paper |
//! | `chromium` | a browser of one's own, and what is kept when a test fails |
//! | `window` | one window of it: what is seen, what is pressed and typed |
//! | `looks` | what holds of every page: axe-core, widths, shifts; its pictures |
//! | `site` | the pages on a new database, with staff and a customer |
//! | `demo` | `readmit demo`, started as people start it |
//! | `others` | programs that are not ours: `oathtool`, `zbarimg` |
//!
//! `tests/run` installs Chromium, its driver and axe-core. The pictures are in
//! `target/tmp/pictures`; those of the README are among them.

// Marked as tests as a whole, so that helpers too may panic when a test cannot go on.
#[cfg(test)]
mod chromium;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod interrupted;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod others;
#[cfg(test)]
mod prints;
#[cfg(test)]
mod site;
#[cfg(test)]
mod story;
#[cfg(test)]
mod tour;
#[cfg(test)]
mod window;
