//! A small witness: it keeps to tlog-witness, unless it is told to misbehave.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header::CONTENT_TYPE, header::LOCATION};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use readmit_tlog::{
    AddCheckpoint, AddCheckpointError, Checkpoint, Cosigner, Hash, VerifierKey, empty_root,
    leaf_hash,
};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::Result;

/// A witness that listens on the loopback address, and remembers in memory. It stops when it is
/// dropped.
#[derive(Debug)]
pub struct Witness {
    key: VerifierKey,
    address: SocketAddr,
    memory: Shared,
    server: JoinHandle<()>,
}

/// How a witness answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// As tlog-witness says.
    Honest,
    /// With a cosignature whose bytes were changed.
    ChangedSignature,
    /// With a cosignature of another checkpoint.
    OtherCheckpoint,
    /// With the cosignature of another witness.
    OtherWitness,
    /// With a cosignature of 1970.
    Undated,
    /// With this status.
    Status(u16),
    /// With 409 and this size, whatever it is asked.
    Size(u64),
    /// With 409 and a size, as a type that says nothing.
    SizeOfOtherType,
    /// With 409 and something that is no size.
    NoSize,
    /// With nothing in the body.
    Silent,
    /// With bytes that are no text.
    Bytes,
    /// With much more than anybody reads.
    Huge,
    /// With a redirect to another host.
    Redirect,
    /// Not at all.
    Hangs,
}

/// What all cosignatures are dated, in seconds since 1970.
pub const COSIGNED_AT: u64 = 1_790_000_000;

type Shared = Arc<Mutex<Memory>>;

#[derive(Debug)]
struct Memory {
    cosigner: Cosigner,
    behaviour: Behaviour,
    /// By origin.
    logs: BTreeMap<String, Log>,
    requests: usize,
}

/// The last checkpoint that was cosigned of a log.
#[derive(Debug)]
struct Log {
    key: VerifierKey,
    size: u64,
    root: Hash,
}

impl Witness {
    /// Starts one that knows no log.
    pub async fn start() -> Result<Self> {
        let cosigner = Cosigner::new("witness.example/w1", &[11; 32])?;
        let key = cosigner.key().clone();
        let (behaviour, logs) = (Behaviour::Honest, BTreeMap::new());
        let memory = Memory { cosigner, behaviour, logs, requests: 0 };
        let memory = Arc::new(Mutex::new(memory));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let routes = Router::new()
            .route("/w1/add-checkpoint", post(add_checkpoint))
            .with_state(Arc::clone(&memory));
        let server = tokio::spawn(async move {
            // It ends when it is aborted, and a test that needs it notices any other end.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { key, address, memory, server })
    }

    /// Makes a log known to it, or changes the log's key.
    pub fn trust(&self, key: &VerifierKey) {
        let (key, origin) = (key.clone(), key.name().to_owned());
        let mut memory = lock(&self.memory);
        match memory.logs.get_mut(&origin) {
            Some(log) => log.key = key,
            None => drop(memory.logs.insert(origin, Log { key, size: 0, root: empty_root() })),
        }
    }

    /// Makes it forget what it has cosigned.
    pub fn forget(&self) {
        for log in lock(&self.memory).logs.values_mut() {
            (log.size, log.root) = (0, empty_root());
        }
    }

    /// Tells it how to answer from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        lock(&self.memory).behaviour = behaviour;
    }

    /// Its submission prefix.
    pub fn url(&self) -> String {
        format!("http://{}/w1", self.address)
    }

    /// The key that it cosigns with.
    pub const fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// How many events of a log it has cosigned.
    pub fn known(&self, origin: &str) -> u64 {
        lock(&self.memory).logs.get(origin).map_or(0, |log| log.size)
    }

    /// How often it was asked.
    pub fn requests(&self) -> usize {
        lock(&self.memory).requests
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn add_checkpoint(State(memory): State<Shared>, body: String) -> Response {
    let behaviour = {
        let mut memory = lock(&memory);
        memory.requests += 1;
        memory.behaviour
    };
    match behaviour {
        Behaviour::Honest => lock(&memory).add(&body),
        Behaviour::Status(status) => StatusCode::from_u16(status)
            .map_or_else(|_| refuse(StatusCode::IM_A_TEAPOT, ""), |it| refuse(it, "as told")),
        Behaviour::Size(known) => size(known),
        Behaviour::SizeOfOtherType => refuse(StatusCode::CONFLICT, "7\n"),
        Behaviour::NoSize => sized("seven\n".to_owned()),
        Behaviour::Silent => StatusCode::OK.into_response(),
        Behaviour::Bytes => vec![0xff_u8; 64].into_response(),
        Behaviour::Huge => "x".repeat(10_000_000).into_response(),
        Behaviour::Redirect => {
            let to = [(LOCATION, "http://127.0.0.2:9/w1/add-checkpoint")];
            (StatusCode::TEMPORARY_REDIRECT, to).into_response()
        }
        Behaviour::Hangs => std::future::pending().await,
        _ => lock(&memory).cosign_badly(&body),
    }
}

impl Memory {
    /// In the order of tlog-witness, *add-checkpoint*.
    fn add(&mut self, body: &str) -> Response {
        let request: AddCheckpoint = match body.parse() {
            Ok(request) => request,
            Err(error) => {
                let why: AddCheckpointError = error;
                return refuse(StatusCode::BAD_REQUEST, &why.to_string());
            }
        };
        let checkpoint = request.checkpoint().checkpoint();
        let Some(log) = self.logs.get_mut(checkpoint.origin()) else {
            return refuse(StatusCode::NOT_FOUND, "unknown origin");
        };
        if let Err(error) = request.checkpoint().verify(&log.key, &[]) {
            return refuse(StatusCode::FORBIDDEN, &error.to_string());
        }
        if request.old_size() != log.size {
            return size(log.size);
        }
        if let Err(error) = request.verify(log.root) {
            return refuse(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string());
        }
        (log.size, log.root) = (checkpoint.size(), checkpoint.root());
        cosign(&self.cosigner, checkpoint, COSIGNED_AT)
    }

    fn cosign_badly(&self, body: &str) -> Response {
        let Ok(request) = body.parse::<AddCheckpoint>() else {
            return refuse(StatusCode::BAD_REQUEST, "malformed");
        };
        let asked = request.checkpoint().checkpoint();
        match self.behaviour {
            Behaviour::Undated => cosign(&self.cosigner, asked, 0),
            Behaviour::OtherCheckpoint => {
                match Checkpoint::new(asked.origin(), asked.size(), leaf_hash(b"another")) {
                    Ok(other) => cosign(&self.cosigner, &other, COSIGNED_AT),
                    Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
                }
            }
            Behaviour::OtherWitness => match Cosigner::new("witness.example/w1", &[12; 32]) {
                Ok(other) => cosign(&other, asked, COSIGNED_AT),
                Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
            },
            // The time is signed, so another one is a changed signature.
            _ => match self.cosigner.cosign(asked, COSIGNED_AT) {
                Ok(line) => swap_a_character(&line.to_string()).into_response(),
                Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
            },
        }
    }
}

/// Changes the line somewhere in the middle of the signature, and keeps it base64.
fn swap_a_character(line: &str) -> String {
    let at = line.len() - 20;
    let (before, after) = line.split_at(at);
    let swapped = if after.starts_with('A') { 'B' } else { 'A' };
    format!("{before}{swapped}{}\n", after.get(1..).unwrap_or_default())
}

fn cosign(cosigner: &Cosigner, checkpoint: &Checkpoint, at_seconds: u64) -> Response {
    match cosigner.cosign(checkpoint, at_seconds) {
        Ok(line) => format!("{line}\n").into_response(),
        Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn size(known: u64) -> Response {
    sized(format!("{known}\n"))
}

fn sized(body: String) -> Response {
    (StatusCode::CONFLICT, [(CONTENT_TYPE, "text/x.tlog.size")], body).into_response()
}

fn refuse(status: StatusCode, why: &str) -> Response {
    (status, why.to_owned()).into_response()
}

/// What a task did that panicked meanwhile is for its own test to notice.
fn lock(memory: &Shared) -> MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}
