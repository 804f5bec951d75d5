//! `POST /customers`

use readmit::{CustomerId, Login, PersonName, RegisterCustomer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::Answer;
use crate::extract::{Body, How};
use crate::identify::Caller;
use crate::problem::Problem;
use crate::view::schema;

/// A new customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterBody {
    /// What they sign in with, usually an e-mail address. Upper and lower case are the same.
    #[schema(value_type = schema::Login)]
    login: Login,
    /// What they are called.
    #[schema(value_type = Option<schema::PersonName>, nullable = false)]
    name: Option<PersonName>,
}

/// A customer who is known now.
#[derive(Serialize, ToSchema)]
pub(super) struct Registered {
    /// Who.
    #[schema(value_type = schema::CustomerId)]
    customer: CustomerId,
}

/// Makes a customer known.
#[utoipa::path(post, path = "/customers", tag = "customers", request_body = RegisterBody,
    responses((status = 201, body = Registered, description = "The customer is known")),
    security(("api_key" = ["service"]), ("session" = ["owner"])))]
pub(super) async fn register(
    caller: Caller,
    how: How,
    Body(body): Body<RegisterBody>,
) -> Result<Answer<Registered>, Problem> {
    let command = RegisterCustomer::new(body.login);
    let command = match body.name {
        Some(name) => command.name(name),
        None => command,
    };
    let done = caller.carry_out(&caller.actor(), command, how).await?;
    let customer = done.customer;
    let place = format!("/api/v1/customers/{customer}");
    Ok(Answer::created(Registered { customer }).of(&done).at(&place))
}
