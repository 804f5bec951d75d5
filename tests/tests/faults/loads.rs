//! What cannot be read, and streams that are damaged.

use readmit_domain::account::StartEnrolment;
use readmit_domain::{Actor, CustomerId};
use readmit_runtime::ports::StoreErrorKind;
use readmit_tests::{Result, all_at_once, kind};

use crate::Node;

async fn start(node: &Node, customer: CustomerId) -> Result<String> {
    let start = StartEnrolment::new(customer);
    Ok(kind(&node.execute_as(Actor::customer(customer), node.draw_id()?, start).await))
}

#[tokio::test]
async fn what_cannot_be_loaded_is_a_failure_and_can_be_repeated() -> Result {
    let mut node = Node::start().await?;
    let alice = node.customer("alice@example.com").await?;
    for (fault, answer) in [
        (StoreErrorKind::Unavailable, "failed: as ordered"),
        (StoreErrorKind::Corrupt, "failed: as ordered"),
        (StoreErrorKind::Busy, "busy"),
    ] {
        node = node.restart().await?;
        // The ledger's own key is loaded first; then what the lane lacks.
        assert_eq!(start(&node, CustomerId::from_uuid(uuid::Uuid::nil())).await?, "not_found");
        let size = node.size().await?;
        node.store.orders().loads = [fault].into();
        assert_eq!(start(&node, alice).await?, answer);
        assert_eq!(node.size().await?, size);
        assert_eq!(start(&node, alice).await?, "ok");
    }
    node.goes_on().await
}

#[tokio::test]
async fn a_refusal_is_given_only_when_the_head_could_be_looked_at() -> Result {
    let node = Node::start().await?;
    let nobody = CustomerId::from_uuid(uuid::Uuid::nil());
    assert_eq!(start(&node, nobody).await?, "not_found");
    // Now all is remembered, and the one load left is the look at the head.
    for failing in [1, 5] {
        node.store.orders().loads = vec![StoreErrorKind::Unavailable; failing].into();
        let answer = start(&node, nobody).await?;
        assert!(["not_found", "failed: as ordered"].contains(&answer.as_str()), "{answer}");
        node.store.heal();
    }
    node.goes_on().await
}

#[tokio::test]
async fn a_damaged_stream_fails_its_own_commands_alone() -> Result {
    let node = Node::start().await?;
    let alice = node.customer("alice@example.com").await?;
    let mut others = Vec::new();
    for number in 0..10 {
        others.push(node.customer(&format!("{number}@example.com")).await?);
    }
    let node = node.restart().await?;
    node.store.orders().corrupt = Some(alice.uuid());
    let everybody = others.iter().copied().chain([alice]).chain(others.iter().copied());
    let answers = all_at_once(everybody.map(|customer| {
        let node = node.clone();
        async move { Result::<_>::Ok((customer, start(&node, customer).await?)) }
    }));
    for answer in answers.await? {
        let (customer, answer) = answer?;
        if customer == alice {
            assert!(answer.starts_with("failed: event 1 of led_"), "{answer}");
        } else {
            assert_eq!(answer, "ok");
        }
    }
    // Not for ever: what is damaged is not remembered.
    node.store.heal();
    assert_eq!(start(&node, alice).await?, "ok");
    node.goes_on().await
}

#[tokio::test]
async fn a_damaged_tenant_fails_its_own_commands_and_no_other_tenants() -> Result {
    let node = Node::start().await?;
    node.another_tenant().await?;
    let node = node.restart().await?;
    let tenant = node.runtime.head(node.ledger).await?.tenant;
    node.store.orders().corrupt = Some(tenant.uuid());
    let other = node.another_tenant().await?;
    let answer = node.register(node.draw_id()?, "alice@example.com").await;
    assert!(kind(&answer).starts_with("failed: event 0 of led_"), "{}", kind(&answer));
    assert_eq!(kind(&other.register(node.draw_id()?, "alice@example.com").await), "ok");
    node.goes_on().await
}
