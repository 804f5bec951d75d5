//! Approving, denying, taking back.

use axum::response::{Redirect, Response};
use readmit::{
    ApproveBypass, BypassId, CommandId, DenyBypass, IdentityCheck, RecoveryId, RecoveryRow,
    RevokeBypass,
};
use serde::Deserialize;

use super::awaiting::Chosen;
use super::{Asked, case_of, form, page};
use crate::extract::PathOf;
use crate::pages::console::acting::Acting;
use crate::pages::console::wrong::{Wrong, invalid};
use crate::pages::console::{WORKS, grant};
use crate::pages::form::{self, Form};
use crate::pages::page::{Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

const LIST: &str = "/console/bypasses";
const FIELDS: [&str; 2] = ["identity_check", "totp"];

#[derive(Deserialize)]
pub(in crate::pages::console) struct Typed {
    #[serde(default)]
    totp: String,
    #[serde(default)]
    identity_check: String,
    #[serde(deserialize_with = "form::command_id")]
    command: CommandId,
}

pub(in crate::pages::console) async fn revoke(
    visitor: Visitor,
    PathOf(id): PathOf<BypassId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &WORKS).await?;
    let mut acting = Acting::new(&visitor, &admin, &typed.totp);
    let case = case(&admin, id).await?.record;
    let command = RevokeBypass::new(case.account).only(case.recovery);
    let done = acting.carry_out(typed.command, command).await.map(|_| LIST.to_owned());
    answered(&visitor, &admin, &acting, &Chosen::default(), done).await
}

pub(in crate::pages::console) async fn deny(
    visitor: Visitor,
    PathOf(id): PathOf<BypassId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &WORKS).await?;
    let mut acting = Acting::new(&visitor, &admin, &typed.totp);
    let case = case(&admin, id).await?.record;
    let command = DenyBypass::new(case.account, case.recovery);
    let done = acting.carry_out(typed.command, command).await.map(|_| LIST.to_owned());
    answered(&visitor, &admin, &acting, &Chosen::default(), done).await
}

pub(in crate::pages::console) async fn approve(
    visitor: Visitor,
    PathOf(id): PathOf<BypassId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &WORKS).await?;
    let mut acting = Acting::new(&visitor, &admin, &typed.totp);
    let case = case(&admin, id).await?;
    let approved = approved(&visitor, &mut acting, &case, &typed).await;
    let chosen = Chosen { form: form(&case), check: typed.identity_check };
    answered(&visitor, &admin, &acting, &chosen, approved).await
}

/// Answers where the approver is told what to tell the customer.
async fn approved(
    visitor: &Visitor,
    acting: &mut Acting<'_>,
    case: &RecoveryRow,
    typed: &Typed,
) -> Result<String, Problem> {
    let mut command = ApproveBypass::new(case.record.account, case.record.recovery);
    if !typed.identity_check.is_empty() {
        let check: IdentityCheck =
            typed.identity_check.parse().map_err(|why| invalid("identity_check", &why))?;
        command = command.identity_check(check);
    }
    let done = acting.carry_out(typed.command, command).await?;
    if let Some(code) = &done.issued_code {
        grant::keep_code(visitor, acting.session(), done.recovery, code.expose());
    }
    Ok(format!("/console/recoveries/{}/granted", done.recovery))
}

async fn answered(
    visitor: &Visitor,
    admin: &Admin,
    acting: &Acting<'_>,
    chosen: &Chosen,
    done: Result<String, Problem>,
) -> Result<Response, Refused> {
    match done {
        Ok(address) => Ok(acting.answer(Redirect::to(&address))),
        Err(problem) => {
            let wrong = Wrong::of(visitor.words(), problem, &FIELDS)?.in_form(&chosen.form);
            let page = page(visitor, admin, acting, Asked::default(), chosen, wrong).await?;
            Ok(acting.answer(unprocessable(page)))
        }
    }
}

/// The case of a bypass, which has its id under another prefix.
async fn case(admin: &Admin, bypass: BypassId) -> Result<RecoveryRow, Problem> {
    let case = case_of(admin, RecoveryId::from_uuid(bypass.uuid())).await?;
    if case.record.bypass == bypass { Ok(case) } else { Err(Problem::not_found()) }
}
