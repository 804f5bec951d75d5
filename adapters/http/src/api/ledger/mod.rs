//! The ledger for whoever trusts nobody: checkpoint, tiles, proofs, events.
//!
//! `/api/v1/ledger/` is the prefix of a log in the form of C2SP tlog-tiles.

mod checkpoint;
mod consistency;
mod events;
mod key;
mod proof;
mod stream;
mod tile;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(checkpoint::checkpoint))
        .routes(routes!(key::verifier_keys))
        .routes(routes!(tile::tile))
        .routes(routes!(proof::proof))
        .routes(routes!(consistency::consistency))
        .routes(routes!(events::events))
}
