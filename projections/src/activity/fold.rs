//! What an event counts for.

use std::collections::{BTreeMap, BTreeSet};

use readmit_domain::{Event, Reason, Timestamp, Who};
use readmit_runtime::Envelope;
use serde::{Deserialize, Serialize};

use super::{CASES, COUNTS, SPANS};
use crate::database::{Row, Sql, Table, Tables, Value, integer, text};
use crate::model::Batch;

/// The bounds by which spans are told apart, in seconds: one minute to one day, and all others.
pub(super) const WITHIN: [i64; 8] = [60, 300, 900, 1_800, 3_600, 14_400, 86_400, i64::MAX];

const SECONDS_OF_HOUR: u64 = 3_600;
const HOURS_OF_DAY: u64 = 24;

/// An open case, as far as its next steps are measured from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct OpenCase {
    requested: Option<Timestamp>,
    granted: Option<Timestamp>,
    used: Option<Timestamp>,
    admin: String,
    reason: Option<Reason>,
}

impl Row for OpenCase {
    const TABLE: &'static Table = &CASES;

    fn found_by(&self) -> Vec<Value> {
        Vec::new()
    }
}

/// day, hour, event, admin, reason → how often.
type Counts = BTreeMap<(u64, u64, &'static str, String, &'static str), i64>;
/// day, span, bound → how often, and seconds in all.
type Spans = BTreeMap<(u64, &'static str, i64), (i64, i64)>;

pub(crate) async fn fold(tables: &mut Tables<'_>, batch: &Batch) -> Sql<()> {
    let cases: BTreeSet<String> =
        batch.entries.iter().filter_map(|entry| case_of(&entry.event)).collect();
    let mut cases = tables.load::<OpenCase>(&batch.key, cases).await?;
    let (mut counts, mut spans, mut ended) = (Counts::new(), Spans::new(), Vec::new());
    for entry in &batch.entries {
        let event = &entry.event;
        if !counts_for_something(&event.event) {
            continue;
        }
        let mut case = case_of(event).and_then(|key| cases.remove(&key)).unwrap_or_default();
        case.take_in(event);
        count(&mut counts, &case, event);
        measure(&mut spans, &case, event);
        if let Some(key) = case_of(event) {
            if ends(&event.event) {
                ended.push(key);
            } else {
                cases.insert(key, case);
            }
        }
    }
    tables.store(&batch.key, &cases).await?;
    tables.delete(&CASES, &batch.key, "id", &ended).await?;
    let key = &batch.key;
    let counts = counts.into_iter().map(|((day, hour, event, admin, reason), count)| {
        let [day, hour, count] = [integer(day), integer(hour), Value::Integer(count)];
        vec![text(key), day, hour, text(event), Value::Text(admin), text(reason), count]
    });
    tables.add(&COUNTS, &counts.collect::<Vec<_>>()).await?;
    let spans = spans.into_iter().map(|((day, span, within), (count, seconds))| {
        let [within, count, seconds] = [within, count, seconds].map(Value::Integer);
        vec![text(key), integer(day), text(span), within, count, seconds]
    });
    tables.add(&SPANS, &spans.collect::<Vec<_>>()).await
}

fn case_of(event: &Envelope) -> Option<String> {
    let recovery = event.recovery.filter(|_| counts_for_something(&event.event));
    recovery.map(|recovery| recovery.to_string())
}

/// What pictures show. Ordinary sign-ins and wrong codes are not among it.
const fn counts_for_something(event: &Event) -> bool {
    matches!(
        event,
        Event::CustomerRegistered(_)
            | Event::CustomerErased(_)
            | Event::AccountFrozen(_)
            | Event::AccountLocked(_)
            | Event::BypassRequested(_)
            | Event::BypassUsed(_)
            | Event::MfaDisabled(_)
            | Event::DeviceEnrolled(_)
            | Event::BypassGranted(_)
    ) || ends(event)
}

const fn ends(event: &Event) -> bool {
    matches!(
        event,
        Event::BypassDenied(_)
            | Event::BypassRevoked(_)
            | Event::BypassExpired(_)
            | Event::RecoveryCompleted(_)
    )
}

impl OpenCase {
    fn take_in(&mut self, event: &Envelope) {
        match &event.event {
            Event::BypassRequested(data) => {
                self.requested = Some(event.at);
                self.reason = data.terms.reason;
                self.admin = admin(&event.who);
            }
            Event::BypassGranted(data) => {
                self.granted = Some(event.at);
                self.reason = data.terms.reason;
                self.admin = admin(&event.who);
            }
            Event::BypassUsed(_) => self.used = self.used.or(Some(event.at)),
            _ => {}
        }
    }
}

/// What happens to a case counts for the admin who let its customer in.
fn count(counts: &mut Counts, case: &OpenCase, event: &Envelope) {
    let by = if event.recovery.is_some() { case.admin.clone() } else { admin(&event.who) };
    let reason = case.reason.map(Reason::name).unwrap_or_default();
    let hours = event.at.unix_seconds() / SECONDS_OF_HOUR;
    let (day, hour) = (hours / HOURS_OF_DAY, hours % HOURS_OF_DAY);
    *counts.entry((day, hour, event.event.name(), by, reason)).or_default() += 1;
}

fn admin(who: &Who) -> String {
    match who {
        Who::Admin { id, .. } => id.to_string(),
        Who::Customer { .. } | Who::Service { .. } | Who::System => String::new(),
    }
}

/// What this event ends took so long.
fn measure(spans: &mut Spans, case: &OpenCase, event: &Envelope) {
    let measured = match &event.event {
        Event::BypassGranted(_) => case.requested.map(|since| ("approval", since)),
        Event::BypassUsed(data) if data.use_number == 1 => {
            case.granted.map(|since| ("first_use", since))
        }
        Event::DeviceEnrolled(_) if event.recovery.is_some() => {
            case.used.map(|since| ("new_device", since))
        }
        Event::RecoveryCompleted(_) => case.granted.map(|since| ("recovery", since)),
        _ => None,
    };
    let Some((span, since)) = measured else { return };
    let seconds = i64::from(event.at.since(since).0);
    let within = WITHIN.into_iter().find(|within| seconds <= *within).unwrap_or(i64::MAX);
    let day = event.at.unix_seconds() / SECONDS_OF_HOUR / HOURS_OF_DAY;
    let (count, all) = spans.entry((day, span, within)).or_default();
    *count += 1;
    *all += seconds;
}
