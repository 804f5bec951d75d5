//! The permission matrix, generated from the router: every route, every kind of caller, things of
//! the caller's own tenant and of another.
//!
//! `tests/golden/permissions.txt` is the same as a table for people: a change of who may do what
//! is a change of that file, and is seen in review.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use readmit::{Actor, Clock as _, Role, Seconds, Tenant};
use readmit_tests::Result;
use serde_json::{Value, json};

use crate::bodies::{body_of, query_of};
use crate::office::{Office, PASSWORD, Reply, keys, request};
use crate::operations::{Operation, document, operations};

const STAFF: [Role; 5] =
    [Role::Owner, Role::RecoveryAdmin, Role::Approver, Role::Helpdesk, Role::Auditor];

/// Somebody who calls.
struct Caller {
    name: String,
    token: String,
    /// The security scheme that their credential belongs to, and their role in it; none without
    /// a credential that holds.
    scheme: Option<(&'static str, Option<Role>)>,
}

impl Caller {
    fn new(name: &str, token: String, scheme: Option<(&'static str, Option<Role>)>) -> Self {
        Self { name: name.to_owned(), token, scheme }
    }

    /// Whether the documentation lets them in.
    fn is_admitted(&self, operation: &Operation) -> bool {
        let Some(demands) = operation.demands() else { return true };
        let Some((scheme, role)) = self.scheme else { return false };
        let listed = |scheme: &str| {
            demands.get(scheme).is_some_and(|roles| match role {
                Some(role) => roles.iter().any(|name| name == role.name()),
                None => roles.is_empty(),
            })
        };
        // Whoever has shown both factors may do what takes one.
        listed(scheme) || (scheme == "session" && demands.contains_key("signing_in"))
    }

    /// Whether a "no" tells them to bring another credential, instead of another role.
    fn has_no_credential_for(&self, operation: &Operation) -> bool {
        let half = self.scheme == Some(("signing_in", None));
        let wants_session = operation.demands().is_some_and(|it| it.contains_key("session"));
        self.scheme.is_none() || (half && wants_session)
    }
}

/// Ids of one tenant, by the part of the path that takes them.
struct Things(BTreeMap<&'static str, String>);

impl Things {
    fn fill(&self, operation: &Operation) -> String {
        let path = operation.filled(|before, name| match (before, name) {
            ("ledger" | "tile", "path") => "0/000.p/1".to_owned(),
            (_, "position") => "0".to_owned(),
            ("devices", _) | (_, "device") => self.0["device"].clone(),
            (before, _) => self.0.get(before).unwrap_or_else(|| panic!("which {before}?")).clone(),
        });
        path + query_of(&operation.name)
    }

    /// Ids of the right form that nothing has.
    fn of_nothing() -> Self {
        let id = |prefix: &str| format!("{prefix}_01h455vb4pex5vsknk084sn02q");
        Self(BTreeMap::from([
            ("customers", id("cus")),
            ("bypasses", id("byp")),
            ("recoveries", id("rec")),
            ("admins", id("adm")),
            ("api-keys", id("key")),
            ("device", id("dev")),
        ]))
    }
}

/// A customer with an open bypass, an admin and a key in a tenant.
async fn things(office: &Office, tenant: &Tenant, service: &str) -> Result<Things> {
    let register = json!({"login": "target@example.com"});
    let done = office.post("/api/v1/customers", service, register).await.expect(201);
    let customer = done.text_of("customer");
    let device = format!("/api/v1/customers/{customer}/devices");
    let (_, device, _) = office.set_up(&device, service, json!({})).await?;
    let id: readmit::CustomerId = customer.parse()?;
    let bob = readmit::AuthoriseAdmin::new("granting@msp.example", [Role::RecoveryAdmin]);
    let bob = tenant.execute(&Actor::system(), bob).await?.admin;
    let granting = Actor::admin(bob).vouched_second_factor(office.engine.now());
    let grant = readmit::GrantBypass::new(id).reason(readmit::Reason::LostDevice);
    let granted = tenant.execute(&granting, grant).await?;
    let key = tenant.execute(&Actor::system(), readmit::IssueApiKey::new("target")).await?.key;
    Ok(Things(BTreeMap::from([
        ("customers", customer),
        ("bypasses", granted.bypass.to_string()),
        ("recoveries", granted.recovery.to_string()),
        ("admins", bob.to_string()),
        ("api-keys", key.to_string()),
        ("device", device),
    ])))
}

async fn callers(office: &Office) -> Vec<Caller> {
    let mut callers = vec![
        Caller::new("nobody", String::new(), None),
        Caller::new("garbage", "rmk_garbage".to_owned(), None),
    ];
    let half = office.begin_session("owner@msp.example").await.expect(201).text_of("token");
    callers.push(Caller::new("half a session", half, Some(("signing_in", None))));
    for role in STAFF {
        let token = office.sign_in(role).await;
        callers.push(Caller::new(role.name(), token, Some(("session", Some(role)))));
    }
    let service = Some(("api_key", Some(Role::Service)));
    callers.push(Caller::new("service key", office.service.clone(), service));
    let auditor = Some(("api_key", Some(Role::Auditor)));
    callers.push(Caller::new("auditor key", office.monitor.clone(), auditor));
    callers
}

/// A customer's recovery session.
async fn recovering(office: &Office) -> Result<Caller> {
    let customer = office.customer("recovering@example.com").await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    office.grant(&customer.id, &bob).await.expect(201);
    let redeem = format!("/api/v1/customers/{}/bypass-redemptions", customer.id);
    let token = office.post(&redeem, &office.service, json!({})).await.expect(201).text_of("token");
    Ok(Caller::new("recovery session", token, Some(("recovery_session", None))))
}

async fn call(office: &Office, operation: &Operation, path: &str, token: &str) -> Reply {
    let body = operation.takes_body().then(|| body_of(&operation.name));
    office.send(request(operation.method.clone(), path, token, body, &[])).await
}

/// Signing out would take the caller's token away from the routes that come after it.
fn is_asked(operation: &Operation) -> bool {
    operation.name != "DELETE /sessions/current"
}

#[tokio::test]
async fn who_is_not_admitted_learns_nothing_and_changes_nothing() -> Result {
    let office = Office::open().await?;
    let own = things(&office, &office.tenant, &office.service).await?;
    let mut callers = callers(&office).await;
    callers.push(recovering(&office).await?);
    let size = office.size().await;
    for operation in operations(&document()) {
        for caller in callers.iter().filter(|caller| !caller.is_admitted(&operation)) {
            let what = format!("{} as {}", operation.name, caller.name);
            let reply = call(&office, &operation, &own.fill(&operation), &caller.token).await;
            if caller.has_no_credential_for(&operation) {
                assert_eq!((reply.status, reply.code().as_str()), (401, "unauthorised"), "{what}");
                assert!(!reply.header("www-authenticate").is_empty(), "{what}");
            } else {
                assert_eq!((reply.status, reply.code().as_str()), (403, "not_permitted"), "{what}");
            }
        }
    }
    assert_eq!(office.size().await, size, "a refused request has changed something");
    Ok(())
}

#[tokio::test]
async fn who_is_admitted_is_not_turned_away() -> Result {
    let office = Office::open().await?;
    let mut all = callers(&office).await;
    all.push(recovering(&office).await?);
    for operation in operations(&document()).iter().filter(|it| is_asked(it)) {
        let admitted: Vec<_> = all.iter().filter(|it| it.is_admitted(operation)).collect();
        assert!(!admitted.is_empty(), "{}: nobody may", operation.name);
        for caller in admitted {
            let what = format!("{} as {}", operation.name, caller.name);
            let nothing = Things::of_nothing().fill(operation);
            let reply = call(&office, operation, &nothing, &caller.token).await;
            // The rules may say no: the session of a recovery that was given back is over.
            let of_rules = ["session_not_live", "sign_in_refused"].contains(&reply.code().as_str());
            assert!(reply.status != 401 || of_rules, "{what}: {}", reply.text());
            assert_ne!(reply.code(), "not_permitted", "{what}");
            assert!(reply.status < 500, "{what}: {}", reply.text());
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_belongs_to_another_tenant_is_as_what_was_never_there() -> Result {
    let office = Office::open().await?;
    let foreign = office.engine.tenant("other-msp").await?;
    let (foreign_service, foreign_monitor) = keys(&foreign).await?;
    let theirs = things(&office, &foreign, &foreign_service).await?;
    let own = things(&office, &office.tenant, &office.service).await?;
    let mut own_callers = callers(&office).await;
    own_callers.push(recovering(&office).await?);
    let service = Some(("api_key", Some(Role::Service)));
    let auditor = Some(("api_key", Some(Role::Auditor)));
    let owner = Some(("session", Some(Role::Owner)));
    let foreign_callers = [
        Caller::new("foreign owner", foreign_owner(&office, &foreign).await?, owner),
        Caller::new("foreign service key", foreign_service, service),
        Caller::new("foreign auditor key", foreign_monitor, auditor),
    ];
    let sizes = (office.size().await, foreign.head().await?.size);
    are_not_there(&office, &own_callers, &theirs).await;
    are_not_there(&office, &foreign_callers, &own).await;
    let now = (office.size().await, foreign.head().await?.size);
    assert_eq!(now, sizes, "a ledger has grown");
    Ok(())
}

/// Whoever is admitted asks for things of another tenant: the answer is the one for things that
/// nobody has.
async fn are_not_there(office: &Office, callers: &[Caller], things: &Things) {
    let without_trace = |reply: &Reply| {
        let mut body = reply.json();
        body["trace_id"] = Value::Null;
        (reply.status, body)
    };
    let all = operations(&document());
    // What stands in a ledger is named by its position, of which each has its own.
    let naming = all.iter().filter(|it| it.path.contains('{') && !it.path.contains("/ledger/"));
    for operation in naming {
        for caller in callers.iter().filter(|it| it.is_admitted(operation)) {
            let what = format!("{} as {}", operation.name, caller.name);
            let there = call(office, operation, &things.fill(operation), &caller.token).await;
            let never = Things::of_nothing().fill(operation);
            let never = call(office, operation, &never, &caller.token).await;
            // A recovery has one device that is being set up: any other was superseded.
            let expected = if operation.path.contains("/recovery/") {
                (409, "enrolment_superseded")
            } else {
                (404, "not_found")
            };
            assert_eq!((there.status, there.code().as_str()), expected, "{what}");
            assert_eq!(without_trace(&there), without_trace(&never), "{what}");
        }
    }
}

/// A session of an owner of another tenant, with both factors.
async fn foreign_owner(office: &Office, foreign: &Tenant) -> Result<String> {
    let olga = office.hire(foreign, Role::Owner).await?;
    let body = json!({"tenant": foreign.name(), "login": olga.login, "password": PASSWORD});
    let begun = office.post("/api/v1/sessions", "", body).await.expect(201).text_of("token");
    office.clock.advance(Seconds(30));
    let code = olga.phone.code(office.clock.now())?;
    let body = json!({"totp": code.expose()});
    let path = "/api/v1/sessions/current/second-factor";
    Ok(office.post(path, &begun, body).await.expect(200).text_of("token"))
}

#[test]
fn the_table_of_who_may_do_what_is_the_one_that_was_reviewed() {
    let columns = ["session", "api_key", "recovery_session", "signing_in"];
    let mut table = String::new();
    for operation in operations(&document()) {
        let who = match operation.demands() {
            None => "everybody".to_owned(),
            Some(demands) => columns
                .iter()
                .filter_map(|scheme| {
                    let roles = demands.get(*scheme)?;
                    let scheme = scheme.replace('_', " ");
                    Some(if roles.is_empty() {
                        scheme
                    } else {
                        format!("{scheme} of {}", roles.join(", "))
                    })
                })
                .collect::<Vec<_>>()
                .join("; "),
        };
        writeln!(table, "{:<52} {who}", operation.name).unwrap();
    }
    let reviewed = include_str!("../golden/permissions.txt");
    let (is, was): (Vec<_>, Vec<_>) = (table.lines().collect(), reviewed.lines().collect());
    let gone = was.iter().filter(|line| !is.contains(line)).map(|line| format!("- {line}\n"));
    let new = is.iter().filter(|line| !was.contains(line)).map(|line| format!("+ {line}\n"));
    let changes: String = gone.chain(new).collect();
    assert!(table == reviewed, "review tests/golden/permissions.txt:\n{changes}");
}
