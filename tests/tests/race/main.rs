//! Races: many tasks, one thing that can be done once.
//!
//! Each race is run on one engine, where one lane puts everybody in order, and on two engines
//! on one database, a file or a server, where lanes race and the guard of the commit decides. The ones that matter
//! most are run between two processes too (`processes.rs`).

mod processes;

use readmit::{
    ApproveBypass, AuthoriseAdmin, CheckSecondFactor, Event, IdentityCheck, IssuedCode, Policy,
    Proof, Reason, RecoveryCode, RedeemBypass, RegisterCustomer, RequestBypass, Role,
};
use readmit_tests::at_once::expected;
use readmit_tests::house::Place;
use readmit_tests::{Msp, Nodes, Result, all_at_once, tally};

const TASKS: usize = 64;
/// Where each task computes slow digests, so that the race does not take minutes.
const SLOW_TASKS: usize = 16;

macro_rules! on_one_and_on_two_engines {
    ($($race:ident,)+) => {
        mod on_one_engine {
            use readmit_tests::Database;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $race() -> readmit_tests::Result {
                    super::$race((1, Database::Sqlite)).await
                }
            )+
        }

        mod on_two_engines {
            use readmit_tests::Database;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $race() -> readmit_tests::Result {
                    super::$race((2, Database::Sqlite)).await
                }
            )+
        }

        mod on_two_engines_on_postgresql {
            use readmit_tests::Database;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $race() -> readmit_tests::Result {
                    super::$race((2, Database::Postgres)).await
                }
            )+
        }
    };
}

on_one_and_on_two_engines! {
    a_bypass_for_one_use_is_redeemed_once,
    a_bypass_for_three_uses_is_redeemed_three_times,
    a_bypass_with_an_issued_code_is_redeemed_once,
    wrong_issued_codes_revoke_the_bypass_at_the_fifth,
    a_recovery_code_is_accepted_once,
    a_totp_step_is_accepted_once,
    wrong_codes_lock_the_account_at_the_number_of_the_policy,
    a_command_id_is_carried_out_once,
    a_wrong_code_under_one_command_id_counts_once,
    a_registration_under_one_command_id_makes_one_customer,
    a_login_is_taken_once,
    a_customer_is_granted_one_bypass,
    a_request_is_approved_once,
    a_version_is_built_on_once,
    a_tenant_is_created_once,
}

async fn a_bypass_for_one_use_is_redeemed_once(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let alice = msp.equip("alice@example.com").await?.id;
    msp.grant(alice).await?;

    let answers = all_at_once(nodes.in_turn().take(TASKS).map(|msp| {
        let msp = msp.clone();
        async move { msp.redeem(alice).await }
    }));
    assert_eq!(tally(&answers.await?), expected([("ok", 1), ("spent", TASKS - 1)]));
    assert_eq!(msp.count(alice, "BypassUsed").await?, 1);
    nodes.verify_and_close().await
}

async fn a_bypass_for_three_uses_is_redeemed_three_times(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let alice = msp.equip("alice@example.com").await?.id;
    msp.tenant.execute(&msp.recovery_admin(), Msp::wish(alice).uses(3)).await?;

    let answers = all_at_once(nodes.in_turn().take(TASKS).map(|msp| {
        let msp = msp.clone();
        async move { msp.redeem(alice).await }
    }));
    let answers = answers.await?;
    assert_eq!(tally(&answers), expected([("ok", 3), ("spent", TASKS - 3)]));
    let mut uses: Vec<u8> = answers.into_iter().flatten().map(|held| held.use_number).collect();
    uses.sort_unstable();
    assert_eq!(uses, [1, 2, 3]);
    nodes.verify_and_close().await
}

/// A customer with a bypass that needs a code; answers the code.
async fn with_issued_code(msp: &Msp) -> Result<(readmit::CustomerId, IssuedCode)> {
    let alice = msp.equip("alice@example.com").await?.id;
    let wish = Msp::wish(alice).proof(Proof::PasswordAndIssuedCode);
    let granted = msp.tenant.execute(&msp.recovery_admin(), wish).await?;
    Ok((alice, granted.outcome.issued_code.ok_or("no code was shown")?))
}

async fn a_bypass_with_an_issued_code_is_redeemed_once(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let (alice, code) = with_issued_code(msp).await?;

    let answers = all_at_once(nodes.in_turn().take(SLOW_TASKS).map(|msp| {
        let (msp, redeem) = (msp.clone(), RedeemBypass::new(alice).code(code.clone()));
        async move { msp.tenant.execute(&msp.customer(alice), redeem).await }
    }));
    assert_eq!(tally(&answers.await?), expected([("ok", 1), ("spent", SLOW_TASKS - 1)]));
    nodes.verify_and_close().await
}

async fn wrong_issued_codes_revoke_the_bypass_at_the_fifth(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let (alice, code) = with_issued_code(msp).await?;
    let mut wrong = *code.expose_bytes();
    wrong[0] ^= 1;

    let answers = all_at_once(nodes.in_turn().take(SLOW_TASKS).map(|msp| {
        let code = IssuedCode::from_bytes(wrong);
        let (msp, redeem) = (msp.clone(), RedeemBypass::new(alice).code(code));
        async move { msp.tenant.execute(&msp.customer(alice), redeem).await }
    }));
    let rest = SLOW_TASKS - 5;
    assert_eq!(
        tally(&answers.await?),
        expected([("issued_code_wrong", 5), ("no_open_case", rest)])
    );
    assert_eq!(msp.count(alice, "BypassCodeRejected").await?, 5);
    assert_eq!(msp.count(alice, "BypassRevoked").await?, 1);
    nodes.verify_and_close().await
}

async fn a_recovery_code_is_accepted_once(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let alice = msp.equip("alice@example.com").await?;
    let code: &RecoveryCode = alice.codes.first().ok_or("no codes were shown")?;

    let answers = all_at_once(nodes.in_turn().take(TASKS).map(|msp| {
        let check = CheckSecondFactor::recovery_code(alice.id, code.clone());
        let (msp, id) = (msp.clone(), alice.id);
        async move { msp.check(id, check).await }
    }));
    assert_eq!(tally(&answers.await?), expected([("ok", 1), ("code_used", TASKS - 1)]));
    assert_eq!(msp.count(alice.id, "RecoveryCodeUsed").await?, 1);
    nodes.verify_and_close().await
}

async fn a_totp_step_is_accepted_once(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let alice = msp.equip("alice@example.com").await?;
    let code = alice.phone.code(msp.engine.now())?;

    let answers = all_at_once(nodes.in_turn().take(TASKS).map(|msp| {
        let check = CheckSecondFactor::totp(alice.id, code.clone());
        let (msp, id) = (msp.clone(), alice.id);
        async move { msp.check(id, check).await }
    }));
    assert_eq!(tally(&answers.await?), expected([("ok", 1), ("code_replayed", TASKS - 1)]));
    assert_eq!(msp.count(alice.id, "SecondFactorVerified").await?, 1);
    nodes.verify_and_close().await
}

async fn wrong_codes_lock_the_account_at_the_number_of_the_policy(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let alice = msp.equip("alice@example.com").await?;
    let wrong = alice.phone.wrong_codes(msp.engine.now(), TASKS)?;
    let failures = Policy::standard().lockout.failures as usize;

    let answers = all_at_once(nodes.in_turn().zip(wrong).map(|(msp, code)| {
        let (msp, id) = (msp.clone(), alice.id);
        async move { msp.check(id, CheckSecondFactor::totp(id, code)).await }
    }));
    let (counted, locked) = (failures - 1, TASKS - failures + 1);
    assert_eq!(tally(&answers.await?), expected([("code_wrong", counted), ("locked", locked)]));
    assert_eq!(msp.count(alice.id, "SecondFactorRejected").await?, failures);
    assert_eq!(msp.count(alice.id, "AccountLocked").await?, 1);
    // The right code does not help any more.
    let right = CheckSecondFactor::totp(alice.id, alice.phone.code(msp.engine.now())?);
    assert_eq!(tally([&msp.check(alice.id, right).await]), expected([("locked", 1)]));
    nodes.verify_and_close().await
}

async fn a_command_id_is_carried_out_once(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let alice = msp.equip("alice@example.com").await?.id;
    let id = msp.engine.draw_command_id()?;

    let answers = all_at_once(nodes.in_turn().take(TASKS).map(|msp| {
        let msp = msp.clone();
        async move {
            let grant = msp.tenant.execute(&msp.recovery_admin(), Msp::wish(alice));
            grant.with_id(id).await
        }
    }));
    let answers = answers.await?.into_iter().collect::<Result<Vec<_>, _>>()?;
    let first = answers.iter().find(|done| !done.already).ok_or("nobody did it")?;
    assert_eq!(answers.iter().filter(|done| !done.already).count(), 1);
    for done in &answers {
        assert_eq!(
            (done.command, done.position, done.at, &done.outcome),
            (id, first.position, first.at, &first.outcome)
        );
    }
    assert_eq!(msp.count(alice, "BypassGranted").await?, 1);
    nodes.verify_and_close().await
}

async fn a_wrong_code_under_one_command_id_counts_once(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let alice = msp.equip("alice@example.com").await?;
    let wrong = alice.phone.wrong_code(msp.engine.now())?;
    let command = msp.engine.draw_command_id()?;

    let answers = all_at_once(nodes.in_turn().take(TASKS).map(|msp| {
        let (msp, id, check) = (msp.clone(), alice.id, wrong.clone());
        async move {
            let check = CheckSecondFactor::totp(id, check);
            msp.tenant.execute(&msp.customer(id), check).with_id(command).await
        }
    }));
    assert_eq!(tally(&answers.await?), expected([("code_wrong", TASKS)]));
    assert_eq!(msp.tenant.account(alice.id).await?.failures, 1);
    nodes.verify_and_close().await
}

async fn a_registration_under_one_command_id_makes_one_customer(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let id = msp.engine.draw_command_id()?;

    let answers = all_at_once(nodes.in_turn().take(TASKS).map(|msp| {
        let msp = msp.clone();
        async move {
            let register = RegisterCustomer::new("alice@example.com").name("Alice");
            msp.tenant.execute(&msp.service(), register).with_id(id).await
        }
    }));
    let answers = answers.await?.into_iter().collect::<Result<Vec<_>, _>>()?;
    let customer = answers.first().ok_or("no answers")?.customer;
    assert!(answers.iter().all(|done| done.customer == customer));
    assert_eq!(answers.iter().filter(|done| !done.already).count(), 1);
    assert_eq!(msp.tenant.find("alice@example.com").await?, Some(customer.into()));
    nodes.verify_and_close().await
}

async fn a_login_is_taken_once(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;

    let answers = all_at_once(nodes.in_turn().take(TASKS).map(|msp| {
        let msp = msp.clone();
        async move {
            let register = RegisterCustomer::new("alice@example.com");
            msp.tenant.execute(&msp.service(), register).await
        }
    }));
    let answers = answers.await?;
    assert_eq!(tally(&answers), expected([("ok", 1), ("login_taken", TASKS - 1)]));
    let customer = answers.into_iter().flatten().next().ok_or("nobody has it")?.customer;
    assert_eq!(msp.tenant.find("alice@example.com").await?, Some(customer.into()));
    nodes.verify_and_close().await
}

async fn a_customer_is_granted_one_bypass(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let alice = msp.equip("alice@example.com").await?.id;

    let answers = all_at_once(nodes.in_turn().take(TASKS).map(|msp| {
        let msp = msp.clone();
        async move { msp.grant(alice).await }
    }));
    assert_eq!(tally(&answers.await?), expected([("ok", 1), ("case_open", TASKS - 1)]));
    nodes.verify_and_close().await
}

async fn a_request_is_approved_once(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::strict()).await?;
    let msp = nodes.first()?;
    let alice = msp.equip("alice@example.com").await?.id;
    let request = RequestBypass::new(alice)
        .reason(Reason::LostDevice)
        .ticket("INC-1")
        .identity_check(IdentityCheck::CallBack);
    let recovery = msp.tenant.execute(&msp.helpdesk(), request).await?.recovery;

    let answers = all_at_once(nodes.in_turn().take(SLOW_TASKS).map(|msp| {
        let msp = msp.clone();
        async move {
            let approve = ApproveBypass::new(alice, recovery);
            msp.tenant.execute(&msp.approver(), approve).await
        }
    }));
    let answers = answers.await?;
    assert_eq!(tally(&answers), expected([("ok", 1), ("not_awaiting", SLOW_TASKS - 1)]));
    let shown = answers.into_iter().flatten().filter(|done| done.issued_code.is_some());
    assert_eq!(shown.count(), 1);
    nodes.verify_and_close().await
}

async fn a_version_is_built_on_once(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let msp = nodes.first()?;
    let alice = msp.equip("alice@example.com").await?.id;
    let read = msp.tenant.customer(&alice).await?.ok_or("not registered")?.version;
    let answers = all_at_once(nodes.in_turn().take(SLOW_TASKS).map(|msp| {
        let msp = msp.clone();
        async move {
            let wish = Msp::wish(alice).replacing();
            msp.tenant.execute(&msp.recovery_admin(), wish).if_version(read).await
        }
    }));
    assert_eq!(tally(&answers.await?), expected([("ok", 1), ("changed", SLOW_TASKS - 1)]));

    let (_, read) = msp.tenant.versioned_state().await?;
    let answers = all_at_once(nodes.in_turn().take(SLOW_TASKS).enumerate().map(|(n, msp)| {
        let msp = msp.clone();
        async move {
            let hire = AuthoriseAdmin::new(format!("new{n}@msp.example").as_str(), [Role::Auditor]);
            msp.tenant.execute(&msp.owner(), hire).if_version(read).await
        }
    }));
    assert_eq!(tally(&answers.await?), expected([("ok", 1), ("changed", SLOW_TASKS - 1)]));
    assert_eq!(msp.tenant.versioned_state().await?.1, read + 1);
    nodes.verify_and_close().await
}

async fn a_tenant_is_created_once(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let answers = all_at_once(nodes.in_turn().take(TASKS).map(|msp| {
        let engine = msp.engine.clone();
        async move { engine.tenant("another-msp").await }
    }));
    let tenants = answers.await?.into_iter().collect::<Result<Vec<_>, _>>()?;
    let first = tenants.first().ok_or("no answers")?;
    for tenant in &tenants {
        assert_eq!((tenant.id(), tenant.ledger()), (first.id(), first.ledger()));
    }
    let created = first.follow(0).next().await?;
    assert!(matches!(created.event, Event::TenantCreated(_)));
    assert_eq!(first.verify().await?.size, 1);
    nodes.verify_and_close().await
}
