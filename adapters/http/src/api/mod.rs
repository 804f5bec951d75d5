//! The routes: one file for each, which parses, executes and renders.

mod bypasses;
mod customers;
mod ledger;
pub(crate) mod paging;
mod recoveries;
mod recovery;
mod service;
mod sessions;
mod tenant;

use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;

pub(crate) use service::{
    answer_problem_page, answer_problem_table, live_routes, routes as service_routes,
};

/// Everything under `/api/v1`.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(customers::routes())
        .merge(bypasses::routes())
        .merge(recovery::routes())
        .merge(recoveries::routes())
        .merge(tenant::routes())
        .merge(sessions::routes())
        .merge(ledger::routes())
}
