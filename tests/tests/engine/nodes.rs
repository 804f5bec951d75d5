//! Two engines on one database: what one remembers is never held against what the other did.

use readmit::{
    CheckSecondFactor, DisableMfa, Policy, RegisterCustomer, Role, SuspendAdmin, UnlockAccount,
};
use readmit_tests::{Msp, Nodes, Result, kind};

async fn two_nodes() -> Result<Nodes> {
    Nodes::open(2, Policy::standard()).await
}

#[tokio::test]
async fn a_node_does_not_refuse_what_another_has_just_allowed() -> Result {
    let nodes = two_nodes().await?;
    let [here, elsewhere] = nodes.msps.as_slice() else { panic!("not two nodes") };
    let alice = here.equip("alice@example.com").await?;
    // It remembers that there is nothing to redeem.
    assert_eq!(kind(&elsewhere.redeem(alice.id).await), "no_open_case");
    here.grant(alice.id).await?;
    let session = elsewhere.redeem(alice.id).await?;
    // It remembers that MFA is on; and here, that the bypass is not spent.
    assert_eq!(kind(&here.redeem(alice.id).await), "spent");
    let recovering = here.recovering(alice.id, session);
    here.tenant.execute(&recovering, DisableMfa::new(alice.id)).await?;
    let again = elsewhere.tenant.execute(&recovering, DisableMfa::new(alice.id)).await;
    assert_eq!(kind(&again), "mfa_not_on");
    nodes.verify_and_close().await
}

#[tokio::test]
async fn a_lock_and_its_end_hold_on_every_node_at_once() -> Result {
    let nodes = two_nodes().await?;
    let [here, elsewhere] = nodes.msps.as_slice() else { panic!("not two nodes") };
    let alice = here.equip("alice@example.com").await?;
    // Ten wrong codes, five on each node.
    for (msp, code) in nodes.in_turn().zip(alice.phone.wrong_codes(here.engine.now(), 10)?) {
        let _ = msp.check(alice.id, CheckSecondFactor::totp(alice.id, code)).await;
    }
    let right =
        || Result::<_>::Ok(CheckSecondFactor::totp(alice.id, alice.phone.code(here.engine.now())?));
    for msp in &nodes.msps {
        assert_eq!(kind(&msp.check(alice.id, right()?).await), "locked");
    }
    here.tenant.execute(&here.recovery_admin(), UnlockAccount::new(alice.id)).await?;
    assert_eq!(kind(&elsewhere.check(alice.id, right()?).await), "ok");
    nodes.verify_and_close().await
}

#[tokio::test]
async fn an_admin_who_is_suspended_on_one_node_can_do_nothing_on_the_other() -> Result {
    let nodes = two_nodes().await?;
    let [here, elsewhere] = nodes.msps.as_slice() else { panic!("not two nodes") };
    let (alice, bert) = (here.equip("alice").await?.id, here.equip("bert").await?.id);
    elsewhere.grant(alice).await?;
    let bob = here.recovery_admin_id();
    here.tenant.execute(&here.owner(), SuspendAdmin::new(bob)).await?;
    assert_eq!(kind(&elsewhere.grant(bert).await), "not_permitted");
    let again = readmit::AuthoriseAdmin::known(bob, [Role::RecoveryAdmin]);
    elsewhere.tenant.execute(&elsewhere.owner(), again).await?;
    assert_eq!(kind(&here.grant(bert).await), "ok");
    nodes.verify_and_close().await
}

#[tokio::test]
async fn a_command_id_and_a_login_are_known_on_every_node() -> Result {
    let nodes = two_nodes().await?;
    let [here, elsewhere] = nodes.msps.as_slice() else { panic!("not two nodes") };
    let id = here.engine.draw_command_id()?;
    let register = |msp: &Msp| {
        let register = RegisterCustomer::new("alice@example.com");
        msp.tenant.execute(&msp.service(), register).with_id(id)
    };
    let first = register(here).await?;
    let again = register(elsewhere).await?;
    assert_eq!((again.already, again.customer), (true, first.customer));
    let other = RegisterCustomer::new("Alice@Example.com");
    let other = elsewhere.tenant.execute(&elsewhere.service(), other).await;
    assert_eq!(kind(&other), "login_taken");
    nodes.verify_and_close().await
}
