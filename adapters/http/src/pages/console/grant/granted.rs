//! `/console/recoveries/{id}/granted`: what became of it, and what to tell the customer.

use askama::Template;
use axum::http::{HeaderMap, Uri};
use axum::response::IntoResponse;
use form_urlencoded::byte_serialize;
use readmit::{AuditSubject, CommandId, Proof, RecoveryId, RecoveryRow, Stage, Timestamp};

use super::super::WORKS;
use super::super::bypasses::case_of;
use super::super::invite::base_address;
use super::super::may;
use super::super::person::{Chip, Person};
use super::super::terms::Told;
use super::super::time_left::TimeLeft;
use super::name_of_code;
use crate::extract::PathOf;
use crate::pages::page::{Chrome, Page, Surface};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/granted.html")]
struct GrantedPage {
    chrome: Chrome,
    person: Person,
    /// The message that says how it stands.
    heading: &'static str,
    chip: Chip,
    /// Whether it is open or awaits approval.
    lives: bool,
    /// Whether the customer can use it.
    granted: bool,
    left: TimeLeft,
    terms: Told,
    /// The message that says what comes next.
    next: &'static str,
    position: u64,
    /// Where the customer signs in.
    sign_in: String,
    needs_code: bool,
    code: Option<String>,
    bypass: readmit::BypassId,
    /// If the visitor may take it back.
    undo: Option<CommandId>,
}

pub(in crate::pages::console) async fn granted(
    visitor: Visitor,
    PathOf(id): PathOf<RecoveryId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &WORKS).await?;
    admin.caller.record_access(AuditSubject::Case).await?;
    let row = case_of(&admin, id).await?;
    let views = admin.tenant().views().await?;
    let logins = visitor.app.names.admins(admin.tenant()).await?;
    let code = visitor.app.shown.find::<zeroize::Zeroizing<String>>(admin.token, &name_of_code(id));
    let (now, state) = (views.now(), State::of(&row, views.now()));
    let from = row.record.window.map_or(row.opened_at, |(from, _)| from);
    let about = may::About::row(&row);
    let lives = matches!(state, State::Awaiting | State::Open);
    let undo = if lives && may::revoke(&admin, about) {
        Some(visitor.app.engine.draw_command_id()?)
    } else {
        None
    };
    let tenant = admin.tenant();
    let answers = may::answer(&admin, &tenant.state().await?, about);
    Ok(Page(GrantedPage {
        person: Person::find(&views, &logins, row.record.account).await?,
        heading: state.heading(),
        chip: state.chip(),
        lives,
        granted: state == State::Open,
        left: TimeLeft::of(from, row.due, now),
        terms: Told::of(tenant, visitor.words(), &row, &row.record.terms).await?,
        next: state.next(answers, may::asked(&admin, about)),
        position: row.last_position,
        sign_in: sign_in(&visitor, &admin, &headers, &uri).await?,
        needs_code: row.record.terms.proof == Proof::PasswordAndIssuedCode,
        code: code.filter(|_| state == State::Open).map(|code| code.to_string()),
        bypass: row.record.bypass,
        undo,
        chrome: admin.chrome,
    }))
}

/// Where the customer signs in: with the company, where there are several.
async fn sign_in(
    visitor: &Visitor,
    admin: &Admin,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<String, Problem> {
    let address = format!("{}/sign-in", base_address(&visitor.app, headers, uri)?);
    if visitor.app.engine.tenants().await?.len() < 2 {
        return Ok(address);
    }
    let company: String = byte_serialize(admin.tenant().name().as_bytes()).collect();
    Ok(format!("{address}?company={company}"))
}

/// How a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Awaiting,
    Open,
    /// The customer has a new device.
    Recovered,
    Over,
}

impl State {
    fn of(row: &RecoveryRow, now: Timestamp) -> Self {
        match row.record.stage {
            _ if !row.is_open(now) => Self::Over,
            Stage::AwaitingApproval => Self::Awaiting,
            Stage::DeviceEnrolled => Self::Recovered,
            _ => Self::Open,
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Awaiting => "granted-awaiting",
            Self::Open => "granted-open",
            Self::Recovered => "granted-recovered",
            Self::Over => "granted-over",
        }
    }

    /// The message that says what comes next, to whoever may answer it or has asked for it.
    const fn next(self, answers: bool, asked: bool) -> &'static str {
        match self {
            Self::Awaiting if answers => "granted-next-answer",
            Self::Awaiting if asked => "granted-next-asked",
            Self::Awaiting => "granted-next-other",
            Self::Open | Self::Recovered | Self::Over => "granted-over-what",
        }
    }

    const fn chip(self) -> Chip {
        match self {
            Self::Awaiting => Chip::new("chip-wait", "console-stage-awaiting_approval"),
            Self::Open => Chip::new("chip-open", "console-recovery-open"),
            Self::Recovered => Chip::new("chip-on", "console-stage-device_enrolled"),
            Self::Over => Chip::new("chip-erased", "granted-ended"),
        }
    }
}
