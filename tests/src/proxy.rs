//! A TCP proxy that does what networks do: it loses requests and answers, and delivers late.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::Result;

/// What becomes of a connection on which a client sends something that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The request arrives; its answer is lost with the connection.
    LoseAnswer,
    /// The request is lost with the connection.
    LoseRequest,
    /// The client loses the connection at once; the request arrives this much later.
    Late(Duration),
}

/// A proxy on the loopback address; it ends when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    orders: Arc<Mutex<Orders>>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Orders {
    /// What is looked for, and what becomes of the next connections on which it is sent.
    looked_for: Vec<u8>,
    cuts: Vec<Cut>,
    /// Connections that send this are always cut.
    never: Option<Vec<u8>>,
    done: usize,
}

impl Proxy {
    /// In front of the server at this address.
    pub async fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let orders = Arc::<Mutex<Orders>>::default();
        let shared = Arc::clone(&orders);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let orders = Arc::clone(&shared);
                // Whichever side ends, the other is let go too.
                tokio::spawn(async move { pass(client, server, &orders).await });
            }
        });
        Ok(Self { address, orders, task })
    }

    /// Where clients connect to.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Does this to the next connections on which these bytes are sent, one after the other.
    pub fn cut(&self, looked_for: &[u8], cuts: impl IntoIterator<Item = Cut>) {
        let mut orders = lock(&self.orders);
        orders.looked_for = looked_for.to_vec();
        orders.cuts = cuts.into_iter().collect();
        orders.cuts.reverse();
    }

    /// Never lets these bytes through.
    pub fn never(&self, looked_for: &[u8]) {
        lock(&self.orders).never = Some(looked_for.to_vec());
    }

    /// How many cuts were made so far, late deliveries included.
    pub fn done(&self) -> usize {
        lock(&self.orders).done
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(mut client: TcpStream, server: SocketAddr, orders: &Mutex<Orders>) -> Result {
    let mut server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut sent, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    // The end of a request may hold the beginning of what is looked for.
    let mut seen = Vec::new();
    loop {
        tokio::select! {
            length = client.read(&mut sent) => {
                let request = match sent.get(..length?) {
                    Some([]) | None => return Ok(()),
                    Some(request) => request,
                };
                seen.extend_from_slice(request);
                let cut = lock(orders).next(&seen);
                match cut {
                    None => server.write_all(request).await?,
                    Some(cut) => {
                        carry_out(cut, client, server, request).await?;
                        lock(orders).done += 1;
                        return Ok(());
                    }
                }
                seen.drain(..seen.len().saturating_sub(64));
            }
            length = server.read(&mut answered) => {
                match answered.get(..length?) {
                    Some([]) | None => return Ok(()),
                    Some(answer) => client.write_all(answer).await?,
                }
            }
        }
    }
}

async fn carry_out(cut: Cut, client: TcpStream, mut server: TcpStream, request: &[u8]) -> Result {
    let lateness = match cut {
        Cut::LoseRequest => return Ok(()),
        Cut::LoseAnswer => {
            server.write_all(request).await?;
            // The first byte of the answer says that the server has done it.
            server.read_u8().await?;
            drop(client);
            return Ok(());
        }
        Cut::Late(lateness) => lateness,
    };
    drop(client);
    tokio::time::sleep(lateness).await;
    server.write_all(request).await?;
    server.read_u8().await?;
    Ok(())
}

impl Orders {
    fn next(&mut self, seen: &[u8]) -> Option<Cut> {
        if self.never.as_ref().is_some_and(|never| holds(seen, never)) {
            return Some(Cut::LoseRequest);
        }
        if holds(seen, &self.looked_for) { self.cuts.pop() } else { None }
    }
}

fn holds(seen: &[u8], looked_for: &[u8]) -> bool {
    !looked_for.is_empty() && seen.windows(looked_for.len()).any(|window| window == looked_for)
}

fn lock(orders: &Mutex<Orders>) -> MutexGuard<'_, Orders> {
    orders.lock().unwrap_or_else(PoisonError::into_inner)
}
