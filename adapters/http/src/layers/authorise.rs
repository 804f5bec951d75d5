//! Who asks, how often, and whether they may.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use readmit::Origin;

use crate::app::{App, AppState};
use crate::identify::{self, Identity, Requirement, TokenDigest};
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
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let Some(requirements) = app.access.to(request.method(), route) else {
        // Not a method of this route: the answer is 405, whoever asks.
        return app.rates.count_address(address);
    };
    if requirements.contains(&Requirement::Public) {
        return app.rates.count_address(address);
    }
    let Some(token) = identify::bearer(request.headers())? else {
        app.rates.count_address(address)?;
        return Err(Problem::unauthorised("This route takes a credential."));
    };
    let digest = TokenDigest::of(token);
    let identity = identity(app, token, digest, address).await?;
    let left = app.rates.count_credential(&digest)?;
    identify::admit(requirements, &identity.who)?;
    request.extensions_mut().insert(identity);
    Ok(left)
}

/// Whose credential this is: known from just before, or looked up.
pub(crate) async fn identity(
    app: &App,
    token: &str,
    digest: TokenDigest,
    address: Option<IpAddr>,
) -> Result<Arc<Identity>, Problem> {
    if let Some(known) = app.known.recall(&digest) {
        return Ok(known);
    }
    app.rates.admit_address(address)?;
    if let Some(found) = identify::look_up(app, token, digest).await? {
        return Ok(found);
    }
    app.rates.count_address(address)?;
    Err(Problem::unauthorised("The credential is not valid, or has ended."))
}

/// Where a request came from, through trusted proxies alone.
pub(crate) fn origin(app: &App, request: &Request) -> Origin {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
    let ip: Option<IpAddr> =
        peer.map(|peer| client_ip(peer, request.headers(), &app.trusted_proxies));
    Origin { ip, user_agent: user_agent(request.headers()) }
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    headers.get(header::USER_AGENT)?.to_str().ok().map(str::to_owned)
}
