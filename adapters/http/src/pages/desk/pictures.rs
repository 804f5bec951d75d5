//! The pictures of the first page: grants by hour of the week, and by admin.

use readmit::{AdminActivity, HourOfWeek};

use crate::pages::names::{self, Admins};

const DAYS: u8 = 7;
const HOURS: u8 = 24;
/// Shades of the heat map beyond the one for nothing.
const SHADES: u64 = 5;
/// More admins than this stand in the table alone.
const BARS: usize = 12;
/// Where a bar begins, and how long the longest is.
const LEFT: u64 = 170;
const LONGEST: u64 = 300;
/// Longer logins are cut in the picture; the table has all of them.
const NAME: usize = 22;

/// Grants by hour of the week.
pub(super) struct Heat {
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) most: u64,
}

/// One hour of the week: 0 is Monday.
pub(super) struct Cell {
    pub(super) day: u8,
    pub(super) hour: u8,
    pub(super) count: u64,
    pub(super) shade: u64,
}

impl Heat {
    pub(super) fn of(grants: &[HourOfWeek]) -> Self {
        let most = grants.iter().map(|it| it.count).max().unwrap_or_default();
        let count = |day, hour| {
            let found = grants.iter().find(|it| (it.weekday, it.hour) == (day, hour));
            found.map(|it| it.count).unwrap_or_default()
        };
        let cell = |day, hour| {
            let count = count(day, hour);
            Cell { day, hour, count, shade: shade(count, most) }
        };
        let row = |day| (0..HOURS).map(|hour| cell(day, hour)).collect();
        Self { rows: (0..DAYS).map(row).collect(), most }
    }
}

impl Heat {
    /// The first row, whose hours stand above all of them.
    pub(super) fn first_day(&self) -> &[Cell] {
        self.rows.first().map_or(&[], Vec::as_slice)
    }
}

impl Cell {
    pub(super) fn x(&self) -> u32 {
        36 + 20 * u32::from(self.hour)
    }

    pub(super) fn y(&self) -> u32 {
        20 + 22 * u32::from(self.day)
    }
}

/// 0 for nothing, the highest for the most, the others in between.
fn shade(count: u64, most: u64) -> u64 {
    (count * SHADES).div_ceil(most.max(1))
}

/// What became of the grants of each admin; who granted most comes first.
pub(super) struct Bars {
    /// As many as the picture holds.
    pub(super) drawn: Vec<Bar>,
    pub(super) all: Vec<Row>,
}

/// The numbers of one admin.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) granted: u64,
    pub(super) completed: u64,
    pub(super) expired: u64,
    pub(super) revoked: u64,
}

/// The bars of one admin: granted, and below it what became of those that ended.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) y: usize,
    pub(super) granted: u64,
    pub(super) length: u64,
    pub(super) parts: Vec<Part>,
}

/// A part of a bar, in its colour.
pub(super) struct Part {
    pub(super) x: u64,
    pub(super) length: u64,
    pub(super) colour: &'static str,
}

impl Bars {
    pub(super) fn of(admins: &Admins, activity: &[AdminActivity]) -> Self {
        let row = |it: &AdminActivity| Row {
            name: names::admin(admins, it.admin),
            granted: it.granted,
            completed: it.completed,
            expired: it.expired,
            revoked: it.revoked,
        };
        let mut all: Vec<Row> = activity.iter().map(row).collect();
        all.sort_by(|a, b| b.granted.cmp(&a.granted).then_with(|| a.name.cmp(&b.name)));
        let most = all.iter().map(|row| row.granted.max(row.ended())).max().unwrap_or_default();
        let drawn = all.iter().take(BARS).enumerate();
        Self { drawn: drawn.map(|(place, row)| Bar::of(row, place, most)).collect(), all }
    }

    pub(super) fn height(&self) -> usize {
        self.drawn.len() * 40
    }
}

impl Row {
    const fn ended(&self) -> u64 {
        self.completed + self.expired + self.revoked
    }
}

impl Bar {
    fn of(row: &Row, place: usize, most: u64) -> Self {
        let length = |count: u64| count * LONGEST / most.max(1);
        let mut x = LEFT;
        let mut parts = Vec::new();
        for (count, colour) in [(row.completed, "c4"), (row.expired, "c5"), (row.revoked, "c2")] {
            if count > 0 {
                parts.push(Part { x, length: length(count), colour });
                x += length(count);
            }
        }
        let (y, granted) = (place * 40, row.granted);
        Self { name: cut(&row.name), y, granted, length: length(granted), parts }
    }

    /// Where the number stands.
    pub(super) const fn end(&self) -> u64 {
        LEFT + self.length + 8
    }
}

fn cut(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    let begin: String = name.chars().take(NAME - 1).collect();
    format!("{begin}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_goes_from_nothing_to_the_most() {
        assert_eq!([0, 1, 2, 3, 8, 10].map(|count| shade(count, 10)), [0, 1, 1, 2, 4, 5]);
        assert_eq!(shade(1, 1), 5);
        assert_eq!(shade(0, 0), 0);
    }

    #[test]
    fn a_week_without_grants_has_all_of_its_hours() {
        let heat = Heat::of(&[]);
        assert_eq!((heat.rows.len(), heat.most), (7, 0));
        assert!(heat.rows.iter().all(|row| row.len() == 24 && row.iter().all(|it| it.shade == 0)));
    }

    #[test]
    fn bars_fit_whatever_the_numbers_are() {
        let row = Row { name: "x".repeat(40), granted: 4, completed: 5, expired: 2, revoked: 1 };
        let bar = Bar::of(&row, 1, 8);
        assert_eq!((bar.length, bar.y), (150, 40));
        let ends: Vec<u64> = bar.parts.iter().map(|part| part.x + part.length).collect();
        assert_eq!(ends, [LEFT + 187, LEFT + 262, LEFT + 299]);
        assert_eq!(bar.name.chars().count(), NAME);
        assert!(
            Bar::of(&Row { granted: 0, completed: 0, expired: 0, revoked: 0, ..row }, 0, 0)
                .parts
                .is_empty()
        );
    }
}
