//! The events of a case in three lanes, as a picture: one column for each, evenly spaced.

use readmit::{Envelope, Event, Who};

/// Where the first column is, and how far apart they are.
const FIRST: usize = 164;
const APART: usize = 124;
/// The middle of the first lane, and how far apart they are.
const TOP: usize = 76;
const LANE: usize = 84;
/// What is left free behind the last column.
const MARGIN: usize = 64;
/// A short case fills the page too.
const NARROWEST: usize = 1_112;

/// The picture.
pub(super) struct Lanes {
    pub(super) width: usize,
    /// While the bypass was open: from where, and how wide.
    pub(super) window: Option<(usize, usize)>,
    /// The way from event to event.
    pub(super) path: String,
    pub(super) dots: Vec<Dot>,
}

/// An event in the picture.
pub(super) struct Dot {
    /// Its place in the case, from 1.
    pub(super) step: usize,
    pub(super) x: usize,
    pub(super) y: usize,
    /// Before, at, or after the event that is looked at.
    pub(super) when: &'static str,
    pub(super) name: &'static str,
    pub(super) time: String,
}

impl Lanes {
    /// The picture of these events, looked at as of one of them, counted from 1.
    pub(super) fn of(events: &[Envelope], step: usize) -> Self {
        let dots: Vec<Dot> =
            events.iter().enumerate().map(|(place, event)| Dot::of(event, place, step)).collect();
        let last = dots.last().map_or(FIRST, |dot| dot.x);
        let width = (last + MARGIN).max(NARROWEST);
        Self { width, window: window(events, width), path: path(&dots), dots }
    }

    /// The event that is looked at.
    pub(super) fn now(&self) -> Option<&Dot> {
        self.dots.iter().find(|dot| dot.when == "now")
    }
}

impl Dot {
    fn of(event: &Envelope, place: usize, step: usize) -> Self {
        let at = place + 1;
        Self {
            step: at,
            x: column(place),
            y: TOP + LANE * lane(&event.who),
            when: match at.cmp(&step) {
                std::cmp::Ordering::Less => "past",
                std::cmp::Ordering::Equal => "now",
                std::cmp::Ordering::Greater => "to-come",
            },
            name: event.event.name(),
            time: time_of_day(event),
        }
    }
}

const fn column(place: usize) -> usize {
    FIRST + APART * place
}

/// Admins, the customer, and what acts by itself.
const fn lane(who: &Who) -> usize {
    match who {
        Who::Admin { .. } => 0,
        Who::Customer { .. } => 1,
        Who::Service { .. } | Who::System => 2,
    }
}

/// To the second: the events of a case follow one another closely.
pub(super) fn time_of_day(event: &Envelope) -> String {
    event.at.to_string().get(11..19).unwrap_or_default().to_owned()
}

/// From the grant to the end of the case, or to the edge while it is open.
fn window(events: &[Envelope], width: usize) -> Option<(usize, usize)> {
    let granted = events.iter().position(|it| matches!(it.event, Event::BypassGranted(_)))?;
    let ended = events.iter().position(|it| ends(&it.event));
    let until = ended.map_or(width - 1, column);
    Some((column(granted), until - column(granted)))
}

const fn ends(event: &Event) -> bool {
    matches!(event, Event::RecoveryCompleted(_) | Event::BypassRevoked(_) | Event::BypassExpired(_))
}

fn path(dots: &[Dot]) -> String {
    let before = std::iter::once(None).chain(dots.iter().map(Some));
    let way = |(before, dot): (Option<&Dot>, &Dot)| match before {
        None => format!("M{} {}", dot.x, dot.y),
        Some(before) if before.y == dot.y => format!("H{}", dot.x),
        Some(before) => format!("H{}V{}H{}", before.x + APART / 2, dot.y, dot.x),
    };
    before.zip(dots).map(way).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(step: usize, lane: usize) -> Dot {
        let (x, y) = (column(step - 1), TOP + LANE * lane);
        Dot { step, x, y, when: "past", name: "BypassGranted", time: String::new() }
    }

    #[test]
    fn the_way_changes_lanes_half_way_between_two_events() {
        assert_eq!(path(&[dot(1, 0), dot(2, 0), dot(3, 1)]), "M164 76H288H350V160H412");
        assert_eq!(path(&[]), "");
    }

    #[test]
    fn a_case_without_events_is_a_picture_all_the_same() {
        let lanes = Lanes::of(&[], 1);
        assert_eq!((lanes.width, lanes.window, lanes.dots.len()), (NARROWEST, None, 0));
        assert!(lanes.now().is_none());
    }
}
