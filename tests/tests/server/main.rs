//! What only a database on a server brings: connections that are lost at the worst moment, backends
//! and servers that end, several nodes that hear of each other, and addresses that lead nowhere.
//!
//! | file | what it holds |
//! |---|---|
//! | `lost` | requests and answers that are lost, and requests that arrive late |
//! | `ended` | backends that are terminated, and servers that stop |
//! | `nodes` | what one node hears of another |
//! | `opening` | addresses and databases that cannot be used |

mod ended;
mod lost;
mod nodes;
mod opening;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use readmit::{Actor, CommandId, Engine, Error, Policy, RegisterCustomer, Tenant};
use readmit_tests::house::builder;
use readmit_tests::postgres::Server;
use readmit_tests::proxy::Proxy;
use readmit_tests::{Msp, Result};

/// What every commit sends and nothing else does: the beginning of a leaf.
const LEAF: &[u8] = b"{\"ledger\":\"led_";

/// A server, a proxy in front of it, and an engine behind that.
struct Site {
    engine: Engine,
    msp: Msp,
    proxy: Proxy,
    server: Server,
}

impl Site {
    async fn open() -> Result<Self> {
        let server = Server::start().await?;
        server.database("readmit")?;
        let proxy = Proxy::to(server.address()).await?;
        let url = server.url_through(proxy.address(), "readmit");
        let engine = builder(&url).open().await?;
        let msp = Msp::create(engine.clone(), "acme-msp", Policy::standard()).await?;
        Ok(Self { engine, msp, proxy, server })
    }

    async fn register(&self, id: CommandId, login: &str) -> Result<bool, Error> {
        let register = RegisterCustomer::new(login);
        let done = self.msp.tenant.execute(&Actor::system(), register).with_id(id).await?;
        Ok(done.already)
    }

    /// Everything is whole, and goes on by itself.
    async fn ends_well(self) -> Result {
        let customer = self.msp.equip("last@example.com").await?.id;
        self.msp.grant(customer).await?;
        self.msp.tenant.verify().await?;
        self.engine.close().await;
        Ok(())
    }
}

/// What callers were told while something happened to the server.
#[derive(Debug, Default)]
struct Told {
    done: Vec<CommandId>,
    failed: Vec<CommandId>,
    unknown: Vec<CommandId>,
}

/// Registers customers from several tasks, one after the other each, until told to stop.
fn write_until(
    tenant: &Tenant,
    engine: &Engine,
    stop: &Arc<AtomicBool>,
) -> tokio::task::JoinSet<Result<Told>> {
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let (tenant, engine, stop) = (tenant.clone(), engine.clone(), Arc::clone(stop));
        writers.spawn(async move {
            let mut told = Told::default();
            for number in 0_u64.. {
                if stop.load(Ordering::Acquire) {
                    break;
                }
                let id = engine.draw_command_id()?;
                let register =
                    RegisterCustomer::new(format!("{writer}-{number}@x.example").as_str());
                match tenant.execute(&Actor::system(), register).with_id(id).await {
                    Ok(_) => told.done.push(id),
                    Err(Error::Unknown { .. }) => told.unknown.push(id),
                    Err(Error::Refused(refusal)) => {
                        return Err(format!("refused: {refusal:?}").into());
                    }
                    Err(_) => told.failed.push(id),
                }
            }
            Ok(told)
        });
    }
    writers
}

/// Each command that was acknowledged stands in the ledger once, and none that failed does.
async fn told_the_truth(msp: &Msp, told: Vec<Result<Told>>) -> Result<Told> {
    let mut all = Told::default();
    for told in told {
        let Told { done, failed, unknown } = told?;
        all.done.extend(done);
        all.failed.extend(failed);
        all.unknown.extend(unknown);
    }
    let mut stored = BTreeMap::<CommandId, usize>::new();
    for event in msp.ledger().await? {
        *stored.entry(event.command).or_default() += 1;
    }
    for id in &all.done {
        assert_eq!(stored.get(id), Some(&1), "{id} was acknowledged");
    }
    for id in &all.failed {
        assert_eq!(stored.get(id), None, "{id} was said to have failed");
    }
    assert!(all.unknown.iter().all(|id| stored.get(id).is_none_or(|times| *times == 1)));
    Ok(all)
}
