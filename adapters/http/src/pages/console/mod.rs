//! The admin console.
//!
//! | module | what it holds |
//! |---|---|
//! | `customers` | the list, with tiles and chart; registering one |
//! | `customer` | one customer: state, history, what can be done for them |
//! | `grant` | disabling MFA for one customer, and what became of it |
//! | `bypasses` | those open, awaiting approval, ended; approving, denying, revoking |
//! | `admins`, `keys`, `policy` | the tenant itself |
//! | `invite` | links by which somebody sets their first password |
//! | `acting` | carrying out what a form asks for, with a code of the admin's own |
//! | `wrong` | what is wrong with what was typed |
//! | `may` | what an admin may do about a case |
//! | `person`, `say`, `terms`, `time_left` | people, words, terms and time, as pages show them |

mod acting;
mod admins;
mod bypasses;
mod customer;
mod customers;
mod grant;
mod invite;
mod keys;
mod may;
mod person;
mod policy;
mod say;
mod terms;
mod time_left;
mod wrong;

use axum::Router;
use axum::routing::{get, post};
use readmit::Role;

use crate::app::AppState;

/// Who sees customers and bypasses.
const WORKS: [Role; 4] = [Role::Owner, Role::RecoveryAdmin, Role::Approver, Role::Helpdesk];
/// Who may grant a bypass.
const GRANTS: [Role; 2] = [Role::Owner, Role::RecoveryAdmin];
/// Who may answer what others ask for.
const APPROVES: [Role; 2] = [Role::Owner, Role::Approver];
const OWNS: [Role; 1] = [Role::Owner];

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .merge(customers())
        .merge(tenant())
        .route("/console/bypasses", get(bypasses::show))
        .route("/console/bypasses/{id}/revoke", post(bypasses::revoke))
        .route("/console/bypasses/{id}/approve", post(bypasses::approve))
        .route("/console/bypasses/{id}/deny", post(bypasses::deny))
        .route("/console/recoveries/{id}/granted", get(grant::granted))
}

fn customers() -> Router<AppState> {
    Router::new()
        .route("/console/customers", get(customers::show))
        .route("/console/customers/new", get(customers::new).post(customers::register))
        .route("/console/customers/{id}", get(customer::show))
        .route("/console/customers/{id}/grant", get(grant::show).post(grant::grant))
        .route("/console/customers/{id}/unlock", post(customer::unlock))
        .route("/console/customers/{id}/unfreeze", post(customer::unfreeze))
        .route("/console/customers/{id}/place-hold", post(customer::place_hold))
        .route("/console/customers/{id}/lift-hold", post(customer::lift_hold))
        .route("/console/customers/{id}/erase", post(customer::erase))
        .route("/console/customers/{id}/invite", post(customer::invite))
}

fn tenant() -> Router<AppState> {
    Router::new()
        .route("/console/admins", get(admins::show))
        .route("/console/admins/new", get(admins::new).post(admins::add))
        .route("/console/admins/{id}", get(admins::one))
        .route("/console/admins/{id}/roles", post(admins::roles))
        .route("/console/admins/{id}/suspend", post(admins::suspend))
        .route("/console/admins/{id}/invite", post(admins::invite))
        .route("/console/admins/{id}/unlock", post(admins::unlock))
        .route("/console/admins/{id}/unfreeze", post(admins::unfreeze))
        .route("/console/keys", get(keys::show).post(keys::issue))
        .route("/console/keys/{id}/revoke", post(keys::revoke))
        .route("/console/policy", get(policy::show).post(policy::change))
}
