//! `/console/customers/new`: an owner makes a customer known.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use readmit::{CommandId, CustomerId, Login, PersonName, RegisterCustomer};
use serde::Deserialize;

use super::super::OWNS;
use super::super::acting::Acting;
use super::super::wrong::{Wrong, invalid};
use crate::pages::form::{self, Form};
use crate::pages::page::{Chrome, Page, Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/new_customer.html")]
struct NewCustomerPage {
    chrome: Chrome,
    typed: Typed,
    wrong: Wrong,
}

#[derive(Deserialize)]
pub(in crate::pages::console) struct Typed {
    login: String,
    #[serde(default)]
    name: String,
    #[serde(deserialize_with = "form::command_id")]
    command: CommandId,
}

pub(in crate::pages::console) async fn new(visitor: Visitor) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let command = visitor.app.engine.draw_command_id()?;
    let typed = Typed { login: String::new(), name: String::new(), command };
    Ok(Page(NewCustomerPage { chrome: admin.chrome, typed, wrong: Wrong::default() }))
}

pub(in crate::pages::console) async fn register(
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    match registered(&visitor, &admin, &typed).await {
        Ok(customer) => Ok(Redirect::to(&format!("/console/customers/{customer}")).into_response()),
        Err(problem) => {
            let wrong = Wrong::of(visitor.words(), problem, &["login", "name"])?;
            Ok(unprocessable(NewCustomerPage { chrome: admin.chrome, typed, wrong }))
        }
    }
}

async fn registered(
    visitor: &Visitor,
    admin: &Admin,
    typed: &Typed,
) -> Result<CustomerId, Problem> {
    let login: Login = typed.login.parse().map_err(|why| invalid("login", &why))?;
    let mut command = RegisterCustomer::new(login);
    if !typed.name.trim().is_empty() {
        let name: PersonName = typed.name.parse().map_err(|why| invalid("name", &why))?;
        command = command.name(name);
    }
    let done = Acting::new(visitor, admin, "").carry_out(typed.command, command).await?;
    Ok(done.customer)
}
