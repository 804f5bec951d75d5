//! What waits for a second person, what is open, what is over.

use readmit::{
    ChangePolicy, DenyBypass, GrantBypass, IdentityCheck, Policy, Reason, RequestBypass, Role,
};
use readmit_tests::Result;
use serde_json::json;

use super::{
    BYPASSES, STALE, action, actor, admin, code, count, grants, hidden, seen, with_phone,
    wrong_code,
};
use crate::office::Office;

#[tokio::test]
async fn requests_and_ends_are_seen_however_many_bypasses_are_open() -> Result {
    let office = Office::open().await?;
    let tenant = &office.tenant;
    let (hanna, bob) = (actor(&office, Role::Helpdesk), actor(&office, Role::RecoveryAdmin));
    let over = with_phone(&office, "over@example.com").await?;
    let ask = |id| RequestBypass::new(id).reason(Reason::LostDevice);
    let case = tenant.execute(&hanna, ask(over)).await?.recovery;
    tenant.execute(&actor(&office, Role::Approver), DenyBypass::new(over, case)).await?;
    for number in 0..27 {
        let id = with_phone(&office, &format!("open{number}@example.com")).await?;
        let grant = GrantBypass::new(id).reason(Reason::LostDevice).for_minutes(30);
        tenant.execute(&bob, grant).await?;
    }
    for number in 0..22 {
        let id = with_phone(&office, &format!("waits{number}@example.com")).await?;
        tenant.execute(&hanna, ask(id)).await?;
    }
    seen(&office).await?;
    let ann = admin(&office, Role::Approver).await;
    let page = ann.open(BYPASSES).await.expect(200, BYPASSES);
    let approve = "form[action$=\"/approve\"]";
    assert_eq!(page.all(approve).len(), 20);
    assert_eq!(page.all("section[aria-labelledby=open] tbody tr").len(), 25);
    assert_eq!(page.all("tr.ended").len(), 1, "those that are open hide none that has ended");
    // Each list goes on by itself.
    let next = |list: &str| {
        let link = format!("section[aria-labelledby={list}] a[rel=next]");
        page.attribute(&link, "href").unwrap_or_default()
    };
    assert!(next("awaiting").ends_with("#awaiting") && next("over").is_empty());
    let more = ann.open(&next("awaiting")).await;
    assert_eq!(more.all(approve).len(), 2);
    assert_eq!(more.link("First page").as_deref(), Some(BYPASSES));
    let more = ann.open(&next("open")).await;
    assert_eq!(more.all("section[aria-labelledby=open] tbody tr").len(), 2);
    let refused = ann.open("/console/bypasses?over=x").await;
    assert_eq!(refused.reply.status, 400, "{}", refused.main());

    let customers = ann.open("/console/customers").await.expect(200, "/console/customers");
    let number = |list: &str| customers.all(&format!("a[href=\"{BYPASSES}#{list}\"] b")).concat();
    assert_eq!((number("open").as_str(), number("awaiting").as_str()), ("27", "22"));
    Ok(())
}

#[tokio::test]
async fn a_second_person_sees_what_they_approve() -> Result {
    let office = Office::open().await?;
    let alice = with_phone(&office, "alice@example.com").await?;
    let ask = RequestBypass::new(alice)
        .reason(Reason::StolenDevice)
        .ticket("INC-4711")
        .identity_check(IdentityCheck::Video)
        .note("left <b>on a train</b>")
        .for_minutes(240);
    let case = office.tenant.execute(&actor(&office, Role::Helpdesk), ask).await?.recovery;
    seen(&office).await?;
    let ann = admin(&office, Role::Approver).await;
    let details = format!("/console/recoveries/{case}/granted");
    for page in [BYPASSES.to_owned(), details.clone(), format!("/console/customers/{alice}")] {
        let screen = ann.open(&page).await.expect(200, &page);
        let facts = screen.all("dl.facts > div").join("; ");
        for told in [
            "ReasonStolen device, INC-4711",
            "Noteleft <b>on a train</b>",
            "Identity checkVideo",
            "Stays open for4 hours",
            "To sign in takesPassword",
            "Uses, at most1",
        ] {
            assert!(facts.contains(told), "{page}: {told}: {facts}");
        }
        assert!(!screen.has("dd b"), "what somebody wrote is no markup");
    }
    let page = ann.open(BYPASSES).await.expect(200, BYPASSES);
    assert_eq!(page.link("Details"), Some(details));
    Ok(())
}

#[tokio::test]
async fn the_note_of_a_grant_that_took_another_ones_place_is_found_too() -> Result {
    let office = Office::open().await?;
    let alice = with_phone(&office, "alice@example.com").await?;
    let bob = actor(&office, Role::RecoveryAdmin);
    let grant = |note: &str| GrantBypass::new(alice).reason(Reason::LostDevice).note(note);
    office.tenant.execute(&bob, grant("first")).await?;
    let case = office.tenant.execute(&bob, grant("second").replacing()).await?.recovery;
    let page = format!("/console/recoveries/{case}/granted");
    let olga = admin(&office, Role::Owner).await;
    let screen = olga.open(&page).await.expect(200, &page);
    assert!(screen.all("dl.facts > div").contains(&"Notesecond".to_owned()), "{}", screen.main());
    let page = format!("/audit/recoveries/{case}");
    let screen = olga.open(&page).await.expect(200, &page);
    assert!(screen.all("dl.facts > div").contains(&"Notesecond".to_owned()), "{}", screen.main());
    Ok(())
}

#[tokio::test]
async fn after_a_wrong_code_the_form_is_open_still_with_what_was_chosen() -> Result {
    let office = Office::open().await?;
    let mut policy = Policy::standard();
    policy.demands.identity_check = true;
    let change = ChangePolicy::new(policy);
    office.tenant.execute(&actor(&office, Role::Owner), change).await?;
    let alice = office.customer("alice@example.com").await?;
    let carol = office.customer("carol@example.com").await?;
    for id in [&alice.id, &carol.id] {
        // A service vouches for nobody's identity.
        let path = format!("/api/v1/customers/{id}/bypass-requests");
        office.post(&path, &office.service, json!({"reason": "lost_device"})).await.expect(201);
    }
    seen(&office).await?;
    let ann = admin(&office, Role::Approver).await;
    office.clock.advance(STALE);
    let page = ann.open(BYPASSES).await.expect(200, BYPASSES);
    assert!(!page.has("details[open]"));
    let approve = action(&page, "approve")?;
    let wrong = wrong_code(&office, Role::Approver)?;
    let typed = [("identity_check", "video"), ("totp", wrong.as_str())];
    let told = ann.send(&page, &approve, &typed).await.expect(422, &approve);
    let form = format!("details[open] form[action=\"{approve}\"]");
    assert_eq!(told.all("details[open]").len(), 1, "{}", told.main());
    assert!(told.has(&format!("{form} option[value=video][selected]")));
    assert!(told.has(&format!("{form} input[name=totp][aria-invalid=true]")));
    assert_eq!(told.all("main [role=alert]").len(), 1);

    let right = code(&office, Role::Approver)?;
    let typed = [("identity_check", "video"), ("totp", right.as_str())];
    let granted = ann.send(&told, &approve, &typed).await;
    assert!(granted.path.ends_with("/granted"), "{}", granted.main());
    assert_eq!(grants(&office, &alice.id).await? + grants(&office, &carol.id).await?, 1);
    Ok(())
}

#[tokio::test]
async fn denying_and_revoking_ask_once_more_and_each_button_is_a_command_of_its_own() -> Result {
    let office = Office::open().await?;
    let (alice, bella) =
        (with_phone(&office, "a@example.com").await?, with_phone(&office, "b@example.com").await?);
    let ask = RequestBypass::new(alice).reason(Reason::LostDevice);
    office.tenant.execute(&actor(&office, Role::Helpdesk), ask).await?;
    let grant = GrantBypass::new(bella).reason(Reason::LostDevice);
    office.tenant.execute(&actor(&office, Role::RecoveryAdmin), grant).await?;
    seen(&office).await?;
    let olga = admin(&office, Role::Owner).await;
    let page = olga.open(BYPASSES).await.expect(200, BYPASSES);
    assert_eq!(page.all("main summary"), ["Deny", "Take back", "Revoke"]);
    for act in ["deny", "revoke"] {
        let form = format!("form[action$=\"/{act}\"]");
        let sure = page.all(&format!("details:not([open]) > {form}")).len();
        assert_eq!(sure, page.all(&form).len(), "{act}");
    }
    assert!(!page.has("details form[action$=\"/approve\"]"), "approving is asked for once");
    let (approve, deny) = (action(&page, "approve")?, action(&page, "deny")?);
    let mut commands = vec![
        hidden(&page, &approve),
        hidden(&page, &deny),
        hidden(&page, &approve.replace("approve", "revoke")),
    ];
    commands.sort();
    commands.dedup();
    assert_eq!(commands.len(), 3);
    let after = olga.send(&page, &deny, &[]).await.expect(200, BYPASSES);
    assert!(after.all("tr.ended").concat().contains("Denied"), "{}", after.main());
    assert_eq!(count(&office, &alice.to_string(), "BypassDenied").await?, 1);
    let revoke = action(&after, "revoke")?;
    olga.send(&after, &revoke, &[]).await.expect(200, BYPASSES);
    assert_eq!(count(&office, &bella.to_string(), "BypassRevoked").await?, 1);
    Ok(())
}
