//! `/console/policy`: the rules of the company, which its owners change.

mod compared;
mod typed;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use data_encoding::HEXLOWER;
use readmit::{ChangePolicy, Policy, Profile, Role, TenantState};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use self::compared::Compared;
use self::typed::Typed;
use super::acting::Acting;
use super::wrong::Wrong;
use super::{OWNS, WORKS};
use crate::extract::Query;
use crate::pages::form::Form;
use crate::pages::page::{Chrome, Page, Surface, unprocessable};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

/// What the form has fields for, as policy names its settings.
const FIELDS: [&str; 8] = [
    "lifetime",
    "most_uses",
    "fresh_seconds",
    "enrolment_seconds",
    "request_seconds",
    "lockout",
    "grants_in_30_days",
    "totp",
];
const ALL: [Role; 5] = [WORKS[0], WORKS[1], WORKS[2], WORKS[3], Role::Auditor];

#[derive(Template)]
#[template(path = "console/policy.html")]
struct PolicyPage {
    chrome: Chrome,
    /// The message that names the profile that the policy is.
    profile: &'static str,
    compared: Vec<Compared>,
    owns: bool,
    /// Whether the form holds the values of a profile, which are not saved.
    filled_in: bool,
    typed: Typed,
    needs_code: bool,
    wrong: Wrong,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// Whose values the form is filled with.
    profile: Option<Profile>,
}

pub(super) async fn show(
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &ALL).await?;
    let acting = Acting::new(&visitor, &admin, "");
    let now = admin.tenant().state().await?.policy;
    let policy = asked.profile.map_or(now, Profile::policy);
    let typed = Typed::of(&policy, visitor.app.engine.draw_command_id()?);
    let filled_in = asked.profile.is_some();
    Ok(Page(page(&visitor, &admin, &acting, typed, filled_in, Wrong::default()).await?))
}

pub(super) async fn change(
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let admin = visitor.admin(Surface::Console, &OWNS).await?;
    let mut acting = Acting::new(&visitor, &admin, &typed.totp);
    match changed(&mut acting, &typed).await {
        Ok(()) => Ok(acting.answer(Redirect::to("/console/policy"))),
        Err(problem) => {
            let wrong = Wrong::of(visitor.words(), problem, &FIELDS)?;
            let page = page(&visitor, &admin, &acting, typed.clone(), false, wrong).await?;
            Ok(acting.answer(unprocessable(page)))
        }
    }
}

async fn changed(acting: &mut Acting<'_>, typed: &Typed) -> Result<(), Problem> {
    let command = ChangePolicy::new(typed.policy()?);
    let is_as_shown = |state: &TenantState| digest(&state.policy) == typed.shown;
    acting.carry_out_if(typed.command, command, is_as_shown).await.map(|_| ())
}

/// What stands for a policy in the form that changes it.
fn digest(policy: &Policy) -> String {
    let digest = Sha256::digest(format!("{policy:?}"));
    HEXLOWER.encode(digest.get(..16).unwrap_or_default())
}

async fn page(
    visitor: &Visitor,
    admin: &Admin,
    acting: &Acting<'_>,
    typed: Typed,
    filled_in: bool,
    wrong: Wrong,
) -> Result<PolicyPage, Refused> {
    let policy = admin.tenant().state().await?.policy;
    Ok(PolicyPage {
        chrome: admin.chrome.clone(),
        profile: profile(&policy),
        compared: compared::all(visitor.words(), &policy),
        owns: admin.holds(&OWNS),
        filled_in,
        typed: Typed { shown: digest(&policy), ..typed },
        needs_code: acting.needs_code(&policy),
        wrong,
    })
}

fn profile(policy: &Policy) -> &'static str {
    if *policy == Policy::strict() {
        "policy-strict"
    } else if *policy == Policy::standard() {
        "policy-standard"
    } else {
        "policy-own"
    }
}
