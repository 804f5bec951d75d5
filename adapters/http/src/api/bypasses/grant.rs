//! `POST /customers/{id}/bypasses`

use ipnet::IpNet;
use readmit::{
    CustomerId, GrantBypass, IdentityCheck, Note, Proof, Reason, Seconds, Ticket, Timestamp,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::GrantView;
use crate::answer::Answer;
use crate::extract::{Body, How, PathOf};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// On what terms. What is not given, the tenant's policy gives.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantBody {
    /// Why the customer needs it.
    #[schema(value_type = Option<schema::Reason>, nullable = false)]
    reason: Option<Reason>,
    /// The reference in the ticket system.
    #[schema(value_type = Option<schema::Ticket>, nullable = false)]
    ticket: Option<Ticket>,
    /// How the caller's identity was checked.
    #[schema(value_type = Option<schema::IdentityCheck>, nullable = false)]
    identity_check: Option<IdentityCheck>,
    /// Free text about the case.
    #[schema(value_type = Option<schema::Note>, nullable = false)]
    note: Option<Note>,
    /// When it begins; now if not given.
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    starts_at: Option<Timestamp>,
    /// When it ends: either this or `lifetime_seconds`.
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    ends_at: Option<Timestamp>,
    /// How long it lives.
    #[schema(minimum = 1, nullable = false)]
    lifetime_seconds: Option<u32>,
    /// How often it may be redeemed.
    #[schema(minimum = 1, maximum = 5, nullable = false)]
    max_uses: Option<u8>,
    /// What redeeming it takes.
    #[schema(value_type = Option<schema::Proof>, nullable = false)]
    proof: Option<Proof>,
    /// Networks that it may be redeemed from; any if empty.
    #[serde(default)]
    #[schema(value_type = Vec<schema::Network>, max_items = 8)]
    networks: Vec<IpNet>,
    /// Ends the recovery that is open, and begins anew.
    #[serde(default)]
    replace: bool,
}

impl GrantBody {
    fn command(self, customer: CustomerId) -> Result<GrantBypass, Problem> {
        if self.ends_at.is_some() && self.lifetime_seconds.is_some() {
            let detail = "lifetime_seconds: give either it or ends_at.";
            return Err(Problem::new("invalid_body", detail).about("lifetime_seconds"));
        }
        let mut grant = GrantBypass::new(customer);
        if let Some(reason) = self.reason {
            grant = grant.reason(reason);
        }
        if let Some(ticket) = self.ticket {
            grant = grant.ticket(ticket);
        }
        if let Some(check) = self.identity_check {
            grant = grant.identity_check(check);
        }
        if let Some(note) = self.note {
            grant = grant.note(note);
        }
        if let Some(from) = self.starts_at {
            grant = grant.starting_at(from);
        }
        if let Some(until) = self.ends_at {
            grant = grant.ending_at(until);
        }
        if let Some(seconds) = self.lifetime_seconds {
            grant = grant.lifetime(Seconds(seconds));
        }
        if let Some(uses) = self.max_uses {
            grant = grant.uses(uses);
        }
        if let Some(proof) = self.proof {
            grant = grant.proof(proof);
        }
        for network in self.networks {
            grant = grant.only_from(network);
        }
        Ok(if self.replace { grant.replacing() } else { grant })
    }
}

/// Lets one customer sign in without their second factor, for one purpose: to reset MFA.
///
/// Takes an admin who has just shown a second factor of their own. Where policy asks for a second
/// person, the answer is `awaiting_approval`.
#[utoipa::path(post, path = "/customers/{id}/bypasses", tag = "bypasses",
    params(("id" = schema::CustomerId, Path, description = "The customer")),
    request_body = GrantBody,
    responses((status = 201, body = GrantView, description = "Granted, or awaiting approval")),
    security(("session" = ["owner", "recovery_admin"])))]
pub(super) async fn grant(
    caller: Caller,
    PathOf(id): PathOf<CustomerId>,
    how: How,
    Body(body): Body<GrantBody>,
) -> Result<Answer<GrantView>, Problem> {
    let done = caller.carry_out(&caller.actor(), body.command(id)?, how).await?;
    let place = format!("/api/v1/recoveries/{}", done.recovery);
    Ok(Answer::created(GrantView::from(&done.outcome)).of(&done).at(&place))
}
