//! What is worth a look.

use readmit::{
    Actor, CustomerId, GrantBypass, Reason, RecoveryId, ReportUnrecognised, Role, Seconds,
    UnfreezeAccount,
};
use readmit_tests::Result;

use super::audrey;
use crate::office::Office;
use crate::sign_in::with_alice;
use crate::visit::Screen;

/// Freezes a customer's account, has an owner lift that, and has an admin of this role grant a bypass
/// right afterwards: worth a look, and less if it was the same.
async fn granted_after_freeze(office: &Office, login: &str, grants: Role) -> Result<RecoveryId> {
    let alice: CustomerId = office.customer(login).await?.id.parse()?;
    let fresh = |role: Role| {
        Actor::admin(office.staff[&role].id).vouched_second_factor(office.engine.now())
    };
    let tenant = &office.tenant;
    tenant.execute(&Actor::customer(alice), ReportUnrecognised::new(alice)).await?;
    tenant.execute(&fresh(Role::Owner), UnfreezeAccount::new(alice, "she called back")).await?;
    office.clock.advance(Seconds(1));
    let grant = GrantBypass::new(alice).for_minutes(60).reason(Reason::LostDevice);
    Ok(tenant.execute(&fresh(grants), grant).await?.recovery)
}

/// The cases that a page links to, in order.
fn cases(screen: &Screen) -> Vec<String> {
    let links = screen.every("tbody a", "href");
    let case = |link: &String| link.strip_prefix("/audit/recoveries/").map(str::to_owned);
    links.iter().filter_map(case).collect()
}

#[tokio::test]
async fn what_weighs_most_is_told_first_and_the_rest_stands_on_the_next_page() -> Result {
    let (office, _) = with_alice().await?;
    let mut grave = Vec::new();
    for number in 0..21 {
        let login = format!("customer-{number}@example.com");
        grave.push(granted_after_freeze(&office, &login, Role::RecoveryAdmin).await?.to_string());
    }
    grave.reverse();
    // The newest weighs less.
    let light = granted_after_freeze(&office, "light@example.com", Role::Owner).await?;
    office.tenant.views().await?.caught_up().await?;
    let audrey = audrey(&office).await;

    let first = audrey.open("/audit").await.expect(200, "/audit");
    assert_eq!(cases(&first), grave[..20]);
    let next = first.link("2 more").ok_or_else(|| first.all(".pager").join(""))?;
    let next = audrey.open(next.trim_end_matches("#alerts")).await;
    assert_eq!(cases(&next), [grave[20].clone(), light.to_string()], "{}", next.main());
    assert!(next.link("First page").is_some() && !next.has("a[rel=next]"));
    audrey.open("/audit?alerts=x").await.expect(400, "/audit?alerts=x");
    Ok(())
}
