//! A page, and what stands around its content.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use readmit::{Role, Timestamp};

use super::assets;
use super::look::Look;
use super::when::When;
use super::words::{Language, Words};
use crate::problem::{self, Problem};

/// What stands around the content of a page.
#[derive(Clone)]
pub(crate) struct Chrome {
    pub(crate) look: Look,
    pub(crate) surface: Surface,
    /// Who is signed in.
    pub(crate) who: Option<Signed>,
    /// The address of the page itself, to come back to.
    pub(crate) here: String,
    /// The server's time, by which the script counts.
    pub(crate) now: String,
    /// Where the two assets are.
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
}

/// Who is signed in, as pages tell it.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) login: String,
    pub(crate) tenant: String,
    pub(crate) roles: Vec<Role>,
    /// Whether My Account is there for them now.
    pub(crate) my_account: bool,
    /// Whether they have a session of their own, not only a recovery.
    pub(crate) session: bool,
}

/// One of the faces of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// Where people sign in.
    Door,
    Portal,
    Console,
    Desk,
    /// The phones of the demonstration.
    Demo,
}

/// One entry of the navigation.
pub(crate) struct Entry {
    pub(crate) path: &'static str,
    /// The message that names it.
    pub(crate) name: &'static str,
    pub(crate) current: bool,
}

/// A language, with where it is chosen.
pub(crate) struct LanguageLink {
    pub(crate) address: String,
    pub(crate) tag: &'static str,
    pub(crate) name: &'static str,
    pub(crate) current: bool,
}

impl Chrome {
    pub(crate) fn new(look: Look, surface: Surface, here: String, now: Timestamp) -> Self {
        let (style, script) = (assets::style(), assets::script());
        let now = When(now).iso();
        Self { look, surface, who: None, here, now, style, script }
    }

    /// The version of the program.
    #[expect(clippy::unused_self, reason = "templates call methods alone")]
    pub(crate) const fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    pub(crate) const fn words(&self) -> &'static Words {
        self.look.words
    }

    /// Where the surface begins.
    pub(crate) const fn home(&self) -> &'static str {
        self.surface.home()
    }

    /// The message that names the surface.
    pub(crate) const fn surface_name(&self) -> &'static str {
        match self.surface {
            Surface::Door | Surface::Demo => "surface-door",
            Surface::Portal => "surface-portal",
            Surface::Console => "surface-console",
            Surface::Desk => "surface-desk",
        }
    }

    /// The navigation: what the visitor may open.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let Some(who) = &self.who else { return Vec::new() };
        let is = |role| who.roles.contains(&role);
        let owner = is(Role::Owner);
        let works = owner || is(Role::RecoveryAdmin) || is(Role::Approver) || is(Role::Helpdesk);
        let audits = owner || is(Role::Auditor);
        let all = [
            ("/console/customers", "nav-customers", works),
            ("/console/bypasses", "nav-bypasses", works),
            ("/console/admins", "nav-admins", works),
            ("/console/keys", "nav-keys", owner),
            ("/console/policy", "nav-policy", works || audits),
            ("/audit", "nav-audit", audits),
            ("/audit/recoveries", "nav-recoveries", audits),
        ];
        let path = self.here.split('?').next().unwrap_or_default();
        // Of several that begin the path, the longest is where the visitor is.
        let current = all
            .iter()
            .filter(|(entry, ..)| path == *entry || path.starts_with(&format!("{entry}/")))
            .map(|(entry, ..)| *entry)
            .max_by_key(|entry| entry.len());
        all.into_iter()
            .filter(|(.., shown)| *shown)
            .map(|(path, name, _)| Entry { path, name, current: current == Some(path) })
            .collect()
    }

    /// The other languages, with where they are chosen.
    pub(crate) fn languages(&self) -> Vec<LanguageLink> {
        let then: String = form_urlencoded::byte_serialize(self.here.as_bytes()).collect();
        let link = |(language, name): (Language, &'static str)| LanguageLink {
            address: format!("/language/{}?then={then}", language.tag()),
            tag: language.tag(),
            name,
            current: language == self.words().language(),
        };
        Language::ALL.into_iter().map(link).collect()
    }
}

impl Signed {
    /// The login as far as it tells somebody from their colleagues.
    pub(crate) fn short(&self) -> &str {
        self.login.split('@').next().unwrap_or_default()
    }
}

impl Surface {
    /// How wide its pages are, as the style sheet names it.
    pub(crate) const fn width(self) -> &'static str {
        match self {
            Self::Door => "gate",
            Self::Portal => "narrow",
            Self::Console | Self::Desk | Self::Demo => "wide",
        }
    }

    pub(crate) const fn home(self) -> &'static str {
        match self {
            Self::Door | Self::Demo => "/sign-in",
            Self::Portal => "/portal",
            Self::Console => "/console/customers",
            Self::Desk => "/audit",
        }
    }

    /// Where somebody with these roles begins.
    pub(crate) fn of(roles: &[Role]) -> Self {
        let only_audits = roles.iter().all(|role| *role == Role::Auditor);
        if only_audits { Self::Desk } else { Self::Console }
    }
}

/// A page, rendered when it is sent.
pub(crate) struct Page<T>(pub(crate) T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let Ok(text) = self.0.render().map_err(|error| tracing::error!(%error, "a page failed"))
        else {
            return Problem::new("internal", "The page could not be made.").into_response();
        };
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        let mut response = ([(header::CONTENT_TYPE, html)], text).into_response();
        response.extensions_mut().insert(problem::InPage);
        response
    }
}

/// After these nobody can say that nothing was done: whoever reads the page has to look.
const MAY_BE_DONE: [&str; 3] = ["outcome_unknown", "timed_out", "internal"];

/// The page that says what is refused or failed, and what to do.
#[derive(Template)]
#[template(path = "problem.html")]
pub(super) struct ProblemPage {
    chrome: Chrome,
    status: u16,
    code: &'static str,
    why: String,
    /// Whether nothing was done, and trying again in a moment may help.
    again: bool,
}

impl ProblemPage {
    pub(super) fn of(chrome: Chrome, problem: &Problem) -> Response {
        let status = problem.status();
        let why = chrome.words().why(problem);
        let (code, again) = (problem.code(), is_worth_another_try(problem));
        let page = Self { chrome, status: status.as_u16(), code, why, again };
        let mut response = (status, Page(page)).into_response();
        for (name, value) in problem.headers() {
            response.headers_mut().insert(name, value.clone());
        }
        response.extensions_mut().insert(problem::Code(problem.code()));
        response
    }
}

/// Whether nothing was done, and trying again in a moment may help.
fn is_worth_another_try(problem: &Problem) -> bool {
    // How long a lock or a wait lasts, their own words say.
    let lasts = problem.code() == "locked" || problem.until().is_some();
    let passes = matches!(problem.status().as_u16(), 429 | 500..=599);
    passes && !lasts && !MAY_BE_DONE.contains(&problem.code())
}

/// A page that says no to what a form brought.
pub(crate) fn unprocessable<T: Template>(page: T) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_that_nothing_was_done_only_where_that_is_known() {
        for code in ["busy", "overloaded", "unavailable", "rate_limited"] {
            assert!(is_worth_another_try(&Problem::new(code, "")), "{code}");
        }
        for code in ["outcome_unknown", "timed_out", "internal", "locked", "not_found"] {
            assert!(!is_worth_another_try(&Problem::new(code, "")), "{code}");
        }
        let wait = Problem::new("rate_limited", "").with("until", "2026-11-29T18:30:00Z");
        assert!(!is_worth_another_try(&wait));
    }
}
