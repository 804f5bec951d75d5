//! The document is whole, and its schemas are those of the engine. That every answer is one that it
//! describes, `day` shows.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request};
use readmit::Policy;
use readmit_tests::Result;
use serde_json::{Value, json};

use crate::office::{Office, request};
use crate::operations::{document, operations};

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
pub(crate) fn mismatch(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    let mut schema = schema.clone();
    schema["components"] = document["components"].clone();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let why = validator.iter_errors(value).next()?;
    Some(format!("{}: {why}", why.instance_path()))
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
