//! `/console/admins/{id}`: an owner changes what an admin may do, suspends or invites them.

use askama::Template;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use readmit::{AccountId, AdminId, AuthoriseAdmin, CommandId, Role, SuspendAdmin};

use super::{RoleChoice, chip, choices, chosen, command, field};
use crate::extract::PathOf;
use crate::pages::console::acting::Acting;
use crate::pages::console::person::Chip;
use crate::pages::console::wrong::Wrong;
use crate::pages::console::{OWNS, invite as invitations};
use crate::pages::form::Form;
use crate::pages::names;
use crate::pages::page::{Chrome, Page, Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/admin.html")]
struct AdminPage {
    chrome: Chrome,
    id: AdminId,
    login: String,
    chip: Chip,
    suspended: bool,
    roles: Vec<RoleChoice>,
    can_be_invited: bool,
    invitation: Option<invitations::Link>,
    /// One for each form.
    commands: [CommandId; 3],
    needs_code: bool,
    wrong: Wrong,
}

type Fields = Vec<(String, String)>;

pub(in crate::pages::console) async fn one(
    visitor: Visitor,
    PathOf(id): PathOf<AdminId>,
) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let acting = Acting::new(&visitor, &admin, "");
    Ok(Page(page(&visitor, &admin, &acting, id, None, Wrong::default()).await?))
}

pub(in crate::pages::console) async fn roles(
    visitor: Visitor,
    PathOf(id): PathOf<AdminId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let mut acting = Acting::new(&visitor, &admin, field(&fields, "totp"));
    let roles = chosen(&fields);
    let authorise = AuthoriseAdmin::known(id, roles.clone());
    let done = acting.carry_out(command(&fields)?, authorise).await.map(|_| ());
    answered(&visitor, &admin, &acting, id, Some(roles), done).await
}

pub(in crate::pages::console) async fn suspend(
    visitor: Visitor,
    PathOf(id): PathOf<AdminId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let mut acting = Acting::new(&visitor, &admin, field(&fields, "totp"));
    let done = acting.carry_out(command(&fields)?, SuspendAdmin::new(id)).await.map(|_| ());
    answered(&visitor, &admin, &acting, id, None, done).await
}

pub(in crate::pages::console) async fn invite(
    visitor: Visitor,
    PathOf(id): PathOf<AdminId>,
    headers: HeaderMap,
    uri: Uri,
    Form(fields): Form<Fields>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let known = admin.tenant().state().await?.admins.contains_key(&id);
    if !known {
        return Err(Problem::not_found().into());
    }
    let mut acting = Acting::new(&visitor, &admin, field(&fields, "totp"));
    let base = invitations::base_address(&visitor.app, &headers, &uri)?;
    let account = AccountId::from(id);
    let done = invitations::invite(&visitor, &admin, &mut acting, account, &base).await;
    answered(&visitor, &admin, &acting, id, None, done).await
}

async fn answered(
    visitor: &Visitor,
    admin: &Admin,
    acting: &Acting<'_>,
    id: AdminId,
    typed: Option<Vec<Role>>,
    done: Result<(), Problem>,
) -> Result<Response, Refused> {
    match done {
        Ok(()) => Ok(acting.answer(Redirect::to(&format!("/console/admins/{id}")))),
        Err(problem) => {
            let wrong = Wrong::of(visitor.words(), problem, &["roles"])?;
            let page = page(visitor, admin, acting, id, typed, wrong).await?;
            Ok(acting.answer(unprocessable(page)))
        }
    }
}

async fn page(
    visitor: &Visitor,
    admin: &Admin,
    acting: &Acting<'_>,
    id: AdminId,
    typed: Option<Vec<Role>>,
    wrong: Wrong,
) -> Result<AdminPage, Refused> {
    let (app, tenant) = (&visitor.app, admin.tenant());
    let state = tenant.state().await?;
    let known = state.admins.get(&id).ok_or_else(Problem::not_found)?;
    let logins = app.names.admins(tenant).await?;
    let has_device = !tenant.account(id).await?.devices().is_empty();
    let draw = || app.engine.draw_command_id();
    Ok(AdminPage {
        chrome: admin.chrome.clone(),
        id,
        login: names::admin(&logins, id),
        chip: chip(known.suspended, has_device),
        suspended: known.suspended,
        roles: choices(visitor.words(), typed.as_ref().unwrap_or(&known.roles)),
        can_be_invited: !known.suspended
            && invitations::can_be_invited(app, admin, id.into()).await?,
        invitation: invitations::shown(visitor, admin, id.into()),
        commands: [draw()?, draw()?, draw()?],
        needs_code: acting.needs_code(&state.policy),
        wrong,
    })
}
