//! `GET /ledger/consistency`

use readmit::Hash;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::Answer;
use crate::extract::Query;
use crate::identify::Caller;
use crate::problem::Problem;

/// From which size to which.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Sizes {
    /// How many events the earlier ledger had.
    old: u64,
    /// How many the later one has.
    new: u64,
}

/// A proof that a ledger begins with an earlier one (RFC 6962 §2.1.2).
#[derive(Serialize, ToSchema)]
pub(super) struct Consistency {
    /// How many events the earlier ledger had.
    old: u64,
    /// How many the later one has.
    new: u64,
    /// The hashes of the proof, in base64.
    #[schema(value_type = Vec<String>)]
    hashes: Vec<String>,
}

/// Proves that the ledger of now begins with that of an earlier checkpoint.
#[utoipa::path(get, path = "/ledger/consistency", tag = "ledger", params(Sizes),
    responses((status = 200, body = Consistency, description = "The proof")),
    security(("api_key" = ["auditor"]), ("session" = ["owner", "auditor"])))]
pub(super) async fn consistency(
    caller: Caller,
    Query(Sizes { old, new }): Query<Sizes>,
) -> Result<Answer<Consistency>, Problem> {
    let proof = caller.tenant().consistency(old, new).await?;
    let encode = |hash: &Hash| data_encoding::BASE64.encode(hash.as_bytes());
    let hashes = proof.hashes().iter().map(encode).collect();
    Ok(Answer::ok(Consistency { old, new, hashes }))
}
