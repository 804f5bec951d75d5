//! Grants of 30 days by reason: bars, and the same as a table.

use readmit::{Activity, Reason, Seconds, Timestamp};

use crate::pages::when::When;

/// The picture, in units of its own.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 150.0;
/// Room for the numbers on the left, and above the highest bar.
const LEFT: f64 = 28.0;
const TOP: f64 = 8.0;
/// Between two bars.
const GAP: f64 = 6.0;
/// Every so many days one is named.
const NAMED_EVERY: usize = 5;

/// The chart.
pub(super) struct Chart {
    pub(super) total: u64,
    pub(super) lines: Vec<Line>,
    pub(super) days: Vec<Day>,
    /// The messages that name the colours.
    pub(super) reasons: Vec<String>,
}

/// A line across, with its number.
pub(super) struct Line {
    pub(super) y: String,
    pub(super) text_y: String,
    pub(super) number: u64,
}

/// A day's bar.
pub(super) struct Day {
    pub(super) begins: When,
    pub(super) total: u64,
    /// By reason.
    pub(super) counts: Vec<u64>,
    pub(super) blocks: Vec<Block>,
    pub(super) label: Option<Label>,
}

/// A part of a bar.
pub(super) struct Block {
    /// Which colour: from 1 on.
    pub(super) colour: usize,
    pub(super) x: String,
    pub(super) y: String,
    pub(super) width: String,
    pub(super) height: String,
}

/// Where a day's name stands.
pub(super) struct Label {
    pub(super) x: String,
    pub(super) anchor: &'static str,
}

impl Chart {
    pub(super) fn of(activity: &Activity) -> Self {
        Self::drawn(counts(activity))
    }

    fn drawn(days: Vec<(Timestamp, Vec<u64>)>) -> Self {
        let highest = days.iter().map(|(_, counts)| counts.iter().sum()).max().unwrap_or_default();
        // An even number, so that the line in the middle has a whole one.
        let top = u64::max(highest, 2).next_multiple_of(2);
        let step = (WIDTH - LEFT) / float(days.len() as u64).max(1.0);
        let line = |number| {
            let y = TOP + HEIGHT - HEIGHT * float(number) / float(top);
            Line { y: unit(y), text_y: unit(y + 4.0), number }
        };
        let reasons = Reason::ALL.iter().map(|reason| format!("console-reason-{reason}"));
        Self {
            total: days.iter().flat_map(|(_, counts)| counts).sum(),
            lines: [0, top / 2, top].map(line).into(),
            days: (0..).zip(days).map(|(at, day)| Day::new(at, day, step, top)).collect(),
            reasons: reasons.collect(),
        }
    }
}

impl Day {
    fn new(at: u16, (day, counts): (Timestamp, Vec<u64>), step: f64, top: u64) -> Self {
        let x = LEFT + f64::from(at) * step + GAP / 2.0;
        let mut y = TOP + HEIGHT;
        let mut blocks = Vec::new();
        for (colour, count) in (1..).zip(&counts).filter(|(_, count)| **count > 0) {
            let height = HEIGHT * float(*count) / float(top);
            y -= height;
            let (y, height) = (unit(y), unit(height));
            blocks.push(Block { colour, x: unit(x), y, width: unit(step - GAP), height });
        }
        let named = usize::from(at) % NAMED_EVERY == NAMED_EVERY - 1;
        let label = named.then(|| Label { x: unit(x + step - GAP), anchor: "end" });
        Self { begins: day.into(), total: counts.iter().sum(), counts, blocks, label }
    }
}

/// The grants of every day of the period by reason; those without one are among the other ones.
fn counts(activity: &Activity) -> Vec<(Timestamp, Vec<u64>)> {
    let days = activity.to.since(activity.from).0 / Seconds::days(1).0;
    let mut all: Vec<_> = (0..days)
        .map(|day| (activity.from + Seconds::days(day), vec![0; Reason::ALL.len()]))
        .collect();
    for granted in &activity.grants_by_day {
        let reason = granted.reason.unwrap_or(Reason::Other);
        let at = Reason::ALL.iter().position(|known| *known == reason);
        let day = all.iter_mut().find(|(day, _)| *day == granted.day);
        if let Some(count) = day.zip(at).and_then(|((_, counts), at)| counts.get_mut(at)) {
            *count += granted.count;
        }
    }
    all
}

fn float(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

fn unit(number: f64) -> String {
    format!("{number:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(counts: &[[u64; 5]]) -> Vec<(Timestamp, Vec<u64>)> {
        let first: Timestamp = "2026-10-27T00:00:00Z".parse().unwrap();
        let day = |at: usize| first + Seconds::days(u32::try_from(at).unwrap());
        counts.iter().enumerate().map(|(at, counts)| (day(at), counts.to_vec())).collect()
    }

    #[test]
    fn a_bar_is_as_high_as_its_count_and_its_parts_stand_on_each_other() {
        let chart = Chart::drawn(days(&[[2, 0, 2, 0, 0], [0; 5]]));
        assert_eq!((chart.total, chart.lines[2].number), (4, 4));
        let blocks = &chart.days[0].blocks;
        assert_eq!((blocks[0].colour, blocks[1].colour), (1, 3));
        assert_eq!((blocks[0].y.as_str(), blocks[0].height.as_str()), ("83.0", "75.0"));
        assert_eq!((blocks[1].y.as_str(), blocks[1].height.as_str()), ("8.0", "75.0"));
        assert!(chart.days[1].blocks.is_empty());
    }

    #[test]
    fn the_line_in_the_middle_has_a_whole_number() {
        for (highest, top) in [(0, 2), (1, 2), (3, 4), (7, 8)] {
            let chart = Chart::drawn(days(&[[highest, 0, 0, 0, 0]]));
            let numbers: Vec<u64> = chart.lines.iter().map(|line| line.number).collect();
            assert_eq!(numbers, [0, top / 2, top]);
        }
    }

    #[test]
    fn every_fifth_day_is_named() {
        let chart = Chart::drawn(days(&[[0; 5]; 30]));
        let named = chart.days.iter().filter(|day| day.label.is_some()).count();
        assert_eq!((named, chart.days[29].label.as_ref().unwrap().x.as_str()), (6, "997.0"));
    }
}
