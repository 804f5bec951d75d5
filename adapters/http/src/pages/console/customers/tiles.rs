//! Four numbers that say whether anything waits for an admin.

use readmit::{
    Activity, CustomerRow, CustomerStatus, MfaPolicy, Page, RecoveryQuery, RecoveryRow, Views,
};

use super::looked_at;
use crate::pages::console::say;
use crate::pages::words::Words;
use crate::problem::Problem;

/// So many rows are counted at most, however many there are: the page must come at once.
pub(super) const LOOKED_AT: usize = 200;

/// A number with what it counts, and where more is said of it.
pub(super) struct Tile {
    pub(super) name: &'static str,
    pub(super) number: String,
    pub(super) note: String,
    pub(super) address: &'static str,
    pub(super) warns: bool,
}

pub(super) async fn tiles(
    words: &Words,
    views: &Views,
    activity: &Activity,
    policy: MfaPolicy,
) -> Result<Vec<Tile>, Problem> {
    let (now, query) = (views.now(), RecoveryQuery::new().limit(LOOKED_AT));
    let open = views.recoveries(&query.clone().granted_at(now)).await?;
    let awaiting = views.recoveries(&query.awaiting_at(now)).await?;
    let next = |page: &Page<RecoveryRow>, id| match page.items.first() {
        Some(row) => words.say(id).text("time", say::moment(row.due, now)).to_string(),
        None => words.say("tile-none").to_string(),
    };
    let off = views.customers(&looked_at(CustomerStatus::Off)).await?;
    let in_none = |row: &&CustomerRow| row.stage(now).is_none();
    let in_none = off.items.iter().filter(in_none).count();
    let off_note = match policy {
        _ if off.items.is_empty() => words.say("tile-none"),
        MfaPolicy::Optional => words.say("tile-off-optional"),
        MfaPolicy::Required if off.next.is_some() => words.say("tile-off-required-many"),
        MfaPolicy::Required => words.say("tile-off-required").number("count", in_none),
    };
    let counted = |event| activity.events.iter().find(|counted| counted.event == event);
    let count = |event| counted(event).map(|counted| counted.count).unwrap_or_default();
    let completed = words.say("tile-completed").number("count", count("RecoveryCompleted"));
    Ok(vec![
        Tile {
            name: "tile-open",
            number: at_least(&open),
            note: next(&open, "tile-open-next"),
            address: "/console/bypasses#open",
            warns: false,
        },
        Tile {
            name: "tile-awaiting",
            number: at_least(&awaiting),
            note: next(&awaiting, "tile-awaiting-next"),
            address: "/console/bypasses#awaiting",
            warns: !awaiting.items.is_empty(),
        },
        Tile {
            name: "tile-off",
            number: at_least(&off),
            note: off_note.to_string(),
            address: "/console/customers?status=off",
            warns: false,
        },
        Tile {
            name: "tile-grants",
            number: count("BypassGranted").to_string(),
            note: completed.to_string(),
            address: "#grants",
            warns: false,
        },
    ])
}

/// How many there are; if that was not counted to the end, it says so.
fn at_least<T>(page: &Page<T>) -> String {
    let number = page.items.len();
    if page.next.is_some() { format!("{number}+") } else { number.to_string() }
}
