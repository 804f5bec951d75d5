//! The read models as they were: the same fold, run in memory over fewer events.

use std::sync::Arc;

use readmit_domain::{LedgerId, Timestamp};
use readmit_runtime::{Failure, Runtime};

use super::advance::Group;
use super::{catalogue, prepare};
use crate::database::{Database, ReadPlace};
use crate::model::ReadModel;
use crate::replay::Until;
use crate::views::Views;

impl Views {
    /// The read models of a ledger as they were: all that was recorded up to then is read anew.
    pub async fn as_of(
        runtime: Arc<Runtime>,
        ledger: LedgerId,
        until: Until,
    ) -> Result<Self, Failure> {
        let size = runtime.head(ledger).await?.size;
        let (at, size) = match until {
            Until::Now => (runtime.now(), size),
            Until::Time(moment) => (moment, size_at(&runtime, ledger, moment, size).await?),
            Until::Position(position) => {
                let event = runtime.follow(ledger, position).next_stored().await?;
                let at = event.map_or_else(|| runtime.now(), |event| event.at);
                (at, size.min(position.saturating_add(1)))
            }
        };
        let database = in_memory(&runtime, ledger, &ReadModel::ALL, size).await?;
        Ok(Self::past(database, at, runtime, ledger))
    }
}

/// Runs read models over the first events of a ledger, in memory.
pub(crate) async fn in_memory(
    runtime: &Runtime,
    ledger: LedgerId,
    models: &[ReadModel],
    size: u64,
) -> Result<Database, Failure> {
    let database = Database::open(&ReadPlace::Memory).await?;
    prepare(&database).await?;
    let read = async {
        let mut transaction = database.read().await?;
        catalogue::generations(&mut transaction).await
    };
    let mut members = read.await.map_err(|error| database.explain(&error))?;
    members.retain(|generation| models.contains(&generation.model));
    let mut group = Group { ledger, members, next: 0, until: size };
    let mut follower = runtime.follow(ledger, 0);
    while group.next < group.until {
        let (_, to) = group.advance(runtime, &database, &mut follower, None).await?;
        if to.next <= group.next {
            break;
        }
        group.next = to.next;
    }
    Ok(database)
}

/// How many of a ledger's events were recorded up to a moment, inclusive.
async fn size_at(
    runtime: &Runtime,
    ledger: LedgerId,
    moment: Timestamp,
    size: u64,
) -> Result<u64, Failure> {
    // Ledger time never runs backwards: the first later event is found by halving.
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        let event = runtime.follow(ledger, middle).next_stored().await?;
        if event.is_some_and(|event| event.at <= moment) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
