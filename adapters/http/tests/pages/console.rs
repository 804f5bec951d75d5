//! The admin console: what each role sees and does, by forms alone.

use axum::http::Method;
use readmit::{Clock as _, CustomerId, Role, Seconds};
use readmit_tests::Result;

use crate::office::Office;
use crate::visit::{Screen, Visitor};

const DISABLE: &str = "Disable Multi-Factor Authentication";
const ASK: &str = "Ask to disable Multi-Factor Authentication";
/// Longer ago than policy lets a second factor be.
const STALE: Seconds = Seconds::minutes(11);

/// An admin of this role, signed in whole a moment ago.
async fn admin(office: &Office, role: Role) -> Visitor<'_> {
    let visitor = Visitor::new(office);
    visitor.set_cookie("readmit", &office.sign_in(role).await);
    visitor
}

fn code(office: &Office, role: Role) -> Result<String> {
    office.clock.advance(Seconds(30));
    Ok(office.staff[&role].phone.code(office.clock.now())?.expose().to_owned())
}

async fn seen(office: &Office) -> Result {
    Ok(office.tenant.views().await?.caught_up().await?)
}

async fn grants(office: &Office, customer: &str) -> Result<usize> {
    let customer: CustomerId = customer.parse()?;
    let history = office.tenant.history(customer).await?;
    Ok(history.iter().filter(|event| event.event.name() == "BypassGranted").count())
}

fn hidden(screen: &Screen, form: &str) -> String {
    let field = format!("form[action=\"{form}\"] input[name=command]");
    screen.attribute(&field, "value").unwrap_or_default()
}

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
    let wrong = office.staff[&Role::RecoveryAdmin].phone.wrong_code(office.clock.now())?;
    let wrong = [&typed[..], &[("totp", wrong.expose())]].concat();
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

    let undo = again.attribute("form[action$=\"/revoke\"]", "action").ok_or("no undo")?;
    let bypasses = bob.send(&again, &undo, &[]).await.expect(200, "/console/bypasses");
    assert!(bypasses.all("tr.ended").join(" ").contains("Revoked"), "{}", bypasses.main());
    assert_eq!(grants(&office, &alice.id).await?, 1);
    Ok(())
}

const ISSUED: &str = "password_and_issued_code";

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
    let (command, totp) = (hidden_of(&page), code(&office, Role::RecoveryAdmin)?);
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

fn hidden_of(page: &Screen) -> String {
    page.attribute("main input[name=command]", "value").unwrap_or_default()
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
    let own = hanna.open("/console/bypasses").await.expect(200, "/console/bypasses");
    assert!(own.main().contains("You asked: somebody else approves."), "{}", own.main());

    let ann = admin(&office, Role::Approver).await;
    let bypasses = ann.open("/console/bypasses").await.expect(200, "/console/bypasses");
    let approve = bypasses.attribute("form[action$=\"/approve\"]", "action").ok_or("none")?;
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
    let invite = format!("{}/invite", added.path);
    let invited = olga.send(&added, &invite, &[]).await.expect(200, &added.path);
    let link = invited.attribute("#invitation", "data-text").ok_or("no link")?;
    assert!(link.starts_with("http://readmit.example/invitations/rmi_"), "{link}");

    let page = olga.open("/console/policy?profile=strict").await;
    let refused = olga.post("/console/policy", &[("command", "x")]).await;
    assert_eq!(refused.status, 400);
    assert!(page.has("input[name=most_uses][value=\"1\"]"), "{}", page.main());
    assert!(page.main().contains("Standard profile"));
    Ok(())
}

#[tokio::test]
async fn an_owner_adds_and_erases_a_customer() -> Result {
    let office = Office::open().await?;
    let olga = admin(&office, Role::Owner).await;
    let new = "/console/customers/new";
    let page = olga.open(new).await.expect(200, new);
    let wrong = olga.send(&page, new, &[("login", "a b"), ("name", "Al")]).await.expect(422, new);
    assert_eq!(wrong.attribute("#name", "value").as_deref(), Some("Al"));
    let typed = [("login", "al@example.com"), ("name", "Al")];
    let customer = olga.send(&wrong, new, &typed).await;
    let path = customer.path.clone();
    let customer = customer.expect(200, &path);
    assert_eq!(customer.all("h1"), ["Al"]);
    assert!(customer.all("svg .now").concat().contains("Not set up"));

    let hold = format!("{path}/place-hold");
    let held = olga.send(&customer, &hold, &[]).await.expect(200, &path);
    assert!(!held.has("form[action$=\"/erase\"]"), "a hold forbids it");
    let free = olga.send(&held, &format!("{path}/lift-hold"), &[]).await.expect(200, &path);
    let erase = format!("{path}/erase");
    let kept = olga.send(&free, &erase, &[("confirm", "else@example.com")]).await;
    assert!(kept.expect(422, &erase).main().contains("Nothing was erased."));
    let erased = olga.send(&free, &erase, &[("confirm", "AL@example.com")]).await;
    let erased = erased.expect(200, &path);
    assert_eq!(erased.all("h1"), ["Erased customer"]);
    assert!(!erased.reply.text().contains("al@example.com"));
    Ok(())
}

#[tokio::test]
async fn every_role_sees_what_it_may() -> Result {
    let office = Office::open().await?;
    let alice = office.customer("alice@example.com").await?;
    seen(&office).await?;
    let customer = format!("/console/customers/{}", alice.id);
    let grant = format!("{customer}/grant");
    let pages = [
        ("/console/customers", "oarh"),
        (customer.as_str(), "oarh"),
        (grant.as_str(), "orh"),
        ("/console/bypasses", "oarh"),
        ("/console/customers/new", "o"),
        ("/console/admins", "oarh"),
        ("/console/admins/new", "o"),
        ("/console/keys", "o"),
        ("/console/policy", "oarhu"),
    ];
    for (role, letter) in [
        (Role::Owner, 'o'),
        (Role::Approver, 'a'),
        (Role::RecoveryAdmin, 'r'),
        (Role::Helpdesk, 'h'),
        (Role::Auditor, 'u'),
    ] {
        let visitor = admin(&office, role).await;
        for (page, who) in pages {
            let expected = if who.contains(letter) { 200 } else { 403 };
            assert_eq!(visitor.open(page).await.reply.status, expected, "{role} {page}");
        }
    }
    let nobody = Visitor::new(&office).open("/console/policy").await;
    assert_eq!(nobody.path, "/sign-in?then=%2Fconsole%2Fpolicy");
    Ok(())
}
