//! What is remembered of a ledger's admins.

use std::collections::BTreeMap;

use readmit_domain::{AdminId, Seconds, Timestamp};
use serde::{Deserialize, Serialize};

use super::days::{day, days};
use super::hours::Hours;
use super::quiet::Quiet;
use super::rules::{
    ADMINS_MOST, FAR_ABOVE_FLOOR, FAR_ABOVE_HABIT_MOST, FAR_ABOVE_LEARNING, FAR_ABOVE_MONTHS,
    FAR_ABOVE_MULTIPLE, FAR_ABOVE_PEERS, FAR_ABOVE_WINDOW, OFF_HOURS_GRANTS, OFF_HOURS_MOST,
    UNUSED_LATEST, UNUSED_WINDOW,
};

/// The admins of one ledger, as far as the rules need to know them.
///
/// Bounded: at most [`ADMINS_MOST`] admins, each of whom takes up some hundred bytes. Who has been
/// quiet longest is forgotten first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Team {
    /// Since when the ledger has been watched.
    since: Option<Timestamp>,
    admins: BTreeMap<AdminId, Colleague>,
}

/// One admin.
///
/// Bounded: 30 days, a few months, 24 hours of the day, and lists that are cut.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Colleague {
    first: Timestamp,
    last: Timestamp,
    /// Grants on each of the last 30 days that had one.
    recent: BTreeMap<u32, u32>,
    /// Grants of the time before, by 30-day month counted from 1970.
    earlier: BTreeMap<u32, u32>,
    pub(super) hours: Hours,
    /// The latest grants at unusual hours; no more than the rule asks for.
    off_hours: Vec<Timestamp>,
    /// How the latest grants ended, oldest first.
    ended: Vec<Ended>,
    pub(super) quiet: Quiet,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Ended {
    at: Timestamp,
    used: bool,
}

/// An admin's count beside what was to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FarAbove {
    pub(super) grants: u32,
    pub(super) peers: usize,
    pub(super) median: u32,
    pub(super) usual: u32,
}

const MONTH_DAYS: u32 = days(FAR_ABOVE_WINDOW);

impl Team {
    /// Takes in that this moment was watched.
    pub(super) fn watch(&mut self, at: Timestamp) {
        self.since.get_or_insert(at);
    }

    /// The admin, who does something at this moment.
    pub(super) fn at_work(&mut self, admin: AdminId, at: Timestamp) -> &mut Colleague {
        if !self.admins.contains_key(&admin) && self.admins.len() >= ADMINS_MOST {
            let quietest = self.admins.iter().min_by_key(|(id, known)| (known.last, **id));
            let quietest = quietest.map(|(id, _)| *id);
            quietest.and_then(|id| self.admins.remove(&id));
        }
        let colleague = self
            .admins
            .entry(admin)
            .or_insert_with(|| Colleague { first: at, ..Colleague::default() });
        colleague.last = at;
        colleague
    }

    /// The admin, if they are remembered.
    pub(super) fn colleague(&mut self, admin: AdminId) -> Option<&mut Colleague> {
        self.admins.get_mut(&admin)
    }

    /// Whether this admin has granted far more than their peers and than they used to.
    ///
    /// The median of the peers, since one busy peer must not hide another; and what the admin
    /// did in the months before, since somebody has to be the one who does most.
    pub(super) fn far_above(&self, admin: AdminId, at: Timestamp) -> Option<FarAbove> {
        let colleague = self.admins.get(&admin)?;
        let grants = colleague.grants(at);
        if grants < FAR_ABOVE_FLOOR || self.since? + FAR_ABOVE_LEARNING > at {
            return None;
        }
        let others =
            self.admins.iter().filter(|(id, other)| **id != admin && other.grants_still(at));
        let mut counts: Vec<u32> = others.map(|(_, other)| other.grants(at)).collect();
        let (peers, median) = (counts.len(), median(&mut counts));
        let usual = colleague.usual(at);
        let expected = if peers >= FAR_ABOVE_PEERS {
            median.max(1).max(usual.min(median.max(1) * FAR_ABOVE_HABIT_MOST))
        } else if colleague.first + FAR_ABOVE_WINDOW + FAR_ABOVE_LEARNING <= at {
            usual.max(1)
        } else {
            return None;
        };
        let found = FarAbove { grants, peers, median, usual };
        (grants > expected * FAR_ABOVE_MULTIPLE).then_some(found)
    }
}

impl Colleague {
    /// Takes in a grant.
    pub(super) fn grant(&mut self, at: Timestamp) {
        let today = day(at);
        while let Some(oldest) = self.recent.first_entry()
            && *oldest.key() + MONTH_DAYS <= today
        {
            let (day, grants) = oldest.remove_entry();
            *self.earlier.entry(day / MONTH_DAYS).or_default() += grants;
        }
        let kept = (today / MONTH_DAYS).saturating_sub(FAR_ABOVE_MONTHS + 1);
        self.earlier.retain(|month, _| *month >= kept);
        *self.recent.entry(today).or_default() += 1;
    }

    /// Takes in a grant at an unusual hour; answers how many there were within which time, if
    /// that is too many.
    pub(super) fn grant_off_hours(&mut self, at: Timestamp) -> Option<(usize, Seconds)> {
        self.off_hours.push(at);
        if self.off_hours.len() > OFF_HOURS_MOST {
            self.off_hours.remove(0);
        }
        OFF_HOURS_GRANTS.into_iter().find(|(most, window)| {
            let latest = self.off_hours.iter().rev().nth(most - 1);
            latest.is_some_and(|latest| at < *latest + *window)
        })
    }

    /// Takes in how a grant ended; answers how many of the latest ended unused, and how many
    /// those are.
    pub(super) fn end(&mut self, at: Timestamp, used: bool) -> (usize, usize) {
        self.ended.push(Ended { at, used });
        self.ended.retain(|ended| at < ended.at + UNUSED_WINDOW);
        if self.ended.len() > UNUSED_LATEST {
            self.ended.remove(0);
        }
        (self.ended.iter().filter(|ended| !ended.used).count(), self.ended.len())
    }

    /// Grants within the window that ends at this moment.
    fn grants(&self, at: Timestamp) -> u32 {
        let today = day(at);
        self.recent.iter().filter(|(day, _)| **day + MONTH_DAYS > today).map(|(_, n)| n).sum()
    }

    /// Whether they have granted lately enough to be a peer: who left is none.
    fn grants_still(&self, at: Timestamp) -> bool {
        let horizon = day(at).saturating_sub((1 + FAR_ABOVE_MONTHS) * MONTH_DAYS);
        self.recent.keys().any(|day| *day >= horizon)
    }

    /// Grants of a usual month before the window, rounded up.
    fn usual(&self, at: Timestamp) -> u32 {
        let window = day(at).saturating_sub(MONTH_DAYS - 1);
        let first = window.saturating_sub(FAR_ABOVE_MONTHS * MONTH_DAYS);
        let late = self.recent.range(..window).map(|(_, grants)| grants);
        let months = self.earlier.range(first / MONTH_DAYS..).map(|(_, grants)| grants);
        let grants: u32 = late.chain(months).sum();
        // Who has been here for one month only has no three months to divide by.
        let known = window.saturating_sub(day(self.first)).div_ceil(MONTH_DAYS);
        grants.div_ceil(known.clamp(1, FAR_ABOVE_MONTHS))
    }
}

/// The middle of these numbers; of two middle ones their mean, rounded up.
fn median(counts: &mut [u32]) -> u32 {
    counts.sort_unstable();
    let upper = counts.get(counts.len() / 2).copied().unwrap_or_default();
    let lower = counts.get(counts.len().saturating_sub(1) / 2).copied().unwrap_or_default();
    u32::midpoint(lower + 1, upper)
}
