//! Callers that go away, and the end of an engine. (Too many callers: `faults.rs`.)

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use readmit::{Actor, Engine, Error, Failure, Policy, Proof, RegisterCustomer};
use readmit_tests::{House, Msp, Result};

// On one thread, so that nothing is carried out before the caller has gone away.
#[tokio::test]
async fn a_caller_that_goes_away_takes_no_command_back() -> Result {
    let house = House::new()?;
    let engine = house.open().await?;
    let tenant = engine.tenant("acme-msp").await?;
    let register = async |login: &str| {
        let register = RegisterCustomer::new(login);
        tenant.execute(&Actor::system(), register).await
    };
    register("first").await?;
    let mut follower = tenant.follow(2);
    for number in 0..20 {
        let login = format!("customer-{number}");
        let waiting = {
            let mut execute = pin!(register(&login));
            matches!(execute.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending)
        };
        assert!(waiting, "it was not dropped while it waited");
        let recorded = tokio::time::timeout(Duration::from_secs(10), follower.next());
        assert_eq!(recorded.await??.event.name(), "CustomerRegistered");
        assert!(tenant.find(login.as_str()).await?.is_some());
    }
    Ok(())
}

/// Before a command is in the lane, and between two visits there, going away does take it back.
/// It is carried out or it is not; whoever repeats it under its id learns which.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_caller_that_goes_away_at_any_time_can_repeat_the_command() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    for millis in [0, 1, 2, 5, 10, 20, 50, 100] {
        let customer = msp.equip(&format!("customer-{millis}")).await?.id;
        let id = msp.engine.draw_command_id()?;
        let grant = async || {
            let wish = Msp::wish(customer).proof(Proof::PasswordAndIssuedCode);
            msp.tenant.execute(&msp.recovery_admin(), wish).with_id(id).await
        };
        let gone = tokio::time::timeout(Duration::from_millis(millis), grant()).await;
        let again = grant().await?;
        assert!(gone.is_err() || again.already);
        assert_eq!(msp.count(customer, "BypassGranted").await?, 1);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn closing_answers_whoever_waits_and_nobody_after() -> Result {
    let house = House::new()?;
    let engine = house.open().await?;
    let tenant = engine.tenant("acme-msp").await?;
    let callers: Vec<_> = (0..500)
        .map(|number| {
            let tenant = tenant.clone();
            tokio::spawn(async move {
                let register = RegisterCustomer::new(format!("customer-{number}").as_str());
                tenant.execute(&Actor::system(), register).await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(3)).await;
    engine.close().await;

    let mut carried_out = 0;
    for caller in callers {
        match caller.await? {
            Ok(_) => carried_out += 1,
            Err(Error::Failed(error)) if error.to_string().contains("closed") => {}
            Err(error) => panic!("neither carried out nor closed: {error}"),
        }
    }
    let again = house.open().await?;
    let tenant = again.tenant("acme-msp").await?;
    assert_eq!(tenant.verify().await?.size, 1 + carried_out);
    again.close().await;
    Ok(())
}

#[tokio::test]
async fn a_closed_engine_says_so_whatever_is_asked() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    msp.engine.close().await;
    msp.engine.close().await; // Closing twice does nothing.
    let Err(error) = msp.grant(alice).await else { panic!("a grant without an engine") };
    assert!(matches!(error, Error::Failed(Failure::Closed)), "{error}");
    let says_closed = |answer: Result<(), Error>| {
        let Err(error) = answer else { panic!("an answer without an engine") };
        assert!(error.to_string().contains("closed"), "{error}");
    };
    says_closed(msp.tenant.sign_in(alice).await.map(drop));
    says_closed(msp.tenant.account(alice).await.map(drop));
    says_closed(msp.tenant.history(alice).await.map(drop));
    says_closed(msp.tenant.find("alice@example.com").await.map(drop));
    says_closed(msp.tenant.head().await.map(drop));
    says_closed(msp.engine.tenant("other-msp").await.map(drop));
    says_closed(msp.tenant.follow(0).next().await.map(drop).map_err(Error::from));
    let verified = msp.tenant.verify().await;
    assert!(verified.is_err_and(|error| error.to_string().contains("closed")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_engine_that_is_dropped_without_closing_loses_nothing_it_acknowledged() -> Result {
    let house = House::new()?;
    for number in 0..10 {
        let engine = Engine::builder(&house.url()).clock(house.clock.clone()).open().await?;
        let tenant = engine.tenant("acme-msp").await?;
        let register = RegisterCustomer::new(format!("customer-{number}").as_str());
        tenant.execute(&Actor::system(), register).await?;
    }
    let tenant = house.open().await?.tenant("acme-msp").await?;
    assert_eq!(tenant.verify().await?.size, 11);
    Ok(())
}
