//! Somebody of a tenant, and what they hold.

use readmit::{
    AccountId, Actor, DeviceId, IssuedCode, KeyId, RecoveryCode, RecoveryId, RecoverySession,
    Timestamp, TotpCode,
};

use crate::demo::DemoError;
use crate::demo::phone::Phone;

/// How long a code is shown.
const CODE_SECONDS: u64 = 30;

pub(super) struct Person {
    pub(super) id: AccountId,
    /// The phone of which their account knows.
    pub(super) phone: Option<Phone>,
    /// The one that they are setting up.
    pub(super) new_phone: Option<(DeviceId, Phone)>,
    /// When a code of theirs was last accepted.
    pub(super) shown_at: Option<Timestamp>,
    /// Saved codes that were not used.
    pub(super) codes: Vec<RecoveryCode>,
    pub(super) recovery: Option<RecoveryId>,
    pub(super) session: Option<RecoverySession>,
    /// What an admin told them for the open bypass.
    pub(super) issued_code: Option<IssuedCode>,
    /// Whether the phone is in nobody's hands any more.
    pub(super) has_lost_phone: bool,
    /// Whether nobody can sign in to the account again.
    pub(super) is_gone: bool,
}

impl Person {
    pub(super) fn new(id: impl Into<AccountId>) -> Self {
        Self {
            id: id.into(),
            phone: None,
            new_phone: None,
            shown_at: None,
            codes: Vec::new(),
            recovery: None,
            session: None,
            issued_code: None,
            has_lost_phone: false,
            is_gone: false,
        }
    }

    /// With this phone and these codes.
    pub(super) fn equipped(
        id: impl Into<AccountId>,
        phone: Phone,
        codes: Vec<RecoveryCode>,
    ) -> Self {
        Self { phone: Some(phone), codes, ..Self::new(id) }
    }

    /// Themselves, in the recovery session if they hold one. A service speaks for customers.
    pub(super) fn actor(&self, service: KeyId) -> Actor {
        let actor = Actor::person(self.id).via(service);
        match self.session {
            Some(session) => actor.in_recovery(session),
            None => actor,
        }
    }

    /// What their phone shows, unless just that was accepted already.
    pub(super) fn next_code(&self, now: Timestamp) -> Result<Option<TotpCode>, DemoError> {
        let step = |at: Timestamp| at.unix_seconds() / CODE_SECONDS;
        let Some(phone) = &self.phone else { return Ok(None) };
        if self.shown_at.is_some_and(|shown| step(now) <= step(shown)) {
            return Ok(None);
        }
        Ok(Some(phone.code(now)?))
    }

    /// A code that their phone does not show, nor just did or soon will.
    pub(super) fn wrong_code(&self, now: Timestamp) -> Result<TotpCode, DemoError> {
        let mut shown = Vec::new();
        for at in [now - readmit::Seconds(30), now, now + readmit::Seconds(30)] {
            let phone = self.phone.as_ref().ok_or("there is no phone to guess at")?;
            shown.push(phone.code(at)?.expose().to_owned());
        }
        let guesses = ["123456", "111111", "654321", "121212"];
        let wrong = guesses.into_iter().find(|guess| shown.iter().all(|code| code != guess));
        Ok(wrong.unwrap_or_default().parse()?)
    }
}
