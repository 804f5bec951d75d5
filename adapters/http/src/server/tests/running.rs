//! A service that runs, and the plainest of callers.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::server::{Ready, ServeError, serve};
use crate::settings::Settings;

/// Nothing here takes longer; a test that hangs says where.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Running {
    pub(super) ready: Ready,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), ServeError>>,
}

pub(super) struct Caller(pub(super) TcpStream);

/// Settings for a test: a port that is free, and all else as it comes.
pub(super) fn settings() -> Settings {
    Settings { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..Settings::default() }
}

pub(super) fn router() -> Router {
    let peer = async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string();
    let slow = async || {
        tokio::time::sleep(Duration::from_millis(600)).await;
        "done"
    };
    let never = async || std::future::pending::<()>().await;
    Router::new().route("/peer", get(peer)).route("/slow", get(slow)).route("/never", get(never))
}

pub(super) async fn start(settings: Settings, router: Router) -> Running {
    let (told, ready) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(async move {
        let events = |ready| drop(told.send(ready));
        serve(router, &settings, events, async { drop(stopped.await) }).await
    });
    Running { ready: in_time(ready).await.unwrap(), stop, served }
}

pub(super) async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it takes too long")
}

impl Running {
    pub(super) async fn caller(&self) -> Caller {
        Caller::to(self.ready.address).await
    }

    /// Tells it to stop; answers what is still to be waited for.
    pub(super) fn stop(self) -> JoinHandle<Result<(), ServeError>> {
        self.stop.send(()).unwrap();
        self.served
    }
}

impl Caller {
    pub(super) async fn to(address: SocketAddr) -> Self {
        Self(in_time(TcpStream::connect(address)).await.unwrap())
    }

    pub(super) async fn send(&mut self, text: &str) {
        in_time(self.0.write_all(text.as_bytes())).await.unwrap();
    }

    pub(super) async fn get(&mut self, path: &str) {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
    }

    /// All that comes until the other end hangs up.
    pub(super) async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        // A connection that is cut may end with an error too.
        let _ = in_time(self.0.read_to_end(&mut bytes)).await;
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What comes first.
    pub(super) async fn answer(&mut self) -> String {
        let mut bytes = vec![0; 8192];
        let read = in_time(self.0.read(&mut bytes)).await.unwrap();
        String::from_utf8_lossy(&bytes[..read]).into_owned()
    }
}
