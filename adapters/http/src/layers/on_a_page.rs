//! What is refused or fails around the pages, told on a page too: an address that is none, too many
//! requests at once, a request that took too long, a panic.

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;

use crate::app::AppState;
use crate::pages;
use crate::problem::Problem;

/// What only programs ask for, whatever they accept.
const FOR_PROGRAMS: [&str; 3] = ["/openapi.json", "/livez", "/readyz"];

/// Makes a page of a problem that nobody has told yet, for whoever comes with a browser.
pub(crate) async fn on_a_page(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let headers = is_by_browser(&request).then(|| request.headers().clone());
    let mut response = next.run(request).await;
    let Some(headers) = headers else { return response };
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let (page, body) = pages::told(&app, &headers, &problem).into_parts();
    // What else was said of the answer, such as `Allow`, stays.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().extend(page.headers);
    response.extensions_mut().extend(page.extensions);
    response.map(|_| body)
}

fn is_by_browser(request: &Request) -> bool {
    let path = request.uri().path();
    if path.starts_with("/api/") || FOR_PROGRAMS.contains(&path) {
        return false;
    }
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}
