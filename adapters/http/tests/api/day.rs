//! A long day, on which every route is asked for: each answer must be one that the document describes,
//! by its status, its content type and its shape.

use std::collections::BTreeSet;

use axum::http::Method;
use readmit::{Clock as _, Policy, Role};
use readmit_tests::{Phone, Result};
use serde_json::{Value, json};

use crate::document::Schemas;
use crate::office::{Customer, Office, Reply};
use crate::operations::{Operation, document, operations};

/// Somebody who is not there.
const NOBODY: &str = "/customers/cus_01h455vb4pex5vsknk084sn02q";

/// Holds answers against the document.
struct Referee {
    schemas: Schemas,
    operations: Vec<Operation>,
    /// Operations with the statuses that were seen.
    seen: BTreeSet<(String, u16)>,
}

impl Referee {
    fn new() -> Self {
        let document = document();
        let operations = operations(&document);
        Self { schemas: Schemas::of_answers(&document), operations, seen: BTreeSet::new() }
    }

    /// The operation of a path that was asked.
    fn operation(&self, method: &Method, path: &str) -> Operation {
        let path = path.split('?').next().unwrap();
        let fits = |pattern: &str| {
            let (mut wanted, mut found) = (pattern.split('/'), path.split('/'));
            loop {
                match (wanted.next(), found.next()) {
                    (None, None) | (Some("{path}"), Some(_)) => return true,
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
            let why = self.schemas.mismatch(&content["schema"], &reply.json());
            assert_eq!(why, None, "{what}");
        }
    }
}

/// A day in an office, whose answers are all judged.
struct Day {
    office: Office,
    referee: Referee,
    alice: Customer,
    service: String,
    monitor: String,
    /// Sessions of a recovery admin, an owner and an approver.
    bob: String,
    olga: String,
    petra: String,
}

impl Day {
    async fn begin() -> Result<Self> {
        let office = Office::open().await?;
        Ok(Self {
            service: office.service.clone(),
            monitor: office.monitor.clone(),
            alice: office.customer("alice@example.com").await?,
            bob: office.sign_in(Role::RecoveryAdmin).await,
            olga: office.sign_in(Role::Owner).await,
            petra: office.sign_in(Role::Approver).await,
            office,
            referee: Referee::new(),
        })
    }

    fn customer(&self) -> String {
        format!("/customers/{}", self.alice.id)
    }

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

    /// The server itself; customers are made, listed, shown.
    async fn customers(&mut self) -> Result {
        let service = self.service.clone();
        let customer = self.customer();
        for path in ["/livez", "/readyz"] {
            let reply = self.office.get(path, "").await;
            self.referee.judge(&Method::GET, path, &reply);
        }
        self.post("/customers", &service, json!({"login": "alice@example.com"})).await.expect(409);
        self.post("/customers", &service, json!({"login": "new@example.com"})).await.expect(201);
        self.post("/customers", &service, json!({"login": 7})).await.expect(422);
        for path in [
            "/customers",
            "/customers?q=alice&limit=1",
            "/customers?limit=0",
            &customer,
            NOBODY,
            "/customers/x",
        ] {
            self.get(path, &service).await;
        }
        for rest in
            ["/sign-in", "/timeline", "/timeline?newest_first=true&limit=2", "?position=0", "?at=x"]
        {
            self.get(&format!("{customer}{rest}"), &service).await;
        }
        Ok(())
    }

    /// A bypass is granted and used; answers the case and the recovery session.
    async fn bypass(&mut self) -> (String, String) {
        let service = self.service.clone();
        let bob = self.bob.clone();
        let customer = self.customer();
        let grant = json!({"reason": "lost_device", "proof": "password_and_issued_code", "networks": ["192.0.2.0/24"]});
        self.post(&format!("{NOBODY}/bypasses"), &bob, grant.clone()).await.expect(404);
        let granted =
            self.post(&format!("{customer}/bypasses"), &bob, grant.clone()).await.expect(201);
        self.post(&format!("{customer}/bypasses"), &bob, grant).await.expect(409);
        self.get(&customer, &service).await.expect(200);
        self.get(&format!("{customer}/sign-in"), &service).await.expect(200);
        let redeem = format!("{customer}/bypass-redemptions");
        self.post(&redeem, &service, json!({})).await;
        let shown = json!({"code": granted.text_of("issued_code"), "origin": {"ip": "192.0.2.7"}});
        let session = self.post(&redeem, &service, shown).await.expect(201).text_of("token");
        self.get("/recovery", &session).await.expect(200);
        self.call(Method::POST, "/recovery/codes", &session, None).await;
        self.call(Method::POST, "/recovery/mfa-off", &session, None).await.expect(204);
        self.call(Method::POST, "/recovery/mfa-off", &session, None).await.expect(409);
        (granted.text_of("recovery"), session)
    }

    /// A recovery goes to its end; answers the phone, and when it showed its first code.
    async fn recovery(&mut self, session: &str) -> Result<(Phone, String)> {
        let started = self.call(Method::POST, "/recovery/devices", session, None).await.expect(201);
        let phone = readmit_tests::Phone::from_base32(&started.text_of("secret"))?;
        let confirm = format!("/recovery/devices/{}/confirm", started.text_of("device"));
        let wrong = phone.wrong_code(self.office.clock.now())?;
        self.post(&confirm, session, json!({"totp": wrong.expose()})).await.expect(422);
        let right = phone.code_before(self.office.clock.now())?;
        let confirmed =
            self.post(&confirm, session, json!({"totp": right.expose()})).await.expect(200);
        self.call(Method::POST, "/recovery/codes", session, None).await.expect(201);
        self.get("/recovery", session).await.expect(200);
        Ok((phone, confirmed.text_of("checked_at")))
    }

    /// A further device, new codes, a second factor.
    async fn devices(&mut self, phone: &Phone, at: &str) -> Result {
        let service = self.service.clone();
        let customer = self.customer();
        let fresh = json!({"second_factor_at": at});
        let second =
            self.post(&format!("{customer}/devices"), &service, fresh.clone()).await.expect(201);
        let other = readmit_tests::Phone::from_base32(&second.text_of("secret"))?;
        let code = other.code_before(self.office.clock.now())?;
        let confirm = format!("{customer}/devices/{}/confirm", second.text_of("device"));
        self.post(&confirm, &service, json!({"totp": code.expose()})).await.expect(200);
        self.post(&format!("{customer}/codes"), &service, fresh).await.expect(201);
        let device =
            format!("{customer}/devices/{}?second_factor_at={at}", second.text_of("device"));
        self.call(Method::DELETE, &device, &service, None).await.expect(204);
        self.call(Method::DELETE, &device, &service, None).await.expect(404);
        let check = format!("{customer}/second-factor");
        let code = phone.code(self.office.clock.now())?;
        self.post(&check, &service, json!({"totp": code.expose()})).await.expect(200);
        self.post(&check, &service, json!({"totp": code.expose()})).await.expect(422);
        self.post(&check, &service, json!({})).await.expect(422);
        Ok(())
    }

    /// The register, a review, a request that is answered.
    async fn register(&mut self, recovery: &str) -> () {
        let service = self.service.clone();
        let monitor = self.monitor.clone();
        let bob = self.bob.clone();
        let olga = self.olga.clone();
        let petra = self.petra.clone();
        let customer = self.customer();
        for path in
            ["/recoveries", "/recoveries?ended=completed", "/bypasses?state=all", "/bypasses"]
        {
            self.get(path, &monitor).await.expect(200);
        }
        self.get(&format!("/recoveries/{recovery}"), &monitor).await.expect(200);
        self.post(
            &format!("/recoveries/{recovery}/review"),
            &olga,
            json!({"verdict": "questioned"}),
        )
        .await
        .expect(422);
        self.post(&format!("/recoveries/{recovery}/review"), &olga, json!({"verdict": "accepted"}))
            .await
            .expect(204);
        let ask = json!({"reason": "other", "note": "She moved."});
        let asked =
            self.post(&format!("{customer}/bypass-requests"), &service, ask).await.expect(201);
        let bypass = format!("/bypasses/{}", asked.text_of("bypass"));
        self.post(&format!("{bypass}/approve"), &petra, json!({"identity_check": "video"}))
            .await
            .expect(200);
        self.call(Method::POST, &format!("{bypass}/deny"), &petra, None).await.expect(409);
        self.call(Method::POST, &format!("{bypass}/revoke"), &bob, None).await.expect(204);
    }

    /// Admins, keys, holds, freezes, and the end of a customer.
    async fn tenant(&mut self) -> () {
        let service = self.service.clone();
        let olga = self.olga.clone();
        let customer = self.customer();
        for path in ["/policy", "/admins", "/api-keys", "/sessions/current"] {
            self.get(path, &olga).await.expect(200);
        }
        let admin = self
            .post("/admins", &olga, json!({"login": "new@msp.example", "roles": ["helpdesk"]}))
            .await;
        let admin = admin.expect(201).text_of("admin");
        self.call(
            Method::PUT,
            &format!("/admins/{admin}/roles"),
            &olga,
            Some(json!({"roles": ["auditor"]})),
        )
        .await
        .expect(204);
        self.call(Method::POST, &format!("/admins/{admin}/suspend"), &olga, None).await.expect(204);
        let key = self
            .post("/api-keys", &olga, json!({"label": "x", "role": "auditor"}))
            .await
            .expect(201);
        self.call(Method::DELETE, &format!("/api-keys/{}", key.text_of("key")), &olga, None)
            .await
            .expect(204);
        self.call(Method::PUT, &format!("{customer}/legal-hold"), &olga, None).await.expect(204);
        self.call(Method::DELETE, &customer, &olga, None).await.expect(409);
        self.call(Method::DELETE, &format!("{customer}/legal-hold"), &olga, None).await.expect(204);
        self.post(&format!("{customer}/report-unrecognised"), &service, json!({}))
            .await
            .expect(204);
        self.post(&format!("{customer}/unfreeze"), &olga, json!({"reason": "Spoke to her."}))
            .await
            .expect(204);
        self.call(Method::POST, &format!("{customer}/unlock"), &olga, None).await.expect(409);
        self.call(Method::DELETE, &customer, &olga, None).await.expect(204);
        self.get(&customer, &service).await.expect(200);
    }

    /// The ledger, as a monitor reads it.
    async fn ledger(&mut self) -> () {
        let monitor = self.monitor.clone();
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
            self.get(path, &monitor).await;
        }
    }

    /// The policy, and the end of sessions.
    async fn end(&mut self, session: &str) -> Result {
        let service = self.service.clone();
        let olga = self.olga.clone();
        let strict = serde_json::to_value(Policy::strict())?;
        self.call(Method::PUT, "/policy", &olga, Some(strict.clone())).await.expect(204);
        self.call(Method::PUT, "/policy", &olga, Some(strict)).await.expect(409);
        // A session of a recovery that is over.
        self.call(Method::DELETE, "/recovery", session, None).await;
        let login = json!({"login": "owner@msp.example", "password": "no such password"});
        self.post("/sessions", "", login).await.expect(401);
        self.call(Method::DELETE, "/sessions/current", &olga, None).await.expect(204);
        self.get("/policy", &olga).await.expect(401);
        self.get("/admins", &service).await.expect(403);
        Ok(())
    }
}

#[tokio::test]
async fn every_answer_of_a_long_day_is_one_that_is_documented() -> Result {
    let mut day = Day::begin().await?;
    day.customers().await?;
    let (recovery, session) = day.bypass().await;
    let (phone, at) = day.recovery(&session).await?;
    day.devices(&phone, &at).await?;
    day.register(&recovery).await;
    day.tenant().await;
    day.ledger().await;
    day.end(&session).await?;
    let mut seen: BTreeSet<&str> = day.referee.seen.iter().map(|(name, _)| name.as_str()).collect();
    seen.insert("POST /sessions/current/second-factor");
    let all: BTreeSet<&str> = day.referee.operations.iter().map(|it| it.name.as_str()).collect();
    let missed: Vec<_> = all.difference(&seen).collect();
    assert!(missed.is_empty(), "not asked for on this day: {missed:?}");
    Ok(())
}
