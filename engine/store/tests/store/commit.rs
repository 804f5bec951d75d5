//! The commit, when nobody waits for it.

use std::pin::pin;
use std::time::Duration;

use futures_util::poll;
use readmit_domain::{CommandId, LedgerId};
use readmit_runtime::ports::store::{CommandRow, EventStore as _, Load};
use readmit_store::SqliteStore;

use crate::support::{Place, commit, id, part};

const ALL: std::num::NonZeroUsize = std::num::NonZeroUsize::MAX;

async fn told(store: &SqliteStore, ledger: LedgerId, command: CommandId) -> Option<CommandRow> {
    let load = Load { commands: vec![(ledger, command)], ..Load::default() };
    store.load(&load).await.unwrap().commands.pop().map(|(_, row)| row)
}

#[tokio::test]
async fn after_a_dropped_commit_the_next_one_works() {
    let place = Place::new().await;
    let mut head = place.ledger(1).await;
    for polls in 0..40_u32 {
        let new = |kind: u128| (id(kind + u128::from(polls)), 1);
        let batch = [part(&head, &[new(100), new(200)])];
        {
            let mut dropped = pin!(place.store.commit(&batch));
            for _ in 0..polls % 20 {
                if poll!(&mut dropped).is_ready() {
                    break;
                }
                tokio::time::sleep(Duration::from_micros(20) * polls).await;
            }
        }
        // What the store says about it now must be what it says ever after.
        let told = told(&place.store, batch[0].ledger, batch[0].commands[0].0).await;
        head = place.store.head(head.ledger).await.unwrap().unwrap();
        assert_eq!(told.is_some(), head.size > batch[0].expected_size);
        head = commit(&place.store, part(&head, &[new(300)])).await;
    }
    let events = place.store.events(head.ledger, 0, ALL).await.unwrap();
    assert!(events.iter().map(|event| event.position).eq(0..head.size));
}
