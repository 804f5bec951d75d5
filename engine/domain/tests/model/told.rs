//! What the rules make of an account, held against what the model tells of it.

use readmit_domain::account::{Account, BypassOffer, Methods, Mfa, SecretId, SignIn};
use readmit_domain::{BypassId, CodeSetId, DeviceId, Proof, Refusal, Timestamp};

use super::{FOR_EVER, Life, Moment, World, moves};

/// The account is what the model tells of it.
pub(crate) fn is_as_told(account: &Account, life: &Life) {
    let (is_on, is_off) = match account.mfa {
        Mfa::On { .. } => (true, false),
        Mfa::Off => (false, true),
        Mfa::NotSetUp => (false, false),
    };
    assert_eq!((is_on, is_off), (life.is_on(), life.is_off()));
    let devices = account.devices().iter().map(|device| (device.id, device.last_step));
    let told = life.alive().map(|one| (DeviceId::from_uuid(moves::id(one.id)), one.last_step));
    assert_eq!(devices.collect::<Vec<_>>(), told.collect::<Vec<_>>());
    assert_eq!((account.failures, account.session_epoch), (life.wrong, life.deaths));
    assert_eq!((account.frozen, account.erased), (life.frozen, life.erased));
    let pending = account.enrolment.map(|one| (one.device, one.until, one.attempts_left));
    let told = life.pending().map(|setup| {
        let device = DeviceId::from_uuid(moves::id(setup.id));
        (device, moves::timestamp(setup.until), 10 - setup.wrong)
    });
    assert_eq!(pending, told);
    let lock = account.lock.map(|lock| lock.until);
    assert_eq!(lock, life.locked.map(lock_end));
    let used = account.codes().map(|codes| {
        let places = (0..10_u8).zip(&codes.used).filter(|(_, used)| **used);
        (codes.id, places.map(|(place, _)| place).collect::<Vec<_>>())
    });
    let told = life.codes().map(|set| {
        let mut used = set.used.clone();
        used.sort_unstable();
        (CodeSetId::from_uuid(moves::id(set.id)), used)
    });
    assert_eq!(used, told);
    assert_eq!(account.due(), life.case().map(|case| moves::timestamp(case.due())));
    needs_the_secrets_told(account, life);
}

fn lock_end(until: Moment) -> Option<Timestamp> {
    (until != FOR_EVER).then(|| moves::timestamp(until))
}

/// No secret of what has ended is needed any more.
fn needs_the_secrets_told(account: &Account, life: &Life) {
    let mut told = Vec::new();
    if !life.erased {
        let devices = life.alive().map(|device| device.id);
        let devices = devices.chain(life.pending().map(|setup| setup.id));
        told.extend(devices.map(|id| SecretId::Totp(DeviceId::from_uuid(moves::id(id)))));
        let codes = life.codes().map(|set| CodeSetId::from_uuid(moves::id(set.id)));
        told.extend(codes.map(SecretId::Codes));
        let issued = life.case().filter(|case| case.code && case.open.is_some() && !case.enrolled);
        let bypass = issued.map(|case| BypassId::from_uuid(moves::id(case.id)));
        told.extend(bypass.map(SecretId::IssuedCode));
    }
    assert_eq!(account.secrets(), told);
}

/// What a correct password is worth, as the model tells it.
pub(crate) fn sign_in(world: &World, life: &Life) -> SignIn {
    if life.erased {
        return SignIn::Refused(Refusal::Erased);
    }
    if life.frozen {
        return SignIn::Refused(Refusal::Frozen);
    }
    if life.is_locked(world.now) {
        let until = life.locked.and_then(lock_end);
        return SignIn::Refused(Refusal::Locked { until });
    }
    let recovery_code = life.codes().is_some_and(|set| set.used.len() < 10);
    let second_factor = life.is_on().then_some(Methods { totp: true, recovery_code });
    if let Some(case) = life.case().filter(|case| case.can_be_redeemed(world.now)) {
        return SignIn::Bypass(BypassOffer {
            bypass: BypassId::from_uuid(moves::id(case.id)),
            proof: if case.code { Proof::PasswordAndIssuedCode } else { Proof::Password },
            until: moves::timestamp(case.due()),
            second_factor,
        });
    }
    match second_factor {
        Some(methods) => SignIn::SecondFactor(methods),
        None if !world.rules.required => SignIn::Allowed,
        None if life.is_off() => SignIn::Refused(Refusal::SetupOverdue),
        None => SignIn::EnrolmentOnly,
    }
}
