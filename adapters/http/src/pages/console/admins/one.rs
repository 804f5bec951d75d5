//! `/console/admins/{id}`: what an owner can change about an admin.

use askama::Template;
use axum::response::IntoResponse;
use readmit::{AdminId, CommandId, Role};

use super::{RoleChoice, chips, choices};
use crate::extract::PathOf;
use crate::pages::console::acting::Acting;
use crate::pages::console::person::Chip;
use crate::pages::console::wrong::Wrong;
use crate::pages::console::{OWNS, invite as invitations};
use crate::pages::names;
use crate::pages::page::{Chrome, Page, Surface};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/admin.html")]
pub(super) struct AdminPage {
    chrome: Chrome,
    id: AdminId,
    login: String,
    chips: Vec<Chip>,
    suspended: bool,
    /// What the form is shown beside: it is refused once that has changed.
    seen: String,
    roles: Vec<RoleChoice>,
    invitation: Option<invitations::Link>,
    /// The command of each form, if the form is there.
    save: CommandId,
    invite: Option<CommandId>,
    suspend: Option<CommandId>,
    unlock: Option<CommandId>,
    unfreeze: Option<CommandId>,
    note: String,
    needs_code: bool,
    wrong: Wrong,
}

/// What a form brought that is shown again.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) roles: Option<Vec<Role>>,
    pub(super) note: String,
}

pub(in crate::pages::console) async fn one(
    visitor: Visitor,
    PathOf(id): PathOf<AdminId>,
) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let acting = Acting::new(&visitor, &admin, "");
    Ok(Page(page(&visitor, &admin, &acting, id, Typed::default(), Wrong::default()).await?))
}

/// What stands for an admin's roles and suspension in the form that changes them.
pub(super) fn seen(known: &readmit::Admin) -> String {
    let mut seen: Vec<&str> = known.roles.iter().map(|role| role.name()).collect();
    seen.extend(known.suspended.then_some("suspended"));
    seen.join(" ")
}

pub(super) async fn page(
    visitor: &Visitor,
    admin: &Admin,
    acting: &Acting<'_>,
    id: AdminId,
    typed: Typed,
    wrong: Wrong,
) -> Result<AdminPage, Refused> {
    let (app, tenant) = (&visitor.app, admin.tenant());
    let state = tenant.state().await?;
    let known = state.admins.get(&id).ok_or_else(Problem::not_found)?;
    let logins = app.names.admins(tenant).await?;
    let (account, now) = (tenant.account(id).await?, app.engine.now());
    let can_be_invited =
        !known.suspended && invitations::can_be_invited(app, admin, id.into()).await?;
    let draw = || app.engine.draw_command_id();
    let only_if = |offered: bool| if offered { draw().map(Some) } else { Ok(None) };
    // Nobody helps themselves.
    let helps = id != admin.id;
    Ok(AdminPage {
        chrome: admin.chrome.clone(),
        id,
        login: names::admin(&logins, id),
        chips: chips(known, &account, now),
        suspended: known.suspended,
        seen: seen(known),
        roles: choices(visitor.words(), typed.roles.as_ref().unwrap_or(&known.roles)),
        invitation: invitations::shown(visitor, admin, id.into()),
        save: draw()?,
        invite: only_if(can_be_invited)?,
        suspend: only_if(!known.suspended)?,
        unlock: only_if(helps && account.lock_at(now).is_some())?,
        unfreeze: only_if(helps && account.frozen)?,
        note: typed.note,
        needs_code: acting.needs_code(&state.policy),
        wrong,
    })
}
