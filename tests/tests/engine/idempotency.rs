//! A command id is carried out once, whatever became of it; and never for something else.

use readmit::{
    Actor, CheckSecondFactor, CommandId, Policy, RegenerateCodes, RegisterCustomer, Seconds,
    StartEnrolment,
};
use readmit_tests::{House, Msp, Result, kind};

#[tokio::test]
async fn a_repeated_command_gets_the_first_answer_after_a_restart_too() -> Result {
    let house = House::new()?;
    let mut msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let id = msp.engine.draw_command_id()?;
    let grant = async |msp: &Msp| {
        msp.tenant.execute(&msp.recovery_admin(), Msp::wish(alice)).with_id(id).await
    };
    let first = grant(&msp).await?;
    assert!(!first.already);
    for restart in [false, true] {
        if restart {
            msp = house.reopen(&msp).await?;
        }
        house.clock.advance(Seconds(7));
        let again = grant(&msp).await?;
        assert!(again.already);
        assert_eq!(
            (again.command, again.position, again.at, &again.outcome),
            (id, first.position, first.at, &first.outcome)
        );
    }
    assert_eq!(msp.count(alice, "BypassGranted").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_command_is_repeated_even_when_it_could_not_be_done_any_more() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    msp.grant(alice).await?;
    let id = msp.engine.draw_command_id()?;
    let redeem = || {
        let redeem = readmit::RedeemBypass::new(alice);
        msp.tenant.execute(&msp.customer(alice), redeem).with_id(id)
    };
    let first = redeem().await?;
    house.clock.advance(Seconds::hours(2));
    // Whether the end is recorded yet or not.
    let late = kind(&msp.redeem(alice).await);
    assert!(["expired", "no_open_case"].contains(&late.as_str()), "{late}");
    let again = redeem().await?;
    assert_eq!((again.already, again.session), (true, first.session));
    Ok(())
}

/// Other commands, and the same ones from somebody else, under an id that was used.
async fn others_under(msp: &Msp, alice: readmit::CustomerId, id: CommandId) -> Result<Vec<String>> {
    let execute = |wish| msp.tenant.execute(&msp.recovery_admin(), wish).with_id(id);
    let register = RegisterCustomer::new("bert@example.com");
    Ok(vec![
        kind(&execute(Msp::wish(alice).for_minutes(61)).await),
        kind(&execute(Msp::wish(alice).note("another note")).await),
        kind(&execute(Msp::wish(msp.recovery_admin_id())).await),
        kind(&msp.tenant.execute(&msp.owner(), Msp::wish(alice)).with_id(id).await),
        kind(&msp.tenant.execute(&msp.service(), register).with_id(id).await),
    ])
}

#[tokio::test]
async fn an_id_that_was_used_is_refused_for_anything_else() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let id = msp.engine.draw_command_id()?;
    msp.tenant.execute(&msp.recovery_admin(), Msp::wish(alice)).with_id(id).await?;
    let size = msp.tenant.head().await?.size;
    assert_eq!(others_under(&msp, alice, id).await?, ["command_reused"; 5]);
    let msp = house.reopen(&msp).await?;
    assert_eq!(others_under(&msp, alice, id).await?, ["command_reused"; 5]);
    assert_eq!(msp.tenant.head().await?.size, size);
    Ok(())
}

#[tokio::test]
async fn a_wrong_code_that_is_repeated_under_its_id_counts_once() -> Result {
    let house = House::new()?;
    let mut msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    let wrong = alice.phone.wrong_codes(msp.engine.now(), 2)?;
    let [wrong, another] = wrong.as_slice() else { panic!("not two codes") };
    let id = msp.engine.draw_command_id()?;
    for restart in [false, false, true] {
        if restart {
            msp = house.reopen(&msp).await?;
        }
        let check = |code: &readmit::TotpCode| {
            let check = CheckSecondFactor::totp(alice.id, code.clone());
            msp.tenant.execute(&msp.customer(alice.id), check).with_id(id)
        };
        assert_eq!(kind(&check(wrong).await), "code_wrong");
        // A different code is a different command, although its event would look the same.
        assert_eq!(kind(&check(another).await), "command_reused");
        assert_eq!(msp.tenant.account(alice.id).await?.failures, 1);
    }
    Ok(())
}

#[tokio::test]
async fn an_id_that_was_refused_without_a_trace_can_be_used_again() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let id = msp.engine.draw_command_id()?;
    let redeem = || {
        let redeem = readmit::RedeemBypass::new(alice);
        msp.tenant.execute(&msp.customer(alice), redeem).with_id(id)
    };
    assert_eq!(kind(&redeem().await), "no_open_case");
    msp.grant(alice).await?;
    assert!(!redeem().await?.already);
    Ok(())
}

#[tokio::test]
async fn secrets_are_shown_once_and_not_to_whoever_repeats_the_command() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let alice = msp.equip("alice@example.com").await?;
    let code = alice.phone.code(msp.engine.now())?;
    let at = msp.check(alice.id, CheckSecondFactor::totp(alice.id, code)).await?.at;
    let fresh = msp.customer(alice.id).with_second_factor(at);
    let (start_id, codes_id) = (msp.engine.draw_command_id()?, msp.engine.draw_command_id()?);
    let start = || msp.tenant.execute(&fresh, StartEnrolment::new(alice.id)).with_id(start_id);
    let codes = || msp.tenant.execute(&fresh, RegenerateCodes::new(alice.id)).with_id(codes_id);

    let (first, again) = (start().await?, start().await?);
    assert!(first.secret.is_some() && again.secret.is_none());
    assert_eq!((first.device, first.until), (again.device, again.until));
    let (first, again) = (codes().await?, codes().await?);
    assert_eq!((first.codes.len(), again.codes.len()), (10, 0));
    assert_eq!(first.set, again.set);
    Ok(())
}

#[tokio::test]
async fn ids_of_two_tenants_do_not_meet() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let other = msp.engine.tenant("other-msp").await?;
    let id = msp.engine.draw_command_id()?;
    let register = || RegisterCustomer::new("alice@example.com");
    let one = msp.tenant.execute(&Actor::system(), register()).with_id(id).await?;
    let two = other.execute(&Actor::system(), register()).with_id(id).await?;
    assert!(!one.already && !two.already && one.customer != two.customer);
    Ok(())
}
