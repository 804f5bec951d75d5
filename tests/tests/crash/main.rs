//! A process is killed with SIGKILL while many writers write, again and again, on one database
//! that grows. What it had acknowledged is there: once, in its place, and provable.
//!
//! SIGKILL loses what the process held, not what the kernel holds: this shows that nothing is
//! acknowledged early and nothing is left half done. That a commit is on the disk when it is
//! acknowledged rests on `synchronous=FULL`, which the store sets and `describe` tells.
//!
//! | file | what it does |
//! |---|---|
//! | `main.rs` | the rounds |
//! | `child.rs` | starts the child, kills it, reads what it had told |
//! | `witness.rs` | follows each ledger on its own, and holds what was acknowledged against it |
//! | `upkeep.rs` | timers, secrets and keys against the states they belong to; further commands |

mod child;
mod upkeep;
mod witness;

use std::time::{Duration, Instant};

use readmit::Policy;
use readmit_tests::chance::Chance;
use readmit_tests::house::builder;
use readmit_tests::report::Line;
use readmit_tests::{Database, House, Msp, Result};

use crate::witness::Witness;

const TENANTS: [&str; 3] = ["acme-msp", "beta-msp", "gamma-msp"];
/// The suite promises so many.
const ROUNDS_LEAST: u32 = 100;
const ROUNDS_MOST: u32 = 150;
/// After the least number of rounds, no more begin once this has passed.
const LONG_ENOUGH: Duration = Duration::from_secs(80);
/// From the start of the child: some are killed before they have opened the database.
const KILLED_WITHIN_MICROS: u64 = 500_000;
/// All is hashed again every so many rounds.
const VERIFY_EVERY: u32 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_process_had_acknowledged_is_there_once_and_in_its_place() -> Result {
    killed_again_and_again(House::new()?, ROUNDS_LEAST).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_node_of_a_server_had_acknowledged_is_there_once_and_in_its_place() -> Result
{
    killed_again_and_again(House::on(Database::Postgres).await?, ROUNDS_LEAST).await
}

async fn killed_again_and_again(house: House, rounds_least: u32) -> Result {
    let mut chance = Chance::from_environment()?;
    let engine = builder(&house.url()).open().await?;
    let mut witnesses = Vec::new();
    for name in TENANTS {
        Msp::create(engine.clone(), name, Policy::standard()).await?;
        witnesses.push(Witness::new(name));
    }
    engine.close().await;

    let started = Instant::now();
    let (mut rounds, mut acknowledged, mut idle) = (0, 0, 0);
    while rounds < rounds_least || (rounds < ROUNDS_MOST && started.elapsed() < LONG_ENOUGH) {
        rounds += 1;
        let life = Duration::from_micros(1_000 + chance.below(KILLED_WITHIN_MICROS));
        let arguments = ["write", &house.url(), &rounds.to_string()];
        let told = child::killed_after(life, &arguments)?;
        let words = told.iter().filter(|line| matches!(line, Line::Acknowledged { .. })).count();
        acknowledged += words;
        idle += u32::from(words == 0);
        let round = after_a_crash(&house, &mut witnesses, &told, rounds, &mut chance);
        round.await.map_err(|error| format!("round {rounds}, killed after {life:?}: {error}"))?;
    }
    eprintln!(
        "{rounds} rounds in {:?}: {acknowledged} commands acknowledged, {idle} rounds without any",
        started.elapsed()
    );
    assert!(idle < rounds / 2, "most children were killed before they did anything");
    assert!(acknowledged > 5_000, "too little was written to prove anything: {acknowledged}");
    Ok(())
}

#[tokio::test]
async fn a_process_that_was_killed_while_it_made_the_database_leaves_nothing_in_the_way() -> Result
{
    const ROUNDS: u64 = 40;
    let mut chance = Chance::from_environment()?;
    let mut created = 0;
    for _ in 0..ROUNDS {
        let house = House::new()?;
        let most = 1 + chance.below(50_000);
        let life = Duration::from_micros(500 + chance.below(most));
        let told = child::killed_after(life, &["create", &house.url()])?;
        created += u64::from(told.contains(&Line::Ready));
        let engine = house.open().await.map_err(|error| format!("after {life:?}: {error}"))?;
        let msp = Msp::create(engine, "acme-msp", Policy::standard()).await?;
        msp.equip("alice@example.com").await?;
        msp.tenant.verify().await?;
        msp.engine.close().await;
    }
    eprintln!("{created} of {ROUNDS} had opened the database");
    Ok(())
}

async fn after_a_crash(
    house: &House,
    witnesses: &mut [Witness],
    told: &[Line],
    round: u32,
    chance: &mut Chance,
) -> Result {
    house.wait_for_backends().await?;
    let engine = builder(&house.url()).existing().open().await?;
    for witness in witnesses {
        let tenant = engine.find_tenant(witness.name()).await?.ok_or("a tenant is gone")?;
        witness.catch_up(&tenant).await?;
        witness.confirm(told)?;
        upkeep::go_on(&engine, &tenant, told, chance).await?;
        if round.is_multiple_of(VERIFY_EVERY) || round == ROUNDS_LEAST {
            witness.catch_up(&tenant).await?;
            witness.verify(&tenant).await?;
            upkeep::agrees(house, &tenant).await?;
        }
    }
    engine.close().await;
    Ok(())
}
