//! The router: every route with what is done around it.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::get;
use readmit::Engine;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::{App, AppState, Parts};
use crate::identify::{Access, AccessError};
use crate::layers::{self, Patience};
use crate::limits::Rates;
use crate::pages::{Cookies, DemoPeople};
use crate::password::PasswordCheck;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::web_database::WebDatabase;
use crate::{api, document, metrics, pages};

/// Where the API stands.
const PREFIX: &str = "/api/v1";
/// Event streams that may be open at once.
const STREAMS: usize = 256;

/// Why there is no router.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RouterError {
    /// A route does not say who may call it: a mistake in Readmit.
    #[error("a mistake in Readmit: {0}")]
    Route(String),
}

impl From<AccessError> for RouterError {
    fn from(error: AccessError) -> Self {
        Self::Route(error.to_string())
    }
}

/// The API of an engine: who signs in with which password, `passwords` says, such as the
/// [table](WebDatabase::passwords) of the web database itself.
pub fn router(
    engine: Engine,
    web: WebDatabase,
    passwords: Arc<dyn PasswordCheck>,
    settings: &Settings,
) -> Result<Router, RouterError> {
    with_demo(engine, web, passwords, settings, None)
}

/// The same, with a page that shows everybody the passwords and phones of these people: for a
/// demonstration on one's own machine.
pub fn demo_router(
    engine: Engine,
    web: WebDatabase,
    passwords: Arc<dyn PasswordCheck>,
    settings: &Settings,
    people: DemoPeople,
) -> Result<Router, RouterError> {
    with_demo(engine, web, passwords, settings, Some(people))
}

fn with_demo(
    engine: Engine,
    web: WebDatabase,
    passwords: Arc<dyn PasswordCheck>,
    settings: &Settings,
    demo: Option<DemoPeople>,
) -> Result<Router, RouterError> {
    let (routes, document) = routes().split_for_parts();
    let (live, live_document) = api::live_routes().split_for_parts();
    let document = document.merge_from(live_document);
    let access = Access::of(&document)?;
    let document = completed(document);
    let limits = &settings.limits;
    let app: AppState = Arc::new(App::new(Parts {
        engine,
        web,
        passwords,
        access,
        rates: Rates::new(limits),
        places: usize::try_from(limits.requests_in_flight).unwrap_or(usize::MAX),
        streams: STREAMS,
        trusted_proxies: settings.trusted_proxies.clone(),
        tls: settings.tls.is_some(),
        demo,
        // A proxy that is trusted is there to speak TLS.
        cookies: Cookies { by_tls: settings.tls.is_some() || !settings.trusted_proxies.is_empty() },
    }));
    let patience = Patience(limits.request_time());
    Ok(routes
        .route_layer(from_fn_with_state(Arc::clone(&app), layers::authorise))
        .merge(documentation(document))
        .merge(pages::routes(&app))
        .fallback(no_such_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(usize::try_from(limits.body_bytes).unwrap_or(usize::MAX)))
        .layer(from_fn_with_state((Arc::clone(&app), patience), layers::admit))
        // In a storm too: a supervisor that is not answered would end what the storm has not.
        .merge(live)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Arc::clone(&app), layers::on_a_page))
        .layer(from_fn(metrics::record))
        .layer(from_fn_with_state(Arc::clone(&app), layers::trace))
        .with_state(app))
}

/// The document that describes the API, as it is served at `/openapi.json`.
pub fn openapi() -> OpenApi {
    completed(routes().merge(api::live_routes()).split_for_parts().1)
}

fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(document::skeleton())
        .merge(api::service_routes())
        .nest(PREFIX, api::routes())
}

fn completed(mut document: OpenApi) -> OpenApi {
    document::complete(&mut document);
    document
}

/// The document itself, pages to read it with, and what problems mean.
fn documentation(document: OpenApi) -> Router<AppState> {
    let json = Arc::new(document);
    let served = Arc::clone(&json);
    let swagger: Router<AppState> =
        SwaggerUi::new("/docs").config(utoipa_swagger_ui::Config::from("/openapi.json")).into();
    Router::new()
        .route("/openapi.json", get(async move || Json(OpenApi::clone(&served))))
        .route("/problems", get(api::answer_problem_table))
        .route("/problems/{code}", get(api::answer_problem_page))
        .merge(swagger.layer(axum::middleware::map_response(for_swagger)))
}

/// Swagger UI loads its own scripts, and styles its parts by itself.
async fn for_swagger(mut response: Response) -> Response {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                  img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";
    let name: HeaderName = header::CONTENT_SECURITY_POLICY;
    response.headers_mut().insert(name, HeaderValue::from_static(policy));
    response
}

async fn no_such_route() -> Problem {
    Problem::new("no_such_route", "There is no such route: see /openapi.json.")
}

async fn method_not_allowed() -> Problem {
    Problem::new("method_not_allowed", "The route has no such method: see the header Allow.")
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::new("internal", "Something failed on the server.").into_response()
}
