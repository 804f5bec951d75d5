//! The store is slow: callers are turned away, not piled up.

use std::time::Duration;

use readmit_runtime::ExecuteError;
use readmit_tests::{Result, kind};

use crate::Node;

/// What a lane holds at most: those who wait, and one batch under way.
const HELD_MOST: usize = 4096 + 512;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn beyond_what_may_wait_callers_are_told_to_come_again() -> Result {
    const CALLERS: usize = 6_000;
    let node = Node::start().await?;
    node.store.hold(true);
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..CALLERS {
        let node = node.clone();
        callers.spawn(async move {
            let id = node.draw_id()?;
            let answer = node.register(id, &format!("{number}@example.com")).await;
            Result::<_>::Ok((id, answer))
        });
    }
    // Whoever cannot wait is told at once, although nothing moves.
    let mut turned_away = Vec::new();
    while turned_away.len() < CALLERS - HELD_MOST {
        let next = tokio::time::timeout(Duration::from_secs(20), callers.join_next()).await?;
        let (id, answer) = next.ok_or("everybody was answered")???;
        let Err(ExecuteError::Busy { retry_after }) = answer else { panic!("{answer:?}") };
        assert!(retry_after > Duration::ZERO && retry_after <= Duration::from_secs(1));
        turned_away.push(id);
    }
    node.store.hold(false);
    let mut carried_out = 0;
    while let Some(next) = callers.join_next().await {
        let (id, answer) = next??;
        match kind(&answer).as_str() {
            "ok" => carried_out += 1,
            "busy" => turned_away.push(id),
            other => panic!("{other}"),
        }
    }
    assert!((4096..=HELD_MOST).contains(&carried_out), "{carried_out} were let in");
    assert_eq!(node.size().await?, 1 + carried_out as u64);
    for id in turned_away {
        assert!(!node.is_stored(id).await?, "{id} was turned away and carried out");
    }
    let most = node.store.orders().committed.iter().copied().max();
    assert!(most <= Some(512), "a commit of {most:?} events");
    node.goes_on().await
}
