//! What owners see to: keys and policy.

use readmit::Role;
use readmit_tests::Result;

use super::admin;
use crate::office::Office;

const POLICY: &str = "/console/policy";
/// The standard policy, as its form sends it.
const STANDARD: [(&str, &str); 15] = [
    ("mfa", "required"),
    ("second_person", "for_admins"),
    ("proof", "password"),
    ("lifetime_default", "60"),
    ("lifetime_least", "5"),
    ("lifetime_most", "1440"),
    ("most_uses", "5"),
    ("grants_in_30_days", "3"),
    ("fresh", "10"),
    ("enrolment", "15"),
    ("request", "1440"),
    ("failures", "10"),
    ("first_lock", "15"),
    ("hard_failures", "100"),
    ("reason", "on"),
];

#[tokio::test]
async fn an_owner_sees_to_the_tenant() -> Result {
    let office = Office::open().await?;
    let olga = admin(&office, Role::Owner).await;

    let page = olga.open("/console/keys").await.expect(200, "/console/keys");
    let typed = [("label", "billing"), ("role", "service"), ("days", "90")];
    let made = olga.send(&page, "/console/keys", &typed).await.expect(200, "/console/keys");
    let token = made.attribute("#key", "data-text").ok_or("no key")?;
    assert!(token.starts_with("rmk_") && made.main().contains("billing"));

    let page = olga.open("/console/admins/new").await.expect(200, "/console/admins/new");
    let typed = [("login", "new@msp.example"), ("roles", "helpdesk"), ("roles", "approver")];
    let added = olga.send(&page, "/console/admins/new", &typed).await;
    assert!(added.path.starts_with("/console/admins/adm_"), "{}", added.main());
    assert!(
        added.has("input[value=approver][checked]") && added.has("input[value=helpdesk][checked]")
    );

    let page = olga.open("/console/policy?profile=strict").await;
    let refused = olga.post("/console/policy", &[("command", "x")]).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(page.has("input[name=most_uses][value=\"1\"]"), "{}", page.main());
    assert!(page.main().contains("Standard profile"));
    Ok(())
}

/// The standard policy with another number of uses.
fn with_uses(uses: &str) -> Vec<(&str, &str)> {
    STANDARD.map(|(name, value)| (name, if name == "most_uses" { uses } else { value })).into()
}

async fn uses(office: &Office) -> Result<u8> {
    Ok(office.tenant.state().await?.policy.most_uses)
}

#[tokio::test]
async fn a_policy_is_saved_whatever_an_auditor_looks_at_meanwhile() -> Result {
    let office = Office::open().await?;
    let olga = admin(&office, Role::Owner).await;
    let page = olga.open(POLICY).await.expect(200, POLICY);
    let audrey = admin(&office, Role::Auditor).await;
    let before = office.size().await;
    audrey.open("/audit/recoveries").await;
    assert!(office.size().await > before, "the view is an event of the tenant");
    olga.send(&page, POLICY, &with_uses("4")).await.expect(200, POLICY);
    assert_eq!(uses(&office).await?, 4);
    // Whoever clicks twice is answered as the first time.
    olga.send(&page, POLICY, &with_uses("4")).await.expect(200, POLICY);
    Ok(())
}

#[tokio::test]
async fn a_policy_that_somebody_has_changed_meanwhile_is_shown_before_it_is_saved_over() -> Result {
    let office = Office::open().await?;
    let olga = admin(&office, Role::Owner).await;
    let stale = olga.open(POLICY).await.expect(200, POLICY);
    let page = olga.open(POLICY).await.expect(200, POLICY);
    olga.send(&page, POLICY, &with_uses("3")).await.expect(200, POLICY);
    let told = olga.send(&stale, POLICY, &with_uses("2")).await.expect(422, POLICY);
    assert!(told.main().contains("Somebody else has changed this"), "{}", told.main());
    assert_eq!(uses(&office).await?, 3);
    // The page shows what holds now, and what was typed; sent again, it is saved.
    assert!(told.all("td b").contains(&"3".to_owned()), "{}", told.main());
    assert_eq!(told.attribute("#most_uses", "value").as_deref(), Some("2"));
    olga.send(&told, POLICY, &with_uses("2")).await.expect(200, POLICY);
    assert_eq!(uses(&office).await?, 2);
    Ok(())
}
