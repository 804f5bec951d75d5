//! The fold: what an account is after an event.

use crate::account::{
    Account, Case, CodeSet, Device, ENROLMENT_ATTEMPTS, Enrolment, ISSUED_CODE_ATTEMPTS, Lock, Mfa,
    OpenBypass, Progress, REMEMBERED_CHECKS,
};
use crate::{DeviceId, Event, Recorded, Seconds, Stage, Timestamp};

/// Grants older than this no longer count against the cap.
pub(super) const GRANT_WINDOW: Seconds = Seconds::days(30);

impl Account {
    /// The account after this event. Events of the tenant's own stream change nothing.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one arm for each event, read as a table")]
    pub fn evolve(mut self, recorded: &Recorded) -> Self {
        let at = recorded.at;
        match &recorded.event {
            Event::CustomerRegistered(_) => self.registered = true,
            Event::BypassRequested(data) => {
                self.case = recorded.recovery.map(|recovery| Case {
                    recovery,
                    bypass: data.bypass,
                    terms: data.terms.clone(),
                    progress: Progress::Awaiting {
                        requested_by: recorded.who,
                        from: data.from,
                        until: data.until,
                    },
                });
            }
            Event::BypassGranted(data) => {
                self.granted_at.retain(|earlier| at <= *earlier + GRANT_WINDOW);
                self.granted_at.push(at);
                self.case = recorded.recovery.map(|recovery| Case {
                    recovery,
                    bypass: data.bypass,
                    terms: data.terms.clone(),
                    progress: Progress::Open(OpenBypass {
                        from: data.from,
                        until: data.until,
                        uses: 0,
                        attempts_left: ISSUED_CODE_ATTEMPTS,
                        session_until: None,
                        stage: Stage::Granted,
                    }),
                });
            }
            Event::BypassUsed(data) => {
                self.end_recovery_enrolment();
                self.advance(|open| {
                    open.uses = data.use_number;
                    open.session_until = Some(data.session_until);
                    open.stage = open.stage.max(Stage::SignedIn);
                });
            }
            Event::BypassCodeRejected(data) => {
                self.advance(|open| open.attempts_left = data.attempts_left);
            }
            Event::BypassDenied(_)
            | Event::BypassRevoked(_)
            | Event::BypassExpired(_)
            | Event::RecoveryCompleted(_) => self.end_case(),
            Event::MfaDisabled(_) => {
                self.mfa = Mfa::Off;
                self.end_sessions();
                if recorded.recovery.is_some() {
                    self.advance(|open| open.stage = open.stage.max(Stage::MfaDisabled));
                }
            }
            Event::EnrolmentStarted(data) => {
                self.enrolment = Some(Enrolment {
                    device: data.device,
                    until: data.until,
                    attempts_left: ENROLMENT_ATTEMPTS,
                });
            }
            Event::EnrolmentCodeRejected(data) => {
                self.enrolment = self
                    .enrolment
                    .map(|enrolment| Enrolment { attempts_left: data.attempts_left, ..enrolment })
                    .filter(|enrolment| enrolment.attempts_left > 0);
            }
            Event::DeviceEnrolled(data) => {
                self.enrolment = None;
                self.add_device(Device { id: data.device, last_step: data.step });
                if recorded.recovery.is_some() {
                    self.advance(|open| open.stage = Stage::DeviceEnrolled);
                }
                self.second_factor_shown(at);
            }
            Event::DeviceRemoved(data) => self.remove_device(data.device),
            Event::CodesRegenerated(data) => {
                if let Mfa::On { codes, .. } = &mut self.mfa {
                    let used = vec![false; usize::from(data.count)];
                    *codes = Some(CodeSet { id: data.set, used });
                }
            }
            Event::SecondFactorVerified(data) => {
                if let Mfa::On { devices, .. } = &mut self.mfa {
                    for device in devices.iter_mut().filter(|device| device.id == data.device) {
                        device.last_step = data.step;
                    }
                }
                self.second_factor_shown(at);
            }
            Event::RecoveryCodeUsed(data) => {
                if let Mfa::On { codes: Some(codes), .. } = &mut self.mfa
                    && let Some(used) = codes.used.get_mut(usize::from(data.index))
                {
                    *used = true;
                }
                self.second_factor_shown(at);
            }
            Event::SecondFactorRejected(data) => self.failures = data.failures,
            Event::AccountLocked(data) => self.lock = Some(Lock { until: data.until }),
            Event::AccountUnlocked(_) => {
                self.lock = None;
                self.failures = 0;
            }
            Event::AccountFrozen(_) => {
                self.frozen = true;
                self.end_sessions();
            }
            Event::AccountUnfrozen(_) => self.frozen = false,
            Event::CustomerErased(_) => {
                self.erased = true;
                self.end_sessions();
            }
            Event::TenantCreated(_)
            | Event::PolicyChanged(_)
            | Event::AdminAuthorised(_)
            | Event::AdminSuspended(_)
            | Event::ApiKeyIssued(_)
            | Event::ApiKeyRevoked(_)
            | Event::SigningKeyRotated(_)
            | Event::AuditAccessed(_)
            | Event::ReviewSignedOff(_)
            | Event::LegalHoldPlaced(_)
            | Event::LegalHoldLifted(_) => {}
        }
        self
    }

    /// The account after these events.
    #[must_use]
    pub fn replay<'a>(self, events: impl IntoIterator<Item = &'a Recorded>) -> Self {
        events.into_iter().fold(self, Self::evolve)
    }

    fn advance(&mut self, change: impl FnOnce(&mut OpenBypass)) {
        if let Some(Case { progress: Progress::Open(open), .. }) = &mut self.case {
            change(open);
        }
    }

    fn end_case(&mut self) {
        self.case = None;
        self.end_recovery_enrolment();
    }

    /// An enrolment that began while MFA was off was allowed by a recovery
    /// session alone, and dies with it.
    fn end_recovery_enrolment(&mut self) {
        if self.mfa == Mfa::Off {
            self.enrolment = None;
        }
    }

    fn add_device(&mut self, device: Device) {
        match &mut self.mfa {
            Mfa::On { devices, .. } => devices.push(device),
            Mfa::NotSetUp | Mfa::Off => {
                self.mfa = Mfa::On { devices: vec![device], codes: None };
            }
        }
    }

    /// Removing the last device turns MFA off, and ends what `MfaDisabled` ends.
    fn remove_device(&mut self, removed: DeviceId) {
        if let Mfa::On { devices, .. } = &mut self.mfa {
            devices.retain(|device| device.id != removed);
            if devices.is_empty() {
                self.mfa = Mfa::Off;
                self.end_sessions();
            }
        }
    }

    /// What earlier sessions have begun and shown is worth nothing any more.
    fn end_sessions(&mut self) {
        self.enrolment = None;
        self.session_epoch += 1;
        self.verified_at.clear();
    }

    fn second_factor_shown(&mut self, at: Timestamp) {
        self.failures = 0;
        if self.verified_at.len() == REMEMBERED_CHECKS {
            self.verified_at.remove(0);
        }
        self.verified_at.push(at);
    }
}
