//! One contract for every event store.
//!
//! | file | what it holds |
//! |---|---|
//! | `support.rs` | batches to commit, and short ways to read |
//! | `guard.rs` | who may write: order, gaps, size, fence, several ledgers |
//! | `rows.rs` | what is committed with the events: commands, names, private data, secrets, timers |
//! | `batches.rs` | that a batch means what its parts mean |
//! | `keys.rs` | data keys by master key, wrapped anew; master keys that are retired |
//! | `reads.rs` | pages, loads, following, settings, bounds |
//! | `proofs.rs` | tiles, checkpoints, private data in order |
//! | `mistakes.rs` | what a store can do wrong, and which rule that breaks |
//! | `wrong.rs`, `wrong_keys.rs`, `wrong_proofs.rs` | a store for each mistake: that every rule can fail, and alone |
//!
//! Each rule stands on an empty store of its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a rule is a test in all but its attribute"
)]

mod batches;
mod guard;
mod keys;
mod mistakes;
mod proofs;
mod reads;
mod rows;
mod support;
mod wrong;
mod wrong_keys;
mod wrong_proofs;

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use readmit_runtime::ports::store::EventStore;
use readmit_store::{SqliteOptions, SqliteStore};
use readmit_tests::postgres::Server;

use crate::mistakes::{MISTAKES, Mistake};
use crate::wrong::Wrong;

type Store = Arc<dyn EventStore>;

/// One thing that every store must do.
struct Rule {
    name: &'static str,
    check: fn(Store) -> BoxFuture<'static, ()>,
}

macro_rules! rules {
    ($($file:ident::$name:ident,)*) => {
        const RULES: &[Rule] = &[
            $(Rule { name: stringify!($name), check: |store| $file::$name(store).boxed() },)*
        ];
    };
}

rules! {
    guard::events_come_in_order_of_position,
    guard::a_batch_with_a_gap_is_refused_whole,
    guard::a_ledger_twice_in_a_batch_is_refused,
    guard::a_stale_size_commits_nothing,
    guard::a_stale_fence_commits_nothing,
    guard::a_stale_ledger_fails_alone,
    guard::a_bad_part_undoes_the_whole_batch,
    guard::of_two_commits_at_once_one_wins,
    guard::a_head_is_as_the_last_commit_left_it,
    guard::a_ledger_name_is_given_once,
    rows::a_command_is_found_where_it_was_recorded,
    rows::a_command_is_recorded_once,
    rows::a_taken_name_is_found,
    rows::a_name_is_taken_once,
    rows::a_key_is_given_once,
    rows::private_data_stands_with_its_event,
    rows::a_stale_commit_keeps_nothing_beside_its_events,
    rows::a_secret_is_replaced_and_ends,
    rows::a_timer_is_moved_and_ends,
    rows::timers_come_earliest_first,
    rows::what_is_due_is_limited,
    rows::an_erasure_leaves_only_the_events,
    reads::a_page_ends_where_asked_and_the_next_goes_on,
    reads::a_load_answers_what_is_asked_in_that_order,
    reads::a_load_takes_thousands_of_keys,
    reads::a_load_stops_at_the_limit_and_goes_on,
    reads::a_follower_sees_every_event_once,
    reads::a_setting_is_kept_once,
    reads::a_body_may_be_any_bytes_up_to_the_longest,
    proofs::tiles_stand_with_their_events,
    proofs::a_tile_that_grew_takes_the_place_of_the_smaller_one,
    proofs::tiles_come_in_order_of_level_and_index,
    proofs::a_checkpoint_is_kept_once,
    proofs::checkpoints_are_found_by_their_size,
    proofs::a_note_is_replaced_only_by_who_knows_it,
    proofs::a_time_stamp_stands_beside_its_checkpoint,
    proofs::private_data_comes_in_order_of_position,
    keys::a_setting_is_replaced_if_it_is_the_expected_one,
    keys::keys_are_counted_by_master_key,
    keys::keys_under_others_come_in_order_page_by_page,
    keys::a_key_is_rewrapped_if_it_is_still_the_old_one,
    keys::an_erased_key_does_not_come_back,
    keys::a_retired_master_key_gets_no_more_keys,
    keys::what_was_begun_before_a_master_key_was_retired_comes_too_late,
    batches::batches_of_all_sizes_leave_no_gap,
    batches::a_batch_may_hold_many_ledgers,
    batches::a_batch_means_its_writes_one_by_one,
}

/// Whether a rule holds; a rule that does not has said why.
async fn holds(rule: &Rule, store: Store) -> bool {
    let held = tokio::spawn((rule.check)(Arc::clone(&store))).await.is_ok();
    store.close().await;
    held
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rule_holds_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let mut failed = Vec::new();
    for rule in RULES {
        let path = directory.path().join(rule.name);
        let store = SqliteStore::open(SqliteOptions::new(path).create(true)).await.unwrap();
        if !holds(rule, Arc::new(store)).await {
            failed.push(rule.name);
        }
    }
    assert!(failed.is_empty(), "SQLite breaks {failed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rule_holds_on_postgresql() {
    let server = Server::start().await.unwrap();
    let mut failed = Vec::new();
    for (number, rule) in RULES.iter().enumerate() {
        let url = server.database(&format!("rule_{number}")).unwrap();
        let store = readmit_store::open(&url.parse().unwrap(), true).await.unwrap();
        if !holds(rule, store).await {
            failed.push(rule.name);
        }
    }
    assert!(failed.is_empty(), "PostgreSQL breaks {failed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_wrong_store_breaks_exactly_its_rule() {
    // Several at once: they mostly wait for the disk.
    let failed = stream::iter(MISTAKES).map(|(mistake, _)| rules_broken_by(*mistake));
    let failed: Vec<_> = failed.buffered(6).collect().await;
    let mut astray = Vec::new();
    for ((mistake, broken), failed) in MISTAKES.iter().zip(failed) {
        if failed != BTreeSet::from([*broken]) {
            astray.push(format!("{mistake:?} breaks {failed:?}, not {broken}"));
        }
    }
    assert!(astray.is_empty(), "{astray:#?}");
    let broken: BTreeSet<_> = MISTAKES.iter().map(|(_, rule)| *rule).collect();
    let rules: BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(broken, rules, "a rule that no store breaks may check nothing");
}

async fn rules_broken_by(mistake: Mistake) -> BTreeSet<&'static str> {
    let directory = tempfile::tempdir().unwrap();
    let mut failed = BTreeSet::new();
    for rule in RULES {
        let options = SqliteOptions::new(directory.path().join(rule.name)).create(true);
        let inner = SqliteStore::open(options).await.unwrap();
        if !holds(rule, Arc::new(Wrong::new(Arc::new(inner), mistake))).await {
            failed.insert(rule.name);
        }
    }
    failed
}
