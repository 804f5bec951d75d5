//! When things happened: so many working days, or minutes, before the present.

use readmit::{Seconds, Timestamp};

const DAY_SECONDS: u64 = 86_400;
/// The history is at least so long.
const HISTORY_DAYS: u64 = 91;

/// A moment, as the plans name it.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    /// On a working day so many working days before today, at this hour and minute (UTC).
    Workday { ago: u32, hour: u32, minute: u32 },
    /// So many minutes before the present.
    MinutesAgo(u32),
}

/// So many working days ago, at this hour and minute.
pub(super) const fn on(ago: u32, hour: u32, minute: u32) -> When {
    When::Workday { ago, hour, minute }
}

/// So many minutes ago.
pub(super) const fn minutes_ago(minutes: u32) -> When {
    When::MinutesAgo(minutes)
}

/// Places moments before a present.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) struct Calendar {
    now: Timestamp,
}

impl Calendar {
    pub(in crate::demo) const fn before(now: Timestamp) -> Self {
        Self { now }
    }

    /// When the history begins: a working morning, about ninety days ago.
    pub(in crate::demo) fn begins(self) -> Timestamp {
        let first = self.today() - HISTORY_DAYS;
        let first = (0..3).map(|back| first - back).find(|day| is_workday(*day));
        midnight(first.unwrap_or_default()) + Seconds::hours(8)
    }

    /// The moment that is meant.
    pub(super) fn moment(self, when: When) -> Timestamp {
        match when {
            When::MinutesAgo(minutes) => self.now - Seconds::minutes(minutes),
            When::Workday { ago, hour, minute } => {
                midnight(self.workday(ago)) + Seconds::minutes(hour * 60 + minute)
            }
        }
    }

    /// The working day so many working days before today.
    fn workday(self, ago: u32) -> u64 {
        let earlier = (1..=self.today()).map(|back| self.today() - back);
        let mut workdays = earlier.filter(|day| is_workday(*day));
        workdays.nth(usize::try_from(ago.saturating_sub(1)).unwrap_or_default()).unwrap_or_default()
    }

    /// Days since 1970.
    const fn today(self) -> u64 {
        self.now.unix_seconds() / DAY_SECONDS
    }
}

/// 1970 began on a Thursday.
const fn is_workday(day: u64) -> bool {
    (day + 3) % 7 < 5
}

fn midnight(day: u64) -> Timestamp {
    let micros = i64::try_from(day * DAY_SECONDS * 1_000_000).unwrap_or_default();
    Timestamp::from_unix_micros(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_leave_weekends_out() {
        let monday = Calendar::before("2026-03-02T06:00:00Z".parse().unwrap());
        assert_eq!(monday.moment(on(1, 9, 30)), "2026-02-27T09:30:00Z".parse().unwrap());
        assert_eq!(monday.moment(on(6, 9, 30)), "2026-02-20T09:30:00Z".parse().unwrap());
        assert_eq!(monday.moment(minutes_ago(90)), "2026-03-02T04:30:00Z".parse().unwrap());
    }

    #[test]
    fn the_history_begins_on_a_working_day_before_the_plans_do() {
        for day in 0..14 {
            let now = "2026-03-02T03:00:00Z".parse::<Timestamp>().unwrap() + Seconds::days(day);
            let calendar = Calendar::before(now);
            let begins = calendar.begins();
            assert!(is_workday(begins.unix_seconds() / DAY_SECONDS));
            assert!((90..94).contains(&(now.since(begins).0 / 86_400)), "{now}");
            assert!(
                begins + Seconds::hours(8) < calendar.moment(on(super::super::FIRST_DAY, 9, 0))
            );
        }
    }
}
