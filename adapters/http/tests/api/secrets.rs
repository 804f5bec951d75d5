//! Nothing secret and nothing personal in logs, metrics and problems.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use readmit::{Clock as _, Role};
use readmit_tests::Result;
use serde_json::json;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::office::{Office, PASSWORD};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a text holds a secret. Six digits may be a part of some other number.
fn holds(text: &str, secret: &str) -> bool {
    let is_code = secret.bytes().all(|byte| byte.is_ascii_digit());
    let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.');
    text.match_indices(secret).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + secret.len()..].chars().next();
        !is_code || (!goes_on(before) && !goes_on(after))
    })
}

/// Runs alone in its process: the logs of all threads are captured.
#[tokio::test]
async fn planted_secrets_and_names_stand_in_no_log_line_and_no_problem() -> Result {
    let captured = Captured::default();
    let writer = captured.clone();
    let layer = tracing_subscriber::fmt::layer().json().with_writer(move || writer.clone());
    let filter = tracing_subscriber::EnvFilter::new("trace");
    tracing::subscriber::set_global_default(
        tracing_subscriber::registry().with(filter).with(layer),
    )?;

    let measured = readmit_http::metrics::install()?;
    let office = Office::open().await?;
    let alice = office.customer("planted.name@example.com").await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let olga = office.sign_in(Role::Owner).await;
    let service = office.service.clone();
    let mut problems = String::new();
    let path = format!("/api/v1/customers/{}", alice.id);
    let grant = json!({"reason": "lost_device", "note": "planted-note", "proof": "password_and_issued_code"});
    let issued = office
        .post(&format!("{path}/bypasses"), &bob, grant)
        .await
        .expect(201)
        .text_of("issued_code");
    let totp = alice.phone.code(office.clock.now())?.expose().to_owned();
    let check = format!("{path}/second-factor");
    for body in [
        json!({"totp": totp.clone(), "planted-field": 1}),
        json!({"totp": format!("{totp}0")}),
        json!({"totp": {"planted": totp.clone()}}),
        json!({"recovery_code": format!("{}-x", alice.codes[1])}),
        json!({"totp": totp.clone(), "recovery_code": alice.codes[1].clone()}),
        json!({"totp": totp.clone(), "origin": {"ip": "192.0.2.77", "user_agent": "planted-agent", "x": 1}}),
    ] {
        let reply = office.post(&check, &service, body).await;
        assert!((400..500).contains(&reply.status));
        problems.push_str(&reply.text());
    }
    let origin =
        json!({"totp": totp, "origin": {"ip": "192.0.2.77", "user_agent": "planted-agent"}});
    office.post(&check, &service, origin).await.expect(200);
    let redeem = json!({"code": issued, "origin": {"ip": "192.0.2.77"}});
    let session = office
        .post(&format!("{path}/bypass-redemptions"), &service, redeem)
        .await
        .expect(201)
        .text_of("token");
    office.act("/api/v1/recovery/mfa-off", &session).await.expect(204);
    let started = office.act("/api/v1/recovery/devices", &session).await.expect(201);
    let wrong = json!({"login": "owner@msp.example", "password": "planted-password-wrong"});
    problems.push_str(&office.post("/api/v1/sessions", "", wrong).await.expect(401).text());
    problems.push_str(
        &office
            .get(&format!("/api/v1/customers?q=planted-search&{service}=1"), &service)
            .await
            .expect(400)
            .text(),
    );
    problems
        .push_str(&office.get(&format!("/api/v1/{session}"), &service).await.expect(404).text());
    let body = json!({"label": "x", "role": "service"});
    let key = office.post("/api/v1/api-keys", &olga, body).await.expect(201).text_of("token");

    let (logs, metrics) = (captured.text(), measured.render());
    assert!(logs.contains("\"answered\"") && logs.contains("trace_id"), "nothing was logged");
    assert!(metrics.contains("readmit_http_requests_total{"), "nothing was measured");
    let secrets = [
        PASSWORD,
        "planted",
        "192.0.2.77",
        &service,
        &office.monitor,
        &bob,
        &olga,
        &session,
        &key,
        &issued,
        &issued.replace('-', ""),
        &started.text_of("secret"),
        &alice.codes[0],
        &alice.codes[1],
        &totp,
    ];
    for secret in secrets {
        for (what, text) in
            [("a log line", &logs), ("a problem", &problems), ("a metric", &metrics)]
        {
            // A search term is the caller's own, and is named as a parameter, never as a value.
            let line = text.lines().find(|line| holds(line, secret));
            let allowed = what == "a problem" && (secret == "planted" || secret == service);
            assert!(line.is_none() || allowed, "{secret} stands in {what}: {line:?}");
        }
    }
    Ok(())
}
