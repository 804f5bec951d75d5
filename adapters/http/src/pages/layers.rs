//! What is done for every page, around its handler.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower_http::csrf::CsrfLayer;

use super::look::Look;
use super::page::{Chrome, ProblemPage, Surface};
use crate::app::{App, AppState};
use crate::identify::TokenDigest;
use crate::layers::{identity, origin};
use crate::problem::{self, Problem};

/// Pages load from here alone, and are shown in no frame; no script or style stands in them.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Where the page that is asked for stands: what forms and links come back to.
#[derive(Debug, Clone)]
pub(super) struct Here(pub(super) String);

/// What the visitor brought holds no longer: which it was, the page that asks them to sign in says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Over {
    Session,
    Recovery,
}

/// Finds out who visits; makes pages of problems; adds the headers of pages.
pub(crate) async fn around(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let look = Look::of(request.headers());
    let here = here(&request);
    let surface = surface_of(request.uri().path());
    request.extensions_mut().insert(look);
    request.extensions_mut().insert(Here(here.clone()));
    let response = match recognise(&app, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    finished(response, Chrome::new(look, surface, here, app.engine.now()))
}

/// A page of a problem that no page of ours has told: for who comes with a browser.
pub(crate) fn told(app: &App, headers: &HeaderMap, problem: &Problem) -> Response {
    let chrome = Chrome::new(Look::of(headers), Surface::Door, "/".to_owned(), app.engine.now());
    with_headers(ProblemPage::of(chrome, problem))
}

/// Forms come from our own pages.
pub(super) fn csrf()
-> CsrfLayer<fn(tower_http::csrf::ProtectionError) -> axum::http::Response<Body>> {
    CsrfLayer::new().with_rejection_response(refuse_other_sites)
}

fn refuse_other_sites(_: tower_http::csrf::ProtectionError) -> Response {
    Problem::new("cross_site", "This form was sent from another site.").into_response()
}

fn here(request: &Request) -> String {
    let uri = request.uri();
    match *request.method() {
        Method::GET => uri.path_and_query().map_or("/", |it| it.as_str()).to_owned(),
        // What a form was sent to is no place to come back to.
        _ => surface_of(uri.path()).home().to_owned(),
    }
}

fn surface_of(path: &str) -> Surface {
    let begins =
        |with| path == with || path.strip_prefix(with).is_some_and(|it| it.starts_with('/'));
    if begins("/console") {
        Surface::Console
    } else if begins("/audit") {
        Surface::Desk
    } else if ["/portal", "/my-account", "/security", "/device", "/codes"].into_iter().any(begins) {
        Surface::Portal
    } else if begins("/demo") {
        Surface::Demo
    } else {
        Surface::Door
    }
}

async fn recognise(app: &App, request: &mut Request) -> Result<(), Problem> {
    let origin = origin(app, request);
    let address = origin.ip;
    request.extensions_mut().insert(origin);
    let Some(token) = app.cookies.token(request.headers()) else {
        app.rates.count_address(address)?;
        return Ok(());
    };
    let digest = TokenDigest::of(&token);
    match identity(app, &token, digest, address).await {
        Ok(identity) => {
            app.rates.count_credential(&digest)?;
            request.extensions_mut().insert(digest);
            request.extensions_mut().insert(identity);
            Ok(())
        }
        // A session that has ended is none: the page says what to do.
        Err(problem) if problem.code() == "unauthorised" => {
            let over = if token.starts_with("rrs_") { Over::Recovery } else { Over::Session };
            request.extensions_mut().insert(over);
            Ok(())
        }
        Err(problem) => Err(problem),
    }
}

fn finished(mut response: Response, chrome: Chrome) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = ProblemPage::of(chrome, &problem);
    } else if response.status().as_u16() >= 400
        && response.extensions().get::<problem::InPage>().is_none()
    {
        response = ProblemPage::of(chrome, &problem::of_the_framework(response.status()));
    }
    with_headers(response)
}

fn with_headers(mut response: Response) -> Response {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // Our own pages see where a visitor came from, and nobody else does.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
