//! Every operation of the document, as data.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::Value;

/// One operation.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// `POST /customers/{id}`, without what all of them begin with.
    pub(crate) name: String,
    pub(crate) described: Value,
}

/// The document, as it is served.
pub(crate) fn document() -> Value {
    serde_json::to_value(readmit_http::openapi()).unwrap()
}

/// Every operation of a document, in the order of their names.
pub(crate) fn operations(document: &Value) -> Vec<Operation> {
    let mut all = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let short = path.strip_prefix("/api/v1").unwrap_or(path);
            let name = format!("{method} {short}");
            let described = described.clone();
            let operation = Operation { method, path: path.clone(), name: name.clone(), described };
            all.insert((short.to_owned(), name), operation);
        }
    }
    all.into_values().collect()
}

impl Operation {
    /// The path with its parts filled in: `of` knows each by the text before it and its name.
    pub(crate) fn filled(&self, of: impl Fn(&str, &str) -> String) -> String {
        let mut before = "";
        let parts = self.path.split('/').map(|part| {
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            let filled = name.map_or_else(|| part.to_owned(), |name| of(before, name));
            before = part;
            filled
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// Whether it takes a body.
    pub(crate) fn takes_body(&self) -> bool {
        self.described["requestBody"].is_object()
    }

    /// Which roles each scheme asks for; empty for a scheme without roles. None if it is open to all.
    pub(crate) fn demands(&self) -> Option<BTreeMap<String, Vec<String>>> {
        let demands = self.described["security"].as_array().expect("it says who may call it");
        let mut all = BTreeMap::new();
        for demand in demands {
            let demand = demand.as_object().unwrap();
            if demand.is_empty() {
                return None;
            }
            for (scheme, roles) in demand {
                let roles = roles.as_array().unwrap().iter();
                let roles = roles.map(|role| role.as_str().unwrap().to_owned()).collect();
                all.insert(scheme.clone(), roles);
            }
        }
        Some(all)
    }
}
