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
    let topics: Vec<&Value> =
        document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let mut ids = BTreeSet::new();
    for operation in operations(&document) {
        let described = &operation.described;
        let id = described["operationId"].as_str().unwrap_or_default().to_owned();
        assert!(!id.is_empty() && ids.insert(id), "{}", operation.name);
        let tag = &described["tags"][0];
        assert!(topics.contains(&tag), "{}: {tag}", operation.name);
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
    let schemas = Schemas::of(&document());
    let schema = json!({"$ref": "#/components/schemas/Policy"});
    for policy in [Policy::standard(), Policy::strict()] {
        let policy = serde_json::to_value(policy).unwrap();
        assert_eq!(schemas.mismatch(&schema, &policy), None);
        for name in policy.as_object().unwrap().keys() {
            let mut wrong = policy.clone();
            wrong.as_object_mut().unwrap().remove(name);
            assert!(schemas.mismatch(&schema, &wrong).is_some(), "without {name}");
            wrong[name] = json!("sometimes");
            assert!(schemas.mismatch(&schema, &wrong).is_some(), "{name} is a word");
            wrong[name] = json!(4_000_000);
            assert!(schemas.mismatch(&schema, &wrong).is_some(), "{name} is a large number");
        }
        let mut more = policy;
        more["moon"] = json!(1);
        assert!(schemas.mismatch(&schema, &more).is_some(), "a setting that there is not");
    }
}

#[test]
fn a_member_that_is_not_documented_is_noticed() {
    let schemas = Schemas::of_answers(&document());
    let schema = json!({"$ref": "#/components/schemas/Registered"});
    let mut value = json!({"customer": "cus_01h455vb4pex5vsknk084sn02q"});
    assert_eq!(schemas.mismatch(&schema, &value), None);
    value["moon"] = json!(1);
    assert!(schemas.mismatch(&schema, &value).is_some());
}

/// Judges values by the schemas of the document, down to patterns and formats.
pub(crate) struct Schemas(Value);

impl Schemas {
    /// The schemas of what is asked: further members are for each schema to forbid.
    pub(crate) fn of(document: &Value) -> Self {
        Self(document["components"].clone())
    }

    /// The schemas of what is answered: there no member may go undocumented.
    pub(crate) fn of_answers(document: &Value) -> Self {
        let mut components = document["components"].clone();
        for (name, schema) in components["schemas"].as_object_mut().unwrap() {
            // Members of a problem depend on its code.
            if name != "Problem" {
                close(schema, document);
            }
        }
        Self(components)
    }

    /// What of a value does not fit a schema.
    pub(crate) fn mismatch(&self, schema: &Value, value: &Value) -> Option<String> {
        let mut schema = schema.clone();
        schema["components"] = self.0.clone();
        let options = jsonschema::options().should_validate_formats(true);
        let validator = options.build(&schema).unwrap();
        let why = validator.iter_errors(value).next()?;
        Some(format!("{}: {why}", why.instance_path()))
    }
}

/// Forbids members that are not documented; of a schema that is a part of another, that one does.
fn close(schema: &mut Value, document: &Value) {
    let is_whole = schema.get("allOf").is_some() || schema.get("properties").is_some();
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        for part in parts {
            if let Some(reference) = part["$ref"].as_str() {
                *part = document.pointer(reference.strip_prefix('#').unwrap()).unwrap().clone();
            }
        }
    }
    if is_whole {
        schema["unevaluatedProperties"] = json!(false);
    }
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
