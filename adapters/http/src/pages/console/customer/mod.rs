//! `/console/customers/{id}`: where somebody stands, what happened, what can be done for them.

mod acts;
mod history;
mod machine;
mod offers;

use askama::Template;
use axum::response::IntoResponse;
use readmit::{AccountId, AuditSubject, CustomerId, CustomerRow, Policy, RecoveryId, Timestamp};
use serde::Deserialize;

use self::history::History;
use self::machine::Machine;
use self::offers::Offers;
use super::acting::Acting;
use super::bypasses::case_of;
use super::customers::{grant_name, why_not};
use super::person::{self, Chip, Person};
use super::terms::Told;
use super::wrong::Wrong;
use super::{WORKS, grant, invite as invitations};
use crate::extract::{PathOf, Query};
use crate::pages::page::{Chrome, Page, Surface};
use crate::pages::refused::Refused;
use crate::pages::visitor::{Admin, Visitor};
use crate::pages::when::When;
use crate::problem::Problem;

pub(super) use acts::{erase, invite, lift_hold, place_hold, unfreeze, unlock};

/// Seconds of a time step (RFC 6238): what a device remembers the last one of.
const STEP_SECONDS: i64 = 30;

#[derive(Template)]
#[template(path = "console/customer.html")]
struct CustomerPage {
    chrome: Chrome,
    id: CustomerId,
    person: Person,
    chip: Chip,
    position: u64,
    machine: Machine,
    open: Option<Open>,
    devices: Vec<Device>,
    codes_left: Option<u8>,
    guards: Guards,
    history: History,
    /// The message that names what can be asked for or granted; and why not now.
    grant: Option<&'static str>,
    not_now: Option<&'static str>,
    offers: Offers,
    needs_code: bool,
    invitation: Option<invitations::Link>,
    note: String,
    wrong: Wrong,
}

/// The recovery that is open.
struct Open {
    recovery: RecoveryId,
    stage: &'static str,
    until: When,
    terms: Told,
}

struct Device {
    id: readmit::DeviceId,
    last_used: When,
}

/// What may keep somebody out.
struct Guards {
    failures: u32,
    /// Whether they are locked, and until when; until an admin unlocks if not given.
    locked: bool,
    locked_until: Option<When>,
    frozen: bool,
    hold: bool,
    grants: usize,
    most_grants: u8,
    registered: When,
    last_sign_in: Option<When>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    cursor: Option<readmit::PageCursor>,
}

pub(super) async fn show(
    visitor: Visitor,
    PathOf(id): PathOf<CustomerId>,
    Query(asked): Query<Asked>,
) -> Result<impl IntoResponse, Refused> {
    let admin = visitor.admin(Surface::Console, &WORKS).await?;
    let acting = Acting::new(&visitor, &admin, "");
    let (note, wrong) = (String::new(), Wrong::default());
    let page = Asking { visitor: &visitor, admin: &admin, acting: &acting, id };
    Ok(Page(page.answer(asked, note, wrong).await?))
}

/// The page under way.
struct Asking<'v> {
    visitor: &'v Visitor,
    admin: &'v Admin,
    acting: &'v Acting<'v>,
    id: CustomerId,
}

impl Asking<'_> {
    async fn answer(
        &self,
        asked: Asked,
        note: String,
        wrong: Wrong,
    ) -> Result<CustomerPage, Refused> {
        let (visitor, admin, id) = (self.visitor, self.admin, self.id);
        admin.caller.record_access(AuditSubject::Timeline).await?;
        let state = admin.tenant().state().await?;
        let views = admin.tenant().views().await?;
        let (row, now) = (person::customer(&views, id).await?, views.now());
        let hold = state.holds.contains(&id);
        let account = AccountId::from(id);
        Ok(CustomerPage {
            chrome: admin.chrome.clone(),
            id,
            person: Person::of(&row),
            chip: Chip::of(&row, now),
            position: row.position,
            machine: Machine::of(&row, now),
            open: self.open(&row, now).await?,
            devices: devices(&row),
            codes_left: row.codes_left(),
            guards: Guards::of(&row, hold, &state.policy, now),
            history: History::read(visitor, admin, &views, id, asked.cursor).await?,
            grant: grant_name(admin),
            not_now: why_not(&row.account, state.policy.mfa),
            offers: Offers::of(visitor, admin, &row, hold, now).await?,
            needs_code: self.acting.needs_code(&state.policy),
            invitation: invitations::shown(visitor, admin, account),
            note,
            wrong,
        })
    }

    async fn open(&self, row: &CustomerRow, now: Timestamp) -> Result<Option<Open>, Problem> {
        let case = row.account.case.as_ref().filter(|case| now < case.due());
        let Some(case) = case else { return Ok(None) };
        let (tenant, words) = (self.admin.tenant(), self.visitor.words());
        let opened = case_of(self.admin, case.recovery).await?;
        Ok(Some(Open {
            recovery: case.recovery,
            stage: person::stage_name(case.stage()),
            until: case.due().into(),
            terms: Told::of(tenant, words, &opened, &case.terms).await?,
        }))
    }
}

impl Guards {
    fn of(row: &CustomerRow, hold: bool, policy: &Policy, now: Timestamp) -> Self {
        let lock = row.account.lock_at(now);
        Self {
            failures: row.account.failures,
            locked: lock.is_some(),
            locked_until: lock.and_then(|lock| lock.until).map(When),
            frozen: row.account.frozen,
            hold,
            grants: grant::grants_in_30_days(row, now),
            most_grants: policy.grants_in_30_days,
            registered: row.registered_at.into(),
            last_sign_in: row.last_sign_in.map(When),
        }
    }
}

fn devices(row: &CustomerRow) -> Vec<Device> {
    let device = |device: &readmit::Device| {
        let step = i64::try_from(device.last_step).unwrap_or_default();
        let micros = step.saturating_mul(STEP_SECONDS).saturating_mul(1_000_000);
        Device { id: device.id, last_used: Timestamp::from_unix_micros(micros).into() }
    };
    row.account.devices().iter().map(device).collect()
}
