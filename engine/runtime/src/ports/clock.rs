//! The time.

use std::time::Duration;

use async_trait::async_trait;
use readmit_domain::{Seconds, Timestamp};
use tokio::sync::watch;

/// Tells the time, and waits for a moment to come.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// This moment. It may run backwards: the ledger does not.
    fn now(&self) -> Timestamp;

    /// Waits until the clock shows this moment or a later one.
    async fn sleep_until(&self, moment: Timestamp);
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// No sleep is longer, so that a clock that is set is noticed.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port that stands for the clock")]
    fn now(&self) -> Timestamp {
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let micros = since_1970.map(|since| since.as_micros()).unwrap_or_default();
        Timestamp::from_unix_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }

    async fn sleep_until(&self, moment: Timestamp) {
        loop {
            let micros = moment.unix_micros() - self.now().unix_micros();
            let Ok(micros) = u64::try_from(micros) else { return };
            if micros == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_micros(micros).min(LONGEST_SLEEP)).await;
        }
    }
}

/// A clock that stands still until it is moved: for tests and demonstrations.
///
/// Clones show the same time.
#[derive(Debug, Clone)]
pub struct TestClock {
    now: watch::Sender<Timestamp>,
}

impl TestClock {
    /// A clock that shows this moment.
    pub fn at(now: Timestamp) -> Self {
        Self { now: watch::Sender::new(now) }
    }

    /// Moves the clock on; whoever waits for a moment that has come wakes up.
    pub fn advance(&self, span: Seconds) {
        self.now.send_modify(|now| *now = *now + span);
    }

    /// Sets the clock, backwards too.
    pub fn set(&self, now: Timestamp) {
        self.now.send_replace(now);
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    async fn sleep_until(&self, moment: Timestamp) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.now.subscribe().wait_for(|now| *now >= moment).await;
    }
}
