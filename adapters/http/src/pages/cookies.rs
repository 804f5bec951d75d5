//! The cookie of a session: the same token that the API takes as a bearer token.

use axum::http::HeaderMap;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use zeroize::Zeroizing;

/// Browsers take a cookie of this name only over TLS, for this server alone and for all of it.
const BY_TLS: &str = "__Host-readmit";
/// Without TLS, which is for one's own machine.
const PLAIN: &str = "readmit";

/// How cookies are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cookies {
    /// Whether visitors come by TLS: to us, or to a proxy in front of us.
    pub(crate) by_tls: bool,
}

impl Cookies {
    const fn name(self) -> &'static str {
        if self.by_tls { BY_TLS } else { PLAIN }
    }

    /// The token that a visitor brings.
    pub(super) fn token(self, headers: &HeaderMap) -> Option<Zeroizing<String>> {
        let jar = CookieJar::from_headers(headers);
        jar.get(self.name()).map(|cookie| Zeroizing::new(cookie.value().to_owned()))
    }

    /// Has the browser bring this token from now on, until it is closed.
    pub(super) fn bring(self, jar: CookieJar, token: &str) -> CookieJar {
        jar.add(self.cookie(self.name(), token.to_owned()))
    }

    /// Has the browser forget the token.
    pub(super) fn forget(self, jar: CookieJar) -> CookieJar {
        let mut cookie = self.cookie(self.name(), String::new());
        cookie.make_removal();
        jar.add(cookie)
    }

    /// A cookie that no script reads. Links from elsewhere bring it, or a customer who follows one
    /// would be signed out; forms from elsewhere do not.
    pub(super) fn cookie(self, name: &'static str, value: String) -> Cookie<'static> {
        Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.by_tls)
            .same_site(SameSite::Lax)
            .build()
    }
}
