//! Who is measured, and one name for all of them.

use std::sync::Arc;

use readmit_bench_driver::{Answer, Fallible, Load, drive, memory_mib};

use crate::database::Database;
use crate::message_db::MessageDb;
use crate::peer::Peer;
use crate::plan::{Case, Plan};
use crate::raw::Sample;
use crate::readmit_engine::Readmit;

/// Commands of each task before the measurement: connections are opened, statements prepared.
const WARM_UP: usize = 4;

/// Somebody who is measured, and what they are called.
pub struct Measured<'a> {
    pub name: String,
    who: Who<'a>,
}

enum Who<'a> {
    Readmit(Arc<Readmit>),
    Peer(Box<Peer>),
    MessageDb(Arc<MessageDb>),
    Raw { database: &'a Database, sample: &'a Sample, batch: usize },
}

/// Everybody who is measured in this case, Readmit first.
pub async fn all<'a>(
    database: &'a Database,
    case: Case,
    plan: &Plan,
    sample: &'a Sample,
) -> Fallible<Vec<Measured<'a>>> {
    let mut all = Vec::new();
    let mut add = |name: String, who| all.push(Measured { name, who });
    let streams = (WARM_UP + plan.rounds * plan.each(case, true)) / 4;
    let place = database.empty("readmit").await?;
    let readmit = Readmit::prepared(&place, case.tenants, case.in_flight, streams).await?;
    add("Readmit".into(), Who::Readmit(readmit));
    let place = database.empty("peer").await?;
    let peer = Peer::start(plan, &place, case.tenants).await?;
    add(database.peer().into(), Who::Peer(Box::new(peer)));
    if let Database::Postgres { server, message_db: true, .. } = database {
        let peer = MessageDb::open(server, case.tenants, plan.connections).await?;
        add("message-db".into(), Who::MessageDb(Arc::new(peer)));
    }
    if let Some(batch) = case.raw_batch {
        add(format!("raw, batches of {batch}"), Who::Raw { database, sample, batch });
    }
    Ok(all)
}

impl Measured<'_> {
    /// Warms up, unmeasured.
    pub async fn warm_up(&self, case: Case) -> Fallible<()> {
        let load = Load { in_flight: case.in_flight, from: 0, each: WARM_UP };
        // The raw database is a new one each time, and warms up each time.
        if !matches!(self.who, Who::Raw { .. }) {
            self.drive(load).await?;
        }
        Ok(())
    }

    /// The figures of one round.
    pub async fn round(&self, case: Case, plan: &Plan, round: usize) -> Fallible<Answer> {
        let fast = matches!(self.who, Who::Readmit(_) | Who::Raw { .. });
        let each = plan.each(case, fast);
        let load = Load { in_flight: case.in_flight, from: WARM_UP + round * each, each };
        self.drive(load).await
    }

    async fn drive(&self, load: Load) -> Fallible<Answer> {
        let figures = match &self.who {
            Who::Peer(peer) => return peer.drive(load).await,
            Who::Readmit(readmit) => drive(readmit, load).await?,
            Who::MessageDb(peer) => drive(peer, load).await?,
            Who::Raw { database, sample, batch } => {
                sample.store(database, load.in_flight * load.each, *batch).await?
            }
        };
        Ok(Answer { figures, memory_mib: memory_mib() })
    }

    pub async fn close(self) -> Fallible<()> {
        match self.who {
            Who::Readmit(readmit) => readmit.engine.close().await,
            Who::Peer(peer) => peer.close().await?,
            Who::MessageDb(peer) => peer.close().await,
            Who::Raw { .. } => {}
        }
        Ok(())
    }
}
