//! `/console/customers/{id}/grant`: disabling MFA for one customer, or asking for it.

mod choices;
mod granted;
mod typed;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use readmit::{CustomerId, CustomerRow, Done, Grant, Policy, RecoveryId, Role, Stage, Timestamp};

use self::choices::Choice;
use self::typed::Typed;
use super::acting::Acting;
use super::person::{self, Chip, Person};
use super::wrong::Wrong;
use super::{GRANTS, customers};
use crate::extract::PathOf;
use crate::identify::TokenDigest;
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page, Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::problem::Problem;

pub(super) use granted::granted;

const ROLES: [Role; 3] = [Role::Owner, Role::RecoveryAdmin, Role::Helpdesk];
/// What the form has fields for.
const FIELDS: [&str; 8] =
    ["reason", "note", "ticket", "identity_check", "lifetime", "proof", "replace", "totp"];

#[derive(Template)]
#[template(path = "console/grant.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the form asks for")]
struct GrantPage {
    chrome: Chrome,
    person: Person,
    /// Where the form is sent to.
    action: String,
    now: Now,
    /// Whether it is granted; else it is asked for.
    grants: bool,
    /// The message that names what the form does.
    name: &'static str,
    not_now: Option<&'static str>,
    typed: Typed,
    reasons: Vec<Choice>,
    reason_required: bool,
    ticket_required: bool,
    checks: Vec<Choice>,
    lifetimes: Vec<Choice>,
    proofs: Vec<Choice>,
    /// The message that names the stage of the recovery that is open.
    open: Option<&'static str>,
    /// Whether that one can be replaced still.
    replaceable: bool,
    second_person: bool,
    needs_code: bool,
    wrong: Wrong,
}

/// How the customer is at this moment.
struct Now {
    chip: Chip,
    codes_left: Option<u8>,
    last_sign_in: Option<When>,
    grants: usize,
    most_grants: u8,
}

pub(super) async fn show(
    visitor: Visitor,
    PathOf(id): PathOf<CustomerId>,
) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &ROLES).await?;
    let acting = Acting::new(&visitor, &admin, "");
    let policy = admin.tenant().state().await?.policy;
    let typed = Typed::new(visitor.app.engine.draw_command_id()?, &policy);
    Ok(Page(page(&visitor, &admin, &acting, id, typed, Wrong::default()).await?))
}

pub(super) async fn grant(
    visitor: Visitor,
    PathOf(id): PathOf<CustomerId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &ROLES).await?;
    let mut acting = Acting::new(&visitor, &admin, &typed.totp);
    match carried_out(&mut acting, &admin, id, &typed).await {
        Ok(done) => {
            if let Some(code) = &done.issued_code {
                keep_code(&visitor, acting.session(), done.recovery, code.expose());
            }
            let address = format!("/console/recoveries/{}/granted", done.recovery);
            Ok(acting.answer(Redirect::to(&address)))
        }
        Err(problem) => {
            let wrong = Wrong::of(visitor.words(), problem, &FIELDS)?;
            let page = page(&visitor, &admin, &acting, id, typed.clone(), wrong).await?;
            Ok(acting.answer(unprocessable(page)))
        }
    }
}

/// Keeps an issued code for the session that is shown it.
pub(super) fn keep_code(
    visitor: &Visitor,
    session: TokenDigest,
    recovery: RecoveryId,
    code: zeroize::Zeroizing<String>,
) {
    visitor.app.shown.keep(session, &name_of_code(recovery), code);
}

fn name_of_code(recovery: RecoveryId) -> String {
    format!("issued code of {recovery}")
}

async fn carried_out(
    acting: &mut Acting<'_>,
    admin: &Admin,
    customer: CustomerId,
    typed: &Typed,
) -> Result<Done<Grant>, Problem> {
    if admin.holds(&GRANTS) {
        acting.carry_out(typed.command, typed.grant(customer)?).await
    } else {
        acting.carry_out(typed.command, typed.request(customer)?).await
    }
}

async fn page(
    visitor: &Visitor,
    admin: &Admin,
    acting: &Acting<'_>,
    id: CustomerId,
    typed: Typed,
    wrong: Wrong,
) -> Result<GrantPage, Refused> {
    let words = visitor.words();
    let policy = admin.tenant().state().await?.policy;
    let views = admin.tenant().views().await?;
    let (row, now) = (person::customer(&views, id).await?, views.now());
    let grants = admin.holds(&GRANTS);
    let stage = row.stage(now);
    Ok(GrantPage {
        chrome: admin.chrome.clone(),
        person: Person::of(&row),
        action: format!("/console/customers/{id}/grant"),
        now: Now::of(&row, &policy, now),
        grants,
        name: if grants { "console-disable" } else { "console-ask" },
        not_now: customers::why_not(&row.account, policy.mfa),
        reasons: choices::reasons(words, &typed.reason),
        reason_required: policy.demands.reason,
        ticket_required: policy.demands.ticket,
        checks: choices::checks(words, &policy, &typed.identity_check),
        lifetimes: choices::lifetimes(words, policy.lifetime, &typed.lifetime),
        proofs: choices::proofs(words, &policy, &typed.proof),
        open: stage.map(person::stage_name),
        replaceable: grants && stage.is_some_and(|stage| stage != Stage::DeviceEnrolled),
        second_person: needs_second_person(&row, &policy, now),
        needs_code: grants && acting.needs_code(&policy),
        typed,
        wrong,
    })
}

impl Now {
    fn of(row: &CustomerRow, policy: &Policy, now: Timestamp) -> Self {
        Self {
            chip: Chip::of(row, now),
            codes_left: row.codes_left(),
            last_sign_in: row.last_sign_in.map(When),
            grants: grants_in_30_days(row, now),
            most_grants: policy.grants_in_30_days,
        }
    }
}

/// Bypasses that a customer was granted in the 30 days before.
pub(super) fn grants_in_30_days(row: &CustomerRow, now: Timestamp) -> usize {
    let recent = |at: &&Timestamp| now <= **at + readmit::Seconds::days(30);
    row.account.granted_at.iter().filter(recent).count()
}

/// Whether a grant will wait for somebody else; the rules have the last word.
fn needs_second_person(row: &CustomerRow, policy: &Policy, now: Timestamp) -> bool {
    policy.second_person == readmit::SecondPerson::Always
        || grants_in_30_days(row, now) >= usize::from(policy.grants_in_30_days)
}
