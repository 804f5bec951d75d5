//! One's own account: the seed's story by forms alone, and what may go wrong in it.

use readmit::{Clock as _, CustomerId, RegisterCustomer, Role, Seconds};
use readmit_tests::{Phone, Result};

use crate::office::{Office, PASSWORD};
use crate::sign_in::{give_password, with_alice};
use crate::visit::{Screen, Visitor};

/// Grants Alice a bypass.
pub(crate) async fn grant(office: &Office, customer: &str) -> String {
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    office.grant(customer, &bob).await.expect(201).text_of("bypass")
}

/// Alice signs in with her password, and uses the bypass.
pub(crate) async fn redeem(office: &Office) -> (Visitor<'_>, Screen) {
    let visitor = Visitor::new(office);
    let offer = visitor.sign_in("alice@example.com", PASSWORD).await;
    let offer = offer.expect(200, "/sign-in/recovery");
    let portal = visitor.send(&offer, "/sign-in/recovery", &[]).await.expect(200, "/portal");
    (visitor, portal)
}

pub(crate) fn phone_of(screen: &Screen) -> Result<Phone> {
    Phone::from_base32(&screen.attribute("#secret", "data-text").ok_or("no secret")?)
}

#[tokio::test]
async fn a_customer_who_lost_their_phone_gets_back_in_by_themselves() -> Result {
    let (office, alice) = with_alice().await?;
    grant(&office, &alice.id).await;
    let (visitor, portal) = redeem(&office).await;

    // Profile › My Account › Enable Multi-Factor Authentication › MFA Modes.
    let account = visitor.open(&portal.link("My Account").ok_or("no My Account")?).await;
    let mfa =
        visitor.open(&account.link("Enable Multi-Factor Authentication").ok_or("none")?).await;
    let mfa = mfa.expect(200, "/my-account/mfa");
    assert!(mfa.all("h2").contains(&"MFA Modes".to_owned()), "{:?}", mfa.all("h2"));
    assert!(mfa.has("button[role=switch][aria-checked=true]"));
    let mfa = visitor.send(&mfa, "/my-account/mfa/off", &[]).await.expect(200, "/my-account/mfa");
    assert!(mfa.has("button[role=switch][aria-checked=false]"));

    // Set up Now. Loading the page again shows the same.
    assert!(mfa.all("button").contains(&"Set up Now".to_owned()));
    let device = visitor.send(&mfa, "/device", &[]).await.expect(200, "/device");
    let phone = phone_of(&device)?;
    let again = visitor.open("/device").await;
    assert_eq!(device.attribute("#secret", "data-text"), again.attribute("#secret", "data-text"));
    let wrong = phone.wrong_code(office.clock.now())?;
    let told = visitor.send(&device, "/device/confirm", &[("totp", wrong.expose())]).await;
    let told = told.expect(422, "/device/confirm");
    assert!(told.all("#code-error")[0].contains("9 tries remain"), "{}", told.main());
    assert!(told.has("img.qr"), "the QR code is still there");
    let code = phone.code(office.clock.now())?;
    let mfa = visitor.send(&told, "/device/confirm", &[("totp", code.expose())]).await;
    let mfa = mfa.expect(200, "/my-account/mfa");

    // MFA Recovery Options › Generate New Codes, download and save.
    assert!(mfa.all("h2").contains(&"MFA Recovery Options".to_owned()));
    assert!(mfa.all("button").contains(&"Generate New Codes".to_owned()));
    let codes = visitor.send(&mfa, "/codes", &[]).await.expect(200, "/codes");
    let shown = codes.all("#codes li");
    assert_eq!(shown.len(), 10);
    let file = visitor.open("/codes/file").await.expect(200, "/codes/file");
    assert!(shown.iter().all(|code| file.reply.text().contains(code)));
    assert!(file.reply.text().contains("alice@example.com"), "{}", file.reply.text());
    let done = visitor.send(&codes, "/codes/saved", &[]).await;
    let done = done.expect(200, "/my-account/finished");
    assert_eq!(done.all("ol.steps li").len(), 4, "{}", done.main());
    let gone = visitor.open("/codes").await;
    assert!(!shown.iter().any(|code| gone.reply.text().contains(code)));

    // And in with the new phone.
    office.clock.advance(Seconds(30));
    let screen = visitor.send(&done, "/sign-out", &[]).await;
    let typed = [("login", "alice@example.com"), ("password", PASSWORD)];
    let screen = visitor.send(&screen, "/sign-in", &typed).await.expect(200, "/sign-in/code");
    let code = phone.code(office.clock.now())?;
    let portal = visitor.send(&screen, "/sign-in/code", &[("totp", code.expose())]).await;
    assert!(portal.expect(200, "/portal").main().contains("10 are left."));
    Ok(())
}

#[tokio::test]
async fn my_account_says_why_it_is_not_there() -> Result {
    let (office, alice) = with_alice().await?;
    let visitor = Visitor::new(&office);
    let screen = visitor.sign_in("alice@example.com", PASSWORD).await;
    let code = alice.phone.code(office.clock.now())?;
    let portal = visitor.send(&screen, "/sign-in/code", &[("totp", code.expose())]).await;
    assert_eq!(portal.link("My Account"), None);
    for page in ["/my-account", "/my-account/mfa"] {
        let told = visitor.open(page).await.expect(403, page);
        assert!(told.main().contains("You have none."), "{}", told.main());
    }
    // Nor does a form reach it that some other page sends.
    let command = office.engine.draw_command_id()?.to_string();
    let reply = visitor.post("/my-account/mfa/off", &[("command", &command)]).await;
    assert_eq!(reply.status, 403);

    grant(&office, &alice.id).await;
    let told = visitor.open("/my-account").await.expect(403, "/my-account");
    assert!(told.main().contains("One stands for you"), "{}", told.main());
    Ok(())
}

#[tokio::test]
async fn a_recovery_whose_time_is_over_says_so_and_left_everything_as_it_was() -> Result {
    let (office, alice) = with_alice().await?;
    grant(&office, &alice.id).await;
    let (visitor, _) = redeem(&office).await;
    office.clock.advance(Seconds::minutes(61));
    let screen = visitor.open("/my-account").await;
    // The token of the recovery has run out: its holder is told, and signs in again, as ever.
    let screen = screen.expect(200, "/sign-in?after=recovery-over&then=%2Fmy-account");
    assert!(screen.main().contains("The time for your recovery is over."), "{}", screen.main());
    let typed = [("login", "alice@example.com"), ("password", PASSWORD)];
    let screen = visitor.send(&screen, "/sign-in", &typed).await;
    let code = alice.phone.code(office.clock.now())?;
    let told = visitor.send(&screen, "/sign-in/code", &[("totp", code.expose())]).await;
    let told = told.expect(403, "/my-account");
    assert!(told.main().contains("The time of yours is over."), "{}", told.main());
    Ok(())
}

#[tokio::test]
async fn a_bypass_taken_back_ends_the_page_that_is_open() -> Result {
    let (office, alice) = with_alice().await?;
    let bypass = grant(&office, &alice.id).await;
    let (visitor, _) = redeem(&office).await;
    let mfa = visitor.open("/my-account/mfa").await.expect(200, "/my-account/mfa");
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    office.act(&format!("/api/v1/bypasses/{bypass}/revoke"), &bob).await.expect(204);
    let told = visitor.send(&mfa, "/my-account/mfa/off", &[]).await;
    let told = told.expect(403, "/my-account/mfa/off");
    assert!(told.main().contains("taken back"), "{}", told.main());
    Ok(())
}

#[tokio::test]
async fn a_second_sign_in_takes_the_recovery_over() -> Result {
    let (office, alice) = with_alice().await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let path = format!("/api/v1/customers/{}/bypasses", alice.id);
    let body = serde_json::json!({"reason": "lost_device", "max_uses": 2});
    office.post(&path, &bob, body).await.expect(201);
    let (first, _) = redeem(&office).await;
    let (second, _) = redeem(&office).await;
    let told = first.open("/my-account").await.expect(403, "/my-account");
    assert!(told.main().contains("elsewhere"), "{}", told.main());
    second.open("/my-account").await.expect(200, "/my-account");
    Ok(())
}

#[tokio::test]
async fn this_was_not_me_freezes_at_once() -> Result {
    let (office, alice) = with_alice().await?;
    grant(&office, &alice.id).await;
    let visitor = Visitor::new(&office);
    let offer = visitor.sign_in("alice@example.com", PASSWORD).await;
    let told = visitor.send(&offer, "/not-me", &[]).await;
    let told = told.expect(200, "/sign-in?after=reported");
    assert!(told.main().contains("frozen"), "{}", told.main());
    let screen = visitor.sign_in("alice@example.com", PASSWORD).await.expect(409, "/sign-in");
    assert!(screen.main().contains("frozen"), "{}", screen.main());
    Ok(())
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_carried_out_once_and_shows_the_same() -> Result {
    let (office, alice) = with_alice().await?;
    grant(&office, &alice.id).await;
    let (visitor, _) = redeem(&office).await;
    let mfa = visitor.open("/my-account/mfa").await;
    let mfa = visitor.send(&mfa, "/my-account/mfa/off", &[]).await;
    let size = office.size().await;
    let (one, two) =
        tokio::join!(visitor.send(&mfa, "/device", &[]), visitor.send(&mfa, "/device", &[]));
    assert_eq!(office.size().await, size + 1);
    let secret = |screen: &Screen| screen.attribute("#secret", "data-text");
    assert!(secret(&one).is_some());
    assert_eq!(secret(&one), secret(&two));
    Ok(())
}

#[tokio::test]
async fn an_invited_customer_chooses_a_password_and_sets_up_mfa() -> Result {
    let office = Office::open().await?;
    let register = RegisterCustomer::new("carol@example.com");
    let carol = office.tenant.execute(&readmit::Actor::system(), register).await?.customer;
    let (tenant, now) = (office.tenant.id(), office.clock.now());
    let invitations = office.passwords.invitations();
    let token = invitations.issue(tenant, carol.into(), now).await?.ok_or("a password")?;

    let visitor = Visitor::new(&office);
    let link = format!("/invitations/{}", *token.expose());
    let screen = visitor.open(&link).await.expect(200, "/invitation");
    assert!(!screen.reply.text().contains(&**token.expose()), "the token is on no page");
    let typed = [("password", "tulip window seven"), ("again", "tulip window eight")];
    let told = visitor.send(&screen, "/invitation", &typed).await.expect(422, "/invitation");
    assert!(told.main().contains("not the same"), "{}", told.main());
    let typed = [("password", "carol-carol-carol"), ("again", "carol-carol-carol")];
    let told = visitor.send(&told, "/invitation", &typed).await.expect(422, "/invitation");
    let typed = [("password", "tulip window seven"), ("again", "tulip window seven")];
    let screen = visitor.send(&told, "/invitation", &typed).await;
    let screen = screen.expect(200, "/sign-in?after=password-set");
    visitor.open(&link).await.expect(404, "/invitation");

    let typed = [("login", "carol@example.com"), ("password", "tulip window seven")];
    let account = visitor.send(&screen, "/sign-in", &typed).await.expect(200, "/my-account");
    let mfa =
        visitor.open(&account.link("Enable Multi-Factor Authentication").ok_or("none")?).await;
    let device = visitor.send(&mfa, "/device", &[]).await;
    let phone = phone_of(&device)?;
    let code = phone.code(office.clock.now())?;
    let security = visitor.send(&device, "/device/confirm", &[("totp", code.expose())]).await;
    let security = security.expect(200, "/security");
    let codes = visitor.send(&security, "/codes", &[]).await.expect(200, "/codes");
    assert_eq!(codes.all("#codes li").len(), 10);
    visitor.send(&codes, "/codes/saved", &[]).await.expect(200, "/security");
    Ok(())
}

#[tokio::test]
async fn an_invited_admin_sets_up_their_own_second_factor() -> Result {
    let office = Office::open().await?;
    let add = readmit::AuthoriseAdmin::new("ada@msp.example", [Role::Helpdesk]);
    let ada = office.tenant.execute(&readmit::Actor::system(), add).await?.admin;
    let (tenant, now) = (office.tenant.id(), office.clock.now());
    let invitations = office.passwords.invitations();
    let token = invitations.issue(tenant, ada.into(), now).await?.ok_or("a password")?;
    let visitor = Visitor::new(&office);
    let screen = visitor.open(&format!("/invitations/{}", *token.expose())).await;
    let typed = [("password", "tulip window seven"), ("again", "tulip window seven")];
    let screen = visitor.send(&screen, "/invitation", &typed).await;
    let typed = [("login", "ada@msp.example"), ("password", "tulip window seven")];
    visitor.send(&screen, "/sign-in", &typed).await.expect(200, "/my-account");
    // Nothing else is open before that.
    visitor.open("/console/customers").await.expect(200, "/my-account");
    let mfa = visitor.open("/my-account/mfa").await;
    let device = visitor.send(&mfa, "/device", &[]).await;
    let code = phone_of(&device)?.code(office.clock.now())?;
    visitor.send(&device, "/device/confirm", &[("totp", code.expose())]).await;
    visitor.open("/console/customers").await.expect(200, "/console/customers");
    Ok(())
}

#[tokio::test]
async fn a_changed_password_ends_every_other_session() -> Result {
    let (office, alice) = with_alice().await?;
    let (here, there) = (Visitor::new(&office), Visitor::new(&office));
    for visitor in [&here, &there] {
        office.clock.advance(Seconds(30));
        let screen = visitor.sign_in("alice@example.com", PASSWORD).await;
        let code = alice.phone.code(office.clock.now())?;
        visitor.send(&screen, "/sign-in/code", &[("totp", code.expose())]).await;
    }
    let page = here.open("/security/password").await.expect(200, "/security/password");
    let new = ("password", "tulip window seven");
    let again = ("again", "tulip window seven");
    let wrong = [("current", "not the password"), new, again];
    let told = here.send(&page, "/security/password", &wrong).await;
    let told = told.expect(422, "/security/password");
    let before = here.cookie("readmit");
    let right = [("current", PASSWORD), new, again];
    here.send(&told, "/security/password", &right).await.expect(200, "/security");
    assert_ne!(here.cookie("readmit"), before);
    // A look-up is believed for a second.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    there.open("/security").await.expect(200, "/sign-in?after=session-over&then=%2Fsecurity");
    let screen = there.sign_in("alice@example.com", PASSWORD).await.expect(422, "/sign-in");
    let typed = [("login", "alice@example.com"), ("password", "tulip window seven")];
    there.send(&screen, "/sign-in", &typed).await.expect(200, "/sign-in/code");
    Ok(())
}

#[tokio::test]
async fn signing_out_everywhere_is_everywhere() -> Result {
    let (office, alice) = with_alice().await?;
    let (here, there) = (Visitor::new(&office), Visitor::new(&office));
    for visitor in [&here, &there] {
        office.clock.advance(Seconds(30));
        let screen = visitor.sign_in("alice@example.com", PASSWORD).await;
        let code = alice.phone.code(office.clock.now())?;
        visitor.send(&screen, "/sign-in/code", &[("totp", code.expose())]).await;
    }
    let page = here.open("/portal").await.expect(200, "/portal");
    here.send(&page, "/sign-out-everywhere", &[]).await.expect(200, "/sign-in?after=signed-out");
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    there.open("/portal").await.expect(200, "/sign-in?after=session-over&then=%2Fportal");
    Ok(())
}

#[tokio::test]
async fn an_old_second_factor_is_asked_for_again_before_codes_are_made() -> Result {
    let (office, alice) = with_alice().await?;
    let visitor = Visitor::new(&office);
    let screen = visitor.sign_in("alice@example.com", PASSWORD).await;
    let code = alice.phone.code(office.clock.now())?;
    visitor.send(&screen, "/sign-in/code", &[("totp", code.expose())]).await;
    office.clock.advance(Seconds::minutes(11));
    let security = visitor.open("/security").await.expect(200, "/security");
    let asked = visitor.send(&security, "/codes", &[]).await;
    let asked = asked.expect(200, "/sign-in/code?then=%2Fsecurity");
    let code = alice.phone.code(office.clock.now())?;
    let security = visitor.send(&asked, "/sign-in/code", &[("totp", code.expose())]).await;
    let security = security.expect(200, "/security");
    visitor.send(&security, "/codes", &[]).await.expect(200, "/codes");
    let _: CustomerId = alice.id.parse()?;
    give_password(&office, &alice.id, "alice@example.com").await?;
    Ok(())
}
