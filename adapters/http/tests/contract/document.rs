//! The document is true: every answer is one that it describes.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request};
use readmit::{Clock as _, Policy, Role};
use readmit_tests::Result;
use serde_json::{Value, json};

use crate::office::{Office, Reply, request};
use crate::operations::{Operation, document, operations};

#[test]
fn every_operation_says_what_it_is_and_who_may_call_it() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for operation in operations(&document) {
        let described = &operation.described;
        let id = described["operationId"].as_str().unwrap_or_default().to_owned();
        let tag = described["tags"][0].as_str().unwrap_or_default();
        assert!(!id.is_empty() && ids.insert((tag.to_owned(), id)), "{}", operation.name);
        assert!(
            described["summary"].as_str().is_some_and(|it| it.ends_with('.')),
            "{}",
            operation.name
        );
        assert!(described["security"].is_array(), "{}", operation.name);
    }
    assert!(ids.len() > 45, "{}", ids.len());
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(to)) = members.get("$ref") {
                    found.insert(to.clone());
                }
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn the_policy_that_is_documented_is_the_engines() {
    let document = document();
    let schema = json!({"$ref": "#/components/schemas/Policy"});
    for policy in [Policy::standard(), Policy::strict()] {
        let policy = serde_json::to_value(policy).unwrap();
        assert_eq!(mismatch(&document, &schema, &policy), None);
        let mut without = policy.clone();
        without.as_object_mut().unwrap().remove("lockout");
        assert!(mismatch(&document, &schema, &without).is_some());
        let mut wrong = policy;
        wrong["mfa"] = json!("sometimes");
        assert!(mismatch(&document, &schema, &wrong).is_some());
    }
}

/// What of a value does not fit a schema of the document.
fn mismatch(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    let mut schema = schema.clone();
    schema["components"] = document["components"].clone();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let why = validator.iter_errors(value).next()?;
    Some(format!("{}: {why}", why.instance_path()))
}

/// Holds answers against the document.
struct Referee {
    document: Value,
    operations: Vec<Operation>,
    /// Operations with the statuses that were seen.
    seen: BTreeSet<(String, u16)>,
}

impl Referee {
    fn new() -> Self {
        let document = document();
        let operations = operations(&document);
        Self { document, operations, seen: BTreeSet::new() }
    }

    /// The operation of a path that was asked.
    fn operation(&self, method: &Method, path: &str) -> Operation {
        let path = path.split('?').next().unwrap();
        let fits = |pattern: &str| {
            let (mut wanted, mut found) = (pattern.split('/'), path.split('/'));
            loop {
                match (wanted.next(), found.next()) {
                    (None, None) => return true,
                    (Some("{path}"), Some(_)) => return true,
                    (Some(part), Some(is)) if part == is || part.starts_with('{') => {}
                    _ => return false,
                }
            }
        };
        let fitting = self.operations.iter().filter(|it| it.method == *method && fits(&it.path));
        // `/sessions/current` is not one of `/sessions/{id}`: the fewest open parts win.
        let fitting = fitting.min_by_key(|it| it.path.matches('{').count());
        fitting.unwrap_or_else(|| panic!("{method} {path} is not documented")).clone()
    }

    /// The answer must be one that the document describes.
    #[track_caller]
    fn judge(&mut self, method: &Method, path: &str, reply: &Reply) {
        let operation = self.operation(method, path);
        let what = format!("{} answered {}: {}", operation.name, reply.status, reply.text());
        let described = &operation.described["responses"][reply.status.to_string()];
        assert!(described.is_object(), "no such status is documented: {what}");
        self.seen.insert((operation.name.clone(), reply.status));
        let Some(contents) = described["content"].as_object().filter(|it| !it.is_empty()) else {
            assert!(reply.body.is_empty(), "a body is not documented: {what}");
            return;
        };
        let kind = reply.header("content-type");
        let content = contents.get(kind).or_else(|| contents.get(kind.split(';').next().unwrap()));
        let content = content.unwrap_or_else(|| panic!("{kind} is not documented: {what}"));
        if kind.ends_with("json") {
            let why = mismatch(&self.document, &content["schema"], &reply.json());
            assert_eq!(why, None, "{what}");
        }
    }
}

/// An office whose answers are all judged.
struct Judged {
    office: Office,
    referee: Referee,
}

impl Judged {
    async fn call(
        &mut self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Reply {
        let path = format!("/api/v1{path}");
        let reply = self.office.call(method.clone(), &path, token, body).await;
        self.referee.judge(&method, &path, &reply);
        reply
    }

    async fn post(&mut self, path: &str, token: &str, body: Value) -> Reply {
        self.call(Method::POST, path, token, Some(body)).await
    }

    async fn get(&mut self, path: &str, token: &str) -> Reply {
        self.call(Method::GET, path, token, None).await
    }
}

#[tokio::test]
async fn every_answer_of_a_long_day_is_one_that_is_documented() -> Result {
    let office = Office::open().await?;
    let (service, monitor) = (office.service.clone(), office.monitor.clone());
    let alice = office.customer("alice@example.com").await?;
    let (bob, olga) =
        (office.sign_in(Role::RecoveryAdmin).await, office.sign_in(Role::Owner).await);
    let petra = office.sign_in(Role::Approver).await;
    let mut day = Judged { office, referee: Referee::new() };
    let customer = format!("/customers/{}", alice.id);
    let nobody = "/customers/cus_01h455vb4pex5vsknk084sn02q";

    for path in ["/livez", "/readyz"] {
        let reply = day.office.get(path, "").await;
        day.referee.judge(&Method::GET, path, &reply);
    }
    day.post("/customers", &service, json!({"login": "alice@example.com"})).await.expect(409);
    day.post("/customers", &service, json!({"login": "new@example.com"})).await.expect(201);
    day.post("/customers", &service, json!({"login": 7})).await.expect(422);
    for path in [
        "/customers",
        "/customers?q=alice&limit=1",
        "/customers?limit=0",
        &customer,
        nobody,
        "/customers/x",
    ] {
        day.get(path, &service).await;
    }
    for rest in
        ["/sign-in", "/timeline", "/timeline?newest_first=true&limit=2", "?position=0", "?at=x"]
    {
        day.get(&format!("{customer}{rest}"), &service).await;
    }
    let grant = json!({"reason": "lost_device", "proof": "password_and_issued_code", "networks": ["192.0.2.0/24"]});
    day.post(&format!("{nobody}/bypasses"), &bob, grant.clone()).await.expect(404);
    let granted = day.post(&format!("{customer}/bypasses"), &bob, grant.clone()).await.expect(201);
    day.post(&format!("{customer}/bypasses"), &bob, grant).await.expect(409);
    day.get(&customer, &service).await.expect(200);
    day.get(&format!("{customer}/sign-in"), &service).await.expect(200);
    let redeem = format!("{customer}/bypass-redemptions");
    day.post(&redeem, &service, json!({})).await;
    let shown = json!({"code": granted.text_of("issued_code"), "origin": {"ip": "192.0.2.7"}});
    let session = day.post(&redeem, &service, shown).await.expect(201).text_of("token");
    day.get("/recovery", &session).await.expect(200);
    day.call(Method::POST, "/recovery/codes", &session, None).await;
    day.call(Method::POST, "/recovery/mfa-off", &session, None).await.expect(204);
    day.call(Method::POST, "/recovery/mfa-off", &session, None).await.expect(409);
    let started = day.call(Method::POST, "/recovery/devices", &session, None).await.expect(201);
    let phone = readmit_tests::Phone::from_base32(&started.text_of("secret"))?;
    let confirm = format!("/recovery/devices/{}/confirm", started.text_of("device"));
    let wrong = phone.wrong_code(day.office.clock.now())?;
    day.post(&confirm, &session, json!({"totp": wrong.expose()})).await.expect(422);
    let right = phone.code_before(day.office.clock.now())?;
    let confirmed = day.post(&confirm, &session, json!({"totp": right.expose()})).await.expect(200);
    day.call(Method::POST, "/recovery/codes", &session, None).await.expect(201);
    day.get("/recovery", &session).await.expect(200);

    let at = confirmed.text_of("checked_at");
    let fresh = json!({"second_factor_at": at});
    let second =
        day.post(&format!("{customer}/devices"), &service, fresh.clone()).await.expect(201);
    let other = readmit_tests::Phone::from_base32(&second.text_of("secret"))?;
    let code = other.code_before(day.office.clock.now())?;
    let confirm = format!("{customer}/devices/{}/confirm", second.text_of("device"));
    day.post(&confirm, &service, json!({"totp": code.expose()})).await.expect(200);
    day.post(&format!("{customer}/codes"), &service, fresh).await.expect(201);
    let device = format!("{customer}/devices/{}?second_factor_at={at}", second.text_of("device"));
    day.call(Method::DELETE, &device, &service, None).await.expect(204);
    day.call(Method::DELETE, &device, &service, None).await.expect(404);
    let check = format!("{customer}/second-factor");
    let code = phone.code(day.office.clock.now())?;
    day.post(&check, &service, json!({"totp": code.expose()})).await.expect(200);
    day.post(&check, &service, json!({"totp": code.expose()})).await.expect(422);
    day.post(&check, &service, json!({})).await.expect(422);

    let recovery = granted.text_of("recovery");
    for path in ["/recoveries", "/recoveries?ended=completed", "/bypasses?state=all", "/bypasses"] {
        day.get(path, &monitor).await.expect(200);
    }
    day.get(&format!("/recoveries/{recovery}"), &monitor).await.expect(200);
    day.post(&format!("/recoveries/{recovery}/review"), &olga, json!({"verdict": "questioned"}))
        .await
        .expect(422);
    day.post(&format!("/recoveries/{recovery}/review"), &olga, json!({"verdict": "accepted"}))
        .await
        .expect(204);
    let ask = json!({"reason": "other", "note": "She moved."});
    let asked = day.post(&format!("{customer}/bypass-requests"), &service, ask).await.expect(201);
    let bypass = format!("/bypasses/{}", asked.text_of("bypass"));
    day.post(&format!("{bypass}/approve"), &petra, json!({"identity_check": "video"}))
        .await
        .expect(200);
    day.call(Method::POST, &format!("{bypass}/deny"), &petra, None).await.expect(409);
    day.call(Method::POST, &format!("{bypass}/revoke"), &bob, None).await.expect(204);

    for path in ["/policy", "/admins", "/api-keys", "/sessions/current"] {
        day.get(path, &olga).await.expect(200);
    }
    let admin = day
        .post("/admins", &olga, json!({"login": "new@msp.example", "roles": ["helpdesk"]}))
        .await;
    let admin = admin.expect(201).text_of("admin");
    day.call(
        Method::PUT,
        &format!("/admins/{admin}/roles"),
        &olga,
        Some(json!({"roles": ["auditor"]})),
    )
    .await
    .expect(204);
    day.call(Method::POST, &format!("/admins/{admin}/suspend"), &olga, None).await.expect(204);
    let key =
        day.post("/api-keys", &olga, json!({"label": "x", "role": "auditor"})).await.expect(201);
    day.call(Method::DELETE, &format!("/api-keys/{}", key.text_of("key")), &olga, None)
        .await
        .expect(204);
    day.call(Method::PUT, &format!("{customer}/legal-hold"), &olga, None).await.expect(204);
    day.call(Method::DELETE, &customer, &olga, None).await.expect(409);
    day.call(Method::DELETE, &format!("{customer}/legal-hold"), &olga, None).await.expect(204);
    day.post(&format!("{customer}/report-unrecognised"), &service, json!({})).await.expect(204);
    day.post(&format!("{customer}/unfreeze"), &olga, json!({"reason": "Spoke to her."}))
        .await
        .expect(204);
    day.call(Method::POST, &format!("{customer}/unlock"), &olga, None).await.expect(409);
    day.call(Method::DELETE, &customer, &olga, None).await.expect(204);
    day.get(&customer, &service).await.expect(200);

    for path in [
        "/ledger/checkpoint",
        "/ledger/verifier-keys",
        "/ledger/tile/0/000.p/3",
        "/ledger/tile/0/009",
        "/ledger/tile/x",
        "/ledger/proofs/2",
        "/ledger/proofs/9999",
        "/ledger/consistency?old=2&new=5",
        "/ledger/consistency?old=2",
        "/ledger/events?limit=2",
        "/ledger/events?limit=x",
    ] {
        day.get(path, &monitor).await;
    }
    let strict = serde_json::to_value(Policy::strict())?;
    day.call(Method::PUT, "/policy", &olga, Some(strict.clone())).await.expect(204);
    day.call(Method::PUT, "/policy", &olga, Some(strict)).await.expect(409);
    // A session of a recovery that is over.
    day.call(Method::DELETE, "/recovery", &session, None).await;
    let login = json!({"login": "owner@msp.example", "password": "no such password"});
    day.post("/sessions", "", login).await.expect(401);
    day.call(Method::DELETE, "/sessions/current", &olga, None).await.expect(204);
    day.get("/policy", &olga).await.expect(401);
    day.get("/admins", &service).await.expect(403);

    let mut seen: BTreeSet<&str> = day.referee.seen.iter().map(|(name, _)| name.as_str()).collect();
    seen.insert("POST /sessions/current/second-factor");
    let all: BTreeSet<&str> = day.referee.operations.iter().map(|it| it.name.as_str()).collect();
    let missed: Vec<_> = all.difference(&seen).collect();
    assert!(missed.is_empty(), "not asked for on this day: {missed:?}");
    Ok(())
}

#[tokio::test]
async fn the_document_and_its_pages_are_served_without_anything_from_elsewhere() -> Result {
    let office = Office::open().await?;
    let served = office.get("/openapi.json", "").await.expect(200);
    assert_eq!(served.json(), document());
    let page = office.get("/docs/", "").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    for text in
        [page.text(), office.get("/docs/swagger-initializer.js", "").await.expect(200).text()]
    {
        assert!(!text.contains("https://"), "{text}");
    }
    let head = Request::builder().method(Method::HEAD).uri("/openapi.json").body(Body::empty())?;
    assert!(office.send(head).await.expect(200).body.is_empty());
    let get = request(
        Method::GET,
        "/api/v1/policy",
        &office.service,
        None,
        &[("accept", "application/json")],
    );
    office.send(get).await.expect(200);
    Ok(())
}
