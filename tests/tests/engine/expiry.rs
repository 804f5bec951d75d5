//! What runs out is recorded: in time, once, whoever notices, and after a restart too.

use std::time::{Duration, Instant};

use readmit::{
    CaseEnd, ConfirmEnrolment, CustomerId, DisableMfa, Engine, Event, Mfa, Policy, RecoveryId,
    Seconds, Stage, StartEnrolment,
};
use readmit_tests::house::Place;
use readmit_tests::shifted::ShiftedClock;
use readmit_tests::{Database, House, Msp, Nodes, Phone, Result};

/// Expiry is promised within a second; the rest is for a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(3);

fn ends_case(event: &Event) -> bool {
    matches!(event, Event::BypassExpired(_) | Event::RecoveryCompleted(_))
}

/// Brings a customer with a bypass to where only new recovery codes are missing.
async fn enrol_again(msp: &Msp, customer: CustomerId) -> Result {
    let recovering = msp.recovering(customer, msp.redeem(customer).await?);
    msp.tenant.execute(&recovering, DisableMfa::new(customer)).await?;
    msp.enrol(customer.into(), &recovering).await?;
    Ok(())
}

async fn end_of(msp: &Msp, recovery: RecoveryId) -> Result<Option<CaseEnd>> {
    let cases = msp.recoveries().await?;
    let case = cases.get(&recovery).ok_or("the case is not in the register")?;
    Ok(case.ended.map(|(_, end)| end))
}

#[tokio::test]
async fn an_unused_bypass_expires_the_moment_its_time_is_over() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let granted = msp.grant(alice).await?;
    house.clock.advance(Seconds(60 * 60 - 1));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(msp.tenant.head().await?.size, granted.position + 1, "nothing is due");

    house.clock.advance(Seconds(1));
    let started = Instant::now();
    let expired = msp.wait_for(granted.position + 1, ends_case).await?;
    assert!(started.elapsed() < SOON, "recorded after {:?}", started.elapsed());
    assert_eq!(expired.at, granted.at + Seconds::hours(1));
    assert_eq!(expired.recovery, Some(granted.recovery));
    let Event::BypassExpired(data) = &expired.event else { panic!("{expired:?}") };
    assert_eq!(data.stage, Stage::Granted);
    Ok(())
}

#[tokio::test]
async fn on_the_system_clock_an_expiry_is_recorded_within_a_second_of_its_time() -> Result {
    let house = House::new()?;
    let clock = ShiftedClock::default();
    let engine = Engine::builder(&house.url()).clock(clock.clone()).open().await?;
    let msp = Msp::create(engine, "acme-msp", Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let wish = Msp::wish(alice).lifetime(Seconds::minutes(5));
    let granted = msp.tenant.execute(&msp.recovery_admin(), wish).await?;
    let due = granted.at + Seconds::minutes(5);
    // Two seconds before its time, time begins to run as it does.
    clock.advance(Seconds(5 * 60 - 2));
    let expired = msp.wait_for(granted.position + 1, ends_case).await?;
    assert!(due <= expired.at && expired.at <= due + Seconds(1), "due {due}: {expired:?}");
    Ok(())
}

#[tokio::test]
async fn a_request_that_nobody_answers_expires() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let request = readmit::RequestBypass::new(alice).reason(readmit::Reason::LostDevice);
    let asked = msp.tenant.execute(&msp.helpdesk(), request).await?;
    house.clock.advance(Seconds::hours(24));
    let expired = msp.wait_for(asked.position + 1, ends_case).await?;
    let Event::BypassExpired(data) = &expired.event else { panic!("{expired:?}") };
    assert_eq!(data.stage, Stage::AwaitingApproval);
    Ok(())
}

#[tokio::test]
async fn a_new_phone_without_new_codes_completes_the_recovery_when_time_is_over() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let granted = msp.grant(alice).await?;
    enrol_again(&msp, alice).await?;
    house.clock.advance(Seconds::hours(1));
    msp.wait_for(granted.position + 1, ends_case).await?;
    let end = end_of(&msp, granted.recovery).await?;
    assert_eq!(end, Some(CaseEnd::Completed { codes: false }));
    let account = msp.tenant.account(alice).await?;
    assert!(matches!(account.mfa, Mfa::On { codes: None, .. }) && account.case.is_none());
    Ok(())
}

#[tokio::test]
async fn an_expiry_is_recorded_after_a_restart() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let (alice, bert) = (msp.equip("alice@example.com").await?.id, msp.equip("bert").await?.id);
    let unused = msp.grant(alice).await?;
    let used = msp.grant(bert).await?;
    enrol_again(&msp, bert).await?;
    let size = msp.tenant.head().await?.size;
    msp.engine.close().await;
    house.clock.advance(Seconds::hours(5));

    let msp = msp.through(house.open().await?).await?;
    for _ in 0..2 {
        let ended = msp.wait_for(size, ends_case).await?;
        assert_eq!(ended.at, msp.engine.now());
    }
    msp.wait_for(size + 1, ends_case).await?;
    assert_eq!(msp.tenant.head().await?.size, size + 2);
    let expired = CaseEnd::Expired { stage: Stage::Granted };
    assert_eq!(end_of(&msp, unused.recovery).await?, Some(expired));
    let completed = CaseEnd::Completed { codes: false };
    assert_eq!(end_of(&msp, used.recovery).await?, Some(completed));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_engines_record_each_expiry_once() -> Result {
    each_expiry_is_recorded_once((2, Database::Sqlite)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_engines_on_a_server_record_each_expiry_once() -> Result {
    each_expiry_is_recorded_once((2, Database::Postgres)).await
}

async fn each_expiry_is_recorded_once(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let mut customers = Vec::new();
    for (number, node) in nodes.in_turn().enumerate().take(20) {
        let customer = node.equip(&format!("customer-{number}")).await?.id;
        node.grant(customer).await?;
        if number % 3 == 0 {
            enrol_again(node, customer).await?;
        }
        customers.push(customer);
    }
    let size = msp.tenant.head().await?.size;
    nodes.house.clock.advance(Seconds::hours(1));
    for ended in 0..20 {
        msp.wait_for(size + ended, ends_case).await?;
    }
    // Whoever came second was refused, and goes on.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(msp.tenant.head().await?.size, size + 20);
    for customer in customers {
        let names = msp.names(customer).await?;
        let ends = ["BypassExpired", "RecoveryCompleted"];
        assert_eq!(names.iter().filter(|name| ends.contains(name)).count(), 1, "{names:?}");
    }
    nodes.verify_and_close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn more_bypasses_than_one_round_of_timers_holds_expire_together() -> Result {
    const CUSTOMERS: usize = 300;
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let customers = (0..CUSTOMERS).map(|number| {
        let msp = msp.clone();
        async move {
            let customer = msp.equip(&format!("customer-{number}")).await?.id;
            msp.grant(customer).await?;
            Result::<_>::Ok(())
        }
    });
    readmit_tests::all_at_once(customers).await?.into_iter().collect::<Result<()>>()?;
    let size = msp.tenant.head().await?.size;
    house.clock.advance(Seconds::hours(1));
    // The clock stands still from here on: nothing may wait for it to go on.
    for ended in 0..CUSTOMERS as u64 {
        msp.wait_for(size + ended, ends_case).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_set_up_that_took_too_long_is_refused_without_any_timer() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    msp.grant(alice).await?;
    let recovering = msp.recovering(alice, msp.redeem(alice).await?);
    msp.tenant.execute(&recovering, DisableMfa::new(alice)).await?;
    let started = msp.tenant.execute(&recovering, StartEnrolment::new(alice)).await?;
    let phone = Phone::typed_in(started.secret.as_ref().ok_or("no secret was shown")?)?;
    house.clock.set(started.until);
    let confirm = ConfirmEnrolment::new(alice, started.device, phone.code(started.until)?);
    let late = msp.tenant.execute(&recovering, confirm).await;
    assert_eq!(readmit_tests::kind(&late), "session_not_live");
    Ok(())
}
