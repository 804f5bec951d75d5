//! `/console/recoveries/{id}/granted`: what became of it, and what to tell the customer.

use askama::Template;
use axum::http::{HeaderMap, Uri};
use axum::response::IntoResponse;
use readmit::{AuditSubject, CommandId, Proof, RecoveryId, RecoveryRow, Stage, Timestamp};

use super::super::WORKS;
use super::super::bypasses::case_of;
use super::super::invite::base_address;
use super::super::person::{Chip, Person};
use super::super::say;
use super::name_of_code;
use crate::extract::PathOf;
use crate::pages::page::{Chrome, Page, Surface};
use crate::pages::refused::Refused;
use crate::pages::visitor::Visitor;
use crate::pages::when::When;
use crate::pages::words::Words;

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
    from: When,
    until: When,
    /// The same, for whoever reads no local time.
    ends: String,
    reason: String,
    ticket: String,
    position: u64,
    /// Where the customer signs in.
    sign_in: String,
    needs_code: bool,
    code: Option<String>,
    bypass: readmit::BypassId,
    command: CommandId,
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
    let state = State::of(&row, views.now());
    Ok(Page(GrantedPage {
        person: Person::find(&views, &logins, row.record.account).await?,
        heading: state.heading(),
        chip: state.chip(),
        lives: matches!(state, State::Awaiting | State::Open),
        granted: state == State::Open,
        from: row.record.window.map_or(row.opened_at, |(from, _)| from).into(),
        until: row.due.into(),
        ends: say::moment(row.due, views.now()),
        reason: reason(visitor.words(), &row),
        ticket: say::ticket(&row.record.terms),
        position: row.last_position,
        sign_in: format!("{}/sign-in", base_address(&visitor.app, &headers, &uri)?),
        needs_code: row.record.terms.proof == Proof::PasswordAndIssuedCode,
        code: code.filter(|_| state == State::Open).map(|code| code.to_string()),
        bypass: row.record.bypass,
        command: visitor.app.engine.draw_command_id()?,
        chrome: admin.chrome,
    }))
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

    const fn chip(self) -> Chip {
        match self {
            Self::Awaiting => Chip::new("chip-wait", "console-stage-awaiting_approval"),
            Self::Open => Chip::new("chip-open", "console-recovery-open"),
            Self::Recovered => Chip::new("chip-on", "console-stage-device_enrolled"),
            Self::Over => Chip::new("chip-erased", "granted-ended"),
        }
    }
}

fn reason(words: &Words, row: &RecoveryRow) -> String {
    say::reason(words, row.record.terms.reason)
}
