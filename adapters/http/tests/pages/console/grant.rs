//! Granting, asking, and what became of it.

use axum::http::Method;
use readmit::{Clock as _, GrantBypass, Policy, Proof, Reason, RequestBypass, Role, Seconds};
use readmit_tests::Result;

use super::{
    ASK, BYPASSES, DISABLE, STALE, action, actor, admin, code, grants, hidden, seen, with_phone,
    wrong_code,
};
use crate::office::Office;

const ISSUED: &str = "password_and_issued_code";

#[tokio::test]
async fn a_recovery_admin_disables_mfa_for_one_customer_and_undoes_it() -> Result {
    let office = Office::open().await?;
    let alice = office.customer("alice@example.com").await?;
    let bob = admin(&office, Role::RecoveryAdmin).await;
    seen(&office).await?;
    let list = bob.open("/console/customers").await.expect(200, "/console/customers");
    let form = list.link(DISABLE).ok_or("no link")?;
    assert_eq!(form, format!("/console/customers/{}/grant", alice.id));
    let page = bob.open(&form).await.expect(200, &form);
    assert!(!page.has("input[name=totp]"), "the second factor is fresh");

    // Something is missing: what was typed is still there.
    let typed = [("ticket", "INC-4711"), ("identity_check", "video"), ("lifetime", "900")];
    let again = bob.send(&page, &form, &typed).await.expect(422, &form);
    assert!(again.main().contains("Your policy asks for a reason."), "{}", again.main());
    assert_eq!(again.attribute("#ticket", "value").as_deref(), Some("INC-4711"));
    assert!(again.has("input[value=video][checked]") && again.has("input[value=\"900\"][checked]"));

    // The session has got stale meanwhile: a wrong code, then the right one.
    office.clock.advance(STALE);
    let typed = [&typed[..], &[("reason", "lost_device"), ("proof", ISSUED)]].concat();
    let asked = bob.send(&again, &form, &typed).await.expect(422, &form);
    assert!(asked.has("#totp[aria-invalid=true]"), "{}", asked.main());
    let wrong = wrong_code(&office, Role::RecoveryAdmin)?;
    let wrong = [&typed[..], &[("totp", wrong.as_str())]].concat();
    let told = bob.send(&asked, &form, &wrong).await.expect(422, &form);
    assert!(told.all("#totp-error")[0].contains("The code is wrong"), "{}", told.main());
    let right = code(&office, Role::RecoveryAdmin)?;
    let right = [&typed[..], &[("totp", right.as_str())]].concat();
    let granted = bob.send(&told, &form, &right).await;
    assert!(granted.path.ends_with("/granted"), "{}", granted.main());
    let issued = granted.attribute("#issued", "data-text").ok_or("no code")?;
    assert!(
        granted.main().contains("https://readmit.example")
            || granted.main().contains("http://readmit.example/sign-in")
    );

    // Loading the page again shows the same; nobody else sees the code.
    let again = bob.open(&granted.path).await.expect(200, &granted.path);
    assert_eq!(again.attribute("#issued", "data-text"), Some(issued.clone()));
    let olga = admin(&office, Role::Owner).await;
    let other = olga.open(&granted.path).await.expect(200, &granted.path);
    assert!(!other.reply.text().contains(&issued));

    let undo = action(&again, "revoke")?;
    assert_eq!(again.all("main details > summary"), ["Undo: revoke it now"]);
    let bypasses = bob.send(&again, &undo, &[]).await.expect(200, BYPASSES);
    assert!(bypasses.all("tr.ended").join(" ").contains("Revoked"), "{}", bypasses.main());
    assert_eq!(grants(&office, &alice.id).await?, 1);
    Ok(())
}

#[tokio::test]
async fn whoever_clicks_twice_grants_once() -> Result {
    let office = Office::open().await?;
    let alice = office.customer("alice@example.com").await?;
    let bob = admin(&office, Role::RecoveryAdmin).await;
    seen(&office).await?;
    office.clock.advance(STALE);
    let form = format!("/console/customers/{}/grant", alice.id);
    let page = bob.open(&form).await.expect(200, &form);
    assert!(page.has("#totp"));
    let (command, totp) = (hidden(&page, &form), code(&office, Role::RecoveryAdmin)?);
    let fields = format!(
        "command={command}&reason=lost_device&identity_check=video&lifetime=3600&proof={ISSUED}&totp={totp}"
    );
    let click = || bob.ask(Method::POST, &form, fields.clone());
    let (one, other) = tokio::join!(click(), click());
    assert_eq!((one.status, other.status), (303, 303), "{} {}", one.text(), other.text());
    assert_eq!(one.header("location"), other.header("location"));
    assert_eq!(grants(&office, &alice.id).await?, 1);
    let granted = bob.open(one.header("location")).await;
    assert!(granted.has("#issued"), "whichever answer the browser took: {}", granted.main());
    Ok(())
}

#[tokio::test]
async fn the_help_desk_asks_and_somebody_else_approves() -> Result {
    let office = Office::open().await?;
    let alice = office.customer("alice@example.com").await?;
    let hanna = admin(&office, Role::Helpdesk).await;
    seen(&office).await?;
    let list = hanna.open("/console/customers").await.expect(200, "/console/customers");
    assert!(list.link(DISABLE).is_none());
    let form = list.link(ASK).ok_or("no link")?;
    let page = hanna.open(&form).await.expect(200, &form);
    let typed = [("reason", "stolen_device"), ("identity_check", "call_back")];
    let asked = hanna.send(&page, &form, &typed).await;
    assert!(asked.main().contains("A second person must approve"), "{}", asked.main());
    assert_eq!(grants(&office, &alice.id).await?, 0);
    let own = hanna.open(BYPASSES).await.expect(200, BYPASSES);
    assert!(own.main().contains("You asked: somebody else approves."), "{}", own.main());

    let ann = admin(&office, Role::Approver).await;
    let bypasses = ann.open(BYPASSES).await.expect(200, BYPASSES);
    let approve = action(&bypasses, "approve")?;
    assert!(!hidden(&bypasses, &approve).is_empty());
    let granted = ann.send(&bypasses, &approve, &[]).await;
    assert!(granted.path.ends_with("/granted"), "{}", granted.main());
    assert_eq!(grants(&office, &alice.id).await?, 1);
    // Answered already: the page says so, in place.
    let late = ann.send(&bypasses, &approve.replace("approve", "deny"), &[]).await;
    assert_eq!(late.reply.status, 422, "{}", late.main());
    Ok(())
}

#[tokio::test]
async fn undo_is_offered_to_who_may_and_what_comes_next_is_told_by_role() -> Result {
    let office = Office::open().await?;
    let alice = with_phone(&office, "alice@example.com").await?;
    let ask = RequestBypass::new(alice).reason(Reason::LostDevice);
    let case = office.tenant.execute(&actor(&office, Role::Helpdesk), ask).await?.recovery;
    let page = format!("/console/recoveries/{case}/granted");
    for (role, may_undo, told) in [
        (Role::Helpdesk, true, "An approver who is not you looks at it"),
        (Role::RecoveryAdmin, true, "An approver looks at it"),
        (Role::Approver, false, "You can approve or deny it"),
        (Role::Owner, true, "You can approve or deny it"),
    ] {
        let screen = admin(&office, role).await.open(&page).await.expect(200, &page);
        assert_eq!(screen.has("form[action$=\"/revoke\"]"), may_undo, "{role}");
        assert!(screen.main().contains(told), "{role}: {}", screen.main());
    }
    // Granted: whoever asked has no say any more.
    let approve = readmit::ApproveBypass::new(alice, case);
    office.tenant.execute(&actor(&office, Role::Approver), approve).await?;
    for (role, may_undo) in
        [(Role::Helpdesk, false), (Role::Approver, false), (Role::RecoveryAdmin, true)]
    {
        let screen = admin(&office, role).await.open(&page).await.expect(200, &page);
        assert_eq!(screen.has("form[action$=\"/revoke\"]"), may_undo, "{role}");
    }
    Ok(())
}

#[tokio::test]
async fn the_message_for_the_customer_names_the_company_the_zone_and_the_time_in_utc() -> Result {
    let office = Office::open().await?;
    let alice = with_phone(&office, "alice@example.com").await?;
    let grant = GrantBypass::new(alice).reason(Reason::LostDevice).proof(Proof::Password);
    let granted = office.tenant.execute(&actor(&office, Role::RecoveryAdmin), grant).await?;
    let page = format!("/console/recoveries/{}/granted", granted.recovery);
    let bob = admin(&office, Role::RecoveryAdmin).await;
    let alone = bob.open(&page).await.expect(200, &page);
    let told = alone.all("#tell").concat();
    assert!(told.contains("/sign-in and sign in"), "{told}");
    // The script puts the time of the admin's own zone in, and names the zone.
    assert!(alone.has("#tell time[data-local=full]"));
    let until = office.clock.now().to_string();
    let day = until.get(..10).unwrap_or_default();
    let utc = alone.all("#tell .js-only").concat();
    assert!(utc.contains(day) && utc.contains("UTC"), "{utc}");

    office.engine.tenant_under("other-msp", Policy::standard()).await?;
    let several = bob.open(&page).await.expect(200, &page);
    let told = several.all("#tell").concat();
    assert!(told.contains("/sign-in?company=acme-msp and sign in"), "{told}");
    Ok(())
}

#[tokio::test]
async fn a_bar_is_drawn_as_far_as_time_is_left() -> Result {
    let office = Office::open().await?;
    let alice = with_phone(&office, "alice@example.com").await?;
    let grant = GrantBypass::new(alice).reason(Reason::LostDevice).for_minutes(60);
    let granted = office.tenant.execute(&actor(&office, Role::RecoveryAdmin), grant).await?;
    seen(&office).await?;
    office.clock.advance(Seconds::minutes(30));
    let bob = admin(&office, Role::RecoveryAdmin).await;
    for page in [BYPASSES.to_owned(), format!("/console/recoveries/{}/granted", granted.recovery)] {
        let screen = bob.open(&page).await.expect(200, &page);
        let value = screen.attribute("main progress", "value").ok_or("no bar")?;
        let left: u32 = value.parse()?;
        assert!((450..=500).contains(&left), "{page}: {left}");
    }
    Ok(())
}
