//! `POST /customers/{id}/bypass-requests`

use readmit::{CustomerId, IdentityCheck, Note, Reason, RequestBypass, Seconds, Ticket};
use serde::Deserialize;
use utoipa::ToSchema;

use super::GrantView;
use crate::answer::Answer;
use crate::extract::{Body, How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// What is asked for. What is not given, the tenant's policy gives.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestBody {
    /// Why the customer needs it.
    #[schema(value_type = Option<schema::Reason>, nullable = false)]
    reason: Option<Reason>,
    /// The reference in the ticket system.
    #[schema(value_type = Option<schema::Ticket>, nullable = false)]
    ticket: Option<Ticket>,
    /// How the caller's identity was checked. A service cannot say it for its customer.
    #[schema(value_type = Option<schema::IdentityCheck>, nullable = false)]
    identity_check: Option<IdentityCheck>,
    /// Free text about the case.
    #[schema(value_type = Option<schema::Note>, nullable = false)]
    note: Option<Note>,
    /// How long it shall live.
    #[schema(minimum = 1, nullable = false)]
    lifetime_seconds: Option<u32>,
}

impl RequestBody {
    fn command(self, customer: CustomerId) -> RequestBypass {
        let mut request = RequestBypass::new(customer);
        if let Some(reason) = self.reason {
            request = request.reason(reason);
        }
        if let Some(ticket) = self.ticket {
            request = request.ticket(ticket);
        }
        if let Some(check) = self.identity_check {
            request = request.identity_check(check);
        }
        if let Some(note) = self.note {
            request = request.note(note);
        }
        match self.lifetime_seconds {
            Some(seconds) => request.lifetime(Seconds(seconds)),
            None => request,
        }
    }
}

/// Asks for a bypass. Only an approver's answer makes it one.
#[utoipa::path(post, path = "/customers/{id}/bypass-requests", tag = "bypasses",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    request_body = RequestBody,
    responses((status = 201, body = GrantView, description = "It awaits approval")),
    security(("api_key" = ["service"]), ("session" = ["owner", "helpdesk"])))]
pub(super) async fn request(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
    Body(body): Body<RequestBody>,
) -> Result<Answer<GrantView>, Problem> {
    let done = caller.carry_out(&caller.actor(), body.command(id), how).await?;
    let place = format!("/api/v1/recoveries/{}", done.recovery);
    Ok(Answer::created(GrantView::from(&done.outcome)).of(&done).at(&place))
}
