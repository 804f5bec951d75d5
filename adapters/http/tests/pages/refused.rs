//! What somebody is told who is refused, or for whom something failed: until when, whether anything was
//! done, and on a page whatever went wrong around it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::{Method, StatusCode};
use readmit::{AccountId, Clock as _, Role, Seconds, TenantId};
use readmit_http::password::{Password, PasswordAnswer, PasswordCheck, PasswordFailure};
use readmit_http::settings::{Limits, Settings};
use readmit_http::web_database::{WebDatabase, WebPlace};
use readmit_tests::Result;
use serde_json::json;

use crate::office::{Office, PASSWORD, Reply, request};
use crate::sign_in::with_alice;
use crate::visit::{Screen, Visitor};

const NOTHING_WAS_DONE: &str = "Nothing was done.";
const HTML: (&str, &str) = ("accept", "text/html");

/// A moment as pages tell it, of one that is a full minute.
fn minute(office: &Office, in_minutes: u32) -> String {
    let text = (office.clock.now() + Seconds::minutes(in_minutes)).to_string();
    assert_eq!(&text[16..], ":00.000000Z");
    format!("{} {} UTC", &text[..10], &text[11..16])
}

/// Half past a minute, so that an end that is told by the minute has to be rounded.
fn on_a_half_minute(office: &Office) {
    let past = office.clock.now().unix_micros().rem_euclid(60_000_000) / 1_000_000;
    office.clock.advance(Seconds(u32::try_from(90 - past).unwrap_or(30)));
}

/// Types wrong codes until the account is locked; answers the page that says so.
async fn locked_out(office: &Office, alice: &crate::office::Customer, language: &str) -> Screen {
    let visitor = Visitor::new(office);
    visitor.set_cookie("language", language);
    let mut screen = visitor.sign_in("alice@example.com", PASSWORD).await;
    for wrong in alice.phone.wrong_codes(office.clock.now(), 10).unwrap() {
        screen = visitor.send(&screen, "/sign-in/code", &[("totp", wrong.expose())]).await;
    }
    screen.expect(422, "/sign-in/code")
}

#[tokio::test]
async fn who_is_locked_out_for_a_while_is_told_until_when() -> Result {
    for (language, told) in [("en", "is locked until"), ("de", "Das Konto ist bis")] {
        let (office, alice) = with_alice().await?;
        on_a_half_minute(&office);
        let screen = locked_out(&office, &alice, language).await;
        // A quarter of an hour from half a minute past, to the minute that is not before it.
        office.clock.advance(Seconds(30));
        let alert = screen.all("[role=alert]").concat();
        assert!(alert.contains(told) && alert.contains(&minute(&office, 15)), "{alert}");
        let visitor = Visitor::new(&office);
        visitor.set_cookie("language", language);
        let again = visitor.sign_in("alice@example.com", PASSWORD).await;
        assert!(again.main().contains(&minute(&office, 15)), "{}", again.main());
    }
    Ok(())
}

#[tokio::test]
async fn whom_only_the_provider_can_unlock_is_told_so() -> Result {
    for (language, told) in [
        ("en", "Your provider must unlock the account."),
        ("de", "Ihr Dienstleister muss das Konto entsperren."),
    ] {
        let (office, alice) = with_alice().await?;
        let olga = office.sign_in(Role::Owner).await;
        let mut policy = office.get("/api/v1/policy", &olga).await.expect(200).json();
        policy["lockout"]["hard_failures"] = json!(10);
        office.call(Method::PUT, "/api/v1/policy", &olga, Some(policy)).await.expect(204);
        let alert = locked_out(&office, &alice, language).await.all("[role=alert]").concat();
        assert!(alert.contains(told) && !alert.contains("UTC"), "{alert}");
    }
    Ok(())
}

#[tokio::test]
async fn who_typed_too_many_wrong_passwords_is_told_until_when_to_wait() -> Result {
    let (office, _) = with_alice().await?;
    on_a_half_minute(&office);
    // Of a login that nobody has too.
    for login in ["alice@example.com", "nobody@example.com"] {
        for _ in 0..10 {
            Visitor::new(&office).sign_in(login, "not her password").await.expect(422, "/sign-in");
        }
    }
    let mut told = Vec::new();
    for language in ["en", "de"] {
        for login in ["alice@example.com", "nobody@example.com"] {
            let visitor = Visitor::new(&office);
            visitor.set_cookie("language", language);
            let screen = visitor.sign_in(login, PASSWORD).await.expect(429, "/sign-in");
            told.push(screen.all("[role=alert]").concat());
        }
    }
    office.clock.advance(Seconds(30));
    let until = minute(&office, 1);
    assert!(told[0].contains(&format!("Wait until {until}")), "{told:?}");
    assert!(told[2].contains(&format!("Warten Sie bis {until}")), "{told:?}");
    assert_eq!((&told[0], &told[2]), (&told[1], &told[3]));
    Ok(())
}

/// A check of passwords that does not end as it should.
enum Broken {
    Panics,
    Hangs,
}

#[async_trait]
impl PasswordCheck for Broken {
    async fn check(
        &self,
        _: TenantId,
        _: AccountId,
        _: &Password,
    ) -> std::result::Result<PasswordAnswer, PasswordFailure> {
        match self {
            Self::Panics => panic!("on purpose"),
            Self::Hangs => std::future::pending().await,
        }
    }
}

/// An office whose check of passwords is broken.
async fn broken(how: Broken, limits: Limits) -> Result<Office> {
    let mut office = Office::open().await?;
    let settings = Settings { limits, ..Settings::default() };
    let web = WebDatabase::open(&WebPlace::Memory).await?;
    office.router = readmit_http::router(office.engine.clone(), web, Arc::new(how), &settings)?;
    Ok(office)
}

/// Signs in by the API, with a program that accepts pages too.
async fn by_the_api(office: &Office) -> Reply {
    let body = json!({"login": "alice@example.com", "password": PASSWORD});
    office.send(request(Method::POST, "/api/v1/sessions", "", Some(body), &[HTML])).await
}

#[track_caller]
fn is_a_page(screen: Screen, status: StatusCode, code: &str) -> Screen {
    let screen = screen.expect(status.as_u16(), "/sign-in");
    let reply = &screen.reply;
    assert!(reply.header("content-type").starts_with("text/html"), "{:?}", reply.headers);
    assert!(reply.header("content-security-policy").contains("script-src 'self'"));
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(screen.main().contains(code) && screen.has("h1"), "{}", screen.main());
    screen
}

#[track_caller]
fn is_a_problem(reply: &Reply, status: StatusCode, code: &str) {
    assert_eq!((reply.status, reply.code().as_str()), (status.as_u16(), code));
    assert_eq!(reply.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn who_finds_no_place_is_told_on_a_page_and_a_program_as_a_problem() -> Result {
    let office =
        broken(Broken::Hangs, Limits { requests_in_flight: 0, ..Limits::default() }).await?;
    let (status, code) = (StatusCode::SERVICE_UNAVAILABLE, "overloaded");
    let screen = is_a_page(Visitor::new(&office).open("/sign-in").await, status, code);
    assert!(screen.main().contains(NOTHING_WAS_DONE), "{}", screen.main());
    assert_eq!(screen.reply.header("retry-after"), "1");
    is_a_problem(&office.get("/sign-in", "").await, status, code);
    is_a_problem(&by_the_api(&office).await, status, code);
    for path in ["/openapi.json", "/readyz", "/api/v1/nowhere"] {
        let reply = office.send(request(Method::GET, path, "", None, &[HTML])).await;
        is_a_problem(&reply, status, code);
    }
    Ok(())
}

#[tokio::test]
async fn who_waited_too_long_is_told_on_a_page_that_does_not_say_that_nothing_was_done() -> Result {
    let office = broken(Broken::Hangs, Limits { request_seconds: 1, ..Limits::default() }).await?;
    let (status, code) = (StatusCode::GATEWAY_TIMEOUT, "timed_out");
    let screen = Visitor::new(&office).sign_in("alice@example.com", PASSWORD).await;
    let screen = is_a_page(screen, status, code);
    assert!(!screen.main().contains(NOTHING_WAS_DONE), "{}", screen.main());
    is_a_problem(&by_the_api(&office).await, status, code);
    Ok(())
}

#[tokio::test]
async fn a_panic_is_told_on_a_page_and_to_a_program_as_a_problem() -> Result {
    let office = broken(Broken::Panics, Limits::default()).await?;
    let (status, code) = (StatusCode::INTERNAL_SERVER_ERROR, "internal");
    let screen = Visitor::new(&office).sign_in("alice@example.com", PASSWORD).await;
    let screen = is_a_page(screen, status, code);
    assert!(!screen.main().contains(NOTHING_WAS_DONE), "{}", screen.main());
    is_a_problem(&by_the_api(&office).await, status, code);
    Ok(())
}

#[tokio::test]
async fn an_address_that_is_none_is_told_to_programs_as_a_problem() -> Result {
    let office = Office::open().await?;
    let (status, code) = (StatusCode::NOT_FOUND, "no_such_route");
    let reply = office.send(request(Method::GET, "/api/v1/nowhere", "", None, &[HTML])).await;
    is_a_problem(&reply, status, code);
    is_a_problem(&office.get("/nowhere", "").await, status, code);
    let page = office.send(request(Method::GET, "/nowhere", "", None, &[HTML])).await.expect(404);
    assert!(page.header("content-type").starts_with("text/html"));
    // What is said beside the problem is said beside the page too.
    let wrong = office.send(request(Method::PUT, "/problems", "", None, &[HTML])).await.expect(405);
    assert!(wrong.header("content-type").starts_with("text/html"));
    assert!(wrong.header("allow").contains("GET"), "{:?}", wrong.headers);
    Ok(())
}
