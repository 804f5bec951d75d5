//! The four steps of a recovery, and the time that is left for them.

use readmit::{Account, Mfa, Progress, Stage, Timestamp};

use crate::pages::refused::Refused;
use crate::pages::visitor::{Own, Standing};
use crate::pages::when::When;

/// How far a recovery has come, for the page.
pub(super) struct Rail {
    pub(super) steps: [Step; 4],
    /// When the time that is left began, and when it is over.
    pub(super) from: When,
    pub(super) until: When,
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
    pub(super) async fn of(own: &Own) -> Result<Option<Self>, Refused> {
        let Standing::Recovery { until } = own.standing else { return Ok(None) };
        let window = own.tenant().state().await?.policy.enrolment_seconds;
        Ok(Some(Self::new(reached(&own.account), until - window, until)))
    }

    fn new(reached: usize, from: Timestamp, until: Timestamp) -> Self {
        let names = ["step-off", "step-device", "step-confirm", "step-codes"];
        let mut index = 0;
        let steps = names.map(|name| {
            let step = Step { name, done: index < reached, current: index == reached };
            index += 1;
            step
        });
        Self { steps, from: from.into(), until: until.into() }
    }
}

/// How many of the steps are done.
fn reached(account: &Account) -> usize {
    match (&account.mfa, stage(account)) {
        (_, Some(Stage::DeviceEnrolled)) => 3,
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
