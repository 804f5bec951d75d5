//! A router, served: the listener, TLS, metrics beside it, and an orderly end.
//!
//! | file | what it does |
//! |---|---|
//! | `mod.rs` | from settings to a running service, and to its end |
//! | `listener.rs` | connections: as many at once as there may be, none that reads no answer |
//! | `tls.rs` | certificate and key, read anew on SIGHUP |
//! | `systemd.rs` | what systemd is told |
//! | `client_ip.rs` | where a caller comes from, behind proxies |
//!
//! **Invariant: a caller holds a connection for a bounded time only by doing nothing.** Headers,
//! handshakes and answers that are not read all have their time; bodies are the router's matter.
//!
//! Only HTTP/1.1 is spoken: an HTTP/2 connection could be kept open for ever, by answering pings
//! alone. What is no HTTP, or has headers that are too long (431), is answered by hyper, with
//! an empty body: no router sees it.

mod client_ip;
mod listener;
mod systemd;
#[cfg(test)]
mod tests;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;

use axum::Router;
use axum::extract::Extension;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::metrics;
use crate::settings::{Limits, Settings, WrongSetting};

pub use client_ip::client_ip;
pub use tls::TlsError;

use listener::{Listener, Peer};

/// What is served, and where, once callers are answered.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Where callers are answered: the port too, where any was asked for.
    pub address: SocketAddr,
    /// Where metrics are read.
    pub metrics: Option<SocketAddr>,
    /// Whether callers are answered by TLS.
    pub tls: bool,
}

/// Cancelled when the service is told to stop.
///
/// Each request finds it among its extensions. An answer without an end, such as a stream of
/// events, ends with it: the service would wait for it and then cut it off.
#[derive(Debug, Clone, Default)]
pub struct Stopping(CancellationToken);

impl Stopping {
    /// Waits until the service is told to stop.
    pub async fn told(&self) {
        self.0.cancelled().await;
    }
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address cannot be listened to.
    #[error("{field}: {address} cannot be listened to: {why}")]
    Listen {
        /// The setting.
        field: &'static str,
        /// What it says.
        address: SocketAddr,
        /// What the system says.
        why: io::Error,
    },
    /// A setting cannot be.
    #[error(transparent)]
    Setting(#[from] WrongSetting),
    /// Certificate or key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// There is no recorder of metrics.
    #[error(transparent)]
    Metrics(#[from] metrics::InstallError),
    /// The system refused something.
    #[error("the service failed: {0}")]
    Failed(#[from] io::Error),
}

/// Whether these settings make sense, and the files that they name can be used.
pub fn check(settings: &Settings) -> Result<(), ServeError> {
    settings.validate()?;
    settings.tls.as_ref().map(tls::load).transpose()?;
    Ok(())
}

/// Connections at once to the listener of metrics: for a handful of scrapers.
const METRICS_CONNECTIONS: u32 = 16;

/// Answers callers until `shutdown` is over, then lets requests under way finish.
///
/// `events` is told once callers are answered, and systemd is too. Afterwards no new
/// connection is taken, idle ones are closed, and those with a request under way get
/// [`Settings::shutdown_seconds`]; then they are cut. The certificate is read anew on SIGHUP.
///
/// With [`Settings::metrics_listen`], [`metrics::install`] should have been called before
/// anything that measures was started: what was counted before is lost.
pub async fn serve(
    router: Router,
    settings: &Settings,
    events: impl FnOnce(Ready),
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    settings.validate()?;
    let tls = settings.tls.as_ref().map(tls::load).transpose()?;
    let listener = listen("listen", settings.listen, &settings.limits)?;
    let ready = Ready { address: listener.address()?, metrics: None, tls: tls.is_some() };

    // Ends with this future, after the last request.
    let mut beside = JoinSet::new();
    beside.spawn(tls::reload_on_hangup(settings.tls.clone(), tls.clone())?);
    let metrics = match settings.metrics_listen {
        Some(address) => Some(serve_metrics(address, &settings.limits, &mut beside)?),
        None => None,
    };
    events(Ready { metrics, ..ready });
    systemd::ready();
    beside.spawn(systemd::keep_watchdog_quiet());

    let answered = answer(router, listener, tls, settings, shutdown).await;
    // Here `beside` ends: metrics could be read until now.
    Ok(answered?)
}

/// Answers callers until the orderly end.
async fn answer(
    router: Router,
    listener: Listener,
    tls: Option<RustlsConfig>,
    settings: &Settings,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let stopping = Stopping::default();
    let service = service(router.layer(Extension(stopping.clone())));
    let handle = Handle::new();
    let server = server(listener, &settings.limits).handle(handle.clone());
    let answering = async {
        match tls {
            Some(tls) => {
                let tls = RustlsAcceptor::new(tls).handshake_timeout(settings.limits.header_time());
                server.acceptor(tls).serve(service).await
            }
            None => server.serve(service).await,
        }
    };
    let mut answering = pin!(answering);
    tokio::select! {
        failed = &mut answering => return failed,
        () = shutdown => handle.graceful_shutdown(Some(settings.shutdown_time())),
    }
    systemd::stopping();
    stopping.0.cancel();
    let ended = answering.await;
    match handle.connection_count() {
        0 => {}
        cut => tracing::warn!(connections = cut, "requests took too long to finish and were cut"),
    }
    ended
}

fn listen(
    field: &'static str,
    address: SocketAddr,
    limits: &Limits,
) -> Result<Listener, ServeError> {
    let listener = Listener::bind(address, limits);
    listener.map_err(|why| ServeError::Listen { field, address, why })
}

/// Metrics, on a listener of their own; answers where.
fn serve_metrics(
    address: SocketAddr,
    limits: &Limits,
    beside: &mut JoinSet<()>,
) -> Result<SocketAddr, ServeError> {
    let handle = metrics::install()?;
    let limits = Limits { connections: METRICS_CONNECTIONS, ..limits.clone() };
    let listener = listen("metrics_listen", address, &limits)?;
    let address = listener.address()?;
    let serving = server(listener, &limits).serve(service(metrics::router(handle.clone())));
    beside.spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "metrics are served no more");
        }
    });
    beside.spawn(metrics::keep_small(handle));
    Ok(address)
}

fn service(router: Router) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    router.into_make_service_with_connect_info::<SocketAddr>()
}

fn server(listener: Listener, limits: &Limits) -> Server<Peer> {
    let on_error = |peer: Option<&Peer>, error: &io::Error| {
        if peer.is_some() {
            // A handshake that failed is the caller's affair, and who they are is nobody's.
            tracing::debug!(%error, "a connection came to nothing");
        } else {
            tracing::warn!(%error, "a connection could not be accepted");
        }
    };
    let mut server =
        Server::<Peer>::from_listener(listener).http1_only().accept_error_handler(on_error);
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time())
        .max_buf_size(limits.header_bytes as usize);
    server
}
