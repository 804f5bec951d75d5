//! Every field of a body, as its schema has it, down to those of its objects and lists.

use serde_json::{Value, json};

use crate::bodies::body_of;
use crate::operations::Operation;

/// Stands in a body where something is put that `Value` cannot hold.
const MARK: &str = "@@here@@";

/// A field of the body of an operation.
#[derive(Debug)]
pub(super) struct Field {
    /// The way to it: names, and `0` for the first of a list.
    steps: Vec<String>,
    /// Its schema, without references.
    pub(super) schema: Value,
    pub(super) is_required: bool,
}

/// All fields of an operation's body.
pub(super) fn fields(document: &Value, operation: &Operation) -> Vec<Field> {
    let schema = &operation.described["requestBody"]["content"]["application/json"]["schema"];
    let mut found = Vec::new();
    add(document, &resolved(document, schema), &[], &mut found);
    found
}

fn add(document: &Value, schema: &Value, way: &[String], found: &mut Vec<Field>) {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let members = schema["properties"].as_object().cloned().unwrap_or_default();
    let items = schema["items"].is_object().then(|| ("0".to_owned(), schema["items"].clone()));
    for (name, schema) in members.into_iter().chain(items) {
        let schema = resolved(document, &schema);
        let is_required = required.iter().any(|it| *it == name);
        let steps = [way, &[name]].concat();
        add(document, &schema, &steps, found);
        found.push(Field { steps, schema, is_required });
    }
}

/// A schema without references, such as those that stand in a choice of one.
fn resolved(document: &Value, schema: &Value) -> Value {
    let only = ["oneOf", "allOf"].iter().find_map(|choice| match schema[*choice].as_array() {
        Some(parts) if parts.len() == 1 => Some(&parts[0]),
        _ => None,
    });
    let schema = only.unwrap_or(schema);
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => schema,
    };
    assert!(schema["type"].is_string(), "of which type is {schema}?");
    schema.clone()
}

impl Field {
    /// Its name, as problems have it: `origin.ip`, `roles[0]`.
    pub(super) fn name(&self) -> String {
        let mut name = String::new();
        for step in &self.steps {
            match step.as_str() {
                "0" => name.push_str("[0]"),
                step if name.is_empty() => name.push_str(step),
                step => name.extend([".", step]),
            }
        }
        name
    }

    /// Whether a problem is about it, or about a part of it.
    pub(super) fn is_named_by(&self, told: &str) -> bool {
        let name = self.name();
        told.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }

    pub(super) fn kind(&self) -> &str {
        self.schema["type"].as_str().unwrap()
    }

    /// Whether any text is right, if it is short.
    pub(super) fn is_free_text(&self) -> bool {
        ["password", "origin.user_agent"].contains(&self.name().as_str())
    }

    /// The right body with another value here.
    pub(super) fn with(&self, operation: &Operation, value: Value) -> Value {
        let mut body = body_of(&operation.name);
        put(&mut body, &self.steps, value);
        body
    }

    /// The right body with other bytes here.
    pub(super) fn with_raw(&self, operation: &Operation, raw: &str) -> String {
        let marked = self.with(operation, json!(MARK)).to_string();
        marked.replace(&format!("\"{MARK}\""), raw)
    }

    /// The right body without it; none if it has no such field.
    pub(super) fn without(&self, operation: &Operation) -> Option<Value> {
        let mut body = body_of(&operation.name);
        let (name, way) = self.steps.split_last()?;
        let parent = way.iter().try_fold(&mut body, |parent, step| parent.get_mut(step))?;
        parent.as_object_mut()?.remove(name)?;
        Some(body)
    }

    /// The right body with this twice; none of what stands in a list.
    pub(super) fn twice(&self, operation: &Operation) -> Option<String> {
        let name = self.steps.last().filter(|name| *name != "0")?;
        let body = body_of(&operation.name);
        let is = self.steps.iter().try_fold(&body, |parent, step| parent.get(step));
        let one = format!("\"{name}\":{}", is.unwrap_or(&Value::Null));
        let marked = self.with(operation, json!(MARK)).to_string();
        Some(marked.replace(&format!("\"{name}\":\"{MARK}\""), &format!("{one},{one}")))
    }

    /// The right body with a field in its place's object that no schema knows.
    pub(super) fn beside(&self, operation: &Operation, name: &str) -> Option<(Value, String)> {
        let (last, way) = self.steps.split_last()?;
        if last == "0" {
            return None;
        }
        let steps = [way, &[name.to_owned()]].concat();
        let mut body = body_of(&operation.name);
        put(&mut body, &steps, json!(1));
        let unknown = Self { steps, schema: Value::Null, is_required: false };
        Some((body, unknown.name()))
    }
}

/// Puts a value somewhere, and makes what must be there for that.
fn put(target: &mut Value, steps: &[String], value: Value) {
    match steps.split_first() {
        None => *target = value,
        Some((step, rest)) if step == "0" => {
            *target = json!([null]);
            put(&mut target[0], rest, value);
        }
        Some((step, rest)) => put(&mut target[step.as_str()], rest, value),
    }
}
