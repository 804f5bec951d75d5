//! `GET /ledger/tile/{path}`

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use readmit::tlog::{HashTile, TilePath};

use crate::extract::PathOf;
use crate::identify::Caller;
use crate::problem::Problem;

/// Full tiles never change: they may be kept for ever, but by whoever asked for them alone.
const FOR_EVER: &str = "private, max-age=31536000, immutable";

/// A hash tile, `{level}/{index}`, or a bundle of entries, `entries/{index}` (C2SP tlog-tiles);
/// with `.p/{width}` behind it as far as it has come.
#[utoipa::path(get, path = "/ledger/tile/{*path}", tag = "ledger",
    params(("path" = String, Path, description = "The tile below `tile/`", example = "0/000")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream",
        description = "Hashes, or entries each behind its length in two bytes")),
    security(("api_key" = ["auditor"]), ("session" = ["owner", "auditor"])))]
pub(super) async fn tile(
    caller: Caller,
    PathOf(path): PathOf<String>,
) -> Result<Response, Problem> {
    let path: TilePath = format!("tile/{path}")
        .parse()
        .map_err(|why| Problem::new("invalid_path", format!("path: {why}.")).about("path"))?;
    let bytes = caller.tenant().tile(&path).await?.ok_or_else(Problem::not_found)?;
    let kept = if path.width() == HashTile::FULL_WIDTH { FOR_EVER } else { "no-store" };
    let headers =
        [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, kept)];
    Ok((headers, bytes).into_response())
}
