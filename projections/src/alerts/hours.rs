//! At which hours an admin is at work, learnt from what they did.

use std::collections::BTreeMap;

use readmit_domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::days::{HOURS, day, days, hour};
use super::rules::{
    OFF_HOURS_AROUND, OFF_HOURS_DAYS, OFF_HOURS_DAYS_MOST, OFF_HOURS_LEARNING, OFF_HOURS_ONE_IN,
};

/// On how many days an admin was at work at each hour.
///
/// Days are counted, not acts: one busy night does not make a habit. And a day is no habit until
/// it is old enough, so that some strange nights do not excuse themselves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Hours {
    /// The hours with an act of each day that is not yet counted, one bit each; those of
    /// [`OFF_HOURS_LEARNING`] at most.
    fresh: BTreeMap<u32, u32>,
    /// Days that are counted.
    days: u32,
    /// How many of them had an act at each hour.
    ///
    /// Not by day of the week: the weekends of whoever is on call now and then would be unusual
    /// for ever, and an intruder comes at night.
    acted: [u16; HOURS],
}

/// How far an hour is from what somebody usually does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unusual {
    /// Days with work around that hour.
    pub(super) habit: u32,
    /// Days known.
    pub(super) known: u32,
}

impl Hours {
    /// Takes in that the admin was at work at this moment.
    pub(super) fn learn(&mut self, at: Timestamp) {
        let today = day(at);
        while let Some(oldest) = self.fresh.first_entry()
            && *oldest.key() + days(OFF_HOURS_LEARNING) <= today
        {
            let hours = oldest.remove();
            self.count(hours);
        }
        *self.fresh.entry(today).or_default() |= 1 << hour(at);
    }

    /// Whether the admin practically never works at this hour; none also while too few days
    /// are known to say so.
    pub(super) fn unusual(&self, at: Timestamp) -> Option<Unusual> {
        let first = hour(at) + HOURS - OFF_HOURS_AROUND;
        let around = (first..=first + 2 * OFF_HOURS_AROUND).map(|hour| hour % HOURS);
        let habit =
            around.filter_map(|hour| self.acted.get(hour)).max().copied().unwrap_or_default();
        let (habit, known) = (u32::from(habit), self.days);
        let rare = known >= OFF_HOURS_DAYS && habit * OFF_HOURS_ONE_IN < known;
        rare.then_some(Unusual { habit, known })
    }

    fn count(&mut self, hours: u32) {
        for (hour, count) in self.acted.iter_mut().enumerate() {
            *count += u16::from(hours & (1 << hour) != 0);
        }
        self.days += 1;
        if self.days >= OFF_HOURS_DAYS_MOST {
            self.days /= 2;
            self.acted.iter_mut().for_each(|count| *count /= 2);
        }
    }
}
