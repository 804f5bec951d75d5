//! What is counted, for whoever operates the engine.
//!
//! It goes through the facade `metrics`: where nobody has installed a recorder before the engine
//! was started, it counts into nothing. The names are told in the table of the crate that does.
//!
//! Handles are kept, so that counting is an addition to a number, and so that a label which was
//! never used makes no series.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use readmit_domain::command::{AccountCommand, TenantCommand};
use readmit_domain::{Event, NewEvent, Refusal};

use crate::ExecuteError;
use crate::outcome::Executed;

pub(crate) struct Measures {
    /// By name of the command; in the order of [`OUTCOMES`].
    commands: HashMap<&'static str, [OnceLock<Counter>; OUTCOMES.len()]>,
    /// By kind.
    refusals: HashMap<&'static str, OnceLock<Counter>>,
    lockouts: Counter,
    commit_seconds: Histogram,
    batch_commands: Histogram,
    waiting: Gauge,
}

/// Counts a command as waiting until it is dropped.
pub(crate) struct Waiting(Arc<Measures>);

/// How a command ended.
#[derive(Clone, Copy)]
enum Outcome {
    Done,
    Already,
    Refused,
    Busy,
    Changed,
    Unknown,
    Failed,
}

/// The names of the outcomes, in their order.
const OUTCOMES: [&str; 7] = ["done", "already", "refused", "busy", "changed", "unknown", "failed"];

impl Measures {
    pub(crate) fn new() -> Self {
        let names = AccountCommand::NAMES.iter().chain(TenantCommand::NAMES);
        Self {
            commands: names.map(|name| (*name, Default::default())).collect(),
            refusals: Refusal::KINDS.iter().map(|kind| (*kind, OnceLock::new())).collect(),
            lockouts: counter!("readmit_lockouts_total"),
            commit_seconds: histogram!("readmit_commit_seconds"),
            batch_commands: histogram!("readmit_batch_commands"),
            waiting: gauge!("readmit_lane_waiting"),
        }
    }

    /// A caller gets the answer to the command of this name.
    pub(crate) fn command(&self, command: &'static str, answer: &Result<Executed, ExecuteError>) {
        let outcome = match answer {
            Ok(executed) if executed.already => Outcome::Already,
            Ok(_) => Outcome::Done,
            Err(ExecuteError::Refused(refusal)) => {
                self.refused(refusal.kind());
                Outcome::Refused
            }
            Err(ExecuteError::Busy { .. }) => Outcome::Busy,
            Err(ExecuteError::Changed { .. }) => Outcome::Changed,
            Err(ExecuteError::Unknown { .. }) => Outcome::Unknown,
            Err(ExecuteError::Failed(_)) => Outcome::Failed,
        };
        let counters = self.commands.get(command);
        if let Some((counter, name)) = counters
            .and_then(|it| it.get(outcome as usize))
            .zip(OUTCOMES.get(outcome as usize).copied())
        {
            let new =
                || counter!("readmit_commands_total", "command" => command, "outcome" => name);
            counter.get_or_init(new).increment(1);
        }
    }

    fn refused(&self, kind: &'static str) {
        if let Some(counter) = self.refusals.get(kind) {
            counter.get_or_init(|| counter!("readmit_refusals_total", "kind" => kind)).increment(1);
        }
    }

    /// These events are durable.
    pub(crate) fn recorded(&self, events: &[NewEvent]) {
        let locked = |event: &&NewEvent| matches!(event.event, Event::AccountLocked(_));
        let lockouts = events.iter().filter(locked).count();
        if lockouts > 0 {
            self.lockouts.increment(lockouts as u64);
        }
    }

    /// The store has answered a commit.
    pub(crate) fn commit(&self, took: Duration) {
        self.commit_seconds.record(took);
    }

    /// A lane has taken so many commands at once.
    #[expect(clippy::cast_precision_loss, reason = "a batch has 512 commands at most")]
    pub(crate) fn batch(&self, commands: usize) {
        self.batch_commands.record(commands as f64);
    }

    /// A command begins to wait.
    pub(crate) fn waiting(self: &Arc<Self>) -> Waiting {
        self.waiting.increment(1);
        Waiting(Arc::clone(self))
    }
}

impl Waiting {
    /// Its events are durable.
    pub(crate) fn recorded(&self, events: &[NewEvent]) {
        self.0.recorded(events);
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.decrement(1);
    }
}
