//! The story of a lost phone, under the standard policy.

use readmit::{
    CaseEnd, CheckSecondFactor, DisableMfa, Mfa, Policy, Profile, RegenerateCodes, Seconds, SignIn,
    StartEnrolment,
};
use readmit_tests::at_once::expected;
use readmit_tests::{House, Result, tally};

#[tokio::test]
async fn a_customer_without_their_phone_gets_back_in() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    let before = msp.tenant.sign_in(alice.id).await?;
    assert!(matches!(before, SignIn::SecondFactor(methods) if methods.totp));

    let granted = msp.grant(alice.id).await?;
    let SignIn::Bypass(offer) = msp.tenant.sign_in(alice.id).await? else {
        panic!("no bypass is offered")
    };
    assert_eq!(offer.bypass, granted.bypass);
    let session = msp.redeem(alice.id).await?;
    assert_eq!(session.bypass, granted.bypass);
    let recovering = msp.recovering(alice.id, session);
    msp.tenant.execute(&recovering, DisableMfa::new(alice.id)).await?;
    assert_eq!(msp.tenant.account(alice.id).await?.mfa, Mfa::Off);
    house.clock.advance(Seconds(60));
    let (phone, ..) = msp.enrol(alice.id.into(), &recovering).await?;
    let codes = msp.tenant.execute(&recovering, RegenerateCodes::new(alice.id)).await?;
    assert_eq!(codes.completed, Some(granted.recovery));

    // The new phone and the new codes are good; the old ones have ended.
    let old = CheckSecondFactor::totp(alice.id, alice.phone.code(msp.engine.now())?);
    let old_code = alice.codes.into_iter().next().ok_or("no codes were shown")?;
    let old_code = CheckSecondFactor::recovery_code(alice.id, old_code);
    let new = CheckSecondFactor::totp(alice.id, phone.code(msp.engine.now())?);
    let new_code = codes.outcome.codes.into_iter().next().ok_or("no codes were shown")?;
    let new_code = CheckSecondFactor::recovery_code(alice.id, new_code);
    let mut answers = Vec::new();
    for check in [old, old_code, new, new_code] {
        answers.push(msp.check(alice.id, check).await);
    }
    assert_eq!(tally(&answers), expected([("code_wrong", 2), ("ok", 2)]));

    let story = [
        "CustomerRegistered",
        "EnrolmentStarted",
        "DeviceEnrolled",
        "CodesRegenerated",
        "BypassGranted",
        "BypassUsed",
        "MfaDisabled",
        "EnrolmentStarted",
        "DeviceEnrolled",
        "CodesRegenerated",
        "RecoveryCompleted",
        "SecondFactorRejected",
        "SecondFactorRejected",
        "SecondFactorVerified",
        "RecoveryCodeUsed",
    ];
    assert_eq!(msp.names(alice.id).await?, story);
    let cases = msp.recoveries().await?;
    let case = cases.get(&granted.recovery).ok_or("the case is not in the register")?;
    assert!(matches!(case.ended, Some((_, CaseEnd::Completed { codes: true }))));
    assert_eq!(case.profile_met(), Some(Profile::Standard));
    msp.tenant.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_recovery_that_is_abandoned_leaves_phone_and_codes_as_they_were() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    let before = msp.tenant.account(alice.id).await?.mfa;
    let granted = msp.grant(alice.id).await?;
    let session = msp.redeem(alice.id).await?;
    house.clock.advance(Seconds::minutes(61));
    msp.wait_for(granted.position, |event| event.name() == "BypassExpired").await?;

    assert_eq!(msp.tenant.account(alice.id).await?.mfa, before);
    let recovering = msp.recovering(alice.id, session);
    let late = msp.tenant.execute(&recovering, DisableMfa::new(alice.id)).await;
    assert_eq!(tally([&late]), expected([("session_not_live", 1)]));
    let code = alice.phone.code(msp.engine.now())?;
    msp.check(alice.id, CheckSecondFactor::totp(alice.id, code)).await?;
    Ok(())
}

#[tokio::test]
async fn only_the_newest_use_of_a_bypass_is_live() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let wish = readmit_tests::Msp::wish(alice).uses(2);
    msp.tenant.execute(&msp.recovery_admin(), wish).await?;
    let first = msp.redeem(alice).await?;
    let second = msp.redeem(alice).await?;
    let first = msp.tenant.execute(&msp.recovering(alice, first), DisableMfa::new(alice)).await;
    assert_eq!(tally([&first]), expected([("session_not_live", 1)]));
    msp.tenant.execute(&msp.recovering(alice, second), DisableMfa::new(alice)).await?;
    // And it may do nothing but set MFA up again.
    let outside = msp.tenant.execute(&msp.customer(alice), StartEnrolment::new(alice)).await;
    assert_eq!(tally([&outside]), expected([("no_right_to_enrol", 1)]));
    Ok(())
}
