//! Admins sign in, step up, sign out.

use axum::http::Method;
use readmit::{Actor, Clock as _, CustomerId, Role, Seconds, SuspendAdmin};
use readmit_http::password::{AcceptedPassword, Password};
use readmit_tests::Result;
use serde_json::json;

use crate::office::{Office, PASSWORD};

const CURRENT: &str = "/api/v1/sessions/current";

#[tokio::test]
async fn a_password_alone_opens_nothing() -> Result {
    let office = Office::open().await?;
    let begun = office.begin_session("owner@msp.example").await.expect(201);
    assert_eq!(begun.json()["second_factor_needed"], true);
    let token = begun.text_of("token");
    let refused = office.get("/api/v1/customers", &token).await.expect(401);
    assert_eq!(refused.code(), "unauthorised");
    office.get(CURRENT, &token).await.expect(200);

    let raised = office.step_up(Role::Owner, &token).await;
    office.get("/api/v1/customers", &raised).await.expect(200);
    // Whoever knew the token before gains nothing (session fixation).
    assert_ne!(raised, token);
    office.get(CURRENT, &token).await.expect(401);
    let shown = office.get(CURRENT, &raised).await.expect(200).json();
    assert_eq!((&shown["roles"], &shown["token"]), (&json!(["owner"]), &json!(null)));
    Ok(())
}

#[tokio::test]
async fn who_is_not_there_is_refused_as_a_wrong_password_is() -> Result {
    let office = Office::open().await?;
    office.customer("alice@example.com").await?;
    let mut told = Vec::new();
    for (tenant, login, password) in [
        ("acme-msp", "owner@msp.example", "wrong but long enough"),
        ("acme-msp", "nobody@msp.example", PASSWORD),
        ("acme-msp", "alice@example.com", PASSWORD),
        ("no-such-msp", "owner@msp.example", PASSWORD),
    ] {
        let body = json!({"tenant": tenant, "login": login, "password": password});
        let reply = office.post("/api/v1/sessions", "", body).await.expect(401);
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
        let mut reply = reply.json();
        reply["trace_id"] = json!(null);
        told.push(reply);
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["code"], "sign_in_refused");
    Ok(())
}

#[tokio::test]
async fn too_many_wrong_passwords_have_to_wait() -> Result {
    let office = Office::open().await?;
    let body = json!({"login": "owner@msp.example", "password": "wrong but long enough"});
    // Of a tenant that is none too: neither answer nor time tells whether there is one.
    let elsewhere = json!({"tenant": "no-such-msp", "login": "owner@msp.example",
        "password": "wrong but long enough"});
    for _ in 0..10 {
        office.post("/api/v1/sessions", "", body.clone()).await.expect(401);
        office.post("/api/v1/sessions", "", elsewhere.clone()).await.expect(401);
    }
    office.post("/api/v1/sessions", "", elsewhere).await.expect(429);
    let waiting = office.begin_session("owner@msp.example").await.expect(429);
    let seconds: u32 = waiting.header("retry-after").parse()?;
    assert!((1..=61).contains(&seconds));
    let until = office.clock.now() + Seconds::minutes(1);
    assert_eq!(waiting.text_of("until"), until.to_string());
    office.clock.advance(Seconds(seconds));
    office.begin_session("owner@msp.example").await.expect(201);
    Ok(())
}

#[tokio::test]
async fn an_erased_customer_leaves_neither_password_nor_invitation() -> Result {
    let office = Office::open().await?;
    let (tenant, now) = (office.tenant.id(), office.clock.now());
    let (alice, carol) =
        (office.customer("alice@example.com").await?, office.customer("carol@example.com").await?);
    let (alice, carol): (CustomerId, CustomerId) = (alice.id.parse()?, carol.id.parse()?);
    let password = Password::new(PASSWORD.to_owned());
    let name = "alice@example.com".parse()?;
    let accepted = AcceptedPassword::new(password, &name, &"acme-msp".parse()?)?;
    office.passwords.set_password(tenant, alice.into(), &accepted, now).await?;
    let invitations = office.passwords.invitations();
    let link = invitations.issue(tenant, carol.into(), now).await?.ok_or("she has no password")?;

    // Nothing is lost where the erasure is refused.
    let olga = office.sign_in(Role::Owner).await;
    let of = |id: CustomerId| format!("/api/v1/customers/{id}");
    office.call(Method::DELETE, &of(alice), &office.monitor, None).await.expect(403);
    assert!(office.passwords.has_password(tenant, alice.into()).await?);

    for id in [alice, carol] {
        office.call(Method::DELETE, &of(id), &olga, None).await.expect(204);
    }
    assert!(!office.passwords.has_password(tenant, alice.into()).await?);
    assert!(invitations.find(&link, now).await?.is_none());

    // Asked again after a failure in between, it makes up for what is left.
    office.passwords.set_password(tenant, alice.into(), &accepted, now).await?;
    let again = office.call(Method::DELETE, &of(alice), &olga, None).await.expect(409);
    assert_eq!(again.code(), "erased");
    assert!(!office.passwords.has_password(tenant, alice.into()).await?);
    Ok(())
}

#[tokio::test]
async fn a_grant_takes_a_second_factor_that_was_just_shown() -> Result {
    let office = Office::open().await?;
    let id = office.customer("alice@example.com").await?.id;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    office.clock.advance(Seconds::minutes(11));
    let stale = office.grant(&id, &bob).await.expect(403);
    assert_eq!(stale.code(), "second_factor_not_fresh");
    assert_eq!(stale.json()["within_seconds"], 600);
    let bob = office.step_up(Role::RecoveryAdmin, &bob).await;
    office.grant(&id, &bob).await.expect(201);
    Ok(())
}

#[tokio::test]
async fn a_session_ends_by_signing_out_by_rest_and_by_age() -> Result {
    let office = Office::open().await?;
    let olga = office.sign_in(Role::Owner).await;
    office.call(Method::DELETE, CURRENT, &olga, None).await.expect(204);
    office.get(CURRENT, &olga).await.expect(401);

    let idle = office.sign_in(Role::Owner).await;
    office.clock.advance(Seconds::minutes(31));
    // What was looked up a moment ago by the real clock is known for a second.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    office.get(CURRENT, &idle).await.expect(401);
    Ok(())
}

#[tokio::test]
async fn a_suspended_admin_commands_nothing_from_that_moment_and_reads_nothing_a_second_later()
-> Result {
    let office = Office::open().await?;
    let id = office.customer("alice@example.com").await?.id;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let suspend = SuspendAdmin::new(office.staff[&Role::RecoveryAdmin].id);
    office.tenant.execute(&Actor::system(), suspend).await?;
    assert_ne!(office.grant(&id, &bob).await.status, 201);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    office.get("/api/v1/customers", &bob).await.expect(401);
    let again = office.begin_session("recovery_admin@msp.example").await;
    assert_ne!(again.status, 201);
    Ok(())
}

#[tokio::test]
async fn this_was_not_me_ends_an_admins_sessions() -> Result {
    let office = Office::open().await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let admin = office.staff[&Role::RecoveryAdmin].id;
    let freeze = readmit::ReportUnrecognised::new(admin);
    office.tenant.execute(&Actor::admin(admin), freeze).await?;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    office.get(CURRENT, &bob).await.expect(401);
    Ok(())
}

#[tokio::test]
async fn a_key_is_shown_once_used_is_told_and_dies_when_revoked() -> Result {
    let office = Office::open().await?;
    let olga = office.sign_in(Role::Owner).await;
    let body = json!({"label": "billing", "role": "service"});
    let issued = office.post("/api/v1/api-keys", &olga, body).await.expect(201);
    let (key, token) = (issued.text_of("key"), issued.text_of("token"));
    assert!(token.starts_with("rmk_"));
    office.get("/api/v1/policy", &token).await.expect(200);
    let listed = office.get("/api/v1/api-keys", &olga).await.expect(200);
    assert!(!listed.text().contains(&token));
    let listed = listed.json()["items"].as_array().cloned().unwrap_or_default();
    let mine = listed.iter().find(|item| item["key"] == key).ok_or("the key is not listed")?;
    assert!(mine["last_used"].is_string() && mine["revoked"] == false, "{mine}");

    office.call(Method::DELETE, &format!("/api/v1/api-keys/{key}"), &olga, None).await.expect(204);
    // It commands nothing from that moment on, although it is still known here.
    let body = json!({"login": "late@example.com"});
    let late = office.post("/api/v1/customers", &token, body).await;
    assert!([401, 403].contains(&late.status), "{}", late.text());
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    office.get("/api/v1/policy", &token).await.expect(401);
    Ok(())
}

#[tokio::test]
async fn a_key_ends_at_the_moment_it_was_given() -> Result {
    let office = Office::open().await?;
    let olga = office.sign_in(Role::Owner).await;
    let until = (office.clock.now() + Seconds::hours(1)).to_string();
    let body = json!({"label": "audit", "role": "auditor", "until": until});
    let token = office.post("/api/v1/api-keys", &olga, body).await.expect(201).text_of("token");
    office.get("/api/v1/recoveries", &token).await.expect(200);
    office.clock.advance(Seconds::hours(1));
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    office.get("/api/v1/recoveries", &token).await.expect(401);
    Ok(())
}

#[tokio::test]
async fn other_credentials_are_refused_and_say_so() -> Result {
    let office = Office::open().await?;
    let service = office.service.clone();
    let flipped = format!(
        "{}{}",
        &service[..service.len() - 1],
        if service.ends_with('0') { "1" } else { "0" }
    );
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer rmk_x",
        "Bearer rms_x",
        "Bearer rrs_x",
        "Bearer ü",
    ] {
        let request = axum::http::Request::builder()
            .uri("/api/v1/policy")
            .header("authorization", axum::http::HeaderValue::from_bytes(value.as_bytes())?)
            .body(axum::body::Body::empty())?;
        let reply = office.send(request).await.expect(401);
        assert!(reply.header("www-authenticate").starts_with("Bearer"), "{value}");
    }
    office.get("/api/v1/policy", &flipped).await.expect(401);
    let twice = axum::http::Request::builder()
        .uri("/api/v1/policy")
        .header("authorization", format!("Bearer {service}"))
        .header("authorization", format!("Bearer {service}"))
        .body(axum::body::Body::empty())?;
    office.send(twice).await.expect(401);
    Ok(())
}
