//! Killed with −9 in mid-page, again and again: the tables are those of a run that nobody disturbed.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use readmit::{Actor, Policy, RegisterCustomer};
use readmit_tests::chance::Chance;
use readmit_tests::house::builder;
use readmit_tests::sqlite::sql;
use readmit_tests::{Database, House, Msp, Result, all_at_once};

use crate::{assert_honest, read_file};

const KILLS: u32 = 100;
/// No page takes longer, however busy the machine is.
const LONGEST_PAGE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_runner_killed_a_hundred_times_leaves_the_same_tables_in_a_file() -> Result {
    killed(House::new()?, KILLS).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_runner_killed_again_and_again_leaves_the_same_tables_on_a_server() -> Result {
    killed(House::on(Database::Postgres).await?, KILLS / 4).await
}

async fn killed(house: House, kills: u32) -> Result {
    let mut chance = Chance::from_environment()?;
    let engine = builder(&house.url()).open().await?;
    let msp = Msp::create(engine, "acme-msp", Policy::standard()).await?;
    fill(&msp, 0).await?;
    let (mut round, mut in_the_middle, mut before) = (1, 0, 0);
    for kill in 0..kills {
        let life = Duration::from_micros(50_000 + chance.below(850_000));
        // Now and then a page is finished, so that kills come at every place of the ledger.
        let finishes = kill % 20 == 19;
        live(&house, life, finishes.then_some(before))?;
        let after = seen(&house);
        let size = msp.tenant.head().await?.size;
        assert!(after >= before, "the cursor went back from {before} to {after}");
        in_the_middle += u32::from(after < size);
        before = after;
        if size - after < 4_000 {
            fill(&msp, round).await?;
            round += 1;
        }
    }
    eprintln!("{kills} kills, {in_the_middle} of them before all was seen; {before} events seen");
    assert!(in_the_middle > kills / 2 && before > 0, "most kills came when nothing was to do");
    // Each row is held against a replay that nobody disturbed.
    assert_honest(&msp).await?;
    msp.engine.close().await;
    Ok(())
}

/// Events for several pages.
async fn fill(msp: &Msp, round: u32) -> Result {
    let registered = all_at_once((0..64).map(|task| {
        let tenant = msp.tenant.clone();
        async move {
            for number in 0..96 {
                let login = format!("r{round}-{task}-{number}@example.com");
                let register = RegisterCustomer::new(login.as_str()).name("Somebody");
                tenant.execute(&Actor::system(), register).await?;
            }
            Ok::<_, readmit::Error>(())
        }
    }));
    registered.await?.into_iter().collect::<Result<Vec<()>, _>>()?;
    let customer = msp.equip(&format!("case-{round}@example.com")).await?;
    msp.grant(customer.id).await?;
    msp.redeem(customer.id).await?;
    Ok(())
}

/// Lets a process keep the read models up to date for so long, and, if that is wanted, until they
/// have seen more than so many events; and kills it.
fn live(house: &House, life: Duration, beyond: Option<u64>) -> Result {
    let url = &house.url();
    let mut child = Command::new(env!("CARGO_BIN_EXE_crash-child"))
        .args(["project", url])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let begun = Instant::now();
    while beyond.is_some_and(|before| seen(house) <= before) && begun.elapsed() < LONGEST_PAGE {
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(life);
    child.kill()?;
    let status = child.wait()?;
    if status.code().is_some() {
        Err(format!("it ended by itself: {status}").into())
    } else {
        Ok(())
    }
}

/// How many events all read models have seen. The lease is let go: that its holder is dead would
/// be noticed only after ten seconds.
fn seen(house: &House) -> u64 {
    let select = "UPDATE lease SET holder = ''; \
        SELECT CASE WHEN count(*) < 5 THEN 0 ELSE min(next) END FROM cursors;";
    let answer = if house.is_on_server() {
        house.sql(&format!("SET search_path TO public_read; {select}"))
    } else {
        sql(&read_file(house), select)
    };
    // Before the tables are there, nothing was seen.
    let answer = answer.unwrap_or_default();
    answer.lines().last().and_then(|line| line.trim().parse().ok()).unwrap_or_default()
}
