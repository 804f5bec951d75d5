//! `GET /livez`

/// Whether the process answers at all: what a supervisor asks before it restarts it.
#[utoipa::path(get, path = "/livez", tag = "service",
    responses((status = 200, body = String, content_type = "text/plain; charset=utf-8",
        description = "It does")),
    security(()))]
pub(super) async fn live() -> &'static str {
    "alive\n"
}
