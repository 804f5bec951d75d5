//! Customers, and what a service does on their behalf.

mod codes;
mod confirm_device;
mod erase;
mod lift_hold;
mod list;
mod place_hold;
mod register;
mod remove_device;
mod report_unrecognised;
mod second_factor;
mod show;
mod sign_in;
mod start_device;
mod timeline;
mod unfreeze;
mod unlock;

use readmit::{CustomerId, Origin, Timestamp};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::extract::optional_object;
use crate::identify::Caller;
use crate::view::schema;

pub(crate) use codes::{NewCodesView, generate};
pub(crate) use confirm_device::{EnrolledView, confirm};
pub(crate) use second_factor::check_of;
pub(crate) use start_device::{EnrolmentView, start};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register::register, list::list))
        .routes(routes!(show::show, erase::erase))
        .routes(routes!(timeline::timeline))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(second_factor::second_factor))
        .routes(routes!(start_device::start_device))
        .routes(routes!(confirm_device::confirm_device))
        .routes(routes!(remove_device::remove_device))
        .routes(routes!(codes::codes))
        .routes(routes!(report_unrecognised::report_unrecognised))
        .routes(routes!(unlock::unlock))
        .routes(routes!(unfreeze::unfreeze))
        .routes(routes!(place_hold::place_hold, lift_hold::lift_hold))
}

/// Where a customer came from, as the service that speaks for them saw it. Personal data.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = Origin)]
#[serde(deny_unknown_fields)]
pub(crate) struct OriginBody {
    /// The customer's network address.
    #[schema(value_type = Option<String>, nullable = false, example = "192.0.2.7")]
    ip: Option<std::net::IpAddr>,
    /// What the customer's browser called itself.
    #[serde(default, deserialize_with = "user_agent")]
    #[schema(max_length = 2048, nullable = false)]
    user_agent: Option<String>,
}

/// Characters that a browser may call itself by: more than any does.
const USER_AGENT_CHARS_MAX: usize = 2048;

fn user_agent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        Some(text) if text.chars().count() > USER_AGENT_CHARS_MAX => {
            let why = format!("expected no more than {USER_AGENT_CHARS_MAX} characters");
            Err(serde::de::Error::custom(why))
        }
        text => Ok(text),
    }
}

impl From<OriginBody> for Origin {
    fn from(OriginBody { ip, user_agent }: OriginBody) -> Self {
        Self { ip, user_agent }
    }
}

/// What a service says of the customer it speaks for.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnBehalf {
    /// When the customer last showed a second factor: `checked_at` of that answer. The engine
    /// looks whether it did check one at exactly that moment.
    #[schema(value_type = Option<schema::Timestamp>, nullable = false)]
    second_factor_at: Option<Timestamp>,
    /// Where the customer came from.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(nullable = false)]
    origin: Option<OriginBody>,
}

impl OnBehalf {
    /// The customer, for whom the caller speaks.
    fn actor(self, caller: &Caller, customer: CustomerId) -> readmit::Actor {
        let actor = caller.speaking_for(customer, self.origin.unwrap_or_default().into());
        match self.second_factor_at {
            Some(at) => actor.with_second_factor(at),
            None => actor,
        }
    }
}
