//! An owner, or the operator of the machine, says who may do what.

use serde::Serialize;

use crate::command::{Decision, Personal, TenantRule};
use crate::event::{AdminAuthorised, AdminSuspended};
use crate::tenant::{Admin, Tenant};
use crate::{AdminId, Context, IntoText, Login, Permission, PersonName, Refusal, Role, TextError};

/// Gives an admin exactly these roles: a new admin, or one who is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuthoriseAdmin {
    whom: Whom,
    roles: Vec<Role>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
enum Whom {
    New { login: Result<Login, TextError>, name: Option<Result<PersonName, TextError>> },
    Known(AdminId),
}

impl AuthoriseAdmin {
    /// A new admin who signs in with this login.
    pub fn new(login: impl IntoText<Login>, roles: impl IntoIterator<Item = Role>) -> Self {
        let whom = Whom::New { login: login.into_text(), name: None };
        Self { whom, roles: sorted(roles) }
    }

    /// Other roles for a known admin; lifts a suspension.
    pub fn known(admin: AdminId, roles: impl IntoIterator<Item = Role>) -> Self {
        Self { whom: Whom::Known(admin), roles: sorted(roles) }
    }

    /// What a new admin is called.
    #[must_use]
    pub fn name(mut self, text: impl IntoText<PersonName>) -> Self {
        if let Whom::New { name, .. } = &mut self.whom {
            *name = Some(text.into_text());
        }
        self
    }

    /// Whether this makes a new account.
    pub const fn is_new(&self) -> bool {
        matches!(self.whom, Whom::New { .. })
    }

    fn invalid(&self) -> Option<TextError> {
        match &self.whom {
            Whom::New { login: Err(why), .. } | Whom::New { name: Some(Err(why)), .. } => {
                Some(*why)
            }
            Whom::New { .. } | Whom::Known(_) => None,
        }
    }
}

fn sorted(roles: impl IntoIterator<Item = Role>) -> Vec<Role> {
    let roles: std::collections::BTreeSet<Role> = roles.into_iter().collect();
    roles.into_iter().collect()
}

impl TenantRule for AuthoriseAdmin {
    fn decide(&self, tenant: &Tenant, context: &Context<'_>) -> Decision {
        context.permit_or_system(Permission::ManageTenant)?;
        if let Some(why) = self.invalid() {
            return Err(Refusal::InvalidText { why });
        }
        if self.roles.is_empty() || self.roles.contains(&Role::Service) {
            return Err(Refusal::RolesInvalid);
        }
        let admin = match self.whom {
            Whom::Known(id) => {
                let known = tenant.admins.get(&id).ok_or(Refusal::NotFound)?;
                if !known.suspended && known.roles == self.roles {
                    return Err(Refusal::Unchanged);
                }
                if !self.roles.contains(&Role::Owner) {
                    tenant.require_other_owner(id, known)?;
                }
                id
            }
            Whom::New { .. } if tenant.admins.contains_key(&context.fresh.admin()) => {
                return Err(Refusal::AlreadyDone);
            }
            Whom::New { .. } if context.found.login_taken => return Err(Refusal::LoginTaken),
            Whom::New { .. } => context.fresh.admin(),
        };
        context.require_step_up()?;
        Ok(vec![AdminAuthorised { admin, roles: self.roles.clone() }.into()])
    }

    fn personal(&self) -> Personal<'_> {
        match &self.whom {
            Whom::New { login, name } => Personal {
                login: login.as_ref().ok(),
                name: name.as_ref().and_then(|name| name.as_ref().ok()),
                note: None,
            },
            Whom::Known(_) => Personal::default(),
        }
    }
}

/// Lets an admin do nothing until authorised again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuspendAdmin {
    admin: AdminId,
}

impl SuspendAdmin {
    /// Suspends this admin.
    pub const fn new(admin: AdminId) -> Self {
        Self { admin }
    }
}

impl TenantRule for SuspendAdmin {
    fn decide(&self, tenant: &Tenant, context: &Context<'_>) -> Decision {
        context.permit_or_system(Permission::ManageTenant)?;
        let known = tenant.admins.get(&self.admin).ok_or(Refusal::NotFound)?;
        if known.suspended {
            return Err(Refusal::Unchanged);
        }
        tenant.require_other_owner(self.admin, known)?;
        context.require_step_up()?;
        Ok(vec![AdminSuspended { admin: self.admin }.into()])
    }
}

impl Tenant {
    /// Refuses to take the ownership of the only owner.
    fn require_other_owner(&self, id: AdminId, admin: &Admin) -> Result<(), Refusal> {
        let other = self.admins.iter().any(|(other, admin)| *other != id && admin.is_owner());
        if admin.is_owner() && !other { Err(Refusal::LastOwner) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use crate::testing::{BOB, OLGA, PETRA, Scenario};

    fn olga() -> Actor {
        Scenario::new().fresh_admin(OLGA)
    }

    fn second_owner(scenario: &mut Scenario) -> AdminId {
        let command = AuthoriseAdmin::new("oscar@acme.example", [Role::Owner]);
        scenario.when(&Actor::system(), command).fresh.admin()
    }

    #[test]
    fn a_new_admin_gets_an_account_and_roles() {
        let mut scenario = Scenario::new();
        let command = || {
            AuthoriseAdmin::new("Ada@Acme.example", [Role::Helpdesk, Role::Approver]).name("Ada")
        };
        let answer = scenario.when(&olga(), command());
        let (admin, roles) = (answer.fresh.admin(), vec![Role::Approver, Role::Helpdesk]);
        answer.then(&[AdminAuthorised { admin, roles }.into()]);
        scenario.when_again(&olga(), command(), answer.fresh).then_refused("already_done");
        let command = command();
        let personal = command.personal();
        assert_eq!(personal.login.map(Login::as_str), Some("ada@acme.example"));
        assert_eq!(personal.name.map(PersonName::as_str), Some("Ada"));
    }

    #[test]
    fn a_known_admin_gets_exactly_these_roles() {
        let mut scenario = Scenario::new();
        let command = || AuthoriseAdmin::known(BOB, [Role::Approver, Role::Approver]);
        let roles = vec![Role::Approver];
        let answer = scenario.when(&olga(), command());
        answer.then(&[AdminAuthorised { admin: BOB, roles }.into()]);
        scenario.when_again(&olga(), command(), answer.fresh).then_refused("unchanged");
    }

    #[test]
    fn a_login_that_is_taken_or_a_text_that_cannot_be_is_refused() {
        let mut scenario = Scenario::new();
        scenario.found.login_taken = true;
        scenario
            .when(&olga(), AuthoriseAdmin::new("ada@acme.example", [Role::Auditor]))
            .then_refused("login_taken");
        scenario
            .when(&olga(), AuthoriseAdmin::new("a b", [Role::Auditor]))
            .then_refused("invalid_text");
        scenario
            .when(&olga(), AuthoriseAdmin::new("ada", [Role::Auditor]).name(""))
            .then_refused("invalid_text");
    }

    #[test]
    fn an_admin_has_a_role_and_never_that_of_a_service() {
        let mut scenario = Scenario::new();
        for roles in [vec![], vec![Role::Service], vec![Role::Owner, Role::Service]] {
            scenario
                .when(&olga(), AuthoriseAdmin::known(BOB, roles.clone()))
                .then_refused("roles_invalid");
            scenario
                .when(&olga(), AuthoriseAdmin::new("ada@acme.example", roles))
                .then_refused("roles_invalid");
        }
    }

    #[test]
    fn an_admin_who_is_not_there_is_not_found() {
        let nobody = AdminId::from_uuid(uuid::Uuid::from_u128(1));
        let mut scenario = Scenario::new();
        scenario
            .when(&olga(), AuthoriseAdmin::known(nobody, [Role::Auditor]))
            .then_refused("not_found");
        scenario.when(&olga(), SuspendAdmin::new(nobody)).then_refused("not_found");
    }

    #[test]
    fn a_tenant_keeps_one_owner() {
        let mut scenario = Scenario::new();
        let demote = || AuthoriseAdmin::known(OLGA, [Role::Auditor]);
        scenario.when(&olga(), demote()).then_refused("last_owner");
        scenario.when(&olga(), SuspendAdmin::new(OLGA)).then_refused("last_owner");
        let oscar = second_owner(&mut scenario);
        scenario.clone().when(&olga(), demote()).then_recorded(&["AdminAuthorised"]);
        scenario.clone().when(&olga(), SuspendAdmin::new(OLGA)).then_recorded(&["AdminSuspended"]);
        scenario.when(&olga(), SuspendAdmin::new(oscar)).then_recorded(&["AdminSuspended"]);
        scenario.when(&Actor::system(), SuspendAdmin::new(OLGA)).then_refused("last_owner");
    }

    #[test]
    fn a_suspended_admin_does_nothing_until_authorised_again() {
        let mut scenario = Scenario::new();
        let oscar = second_owner(&mut scenario);
        let answer = scenario.when(&olga(), SuspendAdmin::new(oscar));
        answer.then(&[AdminSuspended { admin: oscar }.into()]);
        scenario
            .when_again(&olga(), SuspendAdmin::new(oscar), answer.fresh)
            .then_refused("unchanged");
        let oscar_acts = scenario.fresh_admin(oscar);
        scenario.when(&oscar_acts, SuspendAdmin::new(BOB)).then_refused("not_permitted");
        scenario
            .when(&olga(), AuthoriseAdmin::known(oscar, [Role::Owner]))
            .then_recorded(&["AdminAuthorised"]);
        scenario.when(&oscar_acts, SuspendAdmin::new(BOB)).then_recorded(&["AdminSuspended"]);
    }

    #[test]
    fn an_owner_without_a_fresh_second_factor_makes_and_suspends_no_admins() {
        let mut scenario = Scenario::new();
        let stale = scenario.fresh_admin(OLGA);
        scenario.after_minutes(11);
        let new = || AuthoriseAdmin::new("mallory@acme.example", [Role::Owner]);
        for olga in [Actor::admin(OLGA), stale] {
            for command in [new(), AuthoriseAdmin::known(BOB, [Role::Owner])] {
                scenario.when(&olga, command).then_refused("second_factor_not_fresh");
            }
            scenario.when(&olga, SuspendAdmin::new(BOB)).then_refused("second_factor_not_fresh");
            // What cannot be is told first: no code is asked for it.
            scenario.when(&olga, SuspendAdmin::new(OLGA)).then_refused("last_owner");
        }
        scenario.when(&Actor::system(), new()).then_recorded(&["AdminAuthorised"]);
    }

    #[test]
    fn an_approver_makes_no_admins() {
        let mut scenario = Scenario::new();
        let petra = Actor::admin(PETRA);
        scenario
            .when(&petra, AuthoriseAdmin::known(PETRA, [Role::Owner]))
            .then_refused("not_permitted");
        scenario.when(&petra, SuspendAdmin::new(BOB)).then_refused("not_permitted");
    }
}
