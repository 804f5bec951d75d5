//! A case told anew: the account folded up to each of its events.

use readmit::{Account, CaseRecord, Envelope, Event, Sentence, tlog};

use super::super::line::stage;
use super::super::people::People;
use super::changes::{Value, What, changes, facts};
use super::lanes::time_of_day;
use crate::pages::names;
use crate::pages::when::When;
use crate::pages::words::Words;

/// The events of a case, each with the account before and after it.
pub(super) struct Replay {
    pub(super) events: Vec<Envelope>,
    states: Vec<(Account, Account)>,
}

/// A line of the account's state.
pub(super) struct Fact {
    /// The message that names it.
    pub(super) name: &'static str,
    pub(super) is: String,
    /// How a chip looks that tells it.
    pub(super) chip: Option<&'static str>,
    /// What it was, if the event changed it.
    pub(super) was: Option<String>,
}

/// An event as the history tells it.
pub(super) struct Entry {
    pub(super) position: u64,
    pub(super) at: When,
    pub(super) exact: String,
    pub(super) time: String,
    pub(super) name: &'static str,
    pub(super) who: String,
    pub(super) sentence: String,
    /// How the line looks.
    pub(super) class: &'static str,
    pub(super) leaf_hash: String,
}

impl Replay {
    /// A case, in the history of its account.
    pub(super) fn of(case: &CaseRecord, history: &[Envelope]) -> Self {
        let mut account = Account::new(case.account);
        let (mut events, mut states) = (Vec::new(), Vec::new());
        for event in history {
            if event.recovery != Some(case.recovery) {
                account = account.evolve(&event.recorded());
                continue;
            }
            let before = account.clone();
            account = account.evolve(&event.recorded());
            states.push((before, account.clone()));
            events.push(event.clone());
        }
        Self { events, states }
    }

    /// From the first event to the last.
    pub(super) fn took(&self) -> String {
        let (first, last) = (self.events.first(), self.events.last());
        first.zip(last).map(|(first, last)| last.at.since(first.at).to_string()).unwrap_or_default()
    }

    /// The account as of an event, counted from 1.
    pub(super) fn facts(&self, words: &Words, step: usize) -> Vec<Fact> {
        let Some((before, after)) = self.states.get(step.saturating_sub(1)) else {
            return Vec::new();
        };
        let changed = changes(before, after);
        let fact = |(what, value)| {
            let was = changed.iter().find(|it| it.what == what).map(|it| told(words, it.was));
            Fact { name: what.message(), is: told(words, value), chip: value.chip(), was }
        };
        // Hardly any account is erased.
        let told = |(what, value): &(What, Value)| *what != What::Erased || *value == Value::Yes;
        facts(after).into_iter().filter(told).map(fact).collect()
    }

    pub(super) fn entries(&self, words: &Words, people: &People) -> Vec<Entry> {
        let entry = |event: &Envelope| Entry {
            position: event.position,
            at: When(event.at),
            exact: event.at.to_string(),
            time: time_of_day(event),
            name: event.event.name(),
            who: names::who(words, &people.admins, &event.who),
            sentence: words.tell(&Sentence::of(&event.event)),
            class: class(event),
            leaf_hash: event
                .encode()
                .map(|leaf| tlog::leaf_hash(&leaf).to_string())
                .unwrap_or_default(),
        };
        self.events.iter().map(entry).collect()
    }
}

const fn class(event: &Envelope) -> &'static str {
    match (&event.event, &event.who) {
        (
            Event::BypassCodeRejected(_)
            | Event::EnrolmentCodeRejected(_)
            | Event::SecondFactorRejected(_)
            | Event::AccountLocked(_)
            | Event::AccountFrozen(_),
            _,
        ) => "bad",
        (_, readmit::Who::Admin { .. }) => "by-admin",
        (_, readmit::Who::Customer { .. }) => "by-customer",
        _ => "by-system",
    }
}

impl What {
    const fn message(self) -> &'static str {
        match self {
            Self::Mfa => "case-mfa",
            Self::Devices => "case-devices",
            Self::Enrolment => "case-enrolment",
            Self::Codes => "case-codes",
            Self::Recovery => "case-recovery",
            Self::Failures => "case-failures",
            Self::Lock => "case-lock",
            Self::Frozen => "case-frozen",
            Self::Sessions => "case-sessions",
            Self::Erased => "case-erased",
        }
    }
}

impl Value {
    const fn chip(self) -> Option<&'static str> {
        match self {
            Self::On => Some("on"),
            Self::Off => Some("off"),
            Self::NotSetUp => Some("unset"),
            _ => None,
        }
    }
}

fn told(words: &Words, value: Value) -> String {
    let message = |id| words.say(id).to_string();
    match value {
        Value::NotSetUp => message("case-not-set-up"),
        Value::On => message("case-on"),
        Value::Off => message("case-off"),
        Value::Nothing => message("case-nothing"),
        Value::Yes => message("case-yes"),
        Value::No => message("case-no"),
        Value::Number(number) => number.to_string(),
        Value::Stage(it) => words.say("desk-state").text("state", stage(it)).to_string(),
        Value::Until(at) => {
            let at = When(at);
            words.say("case-until").text("time", format!("{} {}", at.day(), at.clock())).to_string()
        }
        Value::UntilUnlocked => message("case-until-unlocked"),
    }
}
