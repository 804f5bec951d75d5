//! Signing in on the pages.

use readmit::{Clock as _, CustomerId, Role, Seconds};
use readmit_tests::Result;

use crate::office::{Office, PASSWORD};
use crate::visit::{Screen, Visitor};

/// An office with a customer who has a phone, codes and a password.
pub(crate) async fn with_alice() -> Result<(Office, crate::office::Customer)> {
    let office = Office::open().await?;
    let alice = office.customer("alice@example.com").await?;
    give_password(&office, &alice.id, "alice@example.com").await?;
    Ok((office, alice))
}

pub(crate) async fn give_password(office: &Office, id: &str, login: &str) -> Result {
    use readmit_http::password::{AcceptedPassword, Password};
    let id: CustomerId = id.parse()?;
    let password = Password::new(PASSWORD.to_owned());
    let accepted = AcceptedPassword::new(password, &login.parse()?, &"acme-msp".parse()?)?;
    let (tenant, now) = (office.tenant.id(), office.clock.now());
    Ok(office.passwords.set_password(tenant, id.into(), &accepted, now).await?)
}

/// Signs an admin in, whole.
pub(crate) async fn staff(visitor: &Visitor<'_>, role: Role) -> Screen {
    let office = visitor.office;
    office.clock.advance(Seconds(30));
    let colleague = &office.staff[&role];
    let screen = visitor.sign_in(&colleague.login, PASSWORD).await.expect(200, "/sign-in/code");
    let code = colleague.phone.code(office.clock.now()).unwrap();
    visitor.send(&screen, "/sign-in/code", &[("totp", code.expose())]).await
}

#[tokio::test]
async fn a_customer_signs_in_with_password_and_code_and_out_again() -> Result {
    let (office, alice) = with_alice().await?;
    let visitor = Visitor::new(&office);
    let screen = visitor.open("/portal").await.expect(200, "/sign-in?then=%2Fportal");
    let typed = [("login", "alice@example.com"), ("password", PASSWORD)];
    let screen = visitor.send(&screen, "/sign-in", &typed).await;
    let screen = screen.expect(200, "/sign-in/code?then=%2Fportal");
    let before = visitor.cookie("readmit");

    // With the password alone, nothing is open.
    visitor.open("/portal").await.expect(200, "/sign-in/code");
    visitor.open("/security").await.expect(200, "/sign-in/code");
    visitor.open("/my-account").await.expect(200, "/sign-in/code");

    let wrong = alice.phone.wrong_code(office.clock.now())?;
    let told = visitor.send(&screen, "/sign-in/code", &[("totp", wrong.expose())]).await;
    let told = told.expect(422, "/sign-in/code");
    assert!(told.all("[role=alert]")[0].contains("The code is wrong."), "{}", told.main());
    let code = alice.phone.code(office.clock.now())?;
    let spaced = format!("{} {}", &code.expose()[..3], &code.expose()[3..]);
    let screen = visitor.send(&told, "/sign-in/code", &[("totp", &spaced)]).await;
    let screen = screen.expect(200, "/portal");
    assert_ne!(visitor.cookie("readmit"), before, "each step has a token of its own");
    assert!(!screen.main().contains("alice@example.com"));
    // No permission stands: My Account is not in the menu.
    assert_eq!(screen.link("My Account"), None);
    assert_eq!(screen.link("Security").as_deref(), Some("/security"));

    visitor.send(&screen, "/sign-out", &[]).await.expect(200, "/sign-in?after=signed-out");
    assert_eq!(visitor.cookie("readmit"), "");
    visitor.set_cookie("readmit", &before);
    visitor.open("/portal").await.expect(200, "/sign-in?after=session-over&then=%2Fportal");
    Ok(())
}

#[tokio::test]
async fn a_recovery_code_signs_in_once() -> Result {
    let (office, alice) = with_alice().await?;
    let visitor = Visitor::new(&office);
    let screen = visitor.sign_in("alice@example.com", PASSWORD).await;
    let code = [("recovery_code", alice.codes[0].as_str())];
    let portal = visitor.send(&screen, "/sign-in/code", &code).await.expect(200, "/portal");
    assert!(portal.main().contains("9 are left."), "{}", portal.main());
    let again = Visitor::new(&office);
    let screen = again.sign_in("alice@example.com", PASSWORD).await;
    let told = again.send(&screen, "/sign-in/code", &code).await.expect(422, "/sign-in/code");
    assert!(told.main().contains("used already"), "{}", told.main());
    Ok(())
}

#[tokio::test]
async fn who_fails_to_sign_in_is_told_no_more_than_that() -> Result {
    let (office, _) = with_alice().await?;
    let mut told = Vec::new();
    for (login, password) in [
        ("alice@example.com", "not her password"),
        ("nobody@example.com", PASSWORD),
        ("not a login", PASSWORD),
    ] {
        let visitor = Visitor::new(&office);
        let screen = visitor.sign_in(login, password).await.expect(422, "/sign-in");
        assert_eq!(screen.attribute("#login", "value").as_deref(), Some(login));
        assert_eq!(screen.attribute("#password", "value"), None);
        assert_eq!(visitor.cookie("readmit"), "");
        told.push(screen.all("[role=alert]").join(""));
    }
    assert_eq!(told, ["Login or password is wrong."; 3]);
    Ok(())
}

#[tokio::test]
async fn each_admin_begins_where_their_roles_lead() -> Result {
    let (office, _) = with_alice().await?;
    for (role, home) in [(Role::RecoveryAdmin, "/console/customers"), (Role::Auditor, "/audit")] {
        let visitor = Visitor::new(&office);
        let screen = staff(&visitor, role).await;
        assert_eq!(screen.path, home);
    }
    Ok(())
}

#[tokio::test]
async fn several_companies_are_told_apart() -> Result {
    let (office, _) = with_alice().await?;
    office.engine.tenant("other-msp").await?;
    let visitor = Visitor::new(&office);
    let screen = visitor.open("/sign-in?company=acme-msp").await;
    assert_eq!(screen.attribute("#company", "value").as_deref(), Some("acme-msp"));
    let fields = [("company", "other-msp"), ("login", "alice@example.com"), ("password", PASSWORD)];
    let told = visitor.send(&screen, "/sign-in", &fields).await.expect(422, "/sign-in");
    assert_eq!(told.attribute("#company", "value").as_deref(), Some("other-msp"));
    let fields = [("company", "acme-msp"), ("login", "alice@example.com"), ("password", PASSWORD)];
    visitor.send(&told, "/sign-in", &fields).await.expect(200, "/sign-in/code");
    Ok(())
}
