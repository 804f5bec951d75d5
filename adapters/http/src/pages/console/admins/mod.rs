//! `/console/admins`: who may do what.

mod acts;
mod add;
mod one;

use askama::Template;
use axum::response::IntoResponse;
use readmit::{Account, AdminId, Mfa, Role, Timestamp};

use super::person::Chip;
use super::{WORKS, say};
use crate::pages::names;
use crate::pages::page::{Chrome, Page, Surface};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::pages::when::When;
use crate::pages::words::Words;

pub(super) use acts::{invite, roles, suspend, unfreeze, unlock};
pub(super) use add::{add, new};
pub(super) use one::one;

/// The roles that an admin can hold.
const ROLES: [Role; 5] =
    [Role::Owner, Role::RecoveryAdmin, Role::Approver, Role::Helpdesk, Role::Auditor];

#[derive(Template)]
#[template(path = "console/admins.html")]
struct AdminsPage {
    chrome: Chrome,
    tenant: String,
    rows: Vec<Listed>,
    owns: bool,
}

/// An admin on the list.
struct Listed {
    id: AdminId,
    login: String,
    roles: String,
    suspended: bool,
    chips: Vec<Chip>,
    /// When they last showed a second factor.
    last_code: Option<When>,
}

/// A role to be chosen.
struct RoleChoice {
    value: &'static str,
    name: String,
    what: String,
    chosen: bool,
}

pub(super) async fn show(visitor: Visitor) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &WORKS).await?;
    let (tenant, words) = (admin.tenant(), visitor.words());
    let logins = visitor.app.names.admins(tenant).await?;
    let mut rows = Vec::new();
    for (id, known) in tenant.state().await?.admins {
        let account = tenant.account(id).await?;
        rows.push(Listed {
            id,
            login: names::admin(&logins, id),
            roles: say::roles(words, &known.roles),
            suspended: known.suspended,
            chips: chips(&known, &account, visitor.app.engine.now()),
            last_code: account.verified_at.last().copied().map(When),
        });
    }
    rows.sort_by(|one, other| (one.suspended, &one.login).cmp(&(other.suspended, &other.login)));
    let (tenant, owns) = (tenant.name().to_owned(), admin.holds(&[Role::Owner]));
    Ok(Page(AdminsPage { chrome: admin.chrome, tenant, rows, owns }))
}

/// How an admin is: their second factor, and what keeps them out.
fn chips(known: &readmit::Admin, account: &Account, now: Timestamp) -> Vec<Chip> {
    let mfa = match account.mfa {
        Mfa::On { .. } => Chip::new("chip-on", "console-status-on"),
        Mfa::Off => Chip::new("chip-off", "console-status-off"),
        Mfa::NotSetUp => Chip::new("chip-unset", "console-status-not_set_up"),
    };
    let all = [
        (!known.suspended, mfa),
        (known.suspended, Chip::new("chip-erased", "admins-suspended")),
        (account.frozen, Chip::new("chip-frozen", "console-status-frozen")),
        (account.lock_at(now).is_some(), Chip::new("chip-locked", "console-status-locked")),
    ];
    all.into_iter().filter(|(is_so, _)| *is_so).map(|(_, chip)| chip).collect()
}

fn choices(words: &Words, held: &[Role]) -> Vec<RoleChoice> {
    let choice = |role: Role| RoleChoice {
        value: role.name(),
        name: words.say(&format!("console-role-{role}")).to_string(),
        what: words.say(&format!("admins-may-{role}")).to_string(),
        chosen: held.contains(&role),
    };
    ROLES.into_iter().map(choice).collect()
}

/// The roles that a form brings: a field of its own for each that was chosen.
fn chosen(fields: &[(String, String)]) -> Vec<Role> {
    let named = fields.iter().filter(|(name, _)| name == "roles");
    named.filter_map(|(_, role)| role.parse().ok()).collect()
}

/// A field of a form; empty if it is not there.
fn field<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
}

/// The id of the command that a form carries out.
fn command(fields: &[(String, String)]) -> Result<readmit::CommandId, crate::problem::Problem> {
    let not_ours = |_| crate::problem::Problem::new("invalid_body", "The form is not one of ours.");
    field(fields, "command").parse().map_err(not_ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_names_each_role_by_a_field_of_its_own() {
        let fields = [("login", "a"), ("roles", "owner"), ("roles", "auditor"), ("roles", "moon")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(chosen(&fields), [Role::Owner, Role::Auditor]);
        assert_eq!((field(&fields, "login"), field(&fields, "name")), ("a", ""));
        assert!(command(&fields).is_err());
    }
}
