//! Every route.

use axum::Router;
use axum::routing::get;
use readmit::Engine;

use crate::Settings;

/// Why there is no router.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RouterError {}

/// Every route, in front of this engine.
pub async fn router(
    _engine: Engine,
    _settings: &Settings,
    _database_url: &str,
) -> Result<Router, RouterError> {
    Ok(Router::new().route("/livez", get(async || "")))
}
