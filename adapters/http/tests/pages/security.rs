//! What keeps pages safe: headers, cookies, forms from elsewhere, addresses that lead elsewhere.

use axum::http::Method;
use readmit_tests::Result;

use crate::office::PASSWORD;
use crate::sign_in::with_alice;
use crate::visit::Visitor;

#[tokio::test]
async fn every_page_loads_from_here_alone_and_is_shown_in_no_frame() -> Result {
    let (office, _) = with_alice().await?;
    let visitor = Visitor::new(&office);
    for path in ["/sign-in", "/nowhere", "/invitation"] {
        let screen = visitor.open(path).await;
        let policy = screen.reply.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(screen.reply.header("x-frame-options"), "DENY");
        assert_eq!(screen.reply.header("x-content-type-options"), "nosniff");
        assert_eq!(screen.reply.header("cache-control"), "no-store");
        assert_eq!(screen.reply.header("cross-origin-opener-policy"), "same-origin");
        assert!(screen.reply.header("content-type").starts_with("text/html"));
        assert!(!screen.has("script:not([src])") && !screen.has("style") && !screen.has("[style]"));
    }
    Ok(())
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() -> Result {
    let (office, _) = with_alice().await?;
    let fields = [("login", "alice@example.com"), ("password", PASSWORD)];
    for headers in [
        vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        vec![("sec-fetch-site", "same-site"), ("origin", "https://evil.readmit.example")],
        vec![("sec-fetch-site", "cross-site")],
    ] {
        let visitor = Visitor::new(&office).with(headers);
        let reply = visitor.post("/sign-in", &fields).await;
        assert_eq!(reply.status, 403, "{}", reply.text());
        assert!(reply.text().contains("Another website"), "{}", reply.text());
        assert_eq!(visitor.cookie("readmit"), "");
    }
    let visitor = Visitor::new(&office).with(vec![("sec-fetch-site", "same-origin")]);
    assert_eq!(visitor.post("/sign-in", &fields).await.status, 303);
    Ok(())
}

#[tokio::test]
async fn nothing_is_changed_by_looking() -> Result {
    let (office, _) = with_alice().await?;
    let visitor = Visitor::new(&office);
    for path in ["/sign-out", "/not-me", "/sign-out-everywhere", "/my-account/mfa/off"] {
        let reply = visitor.ask(Method::GET, path, String::new()).await;
        assert_eq!(reply.status, 405, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn no_link_leads_to_another_site() -> Result {
    let (office, alice) = with_alice().await?;
    for elsewhere in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"] {
        let visitor = Visitor::new(&office);
        let screen = visitor.open(&format!("/sign-in?then={elsewhere}")).await;
        assert!(!screen.has("input[name=then]"), "{}", screen.reply.text());
        let fields =
            [("login", "alice@example.com"), ("password", PASSWORD), ("then", "//evil.example")];
        let reply = visitor.post("/sign-in", &fields).await;
        assert_eq!(reply.header("location"), "/sign-in/code");
        office.clock.advance(readmit::Seconds(30));
        let code = alice.phone.code(readmit::Clock::now(&office.clock))?;
        let fields = [("totp", code.expose()), ("then", "https://evil.example")];
        let reply = visitor.post("/sign-in/code", &fields).await;
        assert_eq!(reply.header("location"), "/portal");
        let path = format!("/language/de?then={elsewhere}");
        let reply = visitor.ask(Method::GET, &path, String::new()).await;
        assert_eq!(reply.header("location"), "/");
    }
    Ok(())
}

#[tokio::test]
async fn a_session_that_was_planted_is_not_the_one_that_signs_in() -> Result {
    let (office, _) = with_alice().await?;
    let (attacker, victim) = (Visitor::new(&office), Visitor::new(&office));
    attacker.sign_in("alice@example.com", PASSWORD).await;
    let planted = attacker.cookie("readmit");
    victim.set_cookie("readmit", &planted);
    victim.sign_in("alice@example.com", PASSWORD).await.expect(200, "/sign-in/code");
    assert_ne!(victim.cookie("readmit"), planted);
    attacker.open("/sign-in/code").await.expect(200, "/sign-in?after=session-over");
    Ok(())
}

#[tokio::test]
async fn no_script_reads_the_cookie_and_no_form_from_elsewhere_brings_it() -> Result {
    let (office, _) = with_alice().await?;
    let visitor = Visitor::new(&office);
    let fields = [("login", "alice@example.com"), ("password", PASSWORD)];
    let reply = visitor.post("/sign-in", &fields).await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("readmit=rms_"), "the same sessions as the API: {cookie}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain") && !cookie.contains("Max-Age"), "{cookie}");
    Ok(())
}

#[tokio::test]
async fn browsers_are_told_what_to_fill_in_where() -> Result {
    let (office, _) = with_alice().await?;
    let visitor = Visitor::new(&office);
    let screen = visitor.open("/sign-in").await;
    let autocomplete = |screen: &crate::visit::Screen, id| screen.attribute(id, "autocomplete");
    assert_eq!(autocomplete(&screen, "#login").as_deref(), Some("username"));
    assert_eq!(autocomplete(&screen, "#password").as_deref(), Some("current-password"));
    let screen = visitor.sign_in("alice@example.com", PASSWORD).await;
    assert_eq!(autocomplete(&screen, "#code").as_deref(), Some("one-time-code"));
    assert_eq!(screen.attribute("#code", "inputmode").as_deref(), Some("numeric"));
    assert_eq!(autocomplete(&screen, "#recovery").as_deref(), Some("off"));
    Ok(())
}

#[tokio::test]
async fn what_people_type_is_shown_as_text() -> Result {
    let (office, _) = with_alice().await?;
    let visitor = Visitor::new(&office);
    let screen = visitor.sign_in("\"><script>alert(1)</script>@example.com", "x").await;
    assert!(!screen.reply.text().contains("<script>alert"), "{}", screen.reply.text());
    Ok(())
}

#[tokio::test]
async fn the_style_sheet_is_kept_for_good_and_pages_are_not() -> Result {
    let (office, _) = with_alice().await?;
    let visitor = Visitor::new(&office);
    let screen = visitor.open("/sign-in").await;
    let style = screen.attribute("link[rel=stylesheet]", "href").ok_or("no style")?;
    let script = screen.attribute("script", "src").ok_or("no script")?;
    let mut bytes = screen.reply.body.len();
    for (path, kind) in [(style, "text/css"), (script, "text/javascript")] {
        let reply = visitor.ask(Method::GET, &path, String::new()).await;
        assert!(reply.header("content-type").starts_with(kind));
        assert!(reply.header("cache-control").contains("immutable"));
        bytes += reply.body.len();
    }
    assert!(bytes < 100_000, "the first load is {bytes} bytes");
    Ok(())
}
