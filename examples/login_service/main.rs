//! A login service that embeds the engine: names and passwords are its own, the second factor and
//! what to do when it is lost are the engine's.
//!
//! | file | what it holds |
//! |---|---|
//! | `main.rs` | the routes, and the few lines that each of them takes |
//! | `accounts.rs` | names, passwords, sessions: what any login service has |
//! | `tests.rs` | a customer sets up a phone, loses it, and gets back in |
//!
//! Run it with `cargo run -p readmit-examples --bin login_service`; it answers at
//! <http://127.0.0.1:8480>, says where its database is, and forgets all when it ends:
//!
//! ```text
//! POST /sign-up         {"name", "password"}     POST /second-factor    {"code"}
//! POST /sign-in         {"name", "password"}     POST /recover          with a bypass
//! POST /mfa-off         POST /device             POST /device/confirm   {"device", "code"}
//! POST /codes
//! ```
//!
//! An admin grants a bypass by `readmit bypass grant NAME --db … --as …`.
//!
//! **Left out**, so that it can be read in one sitting: TLS, passwords that outlive the process, and a
//! bound on how often they are guessed. (Guesses of codes the engine bounds by itself.)

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
    Actor, CheckSecondFactor, ConfirmEnrolment, CustomerId, DeviceId, DisableMfa, Engine,
    IssueApiKey, KeyId, RedeemBypass, Refusal, RegenerateCodes, RegisterCustomer, SignIn,
    StartEnrolment, Tenant,
};
use serde::Deserialize;
use serde_json::{Value, json};

use accounts::{Accounts, SESSION_TTL, Session};

/// What all requests share.
struct Service {
    engine: Engine,
    msp: Tenant,
    /// Stands in the history beside what this service does for its customers.
    key: KeyId,
    accounts: Accounts,
}

type Shared = State<Arc<Service>>;
type Answer = Result<Json<Value>, No>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("readmit.db").display());
    let engine = Engine::open(&url).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8480").await?;
    eprintln!("answering at http://127.0.0.1:8480, on the database {url}");
    let interrupted = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    axum::serve(listener, router(&engine).await?).with_graceful_shutdown(interrupted).await?;
    engine.close().await;
    Ok(())
}

async fn router(engine: &Engine) -> Result<Router, readmit::Error> {
    let (engine, msp) = (engine.clone(), engine.tenant("acme-msp").await?);
    let key = msp.execute(&Actor::system(), IssueApiKey::new("login service")).await?.key;
    let service = Service { engine, msp, key, accounts: Accounts::default() };
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
    service.accounts.add(asked.name, registered.customer, asked.password).await?;
    Ok(Json(json!({"welcome": registered.customer})))
}

/// The password first; then the engine says what it is worth.
async fn sign_in(
    State(service): Shared,
    Json(asked): Json<Credentials>,
) -> Result<impl IntoResponse, No> {
    let customer = service.accounts.check(&asked.name, asked.password).await?;
    let customer = customer.ok_or(No::Stranger)?;
    let next = match service.msp.sign_in(customer).await? {
        SignIn::Allowed => "welcome",
        SignIn::SecondFactor(_) => "second_factor",
        SignIn::Bypass(_) => "recover",
        SignIn::EnrolmentOnly => "set_up",
        SignIn::Refused(why) => return Err(why.into()),
        _ => return Err(No::Stranger),
    };
    let actor = Actor::customer(customer).via(service.key);
    let epoch = service.msp.account(customer).await?.session_epoch;
    let now = service.engine.now();
    let session = Session { customer, actor, epoch, until: now + SESSION_TTL };
    let cookie = service.accounts.begin(session, now).map_err(|why| No::Failed(why.into()))?;
    let cookie = format!("session={cookie}; Secure; HttpOnly; SameSite=Strict; Path=/");
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(json!({ "next": next }))))
}

async fn second_factor(
    State(service): Shared,
    headers: HeaderMap,
    Json(asked): Json<Code>,
) -> Answer {
    let session = service.session(&headers).await?;
    let check = if let Ok(totp) = asked.code.parse() {
        CheckSecondFactor::totp(session.customer, totp)
    } else {
        let saved = asked.code.parse().map_err(|_| No::Unreadable)?;
        CheckSecondFactor::recovery_code(session.customer, saved)
    };
    let done = service.msp.execute(&session.actor, check).await?;
    // What takes a fresh second factor may be done for some minutes from now.
    service.goes_on(&headers, session.customer, session.actor.with_second_factor(done.at)).await?;
    Ok(Json(json!({"next": "welcome", "codes_left": done.codes_left})))
}

/// Uses the bypass that an admin granted, in the place of the second factor.
async fn recover(State(service): Shared, headers: HeaderMap) -> Answer {
    let session = service.session(&headers).await?;
    let redeem = RedeemBypass::new(session.customer);
    let done = service.msp.execute(&session.actor, redeem).await?;
    service.goes_on(&headers, session.customer, session.actor.in_recovery(done.session)).await?;
    Ok(Json(json!({"next": "mfa_off", "until": done.until})))
}

async fn mfa_off(State(service): Shared, headers: HeaderMap) -> Answer {
    let Session { customer, actor, .. } = service.session(&headers).await?;
    service.msp.execute(&actor, DisableMfa::new(customer)).await?;
    // Every other session is dead now; this one goes on.
    service.goes_on(&headers, customer, actor).await?;
    Ok(Json(json!({"next": "device"})))
}

async fn device(State(service): Shared, headers: HeaderMap) -> Answer {
    let Session { customer, actor, .. } = service.session(&headers).await?;
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
    let Session { customer, actor, .. } = service.session(&headers).await?;
    let code = asked.code.parse().map_err(|_| No::Unreadable)?;
    let confirm = ConfirmEnrolment::new(customer, asked.device, code);
    let done = service.msp.execute(&actor, confirm).await?;
    service.goes_on(&headers, customer, actor.with_second_factor(done.at)).await?;
    Ok(Json(json!({"next": "codes"})))
}

async fn codes(State(service): Shared, headers: HeaderMap) -> Answer {
    let Session { customer, actor, .. } = service.session(&headers).await?;
    let done = service.msp.execute(&actor, RegenerateCodes::new(customer)).await?;
    let codes: Vec<String> = done.codes.iter().map(|code| code.expose().to_string()).collect();
    Ok(Json(json!({"codes": codes, "recovered": done.completed.is_some()})))
}

impl Service {
    /// The session that a request came with, unless MFA was reset since it began.
    async fn session(&self, headers: &HeaderMap) -> Result<Session, No> {
        let found = cookie(headers).and_then(|it| self.accounts.find(it, self.engine.now()));
        let session = found.ok_or(No::Stranger)?;
        let epoch = self.msp.account(session.customer).await?.session_epoch;
        if epoch == session.epoch { Ok(session) } else { Err(No::Stranger) }
    }

    /// The session goes on, with what was just shown.
    async fn goes_on(
        &self,
        headers: &HeaderMap,
        customer: CustomerId,
        actor: Actor,
    ) -> Result<(), No> {
        let epoch = self.msp.account(customer).await?.session_epoch;
        self.accounts.change(cookie(headers).ok_or(No::Stranger)?, actor, epoch);
        Ok(())
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split("; ")).find_map(|pair| pair.strip_prefix("session="))
}

/// Why something was not done.
enum No {
    /// Wrong password, or no session.
    Stranger,
    /// What was typed is no code.
    Unreadable,
    /// The engine says no, or failed.
    Engine(readmit::Error),
    /// Something else failed.
    Failed(Box<dyn std::error::Error + Send + Sync>),
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

impl From<Box<dyn std::error::Error + Send + Sync>> for No {
    fn from(error: Box<dyn std::error::Error + Send + Sync>) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for No {
    fn into_response(self) -> axum::response::Response {
        let (status, kind) = match &self {
            Self::Stranger => (StatusCode::UNAUTHORIZED, "stranger"),
            Self::Unreadable => (StatusCode::UNPROCESSABLE_ENTITY, "unreadable"),
            // A refusal has a stable kind, and its words are meant to be shown.
            Self::Engine(readmit::Error::Refused(why)) => (StatusCode::CONFLICT, why.kind()),
            Self::Engine(_) | Self::Failed(_) => (StatusCode::SERVICE_UNAVAILABLE, "try_again"),
        };
        let said = match self {
            Self::Engine(readmit::Error::Refused(why)) => why.to_string(),
            Self::Engine(failure) => failed(&failure),
            Self::Failed(failure) => failed(failure.as_ref()),
            Self::Stranger | Self::Unreadable => String::new(),
        };
        (status, Json(json!({"no": kind, "why": said}))).into_response()
    }
}

/// A failure is told to whoever runs this, and to nobody else.
fn failed(why: &dyn std::error::Error) -> String {
    eprintln!("failed: {why}");
    String::new()
}
