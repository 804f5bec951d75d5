//! The four steps of a recovery, and the time that is left for them.

use readmit::{Account, Mfa, Progress, Stage, Timestamp};

use crate::pages::refused::Refused;
use crate::pages::visitor::{Own, Standing};
use crate::pages::when::{When, left_of};

/// How far a recovery has come, for the page.
pub(super) struct Rail {
    pub(super) steps: [Step; 4],
    /// The time that is left for it; none once it is over.
    pub(super) time: Option<TimeLeft>,
}

/// The time that is left for a recovery.
pub(super) struct TimeLeft {
    pub(super) from: When,
    pub(super) until: When,
    /// The part of it that is left, of a thousand.
    pub(super) left: i64,
}

/// One of the four.
pub(super) struct Step {
    /// The message that names it.
    pub(super) name: &'static str,
    pub(super) done: bool,
    pub(super) current: bool,
}

impl Rail {
    /// The rail of the recovery that a visitor is in, if they are in one.
    pub(super) async fn of(own: &Own, now: Timestamp) -> Result<Option<Self>, Refused> {
        let Standing::Recovery { until } = own.standing else { return Ok(None) };
        let from = until - own.tenant().state().await?.policy.enrolment_seconds;
        let left = left_of(from, until, now);
        let time = TimeLeft { from: from.into(), until: until.into(), left };
        Ok(Some(Self::new(reached(&own.account), Some(time))))
    }

    /// The rail at its last step: the codes are there, and with that the recovery is over.
    pub(super) fn at_the_codes() -> Self {
        Self::new(CODES, None)
    }

    fn new(reached: usize, time: Option<TimeLeft>) -> Self {
        let names = ["step-off", "step-device", "step-confirm", "step-codes"];
        let mut index = 0;
        let steps = names.map(|name| {
            let step = Step { name, done: index < reached, current: index == reached };
            index += 1;
            step
        });
        Self { steps, time }
    }
}

/// The steps that are done before the last.
const CODES: usize = 3;

/// How many of the steps are done.
fn reached(account: &Account) -> usize {
    match (&account.mfa, stage(account)) {
        (_, Some(Stage::DeviceEnrolled)) => CODES,
        (Mfa::Off, _) if account.enrolment.is_some() => 2,
        (Mfa::Off, _) => 1,
        _ => 0,
    }
}

/// How far the open case has come.
pub(super) fn stage(account: &Account) -> Option<Stage> {
    let case = account.case.as_ref()?;
    match &case.progress {
        Progress::Open(open) => Some(open.stage),
        Progress::Awaiting { .. } => None,
    }
}
