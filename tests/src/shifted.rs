//! The clock of the system, shifted: hours pass in a moment, then seconds pass as they do.

use std::time::Duration;

use async_trait::async_trait;
use readmit::{Clock, Seconds, SystemClock, Timestamp};
use tokio::sync::watch;

/// Runs as the clock of the system does, so far ahead as it was shifted. Clones show the same.
#[derive(Debug, Clone)]
pub struct ShiftedClock {
    ahead: watch::Sender<Seconds>,
}

impl Default for ShiftedClock {
    fn default() -> Self {
        Self { ahead: watch::Sender::new(Seconds(0)) }
    }
}

impl ShiftedClock {
    /// Shifts the clock further ahead.
    pub fn advance(&self, span: Seconds) {
        self.ahead.send_modify(|ahead| *ahead = Seconds(ahead.0 + span.0));
    }
}

#[async_trait]
impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + *self.ahead.borrow()
    }

    async fn sleep_until(&self, moment: Timestamp) {
        let mut shifted = self.ahead.subscribe();
        loop {
            let micros = moment.unix_micros() - self.now().unix_micros();
            let Some(micros) = u64::try_from(micros).ok().filter(|micros| *micros > 0) else {
                return;
            };
            tokio::select! {
                () = tokio::time::sleep(Duration::from_micros(micros)) => {}
                _ = shifted.changed() => {}
            }
        }
    }
}
