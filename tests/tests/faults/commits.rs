//! Commits that are refused, lost, or that somebody else overtook.

use readmit_domain::account::{ConfirmEnrolment, StartEnrolment};
use readmit_domain::{Actor, TotpCode};
use readmit_runtime::ports::StoreErrorKind;
use readmit_runtime::{ExecuteError, ShownOnce};
use readmit_tests::faulty::Fault;
use readmit_tests::{Phone, Result, all_at_once, kind};

use crate::Node;

#[tokio::test]
async fn what_was_not_committed_is_a_failure_and_can_be_repeated() -> Result {
    let node = Node::start().await?;
    for (fault, answer) in [
        (StoreErrorKind::CannotWrite, "failed: as ordered"),
        (StoreErrorKind::Corrupt, "failed: as ordered"),
        (StoreErrorKind::Unavailable, "failed: as ordered"),
        (StoreErrorKind::Busy, "busy"),
    ] {
        let (id, login) = (node.draw_id()?, format!("{fault:?}@example.com"));
        let size = node.size().await?;
        node.store.next_commits([Fault::NotCommitted(fault)]);
        assert_eq!(kind(&node.register(id, &login).await), answer);
        assert_eq!(node.size().await?, size);
        let again = node.register(id, &login).await?;
        assert!(!again.already);
    }
    node.goes_on().await
}

#[tokio::test]
async fn what_was_stored_before_the_connection_was_lost_is_a_success() -> Result {
    let node = Node::start().await?;
    let id = node.draw_id()?;
    node.store.next_commits([Fault::LostAfter]);
    let done = node.register(id, "alice@example.com").await?;
    assert!(!done.already);
    assert_eq!((done.first_position, node.size().await?), (1, 2));
    let again = node.register(id, "alice@example.com").await?;
    assert_eq!((again.already, again.stream), (true, done.stream));
    node.goes_on().await
}

#[tokio::test]
async fn what_was_lost_with_the_connection_is_a_failure() -> Result {
    let node = Node::start().await?;
    let id = node.draw_id()?;
    node.store.next_commits([Fault::LostBefore; 2]);
    assert_eq!(kind(&node.register(id, "alice@example.com").await), "failed: as ordered");
    assert_eq!(node.size().await?, 1);
    assert!(!node.register(id, "alice@example.com").await?.already);
    node.goes_on().await
}

#[tokio::test]
async fn what_was_lost_once_is_carried_out_on_another_connection() -> Result {
    let node = Node::start().await?;
    let id = node.draw_id()?;
    node.store.next_commits([Fault::LostBefore]);
    assert!(!node.register(id, "alice@example.com").await?.already);
    assert_eq!(node.size().await?, 2);
    assert!(node.register(id, "alice@example.com").await?.already);
    node.goes_on().await
}

#[tokio::test]
async fn what_cannot_be_looked_up_is_unknown_until_it_is_repeated() -> Result {
    let node = Node::start().await?;
    for (fault, stored) in [(Fault::LostAfter, true), (Fault::LostBefore, false)] {
        let (id, login) = (node.draw_id()?, format!("{stored}@example.com"));
        node.store.next_commits([fault]);
        node.store.orders().look_ups_fail = [true].into();
        let answer = node.register(id, &login).await;
        let Err(ExecuteError::Unknown { command, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!(command, id);
        let again = node.register(id, &login).await?;
        assert_eq!(again.already, stored, "{fault:?}");
    }
    node.goes_on().await
}

#[tokio::test]
async fn a_lost_race_is_decided_again_a_bounded_number_of_times() -> Result {
    let node = Node::start().await?;
    for (races, answer) in [(1, "ok"), (3, "ok"), (9, "ok"), (10, "busy"), (40, "busy")] {
        let (id, login) = (node.draw_id()?, format!("{races}@example.com"));
        node.store.next_commits([Fault::Stale].repeat(races));
        assert_eq!(kind(&node.register(id, &login).await), answer, "{races} lost races");
        node.store.heal();
        assert_eq!(node.is_stored(id).await?, answer == "ok");
    }
    node.goes_on().await
}

#[tokio::test]
async fn a_ledger_that_lost_its_race_holds_up_no_other() -> Result {
    let one = Node::start().await?;
    let other = one.another_tenant().await?;
    // A batch of both: while the first commit is held, the others gather behind it.
    one.store.hold(true);
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..20 {
        for node in [one.clone(), other.clone()] {
            waiting.spawn(async move {
                let id = node.draw_id()?;
                let answer = node.register(id, &format!("{number}@example.com")).await;
                Result::<_>::Ok((kind(&answer), node.is_stored(id).await?))
            });
        }
    }
    while waiting.len() < 40 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    one.store.next_commits([Fault::None, Fault::Stale, Fault::Stale]);
    one.store.hold(false);
    while let Some(answer) = waiting.join_next().await {
        assert_eq!(answer??, ("ok".to_owned(), true));
    }
    assert_eq!((one.size().await?, other.size().await?), (21, 21));
    one.goes_on().await?;
    other.goes_on().await
}

#[tokio::test]
async fn a_wrong_code_that_could_not_be_recorded_is_not_answered_as_wrong() -> Result {
    let node = Node::start().await?;
    let alice = node.customer("alice@example.com").await?;
    let actor = Actor::customer(alice);
    let start = StartEnrolment::new(alice);
    let started = node.execute_as(actor.clone(), node.draw_id()?, start).await?;
    let readmit_domain::Event::EnrolmentStarted(data) = &started.events[0].event else {
        panic!("{started:?}")
    };
    let ShownOnce::TotpSecret(secret) = &started.shown_once else { panic!("{started:?}") };
    let now = node.runtime.now();
    let wrong: TotpCode = Phone::typed_in(secret)?.wrong_code(now)?;
    let confirm = || ConfirmEnrolment::new(alice, data.device, wrong.clone());
    let size = node.size().await?;
    for fault in [Fault::NotCommitted(StoreErrorKind::CannotWrite), Fault::LostBefore] {
        // Who could guess without being counted could guess for ever.
        node.store.next_commits([fault; 2]);
        let answer = node.execute_as(actor.clone(), node.draw_id()?, confirm()).await;
        assert_eq!(kind(&answer), "failed: as ordered");
        assert_eq!(node.size().await?, size);
    }
    node.store.next_commits([Fault::LostAfter]);
    let answer = node.execute_as(actor, node.draw_id()?, confirm()).await;
    assert_eq!(kind(&answer), "enrolment_code_wrong");
    assert_eq!(node.size().await?, size + 1);
    node.goes_on().await
}

#[tokio::test]
async fn a_refusal_that_rests_on_what_was_never_committed_is_not_given() -> Result {
    let node = Node::start().await?;
    // Both in one batch: the second is refused because of the first, which is never stored.
    node.store.hold(true);
    let first = all_at_once([register(&node, "first@example.com")]);
    let first = tokio::spawn(first);
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let rivals = (0..2).map(|_| register(&node, "alice@example.com")).collect::<Vec<_>>();
    let rivals = tokio::spawn(all_at_once(rivals));
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let fault = Fault::NotCommitted(StoreErrorKind::CannotWrite);
    node.store.next_commits([Fault::None, fault]);
    node.store.hold(false);
    assert_eq!(first.await??, ["ok"]);
    let answers = rivals.await??;
    assert_eq!(answers, ["failed: as ordered"; 2]);
    assert_eq!(node.store.orders().committed, [1, 1, 1], "creation, first, and one batch");
    node.goes_on().await
}

fn register(node: &Node, login: &'static str) -> impl Future<Output = String> + use<> {
    let node = node.clone();
    async move {
        match node.draw_id() {
            Ok(id) => kind(&node.register(id, login).await),
            Err(error) => error.to_string(),
        }
    }
}
