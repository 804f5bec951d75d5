//! What systemd is told, where it started us (`Type=notify`); nothing elsewhere.

use sd_notify::NotifyState;

/// Callers are answered.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The orderly end has begun.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Says twice within the time that systemd allows that this process is alive, for ever: tasks
/// get their turn. Ends at once where nobody asks.
pub(super) async fn keep_watchdog_quiet() {
    let Some(patience) = sd_notify::watchdog_enabled().filter(|time| !time.is_zero()) else {
        return;
    };
    let mut ticks = tokio::time::interval(patience / 2);
    loop {
        ticks.tick().await;
        tell(&[NotifyState::Watchdog]);
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd could not be told");
    }
}
