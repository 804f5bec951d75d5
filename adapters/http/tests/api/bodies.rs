//! A body that each operation takes, so that a test reaches what lies behind its parsing.

use serde_json::{Value, json};

/// A right body. A route that takes one and is not here fails every test that needs it.
pub(crate) fn body_of(operation: &str) -> Value {
    match operation {
        "POST /customers" => json!({"login": "somebody.new@example.com", "name": "Somebody New"}),
        "POST /customers/{id}/devices"
        | "POST /customers/{id}/codes"
        | "POST /customers/{id}/report-unrecognised"
        | "POST /customers/{id}/bypass-redemptions"
        | "POST /bypasses/{id}/approve" => json!({}),
        "POST /customers/{id}/second-factor"
        | "POST /customers/{id}/devices/{device}/confirm"
        | "POST /recovery/devices/{id}/confirm"
        | "POST /sessions/current/second-factor" => json!({"totp": "123456"}),
        "POST /customers/{id}/unfreeze" => json!({"reason": "Spoke to her."}),
        "POST /customers/{id}/bypasses" | "POST /customers/{id}/bypass-requests" => {
            json!({"reason": "lost_device", "ticket": "INC-4711", "note": "Called back."})
        }
        "POST /recoveries/{id}/review" => json!({"verdict": "accepted"}),
        "PUT /policy" => serde_json::to_value(readmit::Policy::strict()).unwrap(),
        "POST /admins" => json!({"login": "new.admin@msp.example", "roles": ["helpdesk"]}),
        "PUT /admins/{id}/roles" => json!({"roles": ["helpdesk", "approver"]}),
        "POST /api-keys" => json!({"label": "another", "role": "service"}),
        "POST /sessions" => {
            json!({"login": "nobody@msp.example", "password": "not their password"})
        }
        other => panic!("{other} takes a body: add one to bodies.rs"),
    }
}

/// Query parameters without which a route refuses.
pub(crate) fn query_of(operation: &str) -> &'static str {
    match operation {
        "GET /ledger/consistency" => "?old=1&new=2",
        "DELETE /customers/{id}/devices/{device}" => "?second_factor_at=2026-01-01T00:00:00Z",
        _ => "",
    }
}
