//! What is asked of the server itself: whether it lives, whether it is ready, what problems mean.

mod live;
mod problems;
mod ready;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

pub(crate) use problems::{one as answer_problem_page, table as answer_problem_table};

/// What stands outside `/api/v1`, and is admitted as everything is.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(ready::ready))
}

/// What is answered however many others ask.
pub(crate) fn live_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(live::live))
}
