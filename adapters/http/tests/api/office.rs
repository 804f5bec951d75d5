//! A provider with its staff and customers, and an API in front of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, Response, header};
use readmit::testing::TestClock;
use readmit::{
    Actor, AdminId, AuthoriseAdmin, Clock as _, ConfirmEnrolment, Engine, IssueApiKey, Login,
    OsEntropy, Policy, Role, Seconds, StartEnrolment, Tenant, TenantName,
};
use readmit_http::password::{AcceptedPassword, Password};
use readmit_http::settings::{Limits, Settings};
use readmit_http::web_database::{PasswordTable, WebDatabase, WebPlace};
use readmit_tests::house::House;
use readmit_tests::{Phone, Result};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// The password of every admin.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A provider, and the API in front of it.
pub(crate) struct Office {
    /// Kept, so that its folder is.
    house: House,
    pub(crate) engine: Engine,
    pub(crate) tenant: Tenant,
    pub(crate) router: Router,
    pub(crate) clock: TestClock,
    pub(crate) passwords: PasswordTable,
    pub(crate) staff: BTreeMap<Role, Colleague>,
    /// The API key of the login service.
    pub(crate) service: String,
    /// The API key of a monitor.
    pub(crate) monitor: String,
}

/// An admin with a phone.
pub(crate) struct Colleague {
    pub(crate) id: AdminId,
    pub(crate) login: String,
    pub(crate) phone: Phone,
}

/// A customer with a phone and saved codes.
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) phone: Phone,
    pub(crate) codes: Vec<String>,
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The code of a problem; empty if it is none.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The field that a problem names.
    pub(crate) fn field(&self) -> String {
        self.json()["field"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// A text of the answer's body.
    #[track_caller]
    pub(crate) fn text_of(&self, name: &str) -> String {
        self.json()[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {}", self.text()))
            .to_owned()
    }
}

impl Office {
    /// A provider under the standard policy, with one admin in each role.
    pub(crate) async fn open() -> Result<Self> {
        Self::with(Limits {
            requests_per_second_per_credential: 0,
            requests_per_second_per_address: 0,
            ..Limits::default()
        })
        .await
    }

    /// The same, with an API of these limits.
    pub(crate) async fn with(limits: Limits) -> Result<Self> {
        let house = House::new()?;
        let (engine, clock) = (house.open().await?, house.clock.clone());
        let tenant = engine.tenant_under("acme-msp", Policy::standard()).await?;
        let web = WebDatabase::open(&WebPlace::Memory).await?;
        let passwords = web.passwords(Arc::new(clock.clone()), Arc::new(OsEntropy));
        let settings = Settings { limits, ..Settings::default() };
        let router = readmit_http::router(
            engine.clone(),
            web.clone(),
            Arc::new(passwords.clone()),
            &settings,
        )?;
        let (service, monitor) = keys(&tenant).await?;
        let mut office = Self {
            staff: BTreeMap::new(),
            house,
            engine,
            tenant,
            router,
            clock,
            passwords,
            service,
            monitor,
        };
        let roles =
            [Role::Owner, Role::RecoveryAdmin, Role::Approver, Role::Helpdesk, Role::Auditor];
        for role in roles {
            let colleague = office.hire(&office.tenant, role).await?;
            office.staff.insert(role, colleague);
        }
        // Whoever enrolled has used the code of the step before.
        Ok(office)
    }

    /// Makes an admin with a password and a phone.
    pub(crate) async fn hire(&self, tenant: &Tenant, role: Role) -> Result<Colleague> {
        let login = format!("{role}@msp.example");
        let authorise = AuthoriseAdmin::new(login.as_str(), [role]);
        let id = tenant.execute(&Actor::system(), authorise).await?.admin;
        let actor = Actor::admin(id);
        let started = tenant.execute(&actor, StartEnrolment::new(id)).await?;
        let phone = Phone::typed_in(started.secret.as_ref().ok_or("no secret")?)?;
        let code = phone.code_before(self.engine.now())?;
        tenant.execute(&actor, ConfirmEnrolment::new(id, started.device, code)).await?;
        let name: Login = login.parse()?;
        let company: TenantName = tenant.name().parse()?;
        let password = AcceptedPassword::new(Password::new(PASSWORD.to_owned()), &name, &company)?;
        let now = self.clock.now();
        self.passwords.set_password(tenant.id(), id.into(), &password, now).await?;
        Ok(Colleague { id, login, phone })
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response: Response<Body> = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 64 << 20).await.unwrap_or_default();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// Sends a request with a token, and a body if there is one.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Reply {
        self.send(request(method, path, token, body, &[])).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Reply {
        self.call(Method::GET, path, token, None).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> Reply {
        self.call(Method::POST, path, token, Some(body)).await
    }

    /// Without a body.
    pub(crate) async fn act(&self, path: &str, token: &str) -> Reply {
        self.call(Method::POST, path, token, None).await
    }

    /// Signs an admin in, with the password alone.
    pub(crate) async fn begin_session(&self, login: &str) -> Reply {
        let body = json!({"tenant": "acme-msp", "login": login, "password": PASSWORD});
        self.post("/api/v1/sessions", "", body).await
    }

    /// Signs an admin of this role in, with both factors. Half a minute passes, so that their phone
    /// shows another code than before.
    pub(crate) async fn sign_in(&self, role: Role) -> String {
        let colleague = &self.staff[&role];
        let begun = self.begin_session(&colleague.login).await.expect(201).text_of("token");
        self.step_up(role, &begun).await
    }

    /// Shows a second factor for a session; answers its new token.
    pub(crate) async fn step_up(&self, role: Role, token: &str) -> String {
        self.clock.advance(Seconds(30));
        let code = self.staff[&role].phone.code(self.clock.now()).unwrap();
        let body = json!({"totp": code.expose()});
        let path = "/api/v1/sessions/current/second-factor";
        self.post(path, token, body).await.expect(200).text_of("token")
    }

    /// Registers a customer by the API, with a phone and codes.
    pub(crate) async fn customer(&self, login: &str) -> Result<Customer> {
        let service = &self.service;
        let body = json!({ "login": login });
        let id =
            self.post("/api/v1/customers", service, body).await.expect(201).text_of("customer");
        let (phone, _, checked_at) =
            self.set_up(&format!("/api/v1/customers/{id}/devices"), service, json!({})).await?;
        let codes = format!("/api/v1/customers/{id}/codes");
        let codes = self.post(&codes, service, json!({"second_factor_at": checked_at})).await;
        let codes = codes.expect(201).json()["codes"].as_array().cloned().unwrap_or_default();
        let codes = codes.iter().filter_map(|code| code.as_str().map(str::to_owned)).collect();
        Ok(Customer { id, phone, codes })
    }

    /// Sets up a device at one of the two places for it; answers the phone, the device's id, and
    /// when it was confirmed.
    pub(crate) async fn set_up(
        &self,
        path: &str,
        token: &str,
        body: Value,
    ) -> Result<(Phone, String, String)> {
        let started = self.post(path, token, body).await.expect(201);
        let phone = Phone::from_base32(&started.text_of("secret"))?;
        let device = started.text_of("device");
        let code = phone.code_before(self.clock.now())?;
        let confirm = format!("{path}/{device}/confirm");
        let confirmed =
            self.post(&confirm, token, json!({"totp": code.expose()})).await.expect(200);
        Ok((phone, device, confirmed.text_of("checked_at")))
    }

    /// Grants a customer a bypass.
    pub(crate) async fn grant(&self, customer: &str, token: &str) -> Reply {
        let path = format!("/api/v1/customers/{customer}/bypasses");
        self.post(&path, token, json!({"reason": "lost_device"})).await
    }

    /// How many events the ledger holds.
    pub(crate) async fn size(&self) -> u64 {
        self.tenant.head().await.unwrap().size
    }
}

/// Where its files are, for whoever changes them behind everybody's back.
impl AsRef<House> for Office {
    fn as_ref(&self) -> &House {
        &self.house
    }
}

/// A service's and an auditor's API key.
pub(crate) async fn keys(tenant: &Tenant) -> Result<(String, String)> {
    let service = tenant.execute(&Actor::system(), IssueApiKey::new("login service")).await?;
    let monitor = IssueApiKey::new("monitor").auditor();
    let monitor = tenant.execute(&Actor::system(), monitor).await?;
    let token = |issued: &readmit::KeyIssued| {
        issued.token.as_ref().map(|token| token.expose().to_string()).ok_or("no token was shown")
    };
    Ok((token(&service.outcome)?, token(&monitor.outcome)?))
}

/// A request with a token, if it is not empty, with a body if there is one, and these headers.
pub(crate) fn request(
    method: Method,
    path: &str,
    token: &str,
    body: Option<Value>,
    headers: &[(&str, &str)],
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Some(body) => {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    request.body(body).unwrap()
}

impl Office {
    /// Sets up a device in a recovery session.
    pub(crate) async fn set_up_in_recovery(&self, token: &str) -> Result<(Phone, String, String)> {
        let started = self.act("/api/v1/recovery/devices", token).await.expect(201);
        let phone = Phone::from_base32(&started.text_of("secret"))?;
        let device = started.text_of("device");
        let code = phone.code_before(self.clock.now())?;
        let confirm = format!("/api/v1/recovery/devices/{device}/confirm");
        let confirmed =
            self.post(&confirm, token, json!({"totp": code.expose()})).await.expect(200);
        Ok((phone, device, confirmed.text_of("checked_at")))
    }
}
