//! A recovery that does not go straight: signed in anew, sent twice, too late, given away, an admin's own.

use readmit::{Actor, ApproveBypass, Clock as _, CustomerId, GrantBypass, Reason, Role, Seconds};
use readmit_tests::Result;
use serde_json::json;

use crate::account::{grant, phone_of, redeem};
use crate::office::{Office, PASSWORD};
use crate::sign_in::{staff, with_alice};
use crate::visit::Visitor;

const ALICE: &str = "alice@example.com";

async fn count(office: &Office, customer: &str, name: &str) -> Result<usize> {
    let customer: CustomerId = customer.parse()?;
    let history = office.tenant.history(customer).await?;
    Ok(history.iter().filter(|event| event.event.name() == name).count())
}

#[tokio::test]
async fn signing_in_anew_during_a_recovery_gives_nothing_away() -> Result {
    let (office, alice) = with_alice().await?;
    grant(&office, &alice.id).await;
    let (visitor, _) = redeem(&office).await;
    let token = visitor.cookie("readmit");
    let screen = visitor.open("/sign-in").await.expect(200, "/sign-in");
    assert_eq!(screen.link("Go on").as_deref(), Some("/my-account"), "{}", screen.main());
    let wrong = visitor.sign_in(ALICE, "not her password").await.expect(422, "/sign-in");
    assert_eq!(wrong.link("Go on").as_deref(), Some("/my-account"));
    assert_eq!(visitor.cookie("readmit"), token);
    visitor.sign_in(ALICE, PASSWORD).await.expect(200, "/my-account");

    // With MFA off there would be no other way in at all.
    let mfa = visitor.open("/my-account/mfa").await;
    visitor.send(&mfa, "/my-account/mfa/off", &[]).await.expect(200, "/my-account/mfa");
    visitor.sign_in(ALICE, PASSWORD).await.expect(200, "/my-account");
    assert_eq!(visitor.cookie("readmit"), token);
    assert_eq!(count(&office, &alice.id, "BypassUsed").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_form_that_redeems_and_is_sent_twice_lets_in_both_times() -> Result {
    let (office, alice) = with_alice().await?;
    grant(&office, &alice.id).await;
    let visitor = Visitor::new(&office);
    let offer = visitor.sign_in(ALICE, PASSWORD).await.expect(200, "/sign-in/recovery");
    let session = visitor.cookie("readmit");
    visitor.send(&offer, "/sign-in/recovery", &[]).await.expect(200, "/portal");
    let token = visitor.cookie("readmit");
    // The first answer was lost on its way.
    visitor.set_cookie("readmit", &session);
    visitor.send(&offer, "/sign-in/recovery", &[]).await.expect(200, "/portal");
    assert_eq!(visitor.cookie("readmit"), token);
    assert_eq!(count(&office, &alice.id, "BypassUsed").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_bypass_that_is_gone_is_told_where_it_was_to_be_used() -> Result {
    let (office, alice) = with_alice().await?;
    let bypass = grant(&office, &alice.id).await;
    let visitor = Visitor::new(&office);
    let offer = visitor.sign_in(ALICE, PASSWORD).await.expect(200, "/sign-in/recovery");
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    office.act(&format!("/api/v1/bypasses/{bypass}/revoke"), &bob).await.expect(204);
    let told = visitor.send(&offer, "/sign-in/recovery", &[]).await;
    assert!(told.main().contains("This recovery has ended"), "{}", told.main());
    Ok(())
}

#[tokio::test]
async fn the_code_that_was_told_is_asked_for_and_five_wrong_ones_end_it() -> Result {
    let (office, alice) = with_alice().await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let path = format!("/api/v1/customers/{}/bypasses", alice.id);
    let body = json!({"reason": "lost_device", "proof": "password_and_issued_code"});
    let issued = office.post(&path, &bob, body).await.expect(201).text_of("issued_code");
    let visitor = Visitor::new(&office);
    let mut screen = visitor.sign_in(ALICE, PASSWORD).await.expect(200, "/sign-in/recovery");
    assert!(screen.has("#issued[required]"));
    let wrong = if issued.starts_with('A') {
        issued.replacen('A', "B", 1)
    } else {
        format!("A{}", &issued[1..])
    };
    for left in (1..=4).rev() {
        screen = visitor.send(&screen, "/sign-in/recovery", &[("issued_code", &wrong)]).await;
        screen = screen.expect(422, "/sign-in/recovery");
        let told = screen.all("[role=alert]").join(" ");
        assert!(told.contains(&format!("{left} tr")), "{told}");
    }
    let told = visitor.send(&screen, "/sign-in/recovery", &[("issued_code", &wrong)]).await;
    assert!(told.main().contains("The permission is gone"), "{}", told.main());
    assert_eq!(count(&office, &alice.id, "BypassUsed").await?, 0);

    let issued = {
        let body = json!({"reason": "lost_device", "proof": "password_and_issued_code"});
        office.post(&path, &bob, body).await.expect(201).text_of("issued_code")
    };
    let screen = visitor.sign_in(ALICE, PASSWORD).await.expect(200, "/sign-in/recovery");
    let screen = visitor.send(&screen, "/sign-in/recovery", &[("issued_code", &issued)]).await;
    screen.expect(200, "/portal");
    Ok(())
}

#[tokio::test]
async fn codes_that_were_not_saved_come_before_anything_else() -> Result {
    let (office, alice) = with_alice().await?;
    grant(&office, &alice.id).await;
    let (visitor, _) = redeem(&office).await;
    let mfa = visitor.open("/my-account/mfa").await;
    let off = visitor.send(&mfa, "/my-account/mfa/off", &[]).await;
    let device = visitor.send(&off, "/device", &[]).await;
    let code = phone_of(&device)?.code(office.clock.now())?;
    let new = visitor.send(&device, "/device/confirm", &[("totp", code.expose())]).await;
    let codes = visitor.send(&new, "/codes", &[]).await.expect(200, "/codes");
    assert_eq!(codes.all("ol.rail li").len(), 4, "the last of four steps");

    for page in ["/my-account/mfa", "/my-account", "/my-account/finished"] {
        let again = visitor.open(page).await.expect(200, "/codes");
        assert_eq!(again.all("#codes li"), codes.all("#codes li"));
    }
    let file = visitor.open("/codes/file").await;
    let saved_as = file.reply.header("content-disposition");
    assert!(
        saved_as.starts_with("attachment; filename*=UTF-8''recovery-codes-alice%40"),
        "{saved_as}"
    );
    assert_eq!(file.reply.header("cache-control"), "no-store");
    visitor.send(&codes, "/codes/saved", &[]).await.expect(200, "/my-account/finished");
    // Where there are no codes any more, there is no file that could be taken for them.
    let gone = visitor.open("/codes/file").await.expect(200, "/codes");
    assert_eq!(gone.reply.header("content-disposition"), "");
    Ok(())
}

#[tokio::test]
async fn a_recovery_that_was_taken_back_does_not_end_with_you_are_back() -> Result {
    let (office, alice) = with_alice().await?;
    let bypass = grant(&office, &alice.id).await;
    let (visitor, _) = redeem(&office).await;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    office.act(&format!("/api/v1/bypasses/{bypass}/revoke"), &bob).await.expect(204);
    let told = visitor.open("/my-account/finished").await.expect(403, "/my-account");
    assert!(told.main().contains("taken back"), "{}", told.main());
    assert!(told.has("form[action='/not-me']"), "whoever did not ask for it can say so");
    Ok(())
}

#[tokio::test]
async fn whoever_has_their_device_sees_that_somebody_is_in_a_recovery_and_ends_it() -> Result {
    let (office, alice) = with_alice().await?;
    grant(&office, &alice.id).await;
    let (thief, _) = redeem(&office).await;
    let visitor = Visitor::new(&office);
    let screen = visitor.sign_in(ALICE, PASSWORD).await.expect(200, "/sign-in/code");
    let code = alice.phone.code(office.clock.now())?;
    let portal = visitor.send(&screen, "/sign-in/code", &[("totp", code.expose())]).await;
    let portal = portal.expect(200, "/portal");
    assert!(portal.main().contains("Somebody may set up a new device"), "{}", portal.main());
    let told = visitor.open("/my-account").await.expect(403, "/my-account");
    assert!(told.main().contains("is being used for your account right now"), "{}", told.main());

    visitor.send(&told, "/sign-out-everywhere", &[]).await;
    let mfa = thief.open("/my-account/mfa").await.expect(403, "/my-account/mfa");
    assert!(mfa.main().contains("taken back"), "{}", mfa.main());
    Ok(())
}

#[tokio::test]
async fn a_report_that_comes_too_late_says_that_nothing_was_reported() -> Result {
    let (office, alice) = with_alice().await?;
    grant(&office, &alice.id).await;
    let (visitor, portal) = redeem(&office).await;
    office.clock.advance(Seconds::minutes(16));
    let told = visitor.send(&portal, "/not-me", &[]).await;
    let told = told.expect(200, "/sign-in?after=not-reported");
    assert!(told.main().contains("Nothing was reported"), "{}", told.main());
    assert_eq!(count(&office, &alice.id, "AccountFrozen").await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_session_that_was_idle_has_ended_and_the_door_says_so() -> Result {
    let (office, _) = with_alice().await?;
    let visitor = Visitor::new(&office);
    staff(&visitor, Role::Auditor).await.expect(200, "/audit");
    office.clock.advance(Seconds::minutes(31));
    // Who asks is believed for a second after a look-up.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let over = "/sign-in?after=session-over&then=%2Faudit";
    let told = visitor.open("/audit").await.expect(200, over);
    assert!(told.main().contains("You were signed out"), "{}", told.main());
    Ok(())
}

#[tokio::test]
async fn an_admin_who_lost_their_phone_gets_back_in_by_a_bypass_too() -> Result {
    let (office, _) = with_alice().await?;
    let fresh =
        |role| Actor::admin(office.staff[&role].id).vouched_second_factor(office.clock.now());
    let hans = office.staff[&Role::Helpdesk].id;
    let wish = GrantBypass::new(hans).for_minutes(60).reason(Reason::LostDevice);
    let asked = office.tenant.execute(&fresh(Role::Owner), wish).await?;
    let approve = ApproveBypass::new(hans, asked.recovery);
    office.tenant.execute(&fresh(Role::Approver), approve).await?;

    let visitor = Visitor::new(&office);
    let offer = visitor.sign_in(&office.staff[&Role::Helpdesk].login, PASSWORD).await;
    let offer = offer.expect(200, "/sign-in/recovery");
    assert!(offer.link("I have my device after all: use its code").is_some());
    let portal = visitor.send(&offer, "/sign-in/recovery", &[]).await.expect(200, "/portal");
    assert_eq!(portal.all("nav.nav a").len(), 0, "a bypass opens nothing else");
    let console = visitor.open("/console/customers").await;
    assert_eq!(console.reply.status, 403);
    let mfa = visitor.open("/my-account/mfa").await.expect(200, "/my-account/mfa");
    let off = visitor.send(&mfa, "/my-account/mfa/off", &[]).await;
    let device = visitor.send(&off, "/device", &[]).await.expect(200, "/device");
    let phone = phone_of(&device)?;
    let code = phone.code(office.clock.now())?;
    let new = visitor.send(&device, "/device/confirm", &[("totp", code.expose())]).await;
    let codes = visitor.send(&new, "/codes", &[]).await.expect(200, "/codes");
    visitor.send(&codes, "/codes/saved", &[]).await.expect(200, "/my-account/finished");

    let screen = visitor.sign_in(&office.staff[&Role::Helpdesk].login, PASSWORD).await;
    office.clock.advance(Seconds(30));
    let code = phone.code(office.clock.now())?;
    let screen = visitor.send(&screen, "/sign-in/code", &[("totp", code.expose())]).await;
    screen.expect(200, "/console/customers");
    Ok(())
}
