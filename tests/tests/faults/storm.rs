//! Everything fails at random; what was answered is what is stored.

use readmit_domain::CommandId;
use readmit_runtime::ports::StoreErrorKind;
use readmit_runtime::{ExecuteError, Executed};
use readmit_tests::chance::Chance;
use readmit_tests::faulty::Fault;
use readmit_tests::{Result, all_at_once};

use crate::Node;

const ROUNDS: usize = 60;
const COMMANDS: usize = 24;

type Answer = (Node, String, CommandId, Result<Executed, ExecuteError>);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_success_is_told_that_did_not_happen_and_no_failure_that_did() -> Result {
    let mut chance = Chance::from_environment()?;
    let one = Node::start().await?;
    let other = one.another_tenant().await?;
    let mut seen = std::collections::BTreeMap::<&str, usize>::new();
    for round in 0..ROUNDS {
        order(&one, &mut chance);
        let commands = (0..COMMANDS).map(|number| {
            let node = if number % 3 == 0 { other.clone() } else { one.clone() };
            let login = format!("{round}-{number}@example.com");
            async move {
                let id = node.draw_id()?;
                let answer = node.register(id, &login).await;
                Result::<Answer>::Ok((node, login, id, answer))
            }
        });
        let answers = all_at_once(commands).await?;
        one.store.heal();
        for answer in answers {
            *seen.entry(check(answer?).await?).or_default() += 1;
        }
    }
    eprintln!("{seen:?}");
    for kind in ["ok", "failed", "unknown"] {
        assert!(seen.contains_key(kind), "the storm was too light: {seen:?}");
    }
    let commands = (ROUNDS * COMMANDS) as u64;
    assert_eq!(one.size().await? + other.size().await?, commands + 2);
    one.goes_on().await?;
    other.goes_on().await
}

/// What the next commits, loads and look-ups shall do.
fn order(node: &Node, chance: &mut Chance) {
    let commits: Vec<Fault> = (0..8)
        .map(|_| match chance.below(10) {
            0..4 => Fault::None,
            4 => Fault::NotCommitted(StoreErrorKind::CannotWrite),
            5 => Fault::NotCommitted(StoreErrorKind::Busy),
            6 => Fault::LostAfter,
            7 => Fault::LostBefore,
            _ => Fault::Stale,
        })
        .collect();
    let look_ups: Vec<bool> = (0..COMMANDS).map(|_| chance.below(4) == 0).collect();
    let loads = if chance.below(5) == 0 { vec![StoreErrorKind::Unavailable] } else { Vec::new() };
    let mut orders = node.store.orders();
    orders.commits = commits.into();
    orders.look_ups_fail = look_ups.into();
    orders.loads = loads.into();
}

/// Holds an answer against what is stored, then repeats the command: now it is carried out.
async fn check((node, login, id, answer): Answer) -> Result<&'static str> {
    let stored = node.is_stored(id).await?;
    let seen = match (&answer, stored) {
        (Ok(_), true) => "ok",
        (Err(ExecuteError::Failed(_)), false) => "failed",
        (Err(ExecuteError::Busy { .. }), false) => "busy",
        (Err(ExecuteError::Unknown { .. }), _) => "unknown",
        _ => return Err(format!("{id} is stored: {stored}, and told: {answer:?}").into()),
    };
    let again = node.register(id, &login).await?;
    assert_eq!(again.already, stored);
    if let Ok(first) = answer {
        assert_eq!(
            (first.stream, first.first_position, first.at, first.events),
            (again.stream, again.first_position, again.at, again.events)
        );
    }
    Ok(seen)
}
