//! When the honest admins of a provider work.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng as Chance;

use crate::plan::{DAY, HOUR, Minutes, YEAR_DAYS};

/// One admin's working life. Hours and days are local.
#[derive(Debug, Clone)]
pub(crate) struct Worker {
    /// The hour at which they begin.
    pub(crate) begins: i64,
    /// For how many hours.
    hours: i64,
    /// The days of the week on which they work, Monday first.
    days: [bool; 7],
    /// How much of the work comes to them.
    pub(crate) share: u32,
    /// First and last days of holidays and illness.
    away: Vec<(i64, i64)>,
    /// From this day on they begin at another hour.
    new_shift: Option<(i64, i64)>,
}

/// The admins of a provider.
#[derive(Debug, Clone)]
pub(crate) struct Staff {
    pub(crate) workers: Vec<Worker>,
    /// Local time less UTC.
    zone: Minutes,
    /// Whether somebody is on call at night and on weekends, a week each in turn.
    pub(crate) on_call: bool,
}

impl Worker {
    fn draw(chance: &mut Chance) -> Self {
        let nights = chance.random_ratio(3, 100);
        let part_time = chance.random_ratio(1, 5);
        let away = (0..chance.random_range(2..=4)).map(|_| {
            let first = chance.random_range(0..YEAR_DAYS);
            (first, first + chance.random_range(2..=14))
        });
        let away = away.collect();
        let mut days = [true, true, true, true, true, false, false];
        if part_time {
            for day in days.iter_mut().take(5) {
                *day = chance.random_ratio(3, 5);
            }
        }
        Self {
            begins: if nights { 22 } else { chance.random_range(6..=10) },
            hours: if part_time { 6 } else { chance.random_range(8..=9) },
            days,
            // One in six is the person whom everybody calls.
            share: if chance.random_ratio(1, 6) { 5 } else { chance.random_range(1..=3) },
            away,
            // One in a hundred changes from day to evening or night in the middle of the year.
            new_shift: chance
                .random_ratio(1, 100)
                .then(|| (chance.random_range(100..300), chance.random_range(16..=22))),
        }
    }

    /// The hour at which they begin on this day.
    fn begins_on(&self, day: i64) -> i64 {
        self.new_shift.filter(|(from, _)| day >= *from).map_or(self.begins, |(_, hour)| hour)
    }

    fn is_away(&self, day: i64) -> bool {
        self.away.iter().any(|(first, last)| (*first..=*last).contains(&day))
    }

    /// The shift that begins on this day, in local minutes.
    fn shift(&self, day: i64) -> Option<(Minutes, Minutes)> {
        let weekday = usize::try_from(day.rem_euclid(7)).unwrap_or_default();
        let works = self.days.get(weekday).copied().unwrap_or_default() && !self.is_away(day);
        let begins = day * DAY + self.begins_on(day) * HOUR;
        works.then_some((begins, begins + self.hours * HOUR))
    }

    fn works_at(&self, local: Minutes) -> bool {
        let day = local.div_euclid(DAY);
        let shifts = [day - 1, day].into_iter().filter_map(|day| self.shift(day));
        shifts.into_iter().any(|(begins, ends)| (begins..ends).contains(&local))
    }
}

impl Staff {
    pub(crate) fn draw(chance: &mut Chance, customers: usize) -> Self {
        let size = (1 + customers / 30).min(8);
        Self {
            workers: (0..size).map(|_| Worker::draw(chance)).collect(),
            zone: chance.random_range(-8..=3) * HOUR,
            on_call: size >= 3 && chance.random_ratio(1, 2),
        }
    }

    /// This local time, in UTC.
    pub(crate) const fn utc(&self, local: Minutes) -> Minutes {
        local - self.zone
    }

    /// This time, in UTC, as it is locally.
    pub(crate) const fn local(&self, utc: Minutes) -> Minutes {
        utc + self.zone
    }

    /// The moments at which this admin begins to work, some minutes late.
    pub(crate) fn mornings(&self, chance: &mut Chance, admin: usize) -> Vec<Minutes> {
        let shifts = self
            .workers
            .get(admin)
            .into_iter()
            .flat_map(|worker| (0..YEAR_DAYS).filter_map(|day| worker.shift(day)));
        let begins: Vec<_> = shifts.map(|(begins, _)| begins).collect();
        begins.into_iter().map(|begins| self.utc(begins + chance.random_range(0..45))).collect()
    }

    /// A moment within a shift of this admin on this day or one soon after.
    pub(crate) fn during_work(&self, chance: &mut Chance, admin: usize, day: i64) -> Minutes {
        let shift = self
            .workers
            .get(admin)
            .and_then(|worker| (day..day + 21).find_map(|day| worker.shift(day)));
        let (begins, ends) = shift.unwrap_or((day * DAY + 9 * HOUR, day * DAY + 17 * HOUR));
        self.utc(chance.random_range(begins..ends))
    }

    /// Who takes a call that comes at this local time, and when, in UTC: somebody at work, else
    /// who is on call, else somebody when work begins again.
    pub(crate) fn takes(&self, chance: &mut Chance, called: Minutes) -> (usize, Minutes) {
        if let Some(admin) = self.at_work(chance, called) {
            return (admin, self.utc(called + chance.random_range(2..25)));
        }
        if self.on_call {
            let count = i64::try_from(self.workers.len()).unwrap_or(1);
            let turn = called.div_euclid(7 * DAY).rem_euclid(count);
            let admin = usize::try_from(turn).unwrap_or_default();
            return (admin, self.utc(called + chance.random_range(5..40)));
        }
        let waits = (1..21 * 48).map(|half_hours| called + half_hours * 30);
        let later = waits.into_iter().find_map(|at| Some((self.at_work(chance, at)?, at)));
        let (admin, at) = later.unwrap_or((0, called));
        (admin, self.utc(at + chance.random_range(0..30)))
    }

    fn at_work(&self, chance: &mut Chance, local: Minutes) -> Option<usize> {
        let at_work = || self.workers.iter().enumerate().filter(|(_, w)| w.works_at(local));
        let shares: u32 = at_work().map(|(_, worker)| worker.share).sum();
        let mut drawn = chance.random_range(0..shares.max(1));
        for (admin, worker) in at_work() {
            if drawn < worker.share {
                return Some(admin);
            }
            drawn -= worker.share;
        }
        None
    }
}
