//! What is asked of the server itself: whether it lives, whether it is ready, what problems mean.

mod live;
mod problems;
mod ready;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;

pub(crate) use problems::{one as answer_problem_page, table as answer_problem_table};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(live::live)).routes(routes!(ready::ready))
}
