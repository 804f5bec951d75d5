//! What holds for every route: idempotency keys, versions, problems, headers.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use readmit::{Clock as _, Role};
use readmit_tests::Result;
use serde_json::json;

use crate::office::{Office, request};

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

#[tokio::test]
async fn a_repeated_command_is_carried_out_once_and_shows_no_secret_again() -> Result {
    let office = Office::open().await?;
    let id = office.customer("alice@example.com").await?.id;
    let size = office.size().await;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let path = format!("/api/v1/customers/{id}/bypasses");
    let body = json!({"reason": "lost_device", "proof": "password_and_issued_code"});
    let send = |key| {
        let request =
            request(Method::POST, &path, &bob, Some(body.clone()), &[("idempotency-key", key)]);
        office.send(request)
    };
    let first = send(KEY).await.expect(201);
    let again = send(&format!("\"{}\"", KEY.to_uppercase())).await.expect(201);
    assert_eq!(first.json()["bypass"], again.json()["bypass"]);
    assert!(first.json()["issued_code"].is_string() && again.json()["issued_code"].is_null());
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        ("", "true")
    );
    for header in ["idempotency-key", "ledger-position", "etag"] {
        assert_eq!(first.header(header), again.header(header), "{header}");
        assert!(!first.header(header).is_empty(), "{header}");
    }
    // The second factor that bob showed to sign in, and the grant.
    assert_eq!(office.size().await, size + 2);

    // The same key for something else.
    let other = json!({"reason": "stolen_device"});
    let other = request(Method::POST, &path, &bob, Some(other), &[("idempotency-key", KEY)]);
    assert_eq!(office.send(other).await.expect(422).code(), "command_reused");
    Ok(())
}

#[tokio::test]
async fn of_many_requests_with_one_key_one_is_carried_out_and_none_twice() -> Result {
    let office = Office::open().await?;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let body = json!({"login": "zoe@example.com"});
        let headers = [("idempotency-key", KEY)];
        let request =
            request(Method::POST, "/api/v1/customers", &office.service, Some(body), &headers);
        let router = office.router.clone();
        all.spawn(async move {
            use tower::ServiceExt as _;
            router.oneshot(request).await.unwrap().status().as_u16()
        });
    }
    let mut statuses = all.join_all().await;
    statuses.sort_unstable();
    statuses.dedup();
    assert!(statuses == [201] || statuses == [201, 409], "{statuses:?}");
    let found = office.tenant.find("zoe@example.com").await?;
    assert!(found.is_some());
    Ok(())
}

#[tokio::test]
async fn a_key_under_way_is_told_apart_from_one_that_is_free() -> Result {
    // A handler that is held up by its body holds its key only once the body is there; so two
    // requests that are decided at the same moment are made to meet in the lane.
    let office = Office::open().await?;
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..50 {
        let key = format!("8e03978e-40d5-43dd-bc93-{round:012}");
        let login = format!("customer{round}@example.com");
        let send = || {
            let body = json!({ "login": login });
            let headers = [("idempotency-key", key.as_str())];
            office.send(request(
                Method::POST,
                "/api/v1/customers",
                &office.service,
                Some(body),
                &headers,
            ))
        };
        let (one, two) = tokio::join!(send(), send());
        for reply in [one, two] {
            match reply.status {
                201 => {}
                409 => {
                    assert_eq!(reply.code(), "in_progress");
                    assert_eq!(reply.header("retry-after"), "1");
                }
                other => panic!("{other}: {}", reply.text()),
            }
            seen.insert(reply.status);
        }
    }
    assert!(seen.contains(&409), "no two requests met");
    Ok(())
}

#[tokio::test]
async fn a_command_on_what_has_changed_since_is_not_carried_out() -> Result {
    let office = Office::open().await?;
    let id = office.customer("alice@example.com").await?.id;
    let path = format!("/api/v1/customers/{id}");
    let read = office.get(&path, &office.service).await.expect(200);
    let etag = read.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", read.json()["version"]));
    let freeze = format!("{path}/report-unrecognised");
    let send = |etag: &str| {
        let headers = [("if-match", etag)];
        office.send(request(Method::POST, &freeze, &office.service, Some(json!({})), &headers))
    };
    let stale = send("\"1\"").await.expect(412);
    assert_eq!(stale.code(), "changed");
    assert_eq!(stale.json()["version"], read.json()["version"]);
    let done = send(&etag).await.expect(204);
    assert_ne!(done.header("etag"), etag);
    let after = office.get(&path, &office.service).await.expect(200);
    assert_eq!(after.header("etag"), done.header("etag"));
    Ok(())
}

#[tokio::test]
async fn the_policy_is_changed_only_as_it_was_read() -> Result {
    let office = Office::open().await?;
    let olga = office.sign_in(Role::Owner).await;
    let read = office.get("/api/v1/policy", &olga).await.expect(200);
    let mut policy = read.json();
    policy["grants_in_30_days"] = json!(5);
    let put = |policy: serde_json::Value, etag: &str| {
        let headers = [("if-match", etag)];
        office.send(request(Method::PUT, "/api/v1/policy", &olga, Some(policy), &headers))
    };
    put(policy.clone(), read.header("etag")).await.expect(204);
    policy["grants_in_30_days"] = json!(6);
    assert_eq!(put(policy.clone(), read.header("etag")).await.expect(412).code(), "changed");
    policy["grants_in_30_days"] = json!(31);
    let wrong = put(policy, "*").await.expect(422);
    assert_eq!(
        (wrong.code().as_str(), wrong.field().as_str()),
        ("policy_invalid", "grants_in_30_days")
    );
    let now = office.get("/api/v1/policy", &office.service).await.expect(200);
    assert_eq!(now.json()["grants_in_30_days"], 5);
    Ok(())
}

#[tokio::test]
async fn every_problem_has_one_form_also_those_of_the_framework() -> Result {
    let office = Office::open().await?;
    let service = office.service.clone();
    let key = format!("Bearer {service}");
    let raw = |method: Method, path: &str, kind: Option<&str>, body: Body| {
        let mut request = Request::builder().method(method).uri(path).header("authorization", &key);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        request.body(body).unwrap()
    };
    let json = Some("application/json");
    let cases = [
        (raw(Method::GET, "/nowhere", None, Body::empty()), 404, "no_such_route"),
        (raw(Method::GET, "/api/v1/nowhere", None, Body::empty()), 404, "no_such_route"),
        (raw(Method::DELETE, "/api/v1/customers", None, Body::empty()), 405, "method_not_allowed"),
        (raw(Method::OPTIONS, "/api/v1/customers", None, Body::empty()), 405, "method_not_allowed"),
        (
            raw(Method::POST, "/api/v1/customers", json, Body::from(vec![b' '; 100_000])),
            413,
            "too_large",
        ),
        (
            raw(Method::POST, "/api/v1/customers", None, Body::from("{}")),
            415,
            "unsupported_media_type",
        ),
        (
            raw(Method::POST, "/api/v1/customers", Some("text/plain"), Body::from("{}")),
            415,
            "unsupported_media_type",
        ),
        (raw(Method::POST, "/api/v1/customers", json, Body::from("{")), 400, "malformed_body"),
        (raw(Method::POST, "/api/v1/customers", json, Body::from("{}")), 422, "invalid_body"),
        (raw(Method::GET, "/api/v1/customers/x", None, Body::empty()), 400, "invalid_path"),
        (raw(Method::GET, "/api/v1/customers?limit=x", None, Body::empty()), 400, "invalid_query"),
        (raw(Method::GET, "/api/v1/customers?cursor=x", None, Body::empty()), 400, "invalid_query"),
        (raw(Method::GET, "/problems/nothing", None, Body::empty()), 404, "no_such_route"),
    ];
    for (request, status, code) in cases {
        let what = format!("{} {}", request.method(), request.uri());
        let reply = office.send(request).await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (status, code),
            "{what}: {}",
            reply.text()
        );
        assert_eq!(reply.header("content-type"), "application/problem+json", "{what}");
        let body = reply.json();
        assert_eq!(body["status"], status, "{what}");
        assert_eq!(body["type"], format!("/problems/{code}"), "{what}");
        assert_eq!(body["trace_id"], reply.header("trace-id"), "{what}");
        assert!(body["title"].is_string() && body["detail"].is_string(), "{what}");
        if status == 405 {
            assert!(!reply.header("allow").is_empty(), "{what}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn each_kind_of_problem_has_a_page() -> Result {
    let office = Office::open().await?;
    let table = office.get("/problems", "").await.expect(200).text();
    for kind in readmit::Refusal::KINDS {
        assert!(table.contains(&format!("/problems/{kind}\"")), "{kind}");
        let page = office.get(&format!("/problems/{kind}"), "").await.expect(200);
        assert!(page.text().contains(kind) && page.header("content-type").starts_with("text/html"));
    }
    Ok(())
}

#[tokio::test]
async fn every_answer_carries_what_browsers_must_be_told() -> Result {
    let office = Office::open().await?;
    for path in ["/livez", "/api/v1/customers", "/nowhere", "/openapi.json", "/docs/", "/problems"]
    {
        let reply = office.get(path, "").await;
        for (name, expected) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(reply.header(name), expected, "{path} {name}");
        }
        assert!(reply.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(!reply.header("cache-control").is_empty(), "{path}");
        assert_eq!(reply.header("trace-id").len(), 32, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn a_trace_that_the_caller_began_goes_on() -> Result {
    let office = Office::open().await?;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let reply =
        office.send(request(Method::GET, "/livez", "", None, &[("traceparent", trace)])).await;
    assert_eq!(reply.header("trace-id"), "0af7651916cd43dd8448eb211c80319c");
    Ok(())
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_come_again() -> Result {
    let limits = readmit_http::settings::Limits {
        requests_per_second_per_credential: 2,
        burst_per_credential: 4,
        requests_per_second_per_address: 0,
        ..Default::default()
    };
    let office = Office::with(limits).await?;
    let mut refused = None;
    for _ in 0..10 {
        let reply = office.get("/api/v1/policy", &office.service).await;
        assert!(reply.header("ratelimit-policy").contains("q=4;w=2"), "{:?}", reply.headers);
        if reply.status != 200 {
            refused = Some(reply);
            break;
        }
    }
    let refused = refused.ok_or("nobody was refused")?.expect(429);
    assert_eq!(refused.code(), "rate_limited");
    assert!(refused.header("retry-after").parse::<u64>()? >= 1);
    assert!(refused.header("ratelimit").contains("r=0"));
    // The other credential is not held up.
    office.get("/api/v1/policy", &office.monitor).await.expect(200);
    Ok(())
}

#[tokio::test]
async fn who_guesses_credentials_is_held_back_before_another_is_looked_up() -> Result {
    let limits = readmit_http::settings::Limits {
        requests_per_second_per_address: 1,
        burst_per_address: 2,
        ..Default::default()
    };
    let office = Office::with(limits).await?;
    let ask = async |from: [u8; 4], token: &str| {
        let mut request = request(Method::GET, "/api/v1/policy", token, None, &[]);
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 50_000))));
        office.send(request).await.status
    };
    let (guesser, other) = ([192, 0, 2, 1], [192, 0, 2, 2]);
    assert_eq!(ask(guesser, &office.monitor).await, 200);
    for expected in [401, 401, 429] {
        assert_eq!(ask(guesser, "rmk_guessed").await, expected);
    }
    // Even one that holds is not looked up from there. What was looked up just before is known.
    assert_eq!(ask(guesser, &office.service).await, 429);
    assert_eq!(ask(guesser, &office.monitor).await, 200);
    assert_eq!(ask(other, &office.service).await, 200);
    Ok(())
}

#[tokio::test]
async fn a_code_is_good_once_and_wrong_ones_lock() -> Result {
    let office = Office::open().await?;
    let alice = office.customer("alice@example.com").await?;
    let check = format!("/api/v1/customers/{}/second-factor", alice.id);
    let code = alice.phone.code(office.clock.now())?;
    let body = json!({"totp": code.expose()});
    let right = office.post(&check, &office.service, body.clone()).await.expect(200);
    assert!(right.json()["checked_at"].is_string());
    let again = office.post(&check, &office.service, body).await.expect(422);
    assert_eq!(again.code(), "code_replayed");
    for failures in 1..=10 {
        let wrong = alice.phone.wrong_codes(office.clock.now(), 10)?;
        let body = json!({"totp": wrong[failures - 1].expose()});
        let reply = office.post(&check, &office.service, body).await;
        if failures < 10 {
            assert_eq!((reply.status, &reply.json()["failures"]), (422, &json!(failures)));
        } else {
            assert_eq!(reply.expect(429).code(), "locked");
        }
    }
    let recovery_code = json!({"recovery_code": alice.codes[0]});
    let locked = office.post(&check, &office.service, recovery_code).await.expect(429);
    assert!(locked.json()["until"].is_string());
    Ok(())
}
