//! `/audit/bundle`: the whole ledger as a folder, in one file (tar).

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use readmit::{AuditSubject, Tenant};
use tar::{Builder, HeaderMode};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;

use super::{enter, saved_as};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;

/// How many exports are made at once: each takes as much disk as the ledger.
const AT_ONCE: usize = 1;
/// Bytes in a piece.
const PIECE: usize = 64 * 1024;
/// Pieces that wait for a slow reader.
const WAITING: usize = 4;
/// A reader who takes nothing for so long lets the next one have their turn.
const PATIENCE: Duration = Duration::from_mins(1);

/// Exports under way, of all ledgers.
pub(crate) struct Exports(Arc<Semaphore>);

impl Default for Exports {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Exports {
    fn begin(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_| {
            let detail = "Another export is under way.";
            Problem::new("overloaded", detail).retry_after(30)
        })
    }
}

pub(super) async fn download(visitor: Visitor) -> Result<Response, Refused> {
    let admin = enter(&visitor).await?;
    let turn = visitor.app.exports.begin()?;
    admin.caller.record_access(AuditSubject::Export).await?;
    let tenant = admin.tenant().clone();
    let name = format!("{}-ledger", tenant.name());
    let headers = saved_as("application/x-tar", &format!("{name}.tar"));
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let _turn = turn;
        if let Err(error) = export(&tenant, name, sender.clone()).await {
            // The answer has begun: it breaks off, and is no whole file.
            tracing::error!(%error, "an export failed");
            let _ = timeout(PATIENCE, sender.send(Err(error))).await;
        }
    });
    Ok((headers, Body::from_stream(ReceiverStream::new(receiver))).into_response())
}

type Pieces = mpsc::Sender<io::Result<Bytes>>;

/// Exports into a folder of our own, and sends it; the folder is gone afterwards.
async fn export(tenant: &Tenant, name: String, pieces: Pieces) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(&name);
    tenant.export(&path, |_, _| {}).await.map_err(io::Error::other)?;
    let handle = Handle::current();
    let packed = tokio::task::spawn_blocking(move || {
        let pipe = Pipe { pieces, handle, piece: Vec::with_capacity(PIECE) };
        let packed = pack(pipe, &name, &path);
        folder.close().and(packed)
    });
    packed.await.map_err(io::Error::other)?
}

fn pack(pipe: Pipe, name: &str, folder: &Path) -> io::Result<()> {
    let mut tar = Builder::new(pipe);
    tar.mode(HeaderMode::Deterministic);
    tar.append_dir_all(name, folder)?;
    tar.into_inner()?.flush()
}

/// Sends what is written as the pieces of an answer.
struct Pipe {
    pieces: Pieces,
    handle: Handle,
    piece: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PIECE.saturating_sub(self.piece.len()).max(1);
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.piece.extend_from_slice(taken);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        let sending = timeout(PATIENCE, self.pieces.send(Ok(piece.into())));
        match self.handle.block_on(sending) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "nobody reads any more")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the reader takes nothing")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_export_is_made_at_once() {
        let exports = Exports::default();
        let first = exports.begin().unwrap();
        let problem = exports.begin().unwrap_err();
        assert_eq!((problem.code(), problem.status().as_u16()), ("overloaded", 503));
        assert!(problem.headers().iter().any(|(name, _)| name == "retry-after"));
        drop(first);
        assert!(exports.begin().is_ok());
    }

    #[tokio::test]
    async fn what_is_packed_arrives_in_order_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let large: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        std::fs::write(folder.path().join("large"), &large).unwrap();
        std::fs::create_dir(folder.path().join("tile")).unwrap();
        std::fs::write(folder.path().join("tile/000"), "hash").unwrap();
        let (pieces, mut receiver) = mpsc::channel(WAITING);
        let (handle, path) = (Handle::current(), folder.path().to_owned());
        let packing = tokio::task::spawn_blocking(move || {
            pack(Pipe { pieces, handle, piece: Vec::new() }, "acme", &path)
        });
        let mut file = Vec::new();
        while let Some(piece) = receiver.recv().await {
            file.extend_from_slice(&piece.unwrap());
        }
        packing.await.unwrap().unwrap();
        let unpacked = tempfile::tempdir().unwrap();
        tar::Archive::new(file.as_slice()).unpack(unpacked.path()).unwrap();
        assert_eq!(std::fs::read(unpacked.path().join("acme/large")).unwrap(), large);
        assert_eq!(std::fs::read(unpacked.path().join("acme/tile/000")).unwrap(), b"hash");
    }
}
