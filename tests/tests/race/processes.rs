//! The same races between two processes: nothing is shared but the database.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use readmit::Policy;
use readmit_tests::at_once::expected;
use readmit_tests::house::builder;
use readmit_tests::report::Line;
use readmit_tests::{Customer, Database, House, Msp, Result};

const TASKS_EACH: usize = 32;

macro_rules! on_both_databases {
    ($($race:ident,)+) => {
        mod on_sqlite {
            $(
                #[tokio::test]
                async fn $race() -> readmit_tests::Result {
                    super::$race(readmit_tests::Database::Sqlite).await
                }
            )+
        }

        mod on_postgresql {
            $(
                #[tokio::test]
                async fn $race() -> readmit_tests::Result {
                    super::$race(readmit_tests::Database::Postgres).await
                }
            )+
        }
    };
}

on_both_databases! {
    two_processes_redeem_a_bypass_once,
    two_processes_accept_a_recovery_code_once,
    two_processes_accept_a_totp_step_once,
    two_processes_carry_a_command_id_out_once,
}

async fn two_processes_redeem_a_bypass_once(database: Database) -> Result {
    let (house, msp, alice) = customer(database).await?;
    msp.grant(alice.id).await?;
    let answers = race(&house, &msp, &alice, &["redeem"])?;
    assert_eq!(answers, expected([("ok", 1), ("spent", 2 * TASKS_EACH - 1)]));
    assert_eq!(msp.count(alice.id, "BypassUsed").await?, 1);
    msp.tenant.verify().await?;
    Ok(())
}

async fn two_processes_accept_a_recovery_code_once(database: Database) -> Result {
    let (house, msp, alice) = customer(database).await?;
    let code = alice.codes.first().ok_or("no codes were shown")?.expose();
    let answers = race(&house, &msp, &alice, &["code", &code])?;
    assert_eq!(answers, expected([("ok", 1), ("code_used", 2 * TASKS_EACH - 1)]));
    assert_eq!(msp.count(alice.id, "RecoveryCodeUsed").await?, 1);
    msp.tenant.verify().await?;
    Ok(())
}

async fn two_processes_accept_a_totp_step_once(database: Database) -> Result {
    let (house, msp, alice) = customer(database).await?;
    // Good from now on for a minute, however slowly the processes start.
    let code = alice.phone.code_after(msp.engine.now())?;
    let answers = race(&house, &msp, &alice, &["totp", code.expose()])?;
    assert_eq!(answers, expected([("ok", 1), ("code_replayed", 2 * TASKS_EACH - 1)]));
    assert_eq!(msp.count(alice.id, "SecondFactorVerified").await?, 1);
    msp.tenant.verify().await?;
    Ok(())
}

async fn two_processes_carry_a_command_id_out_once(database: Database) -> Result {
    let (house, msp, alice) = customer(database).await?;
    let id = msp.engine.draw_command_id()?.to_string();
    let answers = race(&house, &msp, &alice, &["command", &id])?;
    // One is told that it did it, the others that it is done: all of them hear "ok".
    assert_eq!(answers, expected([("ok", 2 * TASKS_EACH)]));
    assert_eq!(msp.count(alice.id, "BypassRequested").await?, 1);
    msp.tenant.verify().await?;
    Ok(())
}

async fn customer(database: Database) -> Result<(House, Msp, Customer)> {
    let house = House::on(database).await?;
    // The clock of the system: both processes must mean the same time.
    let engine = builder(&house.url()).open().await?;
    let msp = Msp::create(engine, "acme-msp", Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    Ok((house, msp, alice))
}

/// Two processes get ready, then begin at once; answers how often each answer was given.
fn race(
    house: &House,
    msp: &Msp,
    customer: &Customer,
    what: &[&str],
) -> Result<BTreeMap<String, usize>> {
    let mut racers = Vec::new();
    for _ in 0..2 {
        racers.push(Racer::start(house, msp, customer, what)?);
    }
    for racer in &mut racers {
        racer.go()?;
    }
    let mut answers = BTreeMap::new();
    for racer in racers {
        for line in racer.finish()? {
            let Line::Answer(kind) = line else { return Err(format!("a racer: {line}").into()) };
            *answers.entry(kind).or_default() += 1;
        }
    }
    Ok(answers)
}

struct Racer {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Racer {
    /// Starts a process and waits until it is ready.
    fn start(house: &House, msp: &Msp, customer: &Customer, what: &[&str]) -> Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_crash-child"))
            .args(["race", &house.url(), msp.tenant.name()])
            .args([msp.key.to_string(), customer.id.to_string(), TASKS_EACH.to_string()])
            .args(what)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("the process says nothing")?;
        let mut racer = Self { child, output: BufReader::new(output) };
        let mut line = String::new();
        racer.output.read_line(&mut line)?;
        match line.trim_end().parse()? {
            Line::Ready => Ok(racer),
            other => Err(format!("a racer is not ready: {other}").into()),
        }
    }

    fn go(&mut self) -> Result {
        let mut input = self.child.stdin.take().ok_or("the process takes no input")?;
        Ok(writeln!(input)?)
    }

    fn finish(mut self) -> Result<Vec<Line>> {
        let lines = self.output.lines().map(|line| line?.parse());
        let lines = lines.collect::<Result<Vec<Line>>>()?;
        let status = self.child.wait()?;
        if status.success() { Ok(lines) } else { Err(format!("{status}: {lines:?}").into()) }
    }
}
