//! `GET /ledger/checkpoint`

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::identify::Caller;
use crate::problem::Problem;

/// The ledger as it is now, signed (C2SP tlog-checkpoint). Keep it where nobody who can write the
/// database can write: whatever is changed later does not fit it.
#[utoipa::path(get, path = "/ledger/checkpoint", tag = "ledger",
    responses((status = 200, body = String, content_type = "text/plain; charset=utf-8",
        description = "A signed note")),
    security(("api_key" = ["auditor"]), ("session" = ["owner", "auditor"])))]
pub(super) async fn checkpoint(caller: Caller) -> Result<Response, Problem> {
    let text = caller.tenant().checkpoint().await?.to_string();
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
