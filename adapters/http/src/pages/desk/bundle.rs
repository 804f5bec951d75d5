//! `/audit/bundle`: the whole ledger as a folder, in one file (tar).

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use readmit::{AuditSubject, Tenant, TenantId};
use tar::{Builder, HeaderMode};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_stream::wrappers::ReceiverStream;

use super::{enter, record, saved_as};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;

/// Bytes in a piece.
const PIECE: usize = 64 * 1024;
/// Pieces that wait for a slow reader.
const WAITING: usize = 4;
/// A reader who takes nothing for so long lets the next one have their turn.
const PATIENCE: Duration = Duration::from_mins(1);
/// So does one who is not done after so long: at two megabits a second that is a gigabyte, some million
/// events.
const DEADLINE: Duration = Duration::from_hours(1);

/// Exports under way: one of each ledger, since each takes as much disk as the ledger. So all of them
/// together take no more than all ledgers do, and no tenant waits for another.
#[derive(Default)]
pub(crate) struct Exports(Arc<Mutex<HashSet<TenantId>>>);

/// The turn of a tenant, until this is dropped.
struct Turn {
    all: Arc<Mutex<HashSet<TenantId>>>,
    tenant: TenantId,
}

impl Exports {
    fn begin(&self, tenant: TenantId) -> Result<Turn, Problem> {
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant) {
            return Ok(Turn { all: Arc::clone(&self.0), tenant });
        }
        let detail = "Another export of this ledger is under way.";
        Err(Problem::new("overloaded", detail).retry_after(30))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.tenant);
    }
}

pub(super) async fn download(visitor: Visitor) -> Result<Response, Refused> {
    let admin = enter(&visitor).await?;
    let turn = visitor.app.exports.begin(admin.tenant().id())?;
    record(&admin, AuditSubject::Export).await?;
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
    let deadline = Instant::now() + DEADLINE;
    let exported = timeout_at(deadline, tenant.export(&path, |_, _| {})).await?;
    exported.map_err(io::Error::other)?;
    let handle = Handle::current();
    let packed = tokio::task::spawn_blocking(move || {
        let pipe = Pipe { pieces, handle, deadline, piece: Vec::with_capacity(PIECE) };
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
    deadline: Instant,
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
        let now = Instant::now();
        if now >= self.deadline {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the download takes too long"));
        }
        let until = self.deadline.min(now + PATIENCE);
        let sending = async { timeout_at(until, self.pieces.send(Ok(piece.into()))).await };
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
    fn of_each_ledger_one_export_is_made_at_once() {
        let (ours, other) = (
            "ten_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            "ten_01h455vb4pex5vsknk084sn02r".parse().unwrap(),
        );
        let exports = Exports::default();
        let first = exports.begin(ours).unwrap();
        assert!(exports.begin(other).is_ok(), "no tenant waits for another");
        let problem = exports.begin(ours).err().unwrap();
        assert_eq!((problem.code(), problem.status().as_u16()), ("overloaded", 503));
        assert!(problem.headers().iter().any(|(name, _)| name == "retry-after"));
        drop(first);
        assert!(exports.begin(ours).is_ok());
    }

    #[tokio::test]
    async fn a_download_ends_at_its_deadline_whatever_its_reader_takes() {
        let (pieces, mut receiver) = mpsc::channel(1);
        let (handle, deadline) = (Handle::current(), Instant::now() + Duration::from_millis(50));
        let packing = tokio::task::spawn_blocking(move || {
            let mut pipe = Pipe { pieces, handle, deadline, piece: Vec::new() };
            let bytes = vec![0; PIECE];
            std::iter::repeat_with(|| pipe.write_all(&bytes)).find_map(Result::err)
        });
        while receiver.recv().await.is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let error = packing.await.unwrap().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
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
        let deadline = Instant::now() + DEADLINE;
        let packing = tokio::task::spawn_blocking(move || {
            pack(Pipe { pieces, handle, deadline, piece: Vec::new() }, "acme", &path)
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
