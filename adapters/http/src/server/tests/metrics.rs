//! Metrics, and where they are not.

use std::net::SocketAddr;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::get;
use readmit::{
    Actor, CheckSecondFactor, Clock as _, ConfirmEnrolment, Engine, Error, Refusal,
    RegisterCustomer, StartEnrolment, SystemClock, Tenant,
};

use super::running::{Caller, in_time, settings, start};
use crate::metrics;
use crate::settings::Settings;

#[tokio::test]
async fn metrics_are_read_on_their_own_listener_alone() {
    let metrics_listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    let router = Router::new()
        .route("/customers/{id}", get(async || StatusCode::CREATED))
        .layer(from_fn(metrics::record));
    let running = start(Settings { metrics_listen, ..settings() }, router).await;
    let mut caller = running.caller().await;
    for path in ["/customers/alice", "/customers/bob", "/metrics"] {
        caller.get(path).await;
        let answer = caller.answer().await;
        assert_eq!(answer.starts_with("HTTP/1.1 404"), path == "/metrics", "{path}: {answer}");
        assert!(!answer.contains("readmit_"), "{answer}");
    }
    caller.send("BREW /customers/alice HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(caller.answer().await.starts_with("HTTP/1.1 405"));

    let mut reader = Caller::to(running.ready.metrics.unwrap()).await;
    reader.send("GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    let text = reader.rest().await;
    for line in [
        "# TYPE readmit_http_requests_total counter",
        r#"readmit_http_requests_total{method="GET",route="/customers/{id}",status="201"} 2"#,
        r#"readmit_http_requests_total{method="GET",route="none",status="404"} 1"#,
        r#"readmit_http_requests_total{method="other",route="/customers/{id}",status="405"} 1"#,
        r#"readmit_http_request_seconds_count{method="GET",route="/customers/{id}"} 2"#,
        r#"readmit_http_request_seconds_bucket{method="GET",route="/customers/{id}",le="30"} 2"#,
        "readmit_http_in_flight 0",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("alice") && !text.contains("BREW"), "{text}");
    let mut lost = Caller::to(running.ready.metrics.unwrap()).await;
    lost.get("/customers/alice").await;
    assert!(lost.answer().await.starts_with("HTTP/1.1 404"));
    drop((caller, lost));
    in_time(running.stop()).await.unwrap().unwrap();
}

/// Wrong codes until the account is locked; answers how many.
async fn lock(msp: &Tenant) -> usize {
    let register = RegisterCustomer::new("alice@example.com");
    let alice = msp.execute(&Actor::system(), register).await.unwrap().customer;
    let actor = Actor::customer(alice);
    let started = msp.execute(&actor, StartEnrolment::new(alice)).await.unwrap();
    let uri = started.secret.as_ref().unwrap().otpauth_uri("Acme", "alice").unwrap();
    let phone = totp_rs::Totp::from_url(uri.as_str()).unwrap();
    let now = SystemClock.now().unix_seconds();
    let code = phone.generate(now).to_string().parse().unwrap();
    msp.execute(&actor, ConfirmEnrolment::new(alice, started.device, code)).await.unwrap();
    let wrong = phone.generate(now + 3_000_000).to_string();
    for tries in 1..100 {
        let check = CheckSecondFactor::totp(alice, wrong.parse().unwrap());
        match msp.execute(&actor, check).await {
            Err(Error::Refused(Refusal::Locked { .. })) => return tries,
            Err(Error::Refused(Refusal::CodeWrong { .. })) => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("nobody is locked out");
}

#[tokio::test]
async fn commands_refusals_commits_and_lockouts_of_an_engine_are_counted() {
    let handle = metrics::install().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("readmit.db").display());
    let engine = Engine::open(&url).await.unwrap();
    let msp = engine.tenant("acme-msp").await.unwrap();
    let tries = lock(&msp).await;
    let id = engine.draw_command_id().unwrap();
    for _ in 0..2 {
        let register = RegisterCustomer::new("bob@example.com");
        msp.execute(&Actor::system(), register).with_id(id).await.unwrap();
    }
    let register = RegisterCustomer::new("bob@example.com");
    msp.execute(&Actor::system(), register).await.unwrap_err();
    engine.close().await;
    msp.execute(&Actor::system(), RegisterCustomer::new("carol@example.com")).await.unwrap_err();

    let text = handle.render();
    let wrong = tries - 1;
    for line in [
        r#"readmit_commands_total{command="RegisterCustomer",outcome="done"} 2"#,
        r#"readmit_commands_total{command="RegisterCustomer",outcome="already"} 1"#,
        r#"readmit_commands_total{command="RegisterCustomer",outcome="refused"} 1"#,
        r#"readmit_commands_total{command="RegisterCustomer",outcome="failed"} 1"#,
        &format!(
            r#"readmit_commands_total{{command="CheckSecondFactor",outcome="refused"}} {tries}"#
        ),
        r#"readmit_refusals_total{kind="login_taken"} 1"#,
        &format!(r#"readmit_refusals_total{{kind="code_wrong"}} {wrong}"#),
        "readmit_lockouts_total 1",
        "readmit_lane_waiting 0",
        r#"readmit_batch_commands_bucket{le="1"}"#,
        r#"readmit_commit_seconds_bucket{le="30"}"#,
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let commits = text.lines().find_map(|line| line.strip_prefix("readmit_commit_seconds_count "));
    assert!(commits.unwrap().parse::<usize>().unwrap() > tries, "{text}");
    // What is counted but not told of would be told without a word of help.
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(metrics::METRICS.iter().any(|metric| metric.name == name), "{name}");
    }
    assert!(!text.contains("alice") && !text.contains("acme"), "{text}");
}
