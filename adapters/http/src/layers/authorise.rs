//! Who asks, how often, and whether they may.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use readmit::Origin;

use crate::app::{App, AppState};
use crate::identify::{self, Requirement};
use crate::limits::Left;
use crate::problem::Problem;
use crate::server::client_ip;

/// Lets those through whom the route's documentation admits.
pub(crate) async fn authorise(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    match check(&app, &mut request).await {
        Ok(left) => {
            let mut response = next.run(request).await;
            if let Some(left) = left {
                left.add_to(response.headers_mut());
            }
            response
        }
        Err(problem) => problem.into_response(),
    }
}

async fn check(app: &App, request: &mut Request) -> Result<Option<Left>, Problem> {
    let origin = origin(app, request);
    let address = origin.ip;
    request.extensions_mut().insert(origin);
    let by_address = || match address {
        Some(address) => app.rates.count_address(address),
        None => Ok(None),
    };
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let Some(requirements) = requirements(app, request.method(), route) else {
        // Not a method of this route: the answer is 405, whoever asks.
        return by_address();
    };
    if requirements.contains(&Requirement::Public) {
        return by_address();
    }
    let Some(token) = identify::bearer(request.headers())? else {
        by_address()?;
        return Err(Problem::unauthorised("This route takes a credential."));
    };
    let Some(identity) = identify::identify(app, token).await? else {
        by_address()?;
        return Err(Problem::unauthorised("The credential is not valid, or has ended."));
    };
    let left = app.rates.count_credential(token)?;
    identify::admit(requirements, &identity.who)?;
    request.extensions_mut().insert(identity);
    Ok(left)
}

fn requirements<'a>(app: &'a App, method: &Method, route: &str) -> Option<&'a [Requirement]> {
    app.access.to(method, route)
}

/// Where a request came from, through trusted proxies alone.
fn origin(app: &App, request: &Request) -> Origin {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
    let ip: Option<IpAddr> =
        peer.map(|peer| client_ip(peer, request.headers(), &app.trusted_proxies));
    Origin { ip, user_agent: user_agent(request.headers()) }
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    headers.get(header::USER_AGENT)?.to_str().ok().map(str::to_owned)
}
