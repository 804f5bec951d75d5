//! What the peers store: the data of Readmit's two events, and metadata of like size.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

const AT: &str = "2026-11-24T10:00:00.123456Z";

/// The data of a `BypassGranted`.
pub fn granted() -> Value {
    json!({
        "bypass": id("byp"),
        "terms": {
            "reason": "lost_device",
            "ticket": "INC-4711",
            "proof": "password",
            "lifetime_seconds": 3600,
            "max_uses": 1,
        },
        "from": AT,
        "until": "2026-11-24T11:00:00.123456Z",
    })
}

/// The data of a `BypassRevoked`.
pub fn revoked() -> Value {
    json!({ "cause": "withdrawn" })
}

/// Who, when, by which command, in which case.
pub fn metadata() -> HashMap<String, String> {
    let pairs = [
        ("at", AT.to_owned()),
        ("actor", id("adm")),
        ("second_factor_at", AT.to_owned()),
        ("second_factor_checked_by", "caller".to_owned()),
        ("command", id("cmd")),
        ("recovery", id("rec")),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// An id, as the users of a peer would draw it.
#[expect(clippy::disallowed_methods, reason = "there is no port for ids outside of Readmit")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// As long as an id of Readmit.
fn id(kind: &str) -> String {
    format!("{kind}_{}", &new_id().simple().to_string()[..26])
}
