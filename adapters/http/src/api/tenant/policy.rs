//! `GET /policy`

use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::identify::Caller;
use crate::problem::Problem;

/// A tenant's policy, as the engine writes and reads it.
#[derive(Deserialize, ToSchema)]
#[schema(as = Policy)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it documents the engine's own type, which a test holds it against")]
pub(super) struct PolicySchema {
    /// Whether an account may be without MFA.
    mfa: MfaSchema,
    /// How long a bypass may live.
    lifetime: LifetimeSchema,
    /// How often a bypass may be redeemed at most.
    #[schema(minimum = 1, maximum = 5)]
    most_uses: u8,
    /// What redeeming a bypass takes at least.
    #[schema(value_type = crate::view::schema::Proof)]
    proof: String,
    /// When a grant needs a second person.
    second_person: SecondPersonSchema,
    /// What a grant must say about itself.
    demands: DemandsSchema,
    /// How old the actor's own second factor may be.
    #[schema(minimum = 60, maximum = 3600)]
    fresh_seconds: u32,
    /// How long a recovery session and an enrolment last.
    #[schema(minimum = 120, maximum = 3600)]
    enrolment_seconds: u32,
    /// How long a request waits for its approval.
    #[schema(minimum = 300, maximum = 604_800)]
    request_seconds: u32,
    /// When wrong codes lock an account.
    lockout: LockoutSchema,
    /// Grants a customer may get within 30 days before a second person is needed.
    #[schema(minimum = 1, maximum = 30)]
    grants_in_30_days: u8,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = MfaPolicy)]
#[serde(rename_all = "snake_case")]
enum MfaSchema {
    Required,
    Optional,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = SecondPerson)]
#[serde(rename_all = "snake_case")]
enum SecondPersonSchema {
    ForAdmins,
    Always,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LifetimePolicy)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "documentation")]
#[expect(clippy::struct_field_names, reason = "as the engine writes them")]
struct LifetimeSchema {
    /// Unless the admin says otherwise.
    #[schema(minimum = 300, maximum = 86_400)]
    default_seconds: u32,
    /// At least.
    #[schema(minimum = 300, maximum = 86_400)]
    least_seconds: u32,
    /// At most.
    #[schema(minimum = 300, maximum = 86_400)]
    most_seconds: u32,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = Demands)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "documentation")]
struct DemandsSchema {
    /// A reference in the ticket system.
    ticket: bool,
    /// A reason.
    reason: bool,
    /// How the caller's identity was checked, and that it was.
    identity_check: bool,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = LockoutPolicy)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "documentation")]
struct LockoutSchema {
    /// Wrong codes in a row that lock for a while.
    #[schema(minimum = 3, maximum = 20)]
    failures: u32,
    /// The first lock; each further one is twice as long.
    #[schema(minimum = 60, maximum = 86_400)]
    first_seconds: u32,
    /// Wrong codes in a row that lock until an admin unlocks.
    #[schema(minimum = 3, maximum = 100)]
    hard_failures: u32,
}

/// Shows the policy.
#[utoipa::path(get, path = "/policy", tag = "tenant",
    responses((status = 200, body = PolicySchema, description = "The policy")),
    security(("api_key" = ["service", "auditor"]),
        ("session" = ["owner", "recovery_admin", "approver", "helpdesk", "auditor"])))]
pub(super) async fn policy(caller: Caller) -> Result<Answer<readmit::Policy>, Problem> {
    let (state, version) = caller.tenant().versioned_state().await?;
    Ok(Answer::ok(state.policy).version(version))
}
