//! Bad input, generated from the document: every field of every body, every part of every path,
//! every parameter and header. Each is answered with a problem that names it; nothing is stored.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, header};
use readmit::Role;
use readmit_tests::Result;
use serde_json::{Map, Value, json};

use crate::bodies::body_of;
use crate::office::{Office, Reply, request};
use crate::operations::{Operation, document, operations};

/// An office, and a credential for each operation that lets its caller reach the parsing.
struct Attack {
    office: Office,
    owner: String,
    approver: String,
    session: String,
}

impl Attack {
    async fn begin() -> Result<Self> {
        let office = Office::open().await?;
        let alice = office.customer("alice@example.com").await?;
        let bob = office.sign_in(Role::RecoveryAdmin).await;
        office.grant(&alice.id, &bob).await.expect(201);
        let redeem = format!("/api/v1/customers/{}/bypass-redemptions", alice.id);
        let session = office.post(&redeem, &office.service, json!({})).await.expect(201);
        let session = session.text_of("token");
        let (owner, approver) =
            (office.sign_in(Role::Owner).await, office.sign_in(Role::Approver).await);
        Ok(Self { office, owner, approver, session })
    }

    /// A credential that is admitted.
    fn token(&self, operation: &Operation) -> &str {
        let Some(demands) = operation.demands() else { return "" };
        let roles = |scheme: &str| demands.get(scheme).cloned().unwrap_or_default();
        if demands.contains_key("recovery_session") {
            &self.session
        } else if roles("session").iter().any(|role| role == "owner")
            || demands.contains_key("signing_in")
        {
            &self.owner
        } else if roles("session").iter().any(|role| role == "approver") {
            &self.approver
        } else if roles("api_key").iter().any(|role| role == "service") {
            &self.office.service
        } else {
            &self.office.monitor
        }
    }

    /// An address of the right form; what it names is not there.
    fn path(operation: &Operation) -> String {
        let id = |prefix: &str| format!("{prefix}_01h455vb4pex5vsknk084sn02q");
        operation.filled(|before, name| match (before, name) {
            (_, "device") | ("devices", _) => id("dev"),
            ("customers", _) => id("cus"),
            ("bypasses", _) => id("byp"),
            ("recoveries", _) => id("rec"),
            ("admins", _) => id("adm"),
            ("api-keys", _) => id("key"),
            ("tile", _) => "0/000.p/1".to_owned(),
            _ => "0".to_owned(),
        })
    }

    /// Sends a body as it is.
    async fn send(&self, operation: &Operation, kind: &str, body: Vec<u8>) -> Reply {
        let request = Request::builder()
            .method(operation.method.clone())
            .uri(Self::path(operation))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token(operation)))
            .header(header::CONTENT_TYPE, kind);
        self.office.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn send_json(&self, operation: &Operation, body: &Value) -> Reply {
        self.send(operation, "application/json", body.to_string().into_bytes()).await
    }
}

/// The answer is a problem of ours.
#[track_caller]
fn is_a_problem(reply: &Reply, what: &str) {
    assert!((400..500).contains(&reply.status), "{what}: {} {}", reply.status, reply.text());
    assert_eq!(reply.header("content-type"), "application/problem+json", "{what}");
    assert!(!reply.code().is_empty(), "{what}: {}", reply.text());
}

/// The properties of an operation's body, and which of them it must have.
fn body_schema(document: &Value, operation: &Operation) -> (Map<String, Value>, Vec<String>) {
    let schema = &operation.described["requestBody"]["content"]["application/json"]["schema"];
    let pointer = schema["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
    let schema = document.pointer(pointer).unwrap();
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    (properties, required.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
}

/// Values of every kind but those that a schema allows.
fn wrong_values(document: &Value, schema: &Value) -> Vec<Value> {
    let resolved = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => schema,
    };
    let kind = resolved["type"].as_str().unwrap_or_default();
    let mut values = vec![
        ("number", json!(-1)),
        ("number", json!(1.5)),
        ("number", json!(u64::MAX)),
        ("number", json!(1e300)),
        ("boolean", json!(true)),
        ("array", json!([[[[]]]])),
        ("object", json!({"a": {"b": {}}})),
        ("string", json!("x".repeat(10_000))),
        ("string", json!("\u{202e}evil\u{0}\u{7}")),
    ];
    let own = if kind == "integer" { "" } else { kind };
    values.retain(|(of, _)| *of != own || kind == "string" && resolved["enum"].is_array());
    let mut values: Vec<Value> = values.into_iter().map(|(_, value)| value).collect();
    if kind == "string" {
        values.push(json!("x".repeat(10_000)));
        values.push(json!("\u{202e}\u{0}\u{1f4a3}\u{300}\u{300}\u{300} x"));
    }
    values
}

#[tokio::test]
async fn each_field_of_each_body_is_refused_by_name_and_nothing_is_stored() -> Result {
    let attack = Attack::begin().await?;
    let document = document();
    let size = attack.office.size().await;
    let mut asked = 0;
    for operation in operations(&document).iter().filter(|it| it.takes_body()) {
        let right = body_of(&operation.name);
        let (properties, required) = body_schema(&document, operation);
        let mut wrong: Vec<(String, Value)> = Vec::new();
        for (name, schema) in &properties {
            for value in wrong_values(&document, schema) {
                if name == "password" && value.is_string() {
                    // Whatever text it is, it is a wrong password and no more.
                    continue;
                }
                let mut body = right.clone();
                body[name] = value;
                wrong.push((name.clone(), body));
            }
        }
        for name in &required {
            for null in [true, false] {
                let mut body = right.clone();
                let members = body.as_object_mut().unwrap();
                members.remove(name);
                if null {
                    members.insert(name.clone(), Value::Null);
                }
                wrong.push((name.clone(), body));
            }
        }
        let mut unknown = right.clone();
        unknown["moon"] = json!(1);
        wrong.push(("moon".to_owned(), unknown));
        for (name, body) in wrong {
            let what = format!(
                "{} {}",
                operation.name,
                body.to_string().chars().take(200).collect::<String>()
            );
            let reply = attack.send_json(operation, &body).await;
            is_a_problem(&reply, &what);
            assert_eq!(reply.status, 422, "{what}: {}", reply.text());
            let field = reply.field();
            let names = field == name
                || field.starts_with(&format!("{name}["))
                || field.starts_with(&format!("{name}."));
            assert!(names, "{what}: names {field:?}, not {name:?}: {}", reply.text());
            asked += 1;
        }
    }
    assert!(asked > 400, "{asked}");
    assert_eq!(attack.office.size().await, size, "something was stored");
    Ok(())
}

#[tokio::test]
async fn what_is_no_json_of_ours_is_refused_whole() -> Result {
    let attack = Attack::begin().await?;
    let size = attack.office.size().await;
    for operation in operations(&document()).iter().filter(|it| it.takes_body()) {
        let right = body_of(&operation.name).to_string();
        let name = |what: &str| format!("{}: {what}", operation.name);
        let utf16: Vec<u8> = right.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cut = right.as_bytes()[..right.len() - 1].to_vec();
        let doubled = match right.strip_prefix('{').filter(|rest| *rest != "}") {
            Some(rest) => format!("{{{},{rest}", rest.strip_suffix('}').unwrap()).into_bytes(),
            None => {
                b"{\"origin\":null,\"origin\":null,\"identity_check\":null,\"identity_check\":null}"
                    .to_vec()
            }
        };
        for (what, body, status) in [
            ("empty", Vec::new(), 400),
            ("cut", cut, 400),
            ("text behind it", format!("{right} x").into_bytes(), 400),
            ("two documents", format!("{right}{right}").into_bytes(), 400),
            ("a byte order mark", [b"\xef\xbb\xbf".as_slice(), right.as_bytes()].concat(), 400),
            ("UTF-16", utf16, 400),
            ("Latin-1", b"{\"login\":\"\xe9\"}".to_vec(), 0),
            ("a lone surrogate", b"{\"login\":\"\\ud800\"}".to_vec(), 0),
            ("deep", [b"{\"login\":".as_slice(), &b"[".repeat(20_000)].concat(), 0),
            ("huge number", b"{\"login\":1e99999}".to_vec(), 0),
            ("a field given twice", doubled, 422),
            ("an array", b"[]".to_vec(), 422),
            ("a number", b"7".to_vec(), 422),
            ("null", b"null".to_vec(), 422),
            ("too large", format!("{right}{}", " ".repeat(70_000)).into_bytes(), 413),
        ] {
            let reply = attack.send(operation, "application/json", body).await;
            is_a_problem(&reply, &name(what));
            if status != 0 {
                assert_eq!(reply.status, status, "{}: {}", name(what), reply.text());
            }
        }
        for kind in [
            "text/plain",
            "application/xml",
            "application/json; charset=utf-16",
            "multipart/form-data; boundary=x",
            "",
            "application/problem+json",
            "ü",
        ] {
            let reply = attack.send(operation, kind, right.clone().into_bytes()).await;
            is_a_problem(&reply, &name(kind));
            assert_eq!(reply.status, 415, "{}: {}", name(kind), reply.text());
        }
    }
    assert_eq!(attack.office.size().await, size, "something was stored");
    Ok(())
}

#[tokio::test]
async fn each_part_of_each_path_is_refused_by_name() -> Result {
    let attack = Attack::begin().await?;
    let size = attack.office.size().await;
    let garbage = [
        "x",
        "0",
        "-1",
        "%00",
        "%ff%fe",
        "%E2%80%AE",
        "..%2f..%2fetc",
        "%2e%2e",
        "cus_",
        "%F0%9F%92%A3",
        "rec_01h455vb4pex5vsknk084sn02q%0a",
        "CUS_01H455VB4PEX5VSKNK084SN02Q",
        "18446744073709551616",
    ];
    for operation in operations(&document()).iter().filter(|it| it.path.contains('{')) {
        let names: Vec<&str> = operation
            .path
            .split('/')
            .filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        for (index, name) in names.iter().enumerate() {
            for bad in
                garbage.iter().map(|it| (*it).to_owned()).chain([format!("{}x", "a".repeat(3_000))])
            {
                if *name == "position" && bad == "0" {
                    continue;
                }
                let mut at = 0;
                let right = Attack::path(operation);
                let mut right = right.split('/').skip(1);
                let mut path = String::new();
                for part in operation.path.split('/').skip(1) {
                    let right = right.next().unwrap_or_default();
                    let here = part.starts_with('{');
                    path.push('/');
                    path.push_str(if here && at == index { &bad } else { right });
                    at += usize::from(here);
                }
                let what = format!("{} at {path}", operation.name);
                let body = operation.takes_body().then(|| body_of(&operation.name));
                let request =
                    request(operation.method.clone(), &path, attack.token(operation), body, &[]);
                let reply = attack.office.send(request).await;
                is_a_problem(&reply, &what);
                assert_eq!(
                    (reply.status, reply.field().as_str()),
                    (400, *name),
                    "{what}: {}",
                    reply.text()
                );
            }
        }
    }
    assert_eq!(attack.office.size().await, size, "something was stored");
    Ok(())
}

#[tokio::test]
async fn each_parameter_of_each_query_is_refused_by_name() -> Result {
    let attack = Attack::begin().await?;
    let size = attack.office.size().await;
    let mut asked = 0;
    for operation in operations(&document()) {
        let parameters = operation.described["parameters"].as_array().cloned().unwrap_or_default();
        let in_query = parameters.iter().filter(|it| it["in"] == "query");
        let names: Vec<&str> = in_query.filter_map(|it| it["name"].as_str()).collect();
        if names.is_empty() {
            continue;
        }
        let path = Attack::path(&operation);
        for name in names.iter().copied().chain(["moon"]) {
            for value in [
                "%ff",
                "%00",
                "&",
                "=1&",
                "%F0%9F%92%A3%E2%80%AE",
                "-1",
                "1e9",
                "18446744073709551616",
                "[]",
                "x,y",
            ] {
                // A text may be searched for that is a number of something else.
                if name == "q" && !["%ff", "%00"].contains(&value) {
                    continue;
                }
                let query = match value {
                    "&" => format!("{name}=1&{name}=2"),
                    "=1&" => name.to_owned(),
                    value => format!("{name}={value}"),
                };
                let what = format!("{} ?{query}", operation.name);
                let token = attack.token(&operation);
                let reply = attack
                    .office
                    .get_with(&operation.method, &format!("{path}?{query}"), token)
                    .await;
                is_a_problem(&reply, &what);
                assert_eq!(
                    (reply.status, reply.code().as_str()),
                    (400, "invalid_query"),
                    "{what}: {}",
                    reply.text()
                );
                // A parameter that is missing may be told first.
                let missing =
                    reply.json()["detail"].as_str().is_some_and(|it| it.contains("missing"));
                assert!(reply.field() == name || missing, "{what}: {}", reply.text());
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "{asked}");
    assert_eq!(attack.office.size().await, size, "something was stored");
    Ok(())
}

impl Office {
    async fn get_with(&self, method: &Method, path: &str, token: &str) -> Reply {
        self.send(request(method.clone(), path, token, None, &[])).await
    }
}

#[tokio::test]
async fn each_header_of_a_command_is_refused_by_name() -> Result {
    let attack = Attack::begin().await?;
    let size = attack.office.size().await;
    for operation in operations(&document()) {
        let parameters = operation.described["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in parameters.iter().filter(|it| it["in"] == "header") {
            let name = parameter["name"].as_str().unwrap().to_lowercase();
            for value in [
                b"".as_slice(),
                b"x",
                b"\"",
                b"\xff\xfe",
                b"-1",
                b"\"1\", \"2\"",
                b"cus_01h455vb4pex5vsknk084sn02q",
                &[b'9'; 4_000],
            ] {
                let request = Request::builder()
                    .method(operation.method.clone())
                    .uri(Attack::path(&operation) + crate::bodies::query_of(&operation.name))
                    .header(header::AUTHORIZATION, format!("Bearer {}", attack.token(&operation)))
                    .header(header::CONTENT_TYPE, "application/json")
                    .header(&name, HeaderValue::from_bytes(value)?);
                let body = operation.takes_body().then(|| body_of(&operation.name).to_string());
                let body = body.map_or_else(Body::empty, Body::from);
                let what = format!("{} {name}: {}", operation.name, String::from_utf8_lossy(value));
                let reply = attack.office.send(request.body(body)?).await;
                is_a_problem(&reply, &what);
                assert_eq!(
                    (reply.code(), reply.field()),
                    ("invalid_header".to_owned(), name.clone()),
                    "{what}"
                );
            }
        }
    }
    assert_eq!(attack.office.size().await, size, "something was stored");
    Ok(())
}
