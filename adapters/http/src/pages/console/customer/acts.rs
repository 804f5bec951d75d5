//! What is done for a customer, by a form each.

use axum::http::{HeaderMap, Uri};
use axum::response::{Redirect, Response};
use readmit::{
    CommandId, CustomerId, EraseCustomer, Execute, LiftLegalHold, Login, Note, PlaceLegalHold,
    UnfreezeAccount, UnlockAccount,
};
use serde::Deserialize;

use super::{Asked, Asking, invitations};
use crate::extract::PathOf;
use crate::pages::console::acting::Acting;
use crate::pages::console::wrong::{Wrong, invalid};
use crate::pages::console::{OWNS, WORKS};
use crate::pages::form::{self, Form};
use crate::pages::page::{Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::problem::Problem;
use crate::sign_in;

const FIELDS: [&str; 2] = ["note", "totp"];

#[derive(Deserialize)]
pub(in crate::pages::console) struct Typed {
    #[serde(default)]
    totp: String,
    #[serde(default)]
    note: String,
    /// The login of whom the form is about, typed once more.
    #[serde(default)]
    confirm: String,
    #[serde(deserialize_with = "form::command_id")]
    command: CommandId,
}

pub(in crate::pages::console) async fn unlock(
    visitor: Visitor,
    PathOf(id): PathOf<CustomerId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    carry_out(&visitor, id, &typed, "unlock", UnlockAccount::new(id)).await
}

pub(in crate::pages::console) async fn unfreeze(
    visitor: Visitor,
    PathOf(id): PathOf<CustomerId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &WORKS).await?;
    let mut acting = Acting::new(&visitor, &admin, &typed.totp);
    let done = match typed.note.parse::<Note>() {
        Ok(note) => {
            let command = UnfreezeAccount::new(id, note);
            acting.carry_out(typed.command, command).await.map(|_| ())
        }
        Err(why) => Err(invalid("note", &why)),
    };
    let asking = Asking { visitor: &visitor, admin: &admin, acting: &acting, id };
    answered(&asking, "unfreeze", &typed, done).await
}

pub(in crate::pages::console) async fn place_hold(
    visitor: Visitor,
    PathOf(id): PathOf<CustomerId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    carry_out(&visitor, id, &typed, "place-hold", PlaceLegalHold::new(id)).await
}

pub(in crate::pages::console) async fn lift_hold(
    visitor: Visitor,
    PathOf(id): PathOf<CustomerId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    carry_out(&visitor, id, &typed, "lift-hold", LiftLegalHold::new(id)).await
}

pub(in crate::pages::console) async fn erase(
    visitor: Visitor,
    PathOf(id): PathOf<CustomerId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let mut acting = Acting::new(&visitor, &admin, &typed.totp);
    let login = visitor.app.names.login(admin.tenant(), id.into()).await?;
    let confirmed = typed.confirm.parse().is_ok_and(|typed: Login| typed.as_str() == login);
    if !confirmed && !login.is_empty() {
        let wrong = Wrong::say(visitor.words(), "confirm", "customer-erase-not-confirmed");
        let wrong = wrong.in_form("erase");
        let asking = Asking { visitor: &visitor, admin: &admin, acting: &acting, id };
        let page = asking.answer(Asked::default(), String::new(), wrong).await?;
        return Ok(unprocessable(page));
    }
    let done = acting.carry_out(typed.command, EraseCustomer::new(id)).await.map(|_| ());
    let forgotten = sign_in::forget_erased(&visitor.app, admin.tenant(), id).await;
    let asking = Asking { visitor: &visitor, admin: &admin, acting: &acting, id };
    // What became of the command is told first.
    answered(&asking, "erase", &typed, done.and(forgotten)).await
}

pub(in crate::pages::console) async fn invite(
    visitor: Visitor,
    PathOf(id): PathOf<CustomerId>,
    headers: HeaderMap,
    uri: Uri,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    admin.caller.require_customer(id).await?;
    let mut acting = Acting::new(&visitor, &admin, &typed.totp);
    let base = invitations::base_address(&visitor.app, &headers, &uri)?;
    let (command, account) = (typed.command, id.into());
    let done = invitations::invite(&visitor, &admin, &mut acting, command, account, &base).await;
    let asking = Asking { visitor: &visitor, admin: &admin, acting: &acting, id };
    answered(&asking, "invite", &typed, done).await
}

async fn carry_out<C: Execute + Clone + 'static>(
    visitor: &Visitor,
    id: CustomerId,
    typed: &Typed,
    form: &str,
    command: C,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &WORKS).await?;
    // Not every rule looks at the customer.
    admin.caller.require_customer(id).await?;
    let mut acting = Acting::new(visitor, &admin, &typed.totp);
    let done = acting.carry_out(typed.command, command).await.map(|_| ());
    answered(&Asking { visitor, admin: &admin, acting: &acting, id }, form, typed, done).await
}

async fn answered(
    asking: &Asking<'_>,
    form: &str,
    typed: &Typed,
    done: Result<(), Problem>,
) -> Result<Response, Refused> {
    let Asking { visitor, acting, id, .. } = asking;
    match done {
        Ok(()) => Ok(acting.answer(Redirect::to(&format!("/console/customers/{id}")))),
        Err(problem) => {
            let wrong = Wrong::of(visitor.words(), problem, &FIELDS)?.in_form(form);
            let page = asking.answer(Asked::default(), typed.note.clone(), wrong).await?;
            Ok(acting.answer(unprocessable(page)))
        }
    }
}
