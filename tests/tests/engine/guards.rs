//! Wrong codes, locks, freezes, and grants that replace others.

use readmit::{
    CheckSecondFactor, ConfirmEnrolment, DisableMfa, Event, Lock, Policy, Refusal,
    ReportUnrecognised, RevocationCause, Seconds, SignIn, StartEnrolment, UnfreezeAccount,
    UnlockAccount,
};
use readmit_tests::{Customer, House, Msp, Nodes, Phone, Result, kind};

async fn wrong_codes(msp: &Msp, customer: &Customer, count: usize) -> Result<Vec<String>> {
    let mut answers = Vec::new();
    for code in customer.phone.wrong_codes(msp.engine.now(), count)? {
        let check = CheckSecondFactor::totp(customer.id, code);
        answers.push(kind(&msp.check(customer.id, check).await));
    }
    Ok(answers)
}

#[tokio::test]
async fn a_wrong_code_is_recorded_before_it_is_answered() -> Result {
    let nodes = Nodes::open(2, Policy::standard()).await?;
    let [here, elsewhere] = nodes.msps.as_slice() else { panic!("not two nodes") };
    let alice = here.equip("alice@example.com").await?;
    for failures in 1..=3 {
        let wrong = alice.phone.wrong_code(here.engine.now())?;
        let answer = here.check(alice.id, CheckSecondFactor::totp(alice.id, wrong)).await;
        // Whoever looks after the answer sees it counted, on whatever node.
        assert_eq!(kind(&answer), "code_wrong");
        assert_eq!(elsewhere.tenant.account(alice.id).await?.failures, failures);
        let history = elsewhere.tenant.history(alice.id).await?;
        let last = history.last().map(|last| last.event.name());
        assert_eq!(last, Some("SecondFactorRejected"));
    }
    Ok(())
}

#[tokio::test]
async fn a_right_code_ends_a_run_of_wrong_ones() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    assert_eq!(wrong_codes(&msp, &alice, 9).await?, ["code_wrong"; 9]);
    let code = alice.phone.code(msp.engine.now())?;
    msp.check(alice.id, CheckSecondFactor::totp(alice.id, code)).await?;
    assert_eq!(wrong_codes(&msp, &alice, 9).await?, ["code_wrong"; 9]);
    assert_eq!(wrong_codes(&msp, &alice, 1).await?, ["locked"]);
    Ok(())
}

#[tokio::test]
async fn a_lock_holds_for_its_time_and_the_next_one_twice_as_long() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    for minutes in [15, 30, 60] {
        wrong_codes(&msp, &alice, 10).await?;
        let until = Some(msp.engine.now() + Seconds::minutes(minutes));
        assert_eq!(msp.tenant.account(alice.id).await?.lock, Some(Lock { until }));
        let refused = SignIn::Refused(Refusal::Locked { until });
        assert_eq!(msp.tenant.sign_in(alice.id).await?, refused);
        house.clock.advance(Seconds(minutes * 60 - 1));
        let right = alice.phone.code(msp.engine.now())?;
        let early = msp.check(alice.id, CheckSecondFactor::totp(alice.id, right)).await;
        assert_eq!(kind(&early), "locked");
        house.clock.advance(Seconds(1));
        assert!(matches!(msp.tenant.sign_in(alice.id).await?, SignIn::SecondFactor(_)));
    }
    let right = alice.phone.code(msp.engine.now())?;
    msp.check(alice.id, CheckSecondFactor::totp(alice.id, right)).await?;
    Ok(())
}

#[tokio::test]
async fn an_admin_unlocks_an_account() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    let unlock = || msp.tenant.execute(&msp.recovery_admin(), UnlockAccount::new(alice.id));
    assert_eq!(kind(&unlock().await), "not_locked");
    wrong_codes(&msp, &alice, 10).await?;
    unlock().await?;
    let right = alice.phone.code(msp.engine.now())?;
    msp.check(alice.id, CheckSecondFactor::totp(alice.id, right)).await?;
    Ok(())
}

#[tokio::test]
async fn wrong_codes_end_an_enrolment() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    let code = alice.phone.code(msp.engine.now())?;
    let checked = msp.check(alice.id, CheckSecondFactor::totp(alice.id, code)).await?;
    let fresh = msp.customer(alice.id).with_second_factor(checked.at);
    let started = msp.tenant.execute(&fresh, StartEnrolment::new(alice.id)).await?;
    let phone = Phone::typed_in(started.secret.as_ref().ok_or("no secret was shown")?)?;
    let confirm = |code| {
        let confirm = ConfirmEnrolment::new(alice.id, started.device, code);
        msp.tenant.execute(&fresh, confirm)
    };
    for wrong in phone.wrong_codes(msp.engine.now(), 10)? {
        assert_eq!(kind(&confirm(wrong).await), "enrolment_code_wrong");
    }
    let right = phone.code(msp.engine.now())?;
    assert_eq!(kind(&confirm(right).await), "enrolment_superseded");
    assert_eq!(msp.count(alice.id, "EnrolmentCodeRejected").await?, 10);
    Ok(())
}

#[tokio::test]
async fn a_frozen_account_can_do_nothing_until_an_owner_has_looked() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    msp.grant(alice.id).await?;
    let session = msp.redeem(alice.id).await?;
    let report = ReportUnrecognised::new(alice.id);
    msp.tenant.execute(&msp.customer(alice.id), report).await?;

    assert_eq!(msp.tenant.sign_in(alice.id).await?, SignIn::Refused(Refusal::Frozen));
    let right = alice.phone.code(msp.engine.now())?;
    let check = msp.check(alice.id, CheckSecondFactor::totp(alice.id, right.clone())).await;
    assert_eq!(kind(&check), "frozen");
    assert_eq!(kind(&msp.grant(alice.id).await), "frozen");
    let recovering = msp.recovering(alice.id, session);
    let disable = msp.tenant.execute(&recovering, DisableMfa::new(alice.id)).await;
    assert_eq!(kind(&disable), "frozen");
    let unfreeze = || UnfreezeAccount::new(alice.id, "spoke to her on the phone");
    let bob = msp.tenant.execute(&msp.recovery_admin(), unfreeze()).await;
    assert_eq!(kind(&bob), "not_permitted");

    msp.tenant.execute(&msp.owner(), unfreeze()).await?;
    msp.check(alice.id, CheckSecondFactor::totp(alice.id, right)).await?;
    let names = msp.names(alice.id).await?;
    let end = ["BypassUsed", "AccountFrozen", "BypassRevoked", "AccountUnfrozen"];
    assert!(names.windows(4).any(|window| window == end), "{names:?}");
    // The session from before the freeze stays dead.
    let disable = msp.tenant.execute(&recovering, DisableMfa::new(alice.id)).await;
    assert_eq!(kind(&disable), "session_not_live");
    Ok(())
}

#[tokio::test]
async fn a_grant_that_replaces_another_ends_it_first() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let first = msp.grant(alice).await?;
    let session = msp.redeem(alice).await?;
    assert_eq!(kind(&msp.grant(alice).await), "case_open");
    let replace = Msp::wish(alice).replacing();
    let second = msp.tenant.execute(&msp.recovery_admin(), replace).await?;

    assert_ne!((first.recovery, first.bypass), (second.recovery, second.bypass));
    let history = msp.tenant.history(alice).await?;
    let [.., revoked, granted] = history.as_slice() else { panic!("too short a history") };
    let Event::BypassRevoked(cause) = &revoked.event else { panic!("{revoked:?}") };
    assert_eq!(
        (revoked.recovery, cause.cause),
        (Some(first.recovery), RevocationCause::Superseded)
    );
    assert_eq!((granted.recovery, granted.position), (Some(second.recovery), second.position + 1));
    let old = msp.tenant.execute(&msp.recovering(alice, session), DisableMfa::new(alice)).await;
    assert_eq!(kind(&old), "session_not_live");
    assert_eq!(msp.redeem(alice).await?.bypass, second.bypass);
    Ok(())
}
