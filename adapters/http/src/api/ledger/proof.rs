//! `GET /ledger/proofs/{position}`

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::extract::PathOf;
use crate::identify::Caller;
use crate::problem::Problem;

/// Proves that the event at a position stands in the ledger (C2SP tlog-proof): to whoever has the
/// event and a verifier key, without the database.
#[utoipa::path(get, path = "/ledger/proofs/{position}", tag = "ledger",
    params(("position" = u64, Path, description = "Where the event stands, from 0")),
    responses((status = 200, body = String, content_type = "text/plain; charset=utf-8",
        description = "The proof, with a signed checkpoint in it")),
    security(("api_key" = ["auditor"]), ("session" = ["owner", "auditor"])))]
pub(super) async fn proof(
    caller: Caller,
    PathOf(position): PathOf<u64>,
) -> Result<Response, Problem> {
    let text = caller.tenant().prove(position).await?.to_string();
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
