//! What a form brings.

use axum::extract::{FromRequest, Request};
use readmit::CommandId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::app::AppState;
use crate::problem::{self, Problem};

/// The fields of a form.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        match axum::Form::<T>::from_request(request, app).await {
            Ok(axum::Form(fields)) => Ok(Self(fields)),
            // Our own pages send no such thing; what was sent is not repeated.
            Err(rejection) => Err(match rejection.status().as_u16() {
                413 | 415 => problem::of_the_framework(rejection.status()),
                _ => Problem::new("invalid_body", "The form is not one of ours."),
            }),
        }
    }
}

/// Reads the id of the command that a form carries out: however often it is sent, it is carried out
/// once.
pub(crate) fn command_id<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<CommandId, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}
