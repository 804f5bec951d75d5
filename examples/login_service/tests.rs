//! A customer sets up a phone, loses it, and gets back in.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use readmit::testing::TestClock;
use readmit::{
    Actor, AuthoriseAdmin, Clock as _, Engine, GrantBypass, Reason, Role, Seconds, SystemClock,
};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};
use tower::ServiceExt as _;

struct Browser {
    router: Router,
    cookie: String,
}

impl Browser {
    /// Sends a request; answers the status, and what was said.
    async fn post(&mut self, path: &str, body: Value) -> (u16, Value) {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header("cookie", &self.cookie)
            .body(Body::from(body.to_string()));
        let reply = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        if let Some(cookie) = reply.headers().get("set-cookie") {
            cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        let status = reply.status().as_u16();
        let body = axum::body::to_bytes(reply.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// What comes next after a sign-in.
    async fn sign_in(&mut self) -> Value {
        let asked = json!({"name": "alice@example.com", "password": "her own password"});
        let (status, said) = self.post("/sign-in", asked).await;
        assert_eq!(status, 200, "{said}");
        said["next"].clone()
    }

    async fn set_up(&mut self, clock: &TestClock) -> Totp {
        let (status, started) = self.post("/device", json!({})).await;
        assert_eq!(status, 200, "{started}");
        let secret = Secret::try_from_base32(started["secret"].as_str().unwrap()).unwrap();
        let app = Builder::new().with_secret(secret).with_account_name("alice").build().unwrap();
        let first = json!({"device": started["device"], "code": code(&app, clock)});
        assert_eq!(self.post("/device/confirm", first).await.0, 200);
        app
    }
}

fn code(app: &Totp, clock: &TestClock) -> String {
    app.generate(clock.now().unix_seconds()).to_string()
}

#[tokio::test]
async fn a_customer_who_lost_their_phone_gets_back_in() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("readmit.db").display());
    let clock = TestClock::at(SystemClock.now());
    let engine = Engine::builder(&url).clock(clock.clone()).open().await.unwrap();
    let msp = engine.tenant("acme-msp").await.unwrap();
    let mut alice =
        Browser { router: crate::router(&engine).await.unwrap(), cookie: String::new() };

    let asked = json!({"name": "alice@example.com", "password": "her own password"});
    assert_eq!(alice.post("/sign-up", asked).await.0, 200);
    assert_eq!(alice.sign_in().await, "set_up");
    let phone = alice.set_up(&clock).await;
    let (_, saved) = alice.post("/codes", json!({})).await;
    assert_eq!(saved["codes"].as_array().map(Vec::len), Some(10));
    clock.advance(Seconds(30));
    assert_eq!(alice.sign_in().await, "second_factor");
    let shown = json!({"code": code(&phone, &clock)});
    assert_eq!(alice.post("/second-factor", shown.clone()).await.0, 200);
    assert_eq!(alice.post("/second-factor", shown).await.1["no"], "code_replayed");
    let saved = saved["codes"][0].clone();
    assert_eq!(alice.post("/second-factor", json!({ "code": saved })).await.1["codes_left"], 9);

    // The phone is lost. Nothing of this can be done without it, or without an admin.
    assert_eq!(alice.sign_in().await, "second_factor");
    for (path, kind) in [("/recover", "no_open_case"), ("/mfa-off", "second_factor_not_fresh")] {
        assert_eq!(alice.post(path, json!({})).await.1["no"], kind);
    }
    let bob = AuthoriseAdmin::new("bob@acme.example", [Role::RecoveryAdmin]);
    let bob = msp.execute(&Actor::system(), bob).await.unwrap().admin;
    let bob = Actor::admin(bob).vouched_second_factor(engine.now());
    let id = msp.find("alice@example.com").await.unwrap().unwrap();
    msp.execute(&bob, GrantBypass::new(id).reason(Reason::LostDevice)).await.unwrap();

    assert_eq!(alice.sign_in().await, "recover");
    assert_eq!(alice.post("/recover", json!({})).await.0, 200);
    let mut other = Browser { router: alice.router.clone(), cookie: String::new() };
    assert_eq!(other.sign_in().await, "second_factor", "the bypass was for one use");
    assert_eq!(alice.post("/mfa-off", json!({})).await.0, 200);
    assert_eq!(other.post("/device", json!({})).await.0, 401, "other sessions are dead");
    let phone = alice.set_up(&clock).await;
    assert_eq!(alice.post("/codes", json!({})).await.1["recovered"], true);
    clock.advance(Seconds(30));
    assert_eq!(alice.sign_in().await, "second_factor");
    let shown = json!({"code": code(&phone, &clock)});
    assert_eq!(alice.post("/second-factor", shown).await.1["next"], "welcome");
    clock.advance(crate::accounts::SESSION_TTL);
    assert_eq!(alice.post("/codes", json!({})).await.0, 401, "the session is over");
    msp.verify().await.unwrap();
    engine.close().await;
}

#[tokio::test]
async fn strangers_and_wrong_passwords_are_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("readmit.db").display());
    let engine = Engine::open(&url).await.unwrap();
    let router = crate::router(&engine).await.unwrap();
    let mut mallory = Browser { router, cookie: "theme=dark; session=guessed".to_owned() };
    for path in ["/recover", "/mfa-off", "/device", "/codes"] {
        assert_eq!(mallory.post(path, json!({})).await.0, 401, "{path}");
    }
    let alice = json!({"name": "alice@example.com", "password": "her own password"});
    assert_eq!(mallory.post("/sign-up", alice).await.0, 200);
    for (name, password) in [("alice@example.com", "a guess"), ("nobody@example.com", "a guess")] {
        let asked = json!({"name": name, "password": password});
        assert_eq!(mallory.post("/sign-in", asked).await.0, 401, "{name}");
    }
    engine.close().await;
}
