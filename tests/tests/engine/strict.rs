//! Recovery under the strict policy: a second person approves, and a code is issued.

use readmit::{
    ApproveBypass, CustomerId, DenyBypass, DisableMfa, Event, GrantBypass, GrantState,
    IdentityCheck, IssuedCode, Policy, Profile, Proof, Reason, RecoveryId, RedeemBypass,
    RegenerateCodes, RevocationCause, Seconds, SignIn,
};
use readmit_tests::at_once::expected;
use readmit_tests::{House, Msp, Result, kind, tally};

fn wish(customer: CustomerId) -> GrantBypass {
    GrantBypass::new(customer)
        .reason(Reason::StolenDevice)
        .ticket("INC-4711")
        .identity_check(IdentityCheck::CallBack)
}

/// Bob grants, which asks for a second person; Petra approves and is shown the code.
async fn approved(msp: &Msp, customer: CustomerId) -> Result<(RecoveryId, IssuedCode)> {
    let asked = msp.tenant.execute(&msp.recovery_admin(), wish(customer)).await?;
    let approve = ApproveBypass::new(customer, asked.recovery);
    let approved = msp.tenant.execute(&msp.approver(), approve).await?;
    Ok((asked.recovery, approved.outcome.issued_code.ok_or("no code was shown")?))
}

#[tokio::test]
async fn the_whole_strict_story_meets_the_strict_profile() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::strict()).await?;
    let alice = msp.equip("alice@example.com").await?;
    let asked = msp.tenant.execute(&msp.recovery_admin(), wish(alice.id)).await?;
    assert!(matches!(asked.state, GrantState::AwaitingApproval { .. }));
    assert!(asked.issued_code.is_none());
    // Nothing holds before the second person has said yes.
    assert!(matches!(msp.tenant.sign_in(alice.id).await?, SignIn::SecondFactor(_)));
    assert_eq!(kind(&msp.redeem(alice.id).await), "no_open_case");
    let approve = ApproveBypass::new(alice.id, asked.recovery);
    let own = msp.tenant.execute(&msp.owner(), approve.clone()).await?;
    assert!(matches!(own.state, GrantState::Open { .. }));
    let code = own.outcome.issued_code.ok_or("no code was shown")?;

    let SignIn::Bypass(offer) = msp.tenant.sign_in(alice.id).await? else {
        panic!("no bypass is offered")
    };
    assert_eq!(offer.proof, Proof::PasswordAndIssuedCode);
    assert_eq!(kind(&msp.redeem(alice.id).await), "issued_code_missing");
    let redeem = RedeemBypass::new(alice.id).code(code);
    let session = msp.tenant.execute(&msp.customer(alice.id), redeem).await?.session;
    let recovering = msp.recovering(alice.id, session);
    msp.tenant.execute(&recovering, DisableMfa::new(alice.id)).await?;
    house.clock.advance(Seconds(60));
    msp.enrol(alice.id.into(), &recovering).await?;
    msp.tenant.execute(&recovering, RegenerateCodes::new(alice.id)).await?;

    let cases = msp.recoveries().await?;
    let case = cases.get(&asked.recovery).ok_or("the case is not in the register")?;
    assert_eq!(case.profile_met(), Some(Profile::Strict));
    msp.tenant.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_recovery_admin_cannot_approve_what_they_asked_for() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::strict()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let asked = msp.tenant.execute(&msp.owner(), wish(alice)).await?;
    let approve = || ApproveBypass::new(alice, asked.recovery);
    assert_eq!(kind(&msp.tenant.execute(&msp.owner(), approve()).await), "own_request");
    let bob = msp.tenant.execute(&msp.recovery_admin(), approve()).await;
    assert_eq!(kind(&bob), "not_permitted");
    let deny = DenyBypass::new(alice, asked.recovery);
    msp.tenant.execute(&msp.approver(), deny).await?;
    assert_eq!(kind(&msp.tenant.execute(&msp.approver(), approve()).await), "no_open_case");
    Ok(())
}

#[tokio::test]
async fn an_issued_code_is_shown_once() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::strict()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let asked = msp.tenant.execute(&msp.recovery_admin(), wish(alice)).await?;
    let id = msp.engine.draw_command_id()?;
    let approve = || ApproveBypass::new(alice, asked.recovery);
    let first = msp.tenant.execute(&msp.approver(), approve()).with_id(id).await?;
    let again = msp.tenant.execute(&msp.approver(), approve()).with_id(id).await?;
    assert!(first.issued_code.is_some() && !first.already);
    assert!(again.issued_code.is_none() && again.already);
    assert_eq!((first.bypass, first.state), (again.bypass, again.state));
    Ok(())
}

#[tokio::test]
async fn five_wrong_issued_codes_revoke_the_bypass() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::strict()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let (_, right) = approved(&msp, alice).await?;
    let mut wrong = *right.expose_bytes();
    wrong[4] ^= 1;
    for attempts_left in (0..5).rev() {
        let redeem = RedeemBypass::new(alice).code(IssuedCode::from_bytes(wrong));
        let refused = msp.tenant.execute(&msp.customer(alice), redeem).await;
        let Err(readmit::Error::Refused(refusal)) = refused else { panic!("{refused:?}") };
        assert_eq!(refusal, readmit::Refusal::IssuedCodeWrong { attempts_left });
    }
    let redeem = RedeemBypass::new(alice).code(right);
    let late = msp.tenant.execute(&msp.customer(alice), redeem).await;
    assert_eq!(tally([&late]), expected([("no_open_case", 1)]));
    let history = msp.tenant.history(alice).await?;
    let Some(Event::BypassRevoked(revoked)) = history.last().map(|last| &last.event) else {
        panic!("the last event is no revocation")
    };
    assert_eq!(revoked.cause, RevocationCause::TooManyAttempts);
    Ok(())
}

#[tokio::test]
async fn an_issued_code_is_taken_however_it_is_typed() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy { grants_in_30_days: 30, ..Policy::strict() }).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let typings: [fn(&str) -> String; 4] = [
        str::to_lowercase,
        |shown| shown.replace('-', ""),
        |shown| shown.replace('0', "O").replace('1', "I"),
        |shown| format!(" {} ", shown.to_lowercase().replace('0', "o").replace('1', "l")),
    ];
    for typed in typings {
        let (_, code) = approved(&msp, alice).await?;
        let redeem = RedeemBypass::new(alice).code(typed(&code.expose()).parse()?);
        msp.tenant.execute(&msp.customer(alice), redeem).await?;
        let revoke = readmit::RevokeBypass::new(alice);
        msp.tenant.execute(&msp.recovery_admin(), revoke).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_code_of_a_replaced_bypass_is_worth_nothing() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::strict()).await?;
    let alice = msp.equip("alice@example.com").await?.id;
    let (_, old) = approved(&msp, alice).await?;
    let replace = wish(alice).replacing();
    let asked = msp.tenant.execute(&msp.recovery_admin(), replace).await?;
    let approve = ApproveBypass::new(alice, asked.recovery);
    let new = msp.tenant.execute(&msp.approver(), approve).await?.outcome.issued_code;
    let redeem =
        |code| msp.tenant.execute(&msp.customer(alice), RedeemBypass::new(alice).code(code));
    assert_eq!(kind(&redeem(old).await), "issued_code_wrong");
    assert_eq!(kind(&redeem(new.ok_or("no code was shown")?).await), "ok");
    Ok(())
}
