//! Connections: as many at once as there may be, and none whose answers are not read.

use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum_server::{AddrListener, Address};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

use crate::settings::Limits;

/// Connections that may wait to be taken: as many as Linux lets, unless it is told otherwise. The
/// callers of a storm come at once, and one that finds no room hears nothing for a second, when it
/// could be told to come back later.
const BACKLOG: u32 = 4_096;

/// The other end of a connection.
#[derive(Debug, Clone)]
pub(super) struct Peer(SocketAddr);

/// Takes a connection only when there may be one more: until then it waits in the system's
/// backlog, where it costs nothing.
pub(super) struct Listener {
    tcp: TcpListener,
    permits: Arc<Semaphore>,
    patience: Duration,
}

/// A connection. Its place is free again once it is dropped.
pub(super) struct Stream {
    tcp: TcpStream,
    /// How long the other end may leave unread what was written.
    patience: Duration,
    /// Running while it does.
    stalled: Option<Pin<Box<Sleep>>>,
    _place: OwnedSemaphorePermit,
}

impl Listener {
    pub(super) fn bind(address: SocketAddr, limits: &Limits) -> io::Result<Self> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // After a restart, connections of before may still be on their way out. Elsewhere than on
        // Unix it would let another process take the address.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        Ok(Self {
            tcp: socket.listen(BACKLOG)?,
            permits: Arc::new(Semaphore::new(limits.connections as usize)),
            patience: limits.request_time(),
        })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

impl AddrListener<Stream, Peer> for Listener {
    async fn bind_to(address: Peer) -> io::Result<Self> {
        Self::bind(address.0, &Limits::default())
    }

    async fn accept_stream(&self) -> io::Result<(Stream, Peer)> {
        let place = Arc::clone(&self.permits).acquire_owned().await.map_err(io::Error::other)?;
        let (tcp, peer) = loop {
            match self.tcp.accept().await {
                // It was gone again before it was taken.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                accepted => break accepted?,
            }
        };
        // Answers are small, and nobody should wait for more of them. It fails only for a
        // connection that is broken, which will be noticed.
        let _ = tcp.set_nodelay(true);
        Ok((Stream { tcp, patience: self.patience, stalled: None, _place: place }, Peer(peer)))
    }

    fn get_local_addr(&self) -> io::Result<Peer> {
        self.address().map(Peer)
    }
}

impl Address for Peer {
    type Stream = Stream;
    type Listener = Listener;
}

impl Connected<Peer> for SocketAddr {
    fn connect_info(peer: Peer) -> Self {
        peer.0
    }
}

impl Stream {
    /// Gives up once what was written has been left unread for too long.
    fn in_time<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, "the answer is not read")))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write(context, bytes);
        self.in_time(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write_vectored(context, parts);
        self.in_time(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}
