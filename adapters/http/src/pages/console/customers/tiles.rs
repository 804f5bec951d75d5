//! Four numbers that say whether anything waits for an admin.

use readmit::{Activity, CustomerStatus, MfaPolicy, Views};

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
    let cases = views.open_bypasses(None, Some(LOOKED_AT)).await?;
    let (awaiting, open): (Vec<_>, Vec<_>) =
        cases.items.iter().partition(|row| row.record.granted.is_none());
    let next = |rows: &[&readmit::RecoveryRow], id| match rows.first() {
        Some(row) => words.say(id).text("time", say::moment(row.due, views.now())).to_string(),
        None => words.say("tile-none").to_string(),
    };
    let off = views.customers(&looked_at(CustomerStatus::Off)).await?;
    let required = policy == MfaPolicy::Required;
    let off_note = if required { "tile-off-required" } else { "tile-off-optional" };
    let counted = |event| activity.events.iter().find(|counted| counted.event == event);
    let count = |event| counted(event).map(|counted| counted.count).unwrap_or_default();
    let completed = words.say("tile-completed").number("count", count("RecoveryCompleted"));
    let more = cases.next.is_some();
    Ok(vec![
        Tile {
            name: "tile-open",
            number: at_least(open.len(), more),
            note: next(&open, "tile-open-next"),
            address: "/console/bypasses#open",
            warns: false,
        },
        Tile {
            name: "tile-awaiting",
            number: at_least(awaiting.len(), more),
            note: next(&awaiting, "tile-awaiting-next"),
            address: "/console/bypasses#awaiting",
            warns: !awaiting.is_empty(),
        },
        Tile {
            name: "tile-off",
            number: at_least(off.items.len(), off.next.is_some()),
            note: words.say(off_note).to_string(),
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

/// A number that has not been counted to the end says so.
fn at_least(number: usize, more: bool) -> String {
    if more { format!("{number}+") } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_counted_to_the_end_is_told_so() {
        assert_eq!((at_least(3, false).as_str(), at_least(200, true).as_str()), ("3", "200+"));
    }
}
