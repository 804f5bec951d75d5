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
