//! One connection that is kept alive, with one request at a time on it.

use std::net::SocketAddr;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use readmit_bench_driver::{Fallible, shape::new_id};
use serde_json::Value;
use tokio::net::TcpStream;

/// A caller of the API.
pub struct Client(SendRequest<Full<Bytes>>);

/// An answer, whole.
pub struct Reply(Bytes);

impl Client {
    pub async fn connect(address: SocketAddr) -> Fallible<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with the sender.
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    pub async fn get(&mut self, path: &str) -> Fallible<Reply> {
        self.send(Request::get(path).header(HOST, "bench").body(Full::default())?).await
    }

    /// Opens a page, as a visitor with this session; answers how long it is.
    pub async fn page(&mut self, path: &str, token: &str) -> Fallible<usize> {
        let request = Request::get(path).header(HOST, "bench");
        let request = request.header(COOKIE, format!("readmit={token}"));
        Ok(self.send(request.body(Full::default())?).await?.0.len())
    }

    /// Sends a command under a key of its own, as a careful caller does. A body is JSON.
    pub async fn post(
        &mut self,
        path: &str,
        token: &str,
        body: impl Into<Option<Value>>,
    ) -> Fallible<Reply> {
        let mut request = Request::builder().method(Method::POST).uri(path).header(HOST, "bench");
        if !token.is_empty() {
            request = request
                .header(AUTHORIZATION, format!("Bearer {token}"))
                .header("idempotency-key", new_id().to_string());
        }
        let body = match body.into() {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                body.to_string().into()
            }
            None => Bytes::new(),
        };
        self.send(request.body(Full::new(body))?).await
    }

    /// The answer, which must say yes.
    async fn send(&mut self, request: Request<Full<Bytes>>) -> Fallible<Reply> {
        self.0.ready().await?;
        let answer = self.0.send_request(request).await?;
        let status: StatusCode = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        if status.is_success() {
            Ok(Reply(body))
        } else {
            Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into())
        }
    }
}

impl Reply {
    pub fn json(&self) -> Fallible<Value> {
        Ok(serde_json::from_slice(&self.0)?)
    }

    /// A text of the answer.
    pub fn text(&self, name: &str) -> Fallible<String> {
        let json = self.json()?;
        Ok(json[name].as_str().ok_or_else(|| format!("no {name} in the answer"))?.to_owned())
    }
}
