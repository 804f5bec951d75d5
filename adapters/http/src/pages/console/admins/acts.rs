//! What an owner does about an admin, by a form each.

use axum::http::{HeaderMap, Uri};
use axum::response::{Redirect, Response};
use readmit::{
    AccountId, AdminId, AuthoriseAdmin, Execute, Note, SuspendAdmin, TenantState, UnfreezeAccount,
    UnlockAccount,
};

use super::one::{Typed, page, seen};
use super::{chosen, command, field};
use crate::extract::PathOf;
use crate::pages::console::acting::Acting;
use crate::pages::console::wrong::{Wrong, invalid};
use crate::pages::console::{OWNS, invite as invitations};
use crate::pages::form::Form;
use crate::pages::page::{Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

const FIELDS: [&str; 3] = ["roles", "note", "totp"];

type Fields = Vec<(String, String)>;

pub(in crate::pages::console) async fn roles(
    visitor: Visitor,
    PathOf(id): PathOf<AdminId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let mut acting = Acting::new(&visitor, &admin, field(&fields, "totp"));
    let roles = chosen(&fields);
    let authorise = AuthoriseAdmin::known(id, roles.clone());
    // Whoever saves roles lifts a suspension: they must have seen it.
    let shown = field(&fields, "seen");
    let is_as_shown =
        |state: &TenantState| state.admins.get(&id).is_none_or(|known| seen(known) == shown);
    let done = acting.carry_out_if(command(&fields)?, authorise, is_as_shown).await.map(|_| ());
    let typed = Typed { roles: Some(roles), ..Typed::default() };
    Sent { visitor: &visitor, admin: &admin, acting: &acting, id, form: "roles", typed }
        .answered(done)
        .await
}

pub(in crate::pages::console) async fn suspend(
    visitor: Visitor,
    PathOf(id): PathOf<AdminId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refused> {
    carry_out(&visitor, id, "suspend", &fields, Ok(SuspendAdmin::new(id))).await
}

pub(in crate::pages::console) async fn unlock(
    visitor: Visitor,
    PathOf(id): PathOf<AdminId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refused> {
    carry_out(&visitor, id, "unlock", &fields, Ok(UnlockAccount::new(id))).await
}

pub(in crate::pages::console) async fn unfreeze(
    visitor: Visitor,
    PathOf(id): PathOf<AdminId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refused> {
    let note = field(&fields, "note").parse::<Note>().map_err(|why| invalid("note", &why));
    let unfreeze = note.map(|note| UnfreezeAccount::new(id, note));
    carry_out(&visitor, id, "unfreeze", &fields, unfreeze).await
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
    let (command, account) = (command(&fields)?, AccountId::from(id));
    let done = invitations::invite(&visitor, &admin, &mut acting, command, account, &base).await;
    let typed = Typed::default();
    Sent { visitor: &visitor, admin: &admin, acting: &acting, id, form: "invite", typed }
        .answered(done)
        .await
}

/// Has a command carried out, unless what was typed makes none.
async fn carry_out<C: Execute + Clone + 'static>(
    visitor: &Visitor,
    id: AdminId,
    form: &'static str,
    fields: &Fields,
    meant: Result<C, Problem>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let mut acting = Acting::new(visitor, &admin, field(fields, "totp"));
    let done = match meant {
        Ok(meant) => acting.carry_out(command(fields)?, meant).await.map(|_| ()),
        Err(problem) => Err(problem),
    };
    let typed = Typed { note: field(fields, "note").to_owned(), ..Typed::default() };
    Sent { visitor, admin: &admin, acting: &acting, id, form, typed }.answered(done).await
}

/// A form that was sent.
struct Sent<'v> {
    visitor: &'v Visitor,
    admin: &'v Admin,
    acting: &'v Acting<'v>,
    id: AdminId,
    form: &'static str,
    typed: Typed,
}

impl Sent<'_> {
    async fn answered(self, done: Result<(), Problem>) -> Result<Response, Refused> {
        let Self { visitor, admin, acting, id, form, typed } = self;
        match done {
            Ok(()) => Ok(acting.answer(Redirect::to(&format!("/console/admins/{id}")))),
            Err(problem) => {
                // What was chosen for somebody who is not like that any more is not chosen again.
                let changed = problem.code() == "changed";
                let typed = if changed { Typed::default() } else { typed };
                let wrong = if changed {
                    Wrong::say(visitor.words(), "roles", "admins-changed")
                } else {
                    Wrong::of(visitor.words(), problem, &FIELDS)?
                };
                let page = page(visitor, admin, acting, id, typed, wrong.in_form(form)).await?;
                Ok(acting.answer(unprocessable(page)))
            }
        }
    }
}
