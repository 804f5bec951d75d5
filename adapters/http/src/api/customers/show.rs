//! `GET /customers/{id}`

use readmit::{CustomerId, Timestamp, Until};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::extract::{PathOf, Query};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::{CustomerView, schema};

/// As of when; now if not given.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AsOfQuery {
    /// As of this moment, after every event of that microsecond.
    #[param(value_type = Option<schema::Timestamp>, nullable = false)]
    at: Option<Timestamp>,
    /// As of the event at this position of the ledger.
    #[param(nullable = false)]
    position: Option<u64>,
}

/// Shows a customer, now or at any moment before.
#[utoipa::path(get, path = "/customers/{id}", tag = "customers",
    params(("id" = schema::CustomerId, Path, description = "The customer"), AsOfQuery),
    responses((status = 200, body = CustomerView, description = "The customer")),
    security(("api_key" = ["service", "auditor"]),
        ("session" = ["owner", "recovery_admin", "approver", "helpdesk", "auditor"])))]
pub(super) async fn show(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    Query(asked): Query<AsOfQuery>,
) -> Result<Answer<CustomerView>, Problem> {
    let tenant = caller.tenant();
    let (until, at) = match (asked.at, asked.position) {
        (None, None) => (Until::Now, tenant.latest().await?),
        (Some(at), None) => (Until::Time(at), at),
        (None, Some(position)) => (Until::Position(position), moment_of(&caller, position).await?),
        (Some(_), Some(_)) => {
            let detail = "position: give either it or at.";
            return Err(Problem::new("invalid_query", detail).about("position"));
        }
    };
    let record = tenant.as_of(until).customer(&id).await?.ok_or_else(Problem::not_found)?;
    let view = CustomerView::new(id, record, at);
    let version = view.version();
    Ok(Answer::ok(view).version(version))
}

async fn moment_of(caller: &Caller, position: u64) -> Result<Timestamp, Problem> {
    let tenant = caller.tenant();
    let event = tenant.follow(position).next_stored().await?;
    event.map(|event| event.at).ok_or_else(|| {
        Problem::new("invalid_query", "position: the ledger has no such position.")
            .about("position")
    })
}
