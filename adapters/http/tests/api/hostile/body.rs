//! Bodies: wrong in one field, or no JSON at all.

use readmit_tests::Result;
use serde_json::{Value, json};

use super::field::{Field, fields};
use super::{Attack, shortened};
use crate::bodies::body_of;
use crate::operations::{document, operations};

/// Values that this field does not take.
fn wrong_values(field: &Field) -> Vec<Value> {
    let words = field.schema["enum"].is_array();
    let long = || json!("x".repeat(10_000));
    let values = [
        ("number", json!(-1)),
        ("number", json!(1.5)),
        ("number", json!(u64::MAX)),
        ("number", json!(1e300)),
        ("boolean", json!(true)),
        ("array", json!([[[[]]]])),
        ("object", json!({"a": {"b": {}}})),
        ("text", long()),
        ("text", json!("")),
        ("text", json!("\u{202e}evil\u{0}\u{7}")),
        ("text", json!("\u{1f4a3}\u{fe0f}\u{200d}\u{1f600}\u{0}")),
    ];
    let own = match field.kind() {
        "string" if !words => "text",
        "string" | "integer" => "none",
        kind => kind,
    };
    let mut values: Vec<Value> =
        values.into_iter().filter(|(of, _)| *of != own).map(|(_, value)| value).collect();
    if own == "text" {
        values.extend([long(), json!(format!("e{}", "\u{301}".repeat(5_000)))]);
        if !field.is_free_text() {
            values.extend([json!(""), json!("\u{202e}\u{0}\u{1f4a3}\u{300}\u{300}\u{300} x")]);
        }
    }
    if field.is_required {
        values.push(Value::Null);
    }
    values
}

/// What JSON can say and no field takes, byte for byte.
fn wrong_bytes() -> Vec<String> {
    let digits = "9".repeat(400);
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    ["1e999", "-1e999", "\"\\ud800\"", "\"\\udc00x\""]
        .map(str::to_owned)
        .into_iter()
        .chain([digits, deep])
        .collect()
}

#[tokio::test]
async fn each_field_of_each_body_is_refused_by_name_and_nothing_is_stored() -> Result {
    let attack = Attack::begin().await?;
    let document = document();
    let mut asked = 0;
    for operation in operations(&document).iter().filter(|it| it.takes_body()) {
        let mut wrong: Vec<(String, String)> = Vec::new();
        for field in fields(&document, operation) {
            let name = field.name();
            let is_password = name == "password";
            let values = wrong_values(&field).into_iter();
            // Whatever text it is, it is a wrong password and no more.
            let values = values.filter(|value| !(is_password && value.is_string()));
            let bodies = values.map(|value| field.with(operation, value).to_string());
            let raw = wrong_bytes().into_iter().map(|raw| field.with_raw(operation, &raw));
            let missing = field.without(operation).filter(|_| field.is_required);
            let all = bodies.chain(raw).chain(missing.map(|body| body.to_string()));
            wrong.extend(all.chain(field.twice(operation)).map(|body| (name.clone(), body)));
            let unknown = field.beside(operation, "moon");
            wrong.extend(unknown.map(|(body, name)| (name, body.to_string())));
            for (name, body) in wrong.drain(..) {
                let what = format!("{} {name}: {}", operation.name, shortened(&body));
                let reply = attack.send(operation, "application/json", body.into_bytes()).await;
                attack.is_a_problem(&reply, &what);
                assert_eq!(reply.status, 422, "{what}: {}", reply.text());
                let told = reply.field();
                let is_told = told == name || field.is_named_by(&told);
                assert!(is_told, "{what}: names {told:?}: {}", reply.text());
                asked += 1;
            }
        }
    }
    assert!(asked > 1_500, "{asked}");
    attack.left_nothing().await;
    Ok(())
}

#[tokio::test]
async fn what_is_no_json_of_ours_is_refused_whole() -> Result {
    let attack = Attack::begin().await?;
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
            attack.is_a_problem(&reply, &name(what));
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
            attack.is_a_problem(&reply, &name(kind));
            assert_eq!(reply.status, 415, "{}: {}", name(kind), reply.text());
        }
    }
    attack.left_nothing().await;
    Ok(())
}
