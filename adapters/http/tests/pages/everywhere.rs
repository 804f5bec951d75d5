//! What holds on every page: nothing is said that is not translated, nothing may be framed or kept.

use readmit::{Clock as _, Role, Seconds};
use readmit_tests::Result;
use scraper::{Html, Node};

use crate::office::{Office, PASSWORD};
use crate::sign_in::{give_password, staff};
use crate::visit::{Screen, Visitor};

/// Every page, as whoever sees most of it sees it.
async fn every_page(office: &Office, language: &str) -> Result<Vec<Screen>> {
    let mut screens = Vec::new();
    let alice = office.customer("alice@example.com").await?;
    let carol = office.customer("carol@example.com").await?;
    for (customer, login) in [(&alice, "alice@example.com"), (&carol, "carol@example.com")] {
        give_password(office, &customer.id, login).await?;
    }
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    office.grant(&carol.id, &bob).await.expect(201);
    office.grant(&alice.id, &bob).await.expect(201);
    let path = format!("/api/v1/customers/{}", alice.id);
    let recovery = office.get(&path, &bob).await.json();
    let recovery = recovery["recovery"]["recovery"].as_str().unwrap_or_default().to_owned();

    let visitor = Visitor::new(office);
    visitor.set_cookie("language", language);
    for path in ["/sign-in", "/sign-in?after=signed-out", "/nowhere", "/invitation"] {
        screens.push(visitor.open(path).await);
    }
    screens.push(visitor.sign_in("alice@example.com", "not her password").await);
    screens.push(visitor.sign_in("alice@example.com", PASSWORD).await);
    screens.push(visitor.open("/sign-in/code").await);
    let offer = visitor.open("/sign-in/recovery").await;
    screens.push(visitor.send(&offer, "/sign-in/recovery", &[]).await);
    screens.push(visitor.open("/my-account").await);
    let mfa = visitor.open("/my-account/mfa").await;
    let off = visitor.send(&mfa, "/my-account/mfa/off", &[]).await;
    screens.extend([offer, mfa]);
    let device = visitor.send(&off, "/device", &[]).await;
    let secret = device.attribute("#secret", "data-text").ok_or("no secret")?;
    let phone = readmit_tests::Phone::from_base32(&secret)?;
    let code = phone.code(office.clock.now())?;
    let new = visitor.send(&device, "/device/confirm", &[("totp", code.expose())]).await;
    let codes = visitor.send(&new, "/codes", &[]).await;
    screens.push(visitor.send(&codes, "/codes/saved", &[]).await);
    screens.push(visitor.open("/codes").await);
    screens.extend([off, device, new, codes]);

    let visitor = Visitor::new(office);
    visitor.set_cookie("language", language);
    let screen = visitor.sign_in("alice@example.com", PASSWORD).await;
    office.clock.advance(Seconds(30));
    let code = phone.code(office.clock.now())?;
    screens.push(visitor.send(&screen, "/sign-in/code", &[("totp", code.expose())]).await);
    for path in ["/security", "/security/password", "/my-account", "/device"] {
        screens.push(visitor.open(path).await);
    }

    let visitor = Visitor::new(office);
    visitor.set_cookie("language", language);
    screens.push(staff(&visitor, Role::Owner).await);
    let of = |path: &str| path.replace("CUSTOMER", &alice.id).replace("CASE", &recovery);
    for path in [
        "/console/customers",
        "/console/customers?q=alice&status=on",
        "/console/customers/new",
        "/console/customers/CUSTOMER",
        "/console/customers/CUSTOMER/grant",
        "/console/recoveries/CASE/granted",
        "/console/bypasses",
        "/console/admins",
        "/console/keys",
        "/console/policy",
        "/audit",
        "/audit/recoveries",
        "/audit/recoveries/CASE?step=3",
        "/audit/report",
        "/audit/sample?seed=1&count=2",
    ] {
        screens.push(visitor.open(&of(path)).await);
    }
    Ok(screens)
}

/// Texts that people see and that are not marked as names, numbers or times: those that are said in
/// plain letters are in no file of words.
pub(crate) fn untranslated(screen: &Screen) -> Vec<String> {
    let html: Html = screen.html();
    let mut found = Vec::new();
    for node in html.tree.nodes() {
        let Node::Text(text) = node.value() else { continue };
        let hidden = node.ancestors().any(|ancestor| match ancestor.value() {
            Node::Element(element) => {
                element.attr("translate") == Some("no")
                    || ["script", "style", "title"].contains(&element.name())
            }
            _ => false,
        });
        let disguised = text.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
        let plain = text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word.len() > 2);
        if !hidden && plain && !disguised {
            found.push(text.trim().to_owned());
        }
    }
    found
}

#[tokio::test]
async fn nothing_is_said_that_is_in_no_file_of_words() -> Result {
    let office = Office::open().await?;
    let mut wrong = Vec::new();
    for screen in every_page(&office, "en-XA").await? {
        let texts = untranslated(&screen);
        if !texts.is_empty() {
            wrong.push((screen.path.clone(), texts));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // In English, everything would be found.
    assert!(untranslated(&Visitor::new(&office).open("/sign-in").await).len() > 5);
    Ok(())
}

#[tokio::test]
async fn every_page_is_there_in_every_language() -> Result {
    for language in ["en", "de"] {
        let office = Office::open().await?;
        for screen in every_page(&office, language).await? {
            let status = screen.reply.status;
            let expected = match screen.path.as_str() {
                "/nowhere" | "/invitation" => 404,
                "/sign-in" if screen.has("[role=alert]") => 422,
                "/my-account" if !screen.has("ol.rail") => 403,
                _ => 200,
            };
            assert_eq!(status, expected, "{}: {}", screen.path, screen.main());
            assert_eq!(screen.attribute("html", "lang").as_deref(), Some(language));
            assert_eq!(screen.all("h1").len(), 1, "{}", screen.path);
            assert!(screen.has("main#main"), "{}", screen.path);
        }
    }
    Ok(())
}

#[tokio::test]
async fn no_page_is_kept_framed_or_told_elsewhere_and_none_has_styles_or_scripts_in_it() -> Result {
    let office = Office::open().await?;
    for screen in every_page(&office, "en").await? {
        let (path, reply) = (&screen.path, &screen.reply);
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert_eq!(reply.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{path}");
        for inline in ["script:not([src])", "style", "[style]", "[onclick]", "[onload]"] {
            assert!(!screen.has(inline), "{path}: {inline}");
        }
        // Secrets stand in no address.
        for secret in ["rms_", "rrs_", "rmk_", "rmi_"] {
            assert!(!path.contains(secret), "{path}");
            assert!(!screen.has(&format!("[href*='{secret}'], [src*='{secret}']")), "{path}");
        }
    }
    Ok(())
}
