//! How a visitor sees the pages: language and theme, by their cookies and their browser.

use axum::http::HeaderMap;
use axum_extra::extract::CookieJar;

use super::words::{Language, Words};

/// The cookie that names the language that was chosen.
pub(super) const LANGUAGE: &str = "language";
/// The cookie that names the theme that was chosen.
const THEME: &str = "theme";

/// How a visitor sees the pages.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) words: &'static Words,
    pub(crate) theme: Theme,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system has it.
    System,
    Light,
    Dark,
}

impl Look {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let cookies = CookieJar::from_headers(headers);
        let chosen = cookies.get(LANGUAGE).map(axum_extra::extract::cookie::Cookie::value);
        let theme = match cookies.get(THEME).map(axum_extra::extract::cookie::Cookie::value) {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        };
        Self { words: Words::of(Language::wanted(chosen, headers)), theme }
    }
}

impl Theme {
    /// As the attribute `data-theme` names it; none if the system decides.
    pub(crate) const fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}
