//! `/console/admins/new`: an owner makes somebody an admin.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use readmit::{AdminId, AuthoriseAdmin, CommandId, Login, PersonName};

use super::{RoleChoice, choices, chosen, command, field};
use crate::pages::console::OWNS;
use crate::pages::console::acting::Acting;
use crate::pages::console::wrong::{Wrong, invalid};
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page, Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

const FIELDS: [&str; 4] = ["login", "name", "roles", "totp"];

#[derive(Template)]
#[template(path = "console/new_admin.html")]
struct NewAdminPage {
    chrome: Chrome,
    login: String,
    name: String,
    roles: Vec<RoleChoice>,
    command: CommandId,
    needs_code: bool,
    wrong: Wrong,
}

pub(in crate::pages::console) async fn new(visitor: Visitor) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let acting = Acting::new(&visitor, &admin, "");
    let command = visitor.app.engine.draw_command_id()?;
    Ok(Page(page(&visitor, &admin, &acting, &[], command, Wrong::default()).await?))
}

pub(in crate::pages::console) async fn add(
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let command = command(&fields)?;
    let mut acting = Acting::new(&visitor, &admin, field(&fields, "totp"));
    match added(&mut acting, command, &fields).await {
        Ok(id) => Ok(acting.answer(Redirect::to(&format!("/console/admins/{id}")))),
        Err(problem) => {
            let wrong = Wrong::of(visitor.words(), problem, &FIELDS)?;
            let page = page(&visitor, &admin, &acting, &fields, command, wrong).await?;
            Ok(acting.answer(unprocessable(page)))
        }
    }
}

async fn added(
    acting: &mut Acting<'_>,
    command: CommandId,
    fields: &[(String, String)],
) -> Result<AdminId, Problem> {
    let login: Login = field(fields, "login").parse().map_err(|why| invalid("login", &why))?;
    let mut authorise = AuthoriseAdmin::new(login, chosen(fields));
    let name = field(fields, "name");
    if !name.trim().is_empty() {
        let name: PersonName = name.parse().map_err(|why| invalid("name", &why))?;
        authorise = authorise.name(name);
    }
    Ok(acting.carry_out(command, authorise).await?.admin)
}

async fn page(
    visitor: &Visitor,
    admin: &Admin,
    acting: &Acting<'_>,
    fields: &[(String, String)],
    command: CommandId,
    wrong: Wrong,
) -> Result<NewAdminPage, Refused> {
    let policy = admin.tenant().state().await?.policy;
    Ok(NewAdminPage {
        chrome: admin.chrome.clone(),
        login: field(fields, "login").to_owned(),
        name: field(fields, "name").to_owned(),
        roles: choices(visitor.words(), &chosen(fields)),
        command,
        needs_code: acting.needs_code(&policy),
        wrong,
    })
}
