//! An authenticator that is not ours: `oathtool` types the codes.

use std::process::Command;

use readmit::{
    Actor, CheckSecondFactor, ConfirmEnrolment, RegisterCustomer, StartEnrolment, Timestamp,
};
use readmit_tests::{House, Result};

/// What `oathtool` shows for this secret at this moment.
fn shown(secret: &str, now: Timestamp) -> Result<readmit::TotpCode> {
    let at = format!("@{}", now.unix_seconds());
    let run =
        Command::new("oathtool").args(["--totp", "--base32", "--now", &at, secret]).output()?;
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Ok(String::from_utf8(run.stdout)?.trim().parse()?)
}

#[tokio::test]
async fn a_code_of_another_authenticator_sets_up_a_device_and_signs_in() -> Result {
    let house = House::new()?;
    let engine = house.open().await?;
    let msp = engine.tenant("acme-msp").await?;
    let register = RegisterCustomer::new("alice@example.com");
    let alice = msp.execute(&Actor::system(), register).await?.customer;
    let as_alice = Actor::customer(alice);

    let started = msp.execute(&as_alice, StartEnrolment::new(alice)).await?;
    let secret = started.secret.as_ref().ok_or("no secret was shown")?.expose_base32();
    let code = shown(&secret, engine.now())?;
    msp.execute(&as_alice, ConfirmEnrolment::new(alice, started.device, code)).await?;

    house.clock.advance(readmit_tests::phone::STEP);
    let code = shown(&secret, engine.now())?;
    msp.execute(&as_alice, CheckSecondFactor::totp(alice, code)).await?;
    engine.close().await;
    Ok(())
}
