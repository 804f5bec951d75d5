//! What an outsider can be shown of a ledger, and that nothing else passes for it.
//!
//! | file | what it shows |
//! |---|---|
//! | `events.rs` | that an event stands in a ledger, and that a ledger continues another |
//! | `checkpoints.rs` | when checkpoints are signed, with which keys, and when not |
//! | `served.rs` | tiles one by one: what there is, byte for byte, and nothing else |
//! | `tiles.rs` | what is stored of the tree, and what happens where it is damaged |

#![expect(
    clippy::indexing_slicing,
    reason = "a test on two databases is a test in all but its attribute"
)]

mod checkpoints;
mod events;
mod served;
mod tiles;

use std::sync::Arc;

use readmit::{Actor, Policy, RegisterCustomer};
use readmit_tests::{Database, House, Msp, Result};
use tokio::task::JoinSet;

/// A ledger of at least so many events, of which most register a customer.
pub(crate) async fn ledger_of(house: &House, events: u64) -> Result<Msp> {
    let msp = house.msp(Policy::standard()).await?;
    grow(&msp, events).await?;
    Ok(msp)
}

/// Lets a ledger grow until it has so many events.
pub(crate) async fn grow(msp: &Msp, events: u64) -> Result {
    let size = msp.tenant.head().await?.size;
    let tenant = Arc::new(msp.tenant.clone());
    let mut tasks = JoinSet::new();
    for number in size..events {
        let tenant = Arc::clone(&tenant);
        tasks.spawn(async move {
            let register = RegisterCustomer::new(format!("customer-{number}@example.com").as_str());
            tenant.execute(&Actor::system(), register).await.map(drop)
        });
        // In several batches, so that tiles fill in the middle of one and between two.
        if tasks.len() >= 100 {
            while let Some(done) = tasks.join_next().await {
                done??;
            }
        }
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

macro_rules! on_both {
    ($($name:ident,)*) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $name() -> readmit_tests::Result {
                super::$name(readmit_tests::Database::Sqlite).await
            })*
        }
        mod on_postgresql {
            $(#[tokio::test] async fn $name() -> readmit_tests::Result {
                super::$name(readmit_tests::Database::Postgres).await
            })*
        }
    };
}
pub(crate) use on_both;

/// A house and a ledger in it.
pub(crate) async fn house_with(database: Database, events: u64) -> Result<(House, Msp)> {
    let house = House::on(database).await?;
    let msp = ledger_of(&house, events).await?;
    Ok((house, msp))
}
