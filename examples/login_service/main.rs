//! A login service that embeds the engine: names and passwords are its own, the second factor and
//! what to do when it is lost are the engine's.
//!
//! | file | what it holds |
//! |---|---|
//! | `main.rs` | the routes, and the few lines that each of them takes |
//! | `accounts.rs` | names, passwords, sessions: what any login service has |
//! | `tests.rs` | a customer sets up a phone, loses it, and gets back in |
//!
//! Run it with `cargo run -p readmit-examples --bin login_service`; it makes `login-service.db` where
//! it is started and answers at <http://127.0.0.1:8480>:
//!
//! ```text
//! POST /sign-up         {"name", "password"}     POST /second-factor    {"code"}
//! POST /sign-in         {"name", "password"}     POST /recover          with a bypass
//! POST /mfa-off         POST /device             POST /device/confirm   {"device", "code"}
//! POST /codes
//! ```
//!
//! An admin grants a bypass by `readmit bypass grant NAME --db sqlite://login-service.db …`.

mod accounts;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::post;
use axum::{Json, Router};
use readmit::{
    Actor, CheckSecondFactor, ConfirmEnrolment, DeviceId, DisableMfa, Engine, IssueApiKey, KeyId,
    RedeemBypass, Refusal, RegenerateCodes, RegisterCustomer, SignIn, StartEnrolment, Tenant,
};
use serde::Deserialize;
use serde_json::{Value, json};

use accounts::{Accounts, Session};

/// What all requests share.
struct Service {
    msp: Tenant,
    /// Stands in the history beside what this service does for its customers.
    key: KeyId,
    accounts: Accounts,
}

type Shared = State<Arc<Service>>;
type Answer = Result<Json<Value>, No>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::open("sqlite://login-service.db").await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8480").await?;
    axum::serve(listener, router(engine.tenant("acme-msp").await?).await?).await?;
    Ok(())
}

async fn router(msp: Tenant) -> Result<Router, readmit::Error> {
    let key = msp.execute(&Actor::system(), IssueApiKey::new("login service")).await?.key;
    let service = Service { msp, key, accounts: Accounts::default() };
    Ok(Router::new()
        .route("/sign-up", post(sign_up))
        .route("/sign-in", post(sign_in))
        .route("/second-factor", post(second_factor))
        .route("/recover", post(recover))
        .route("/mfa-off", post(mfa_off))
        .route("/device", post(device))
        .route("/device/confirm", post(confirm_device))
        .route("/codes", post(codes))
        .with_state(Arc::new(service)))
}

#[derive(Deserialize)]
struct Credentials {
    name: String,
    password: String,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct FirstCode {
    device: DeviceId,
    code: String,
}

async fn sign_up(State(service): Shared, Json(asked): Json<Credentials>) -> Answer {
    let register = RegisterCustomer::new(asked.name.as_str());
    let registered = service.msp.execute(&Actor::service(service.key), register).await?;
    service.accounts.add(asked.name, registered.customer, asked.password).await;
    Ok(Json(json!({"welcome": registered.customer})))
}

/// The password first; then the engine says what it is worth.
async fn sign_in(
    State(service): Shared,
    Json(asked): Json<Credentials>,
) -> Result<impl IntoResponse, No> {
    let customer = service.accounts.check(&asked.name, asked.password).await.ok_or(No::Stranger)?;
    let next = match service.msp.sign_in(customer).await? {
        SignIn::Allowed => "welcome",
        SignIn::SecondFactor(_) => "second_factor",
        SignIn::Bypass(_) => "recover",
        SignIn::EnrolmentOnly => "set_up",
        SignIn::Refused(why) => return Err(why.into()),
        _ => return Err(No::Stranger),
    };
    let cookie = service
        .accounts
        .begin(Session { customer, actor: Actor::customer(customer).via(service.key) })?;
    let cookie = format!("session={cookie}; HttpOnly; SameSite=Strict; Path=/");
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(json!({ "next": next }))))
}

async fn second_factor(
    State(service): Shared,
    headers: HeaderMap,
    Json(asked): Json<Code>,
) -> Answer {
    let session = service.session(&headers)?;
    let check = match asked.code.parse() {
        Ok(totp) => CheckSecondFactor::totp(session.customer, totp),
        Err(_) => {
            let saved = asked.code.parse().map_err(|_| No::Unreadable)?;
            CheckSecondFactor::recovery_code(session.customer, saved)
        }
    };
    let done = service.msp.execute(&session.actor, check).await?;
    // What takes a fresh second factor may be done for some minutes from now.
    service.goes_on(&headers, session.actor.with_second_factor(done.at));
    Ok(Json(json!({"next": "welcome", "codes_left": done.codes_left})))
}

/// Uses the bypass that an admin granted, in the place of the second factor.
async fn recover(State(service): Shared, headers: HeaderMap) -> Answer {
    let session = service.session(&headers)?;
    let redeem = RedeemBypass::new(session.customer);
    let done = service.msp.execute(&session.actor, redeem).await?;
    service.goes_on(&headers, session.actor.in_recovery(done.session));
    Ok(Json(json!({"next": "mfa_off", "until": done.until})))
}

async fn mfa_off(State(service): Shared, headers: HeaderMap) -> Answer {
    let Session { customer, actor } = service.session(&headers)?;
    service.msp.execute(&actor, DisableMfa::new(customer)).await?;
    Ok(Json(json!({"next": "device"})))
}

async fn device(State(service): Shared, headers: HeaderMap) -> Answer {
    let Session { customer, actor } = service.session(&headers)?;
    let started = service.msp.execute(&actor, StartEnrolment::new(customer)).await?;
    // Shown this once.
    let secret = started.secret.as_ref().map(|secret| secret.expose_base32().to_string());
    Ok(Json(json!({"device": started.device, "secret": secret, "until": started.until})))
}

async fn confirm_device(
    State(service): Shared,
    headers: HeaderMap,
    Json(asked): Json<FirstCode>,
) -> Answer {
    let Session { customer, actor } = service.session(&headers)?;
    let code = asked.code.parse().map_err(|_| No::Unreadable)?;
    let confirm = ConfirmEnrolment::new(customer, asked.device, code);
    let done = service.msp.execute(&actor, confirm).await?;
    service.goes_on(&headers, actor.with_second_factor(done.at));
    Ok(Json(json!({"next": "codes"})))
}

async fn codes(State(service): Shared, headers: HeaderMap) -> Answer {
    let Session { customer, actor } = service.session(&headers)?;
    let done = service.msp.execute(&actor, RegenerateCodes::new(customer)).await?;
    let codes: Vec<String> = done.codes.iter().map(|code| code.expose().to_string()).collect();
    Ok(Json(json!({"codes": codes, "recovered": done.completed.is_some()})))
}

impl Service {
    fn session(&self, headers: &HeaderMap) -> Result<Session, No> {
        self.accounts.find(cookie(headers)).ok_or(No::Stranger)
    }

    /// The session goes on, with what was just shown.
    fn goes_on(&self, headers: &HeaderMap, actor: Actor) {
        self.accounts.change(cookie(headers), actor);
    }
}

fn cookie(headers: &HeaderMap) -> &str {
    let cookie = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    cookie.and_then(|text| text.strip_prefix("session=")).unwrap_or_default()
}

/// Why something was not done.
enum No {
    /// Wrong password, or no session.
    Stranger,
    /// What was typed is no code.
    Unreadable,
    /// The engine says no, or failed.
    Engine(readmit::Error),
}

impl From<readmit::Error> for No {
    fn from(error: readmit::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Engine(refusal.into())
    }
}

impl From<readmit::EntropyError> for No {
    fn from(error: readmit::EntropyError) -> Self {
        Self::Engine(readmit::Failure::from(error).into())
    }
}

impl IntoResponse for No {
    fn into_response(self) -> axum::response::Response {
        let (status, kind) = match &self {
            Self::Stranger => (StatusCode::UNAUTHORIZED, "stranger"),
            Self::Unreadable => (StatusCode::UNPROCESSABLE_ENTITY, "unreadable"),
            // A refusal has a stable kind, and its words are meant to be shown.
            Self::Engine(readmit::Error::Refused(why)) => (StatusCode::CONFLICT, why.kind()),
            Self::Engine(_) => (StatusCode::SERVICE_UNAVAILABLE, "try_again"),
        };
        let said = match self {
            Self::Engine(readmit::Error::Refused(why)) => why.to_string(),
            Self::Stranger | Self::Unreadable | Self::Engine(_) => String::new(),
        };
        (status, Json(json!({"no": kind, "why": said}))).into_response()
    }
}
