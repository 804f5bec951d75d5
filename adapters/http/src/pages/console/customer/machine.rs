//! Where a customer stands, as a picture: the states of MFA and of a recovery.

use readmit::{CustomerRow, Mfa, Stage, Timestamp};

use crate::pages::when::When;

/// The picture.
pub(super) struct Machine {
    pub(super) nodes: Vec<Node>,
    /// The message that says where they stand, and what comes next.
    pub(super) told: &'static str,
    /// Until when, if that passes.
    pub(super) until: Option<When>,
}

/// A state.
pub(super) struct Node {
    pub(super) class: String,
    /// The message that says what it is to the customer; none if nothing.
    pub(super) is: Option<&'static str>,
    /// The message that names it.
    pub(super) name: &'static str,
    pub(super) x: u16,
    pub(super) y: u16,
    pub(super) width: u16,
    pub(super) text_x: u16,
    pub(super) text_y: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    NotSetUp,
    On,
    Awaiting,
    Granted,
    SignedIn,
    Off,
    Enrolled,
    Denied,
    Revoked,
    Expired,
}

/// Every state with its place: x, y and width.
const PLACES: [(State, &str, u16, u16, u16); 10] = [
    (State::NotSetUp, "machine-not-set-up", 10, 44, 112),
    (State::On, "machine-on", 10, 156, 112),
    (State::Awaiting, "machine-awaiting", 200, 44, 136),
    (State::Granted, "console-stage-granted", 200, 156, 136),
    (State::SignedIn, "console-stage-signed_in", 372, 156, 112),
    (State::Off, "machine-off", 520, 156, 112),
    (State::Enrolled, "machine-enrolled", 668, 156, 124),
    (State::Denied, "console-ended-denied", 372, 44, 112),
    (State::Revoked, "console-ended-revoked", 520, 44, 112),
    (State::Expired, "console-ended-expired", 668, 44, 124),
];

impl Machine {
    pub(super) fn of(row: &CustomerRow, now: Timestamp) -> Self {
        let stage = row.stage(now);
        let at = State::of(&row.account.mfa, stage);
        let before = before(stage, &row.account.mfa);
        let nodes = PLACES.into_iter().map(|(state, name, x, y, width)| Node {
            class: class(state, at, &before),
            is: is(state, at, &before),
            name,
            x,
            y,
            width,
            text_x: x + width / 2,
            text_y: y + 27,
        });
        Self { nodes: nodes.collect(), told: at.told(stage), until: row.until(now).map(When) }
    }
}

impl State {
    const fn of(mfa: &Mfa, stage: Option<Stage>) -> Self {
        match (stage, mfa) {
            (Some(Stage::AwaitingApproval), _) => Self::Awaiting,
            (Some(Stage::Granted), _) => Self::Granted,
            (Some(Stage::SignedIn), _) => Self::SignedIn,
            (Some(Stage::MfaDisabled), _) | (None, Mfa::Off) => Self::Off,
            (Some(Stage::DeviceEnrolled), _) => Self::Enrolled,
            (None, Mfa::NotSetUp) => Self::NotSetUp,
            (None, Mfa::On { .. }) => Self::On,
        }
    }

    const fn told(self, stage: Option<Stage>) -> &'static str {
        match (self, stage) {
            (Self::NotSetUp, _) => "machine-at-not-set-up",
            (Self::Awaiting, _) => "machine-at-awaiting",
            (Self::Granted, _) => "machine-at-granted",
            (Self::SignedIn, _) => "machine-at-signed-in",
            (Self::Off, Some(_)) => "machine-at-off-open",
            (Self::Off, None) => "machine-at-off",
            (Self::Enrolled, _) => "machine-at-enrolled",
            (Self::On | Self::Denied | Self::Revoked | Self::Expired, _) => "machine-at-on",
        }
    }
}

/// What an open recovery has been through.
fn before(stage: Option<Stage>, mfa: &Mfa) -> Vec<State> {
    let Some(stage) = stage else { return Vec::new() };
    let all = [
        (Stage::Granted, State::Granted),
        (Stage::SignedIn, State::SignedIn),
        (Stage::MfaDisabled, State::Off),
    ];
    let passed = all.into_iter().filter(|(passed, _)| *passed < stage).map(|(_, state)| state);
    let began =
        if matches!(mfa, Mfa::Off) && stage < Stage::MfaDisabled { State::Off } else { State::On };
    std::iter::once(began).chain(passed).collect()
}

fn class(state: State, at: State, before: &[State]) -> String {
    let end = matches!(state, State::Denied | State::Revoked | State::Expired);
    let mut class = String::from(if end { "node end" } else { "node" });
    if state == at {
        class.push_str(" now");
    } else if before.contains(&state) {
        class.push_str(" past");
    }
    class
}

/// The same in words.
fn is(state: State, at: State, before: &[State]) -> Option<&'static str> {
    if state == at {
        Some("machine-is-now")
    } else {
        before.contains(&state).then_some("machine-is-past")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lit(mfa: &Mfa, stage: Option<Stage>) -> (State, Vec<State>) {
        (State::of(mfa, stage), before(stage, mfa))
    }

    #[test]
    fn the_state_and_what_led_to_it_are_lit() {
        let on = Mfa::On { devices: Vec::new(), codes: None };
        assert_eq!(lit(&on, None), (State::On, vec![]));
        assert_eq!(lit(&Mfa::NotSetUp, None), (State::NotSetUp, vec![]));
        assert_eq!(lit(&on, Some(Stage::AwaitingApproval)), (State::Awaiting, vec![State::On]));
        let passed = vec![State::On, State::Granted];
        assert_eq!(lit(&on, Some(Stage::SignedIn)), (State::SignedIn, passed));
        let passed = vec![State::On, State::Granted, State::SignedIn];
        assert_eq!(lit(&Mfa::Off, Some(Stage::MfaDisabled)), (State::Off, passed));
        // Granted again, after the first bypass ended with MFA off.
        assert_eq!(lit(&Mfa::Off, Some(Stage::Granted)), (State::Granted, vec![State::Off]));
    }

    #[test]
    fn one_state_alone_is_now() {
        let now = PLACES
            .into_iter()
            .filter(|(state, ..)| class(*state, State::SignedIn, &[State::On]).ends_with(" now"));
        assert_eq!(now.count(), 1);
        assert_eq!(class(State::Denied, State::On, &[]), "node end");
    }
}
