//! Who may call a route: what its documentation says is what is enforced, and nothing else is.

use std::collections::HashMap;

use axum::http::Method;
use readmit::Role;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use super::caller::Who;
use crate::problem::Problem;

/// The names of the security schemes in the documentation.
pub(crate) const API_KEY: &str = "api_key";
pub(crate) const SESSION: &str = "session";
/// A session whose second factor may still be missing.
pub(crate) const SIGNING_IN: &str = "signing_in";
pub(crate) const RECOVERY: &str = "recovery_session";

/// One way to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Requirement {
    /// Everybody.
    Public,
    /// An API key with one of these roles.
    Key(Vec<Role>),
    /// An admin with one of these roles, who has shown a second factor.
    Session(Vec<Role>),
    /// An admin who has shown a password, and perhaps a second factor.
    SigningIn,
    /// A customer in a recovery.
    Recovery,
}

/// What every route demands, by its path and then by its method.
#[derive(Debug, Default)]
pub(crate) struct Access(HashMap<String, HashMap<Method, Vec<Requirement>>>);

/// A route whose documentation does not say who may call it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{route}: {why}")]
pub(crate) struct AccessError {
    route: String,
    why: String,
}

impl Access {
    /// Reads who may call which route from what the routes say of themselves.
    pub(crate) fn of(document: &OpenApi) -> Result<Self, AccessError> {
        let mut access: HashMap<_, HashMap<_, _>> = HashMap::new();
        for (path, item) in &document.paths.paths {
            let operations = [
                (Method::GET, &item.get),
                (Method::POST, &item.post),
                (Method::PUT, &item.put),
                (Method::DELETE, &item.delete),
            ];
            for (method, operation) in operations {
                let Some(operation) = operation else { continue };
                let requirements = requirements(operation)
                    .map_err(|why| AccessError { route: format!("{method} {path}"), why })?;
                access.entry(path.clone()).or_default().insert(method, requirements);
            }
        }
        Ok(Self(access))
    }

    /// What a route demands; nothing is known of a route that is not documented.
    pub(crate) fn to(&self, method: &Method, route: &str) -> Option<&[Requirement]> {
        // Whoever may GET may learn the headers of that.
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.0.get(route)?.get(method).map(Vec::as_slice)
    }
}

fn requirements(operation: &Operation) -> Result<Vec<Requirement>, String> {
    let declared = serde_json::to_value(&operation.security).map_err(|error| error.to_string())?;
    let declared: Option<Vec<HashMap<String, Vec<String>>>> =
        serde_json::from_value(declared).map_err(|error| error.to_string())?;
    let declared = declared.ok_or("it does not say who may call it")?;
    declared.into_iter().map(requirement).collect()
}

fn requirement(schemes: HashMap<String, Vec<String>>) -> Result<Requirement, String> {
    let Some((scheme, roles)) = schemes.into_iter().next() else { return Ok(Requirement::Public) };
    let parsed: Result<Vec<Role>, _> = roles.iter().map(|role| role.parse()).collect();
    let roles = parsed.map_err(|error: readmit::ParseRoleError| error.to_string())?;
    match scheme.as_str() {
        API_KEY if !roles.is_empty() => Ok(Requirement::Key(roles)),
        SESSION if !roles.is_empty() => Ok(Requirement::Session(roles)),
        SIGNING_IN if roles.is_empty() => Ok(Requirement::SigningIn),
        RECOVERY if roles.is_empty() => Ok(Requirement::Recovery),
        _ => Err(format!("it demands {scheme} with {} roles", roles.len())),
    }
}

/// Whether one of these lets this caller in.
pub(crate) fn admit(requirements: &[Requirement], who: &Who) -> Result<(), Problem> {
    if requirements.iter().any(|requirement| admits(requirement, who)) {
        return Ok(());
    }
    let wants_second_factor = matches!(who, Who::Admin { session, .. } if !session.is_complete())
        && requirements.iter().any(|requirement| matches!(requirement, Requirement::Session(_)));
    Err(if wants_second_factor {
        Problem::unauthorised("The sign-in is not finished: show the second factor.")
    } else {
        Problem::not_permitted()
    })
}

fn admits(requirement: &Requirement, who: &Who) -> bool {
    let any = |needed: &[Role], held: &[Role]| held.iter().any(|role| needed.contains(role));
    match (requirement, who) {
        (Requirement::Public, _)
        | (Requirement::Recovery, Who::Recovering { .. })
        | (Requirement::SigningIn, Who::Admin { .. }) => true,
        (Requirement::Key(needed), Who::Key { roles, .. }) => any(needed, roles),
        (Requirement::Session(needed), Who::Admin { roles, session, .. }) => {
            session.is_complete() && any(needed, roles)
        }
        _ => false,
    }
}
