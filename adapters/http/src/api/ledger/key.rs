//! `GET /ledger/verifier-keys`

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::identify::Caller;
use crate::problem::Problem;

/// The keys that verify checkpoints now, the newest first, one on each line. Compare them with
/// those that you were given by another way.
#[utoipa::path(get, path = "/ledger/verifier-keys", tag = "ledger",
    responses((status = 200, body = String, content_type = "text/plain; charset=utf-8",
        description = "Verifier keys (C2SP signed-note)")),
    security(("api_key" = ["auditor"]), ("session" = ["owner", "auditor"])))]
pub(super) async fn verifier_keys(caller: Caller) -> Result<Response, Problem> {
    let keys = caller.tenant().verifier_keys().await?;
    let lines: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let text = lines.join("\n") + "\n";
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
