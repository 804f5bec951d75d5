//! Refusals: every expected "no" of a rule.

use serde::Serialize;

use crate::{Event, NewEvent, PolicyError, Seconds, TextError, Timestamp};

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident $({ $($(#[$fdoc:meta])* $field:ident: $type:ty,)+ })? = $kind:literal, $text:literal;)+) => {
        /// An expected "no": comparable data with a stable [`kind`](Self::kind).
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
        #[serde(tag = "kind")]
        #[non_exhaustive]
        pub enum Refusal {
            $(
                $(#[$doc])*
                #[error($text)]
                #[serde(rename = $kind)]
                $name $({ $($(#[$fdoc])* $field: $type,)+ })?,
            )+
        }

        impl Refusal {
            /// The kinds of all refusals.
            pub const KINDS: &'static [&'static str] = &[$($kind),+];

            /// The stable name of this refusal, for programs.
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$name { .. } => $kind,)+ }
            }
        }
    };
}

refusals! {
    /// What the command is about does not exist in the actor's tenant.
    NotFound = "not_found", "there is no such account or item in this tenant";
    /// The actor has no role that permits it.
    NotPermitted = "not_permitted", "the actor's roles do not permit this";
    /// No one grants, approves or unlocks for themselves.
    OwnAccount = "own_account", "no one may do this for their own account";
    /// Only an owner may do this to an admin's account.
    OwnerRequired = "owner_required", "only an owner may do this for an admin's account";
    /// No one approves or denies what they asked for.
    OwnRequest = "own_request", "no one may approve or deny what they asked for themselves";
    /// The actor's own second factor is missing or too old.
    SecondFactorNotFresh {
        /// How old it may be.
        within: Seconds,
    } = "second_factor_not_fresh", "the actor must have shown their own second factor within the last {within}";

    /// A text that the command brings cannot be what it is meant for.
    InvalidText {
        /// What is wrong, and what is allowed.
        why: TextError,
    } = "invalid_text", "{why}";
    /// The login belongs to another account.
    LoginTaken = "login_taken", "this login is taken in this tenant";
    /// Exactly this was carried out before.
    AlreadyDone = "already_done", "this was done already";
    /// The command id was used before for another command.
    CommandReused = "command_reused", "this command id was used before for another command";

    /// The account is frozen: the customer said "this wasn't me".
    Frozen = "frozen", "the account is frozen until an owner lifts the freeze";
    /// The account is not frozen.
    NotFrozen = "not_frozen", "the account is not frozen";
    /// The customer was erased.
    Erased = "erased", "the customer was erased";
    /// Too many wrong codes.
    Locked {
        /// Until when; until an admin unlocks if not given.
        until: Option<Timestamp>,
    } = "locked", "the account is locked after too many wrong codes";
    /// The account is not locked.
    NotLocked = "not_locked", "the account is not locked";
    /// A legal hold forbids the erasure.
    LegalHold = "legal_hold", "a legal hold forbids this";

    /// The account has an open case.
    CaseOpen = "case_open", "the account has an open recovery already; replace it to start anew";
    /// The account has no open case, or not the one named.
    NoOpenCase = "no_open_case", "the account has no such open recovery";
    /// The account has no second factor that a bypass could stand in for.
    NothingToBypass = "nothing_to_bypass", "the account has no second factor to bypass";
    /// The case does not await approval.
    NotAwaiting = "not_awaiting", "the recovery does not await approval";
    /// The request has waited too long.
    RequestTooOld = "request_too_old", "the request is too old to be approved";
    /// The new device is enrolled: there is nothing left to revoke.
    TooLateToRevoke = "too_late_to_revoke", "a new device is enrolled already: nothing is left to revoke";

    /// The lifetime is outside policy.
    LifetimeOutsidePolicy {
        /// The shortest allowed.
        least: Seconds,
        /// The longest allowed.
        most: Seconds,
    } = "lifetime_outside_policy", "a bypass may live for {least} to {most} by this tenant's policy";
    /// The number of uses is outside policy.
    UsesOutsidePolicy {
        /// The most allowed.
        most: u8,
    } = "uses_outside_policy", "a bypass may have 1 to {most} uses by this tenant's policy";
    /// The start or the end cannot be.
    ImpossibleWindow = "impossible_window", "a bypass cannot start in the past, start more than 30 days ahead, or end before it starts";
    /// Too many networks.
    TooManyNetworks = "too_many_networks", "a bypass may name 8 networks at most";
    /// Policy demands a stronger proof at sign-in.
    ProofTooWeak = "proof_too_weak", "policy demands a code issued with the bypass, beside the password";
    /// Policy demands a ticket.
    TicketMissing = "ticket_missing", "policy demands a ticket reference";
    /// Policy demands a reason.
    ReasonMissing = "reason_missing", "policy demands a reason";
    /// The reason "other" needs a note.
    NoteMissing = "note_missing", "a note must say what the reason is";
    /// Policy demands an identity check.
    IdentityCheckMissing = "identity_check_missing", "policy demands that the caller's identity was checked";

    /// The bypass has not started.
    NotStarted {
        /// When it starts.
        from: Timestamp,
    } = "not_started", "the bypass starts at {from}";
    /// The bypass is over.
    Expired = "expired", "the bypass has expired";
    /// Every use is spent, or its purpose is reached.
    Spent = "spent", "the bypass is spent";
    /// The bypass may not be redeemed from here.
    WrongNetwork = "wrong_network", "the bypass may not be redeemed from this network";
    /// The bypass needs the issued code too.
    IssuedCodeMissing = "issued_code_missing", "this bypass needs the code that was issued with it";
    /// The issued code is wrong.
    IssuedCodeWrong {
        /// Tries that remain; at 0 the bypass is revoked.
        attempts_left: u8,
    } = "issued_code_wrong", "the code is wrong; {attempts_left} tries remain";

    /// MFA is not on.
    MfaNotOn = "mfa_not_on", "MFA is not on";
    /// Policy requires MFA.
    MfaRequired = "mfa_required", "policy requires MFA: set up another device first";
    /// MFA is off though policy requires it, and no bypass is open.
    SetupOverdue = "setup_overdue", "MFA must be set up, and the permission to do so is over: an admin must grant it again";
    /// The recovery session is over, or another is newer.
    SessionNotLive = "session_not_live", "the recovery session is over";
    /// The account has no right to enrol a device now.
    NoRightToEnrol = "no_right_to_enrol", "show a second factor, or turn MFA off in a recovery, before setting up a device";
    /// There is no enrolment of that device: none was started, or a newer one replaced it.
    EnrolmentSuperseded = "enrolment_superseded", "this set-up was replaced by a newer one or ended";
    /// The enrolment took too long.
    EnrolmentOver = "enrolment_over", "the time to set up this device is over";
    /// The first code of the new device is wrong.
    EnrolmentCodeWrong {
        /// Tries that remain; at 0 the enrolment has ended.
        attempts_left: u8,
    } = "enrolment_code_wrong", "the code is wrong; {attempts_left} tries remain";
    /// The account has as many devices as it may.
    TooManyDevices {
        /// The most allowed.
        most: usize,
    } = "too_many_devices", "an account may have {most} devices at most";
    /// The last device cannot be removed while policy requires MFA.
    LastDevice = "last_device", "the last device cannot be removed while policy requires MFA";

    /// The code is wrong.
    CodeWrong {
        /// Wrong codes in a row.
        failures: u32,
    } = "code_wrong", "the code is wrong";
    /// The code of this time step, or of a later one, was used.
    CodeReplayed = "code_replayed", "this code was used already: wait for the next one";
    /// The recovery code was used.
    CodeUsed = "code_used", "this recovery code was used already";

    /// The case is not due to end.
    NotDue = "not_due", "the recovery is not due to expire";

    /// The policy cannot be.
    PolicyInvalid {
        /// What is wrong.
        why: PolicyError,
    } = "policy_invalid", "{why}";
    /// Nothing would change.
    Unchanged = "unchanged", "nothing would change";
    /// At least one role is needed, and `service` is for keys alone.
    RolesInvalid = "roles_invalid", "an admin needs one or more roles other than service, a key the role service or auditor";
    /// The tenant would be left without an owner.
    LastOwner = "last_owner", "a tenant must keep one owner who is not suspended";
    /// The expiry lies in the past.
    AlreadyPast = "already_past", "the expiry lies in the past";
}

impl Refusal {
    /// The refusal that recorded events stand for: a wrong code is recorded
    /// *and* answered with "no", the first time and every time it is repeated.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few events stand for a refusal")]
    pub fn recorded_by(events: &[NewEvent]) -> Option<Self> {
        let locked = events.iter().find_map(|new| match &new.event {
            Event::AccountLocked(locked) => Some(Self::Locked { until: locked.until }),
            _ => None,
        });
        locked.or_else(|| {
            events.iter().find_map(|new| match &new.event {
                Event::BypassCodeRejected(rejected) => {
                    Some(Self::IssuedCodeWrong { attempts_left: rejected.attempts_left })
                }
                Event::EnrolmentCodeRejected(rejected) => {
                    Some(Self::EnrolmentCodeWrong { attempts_left: rejected.attempts_left })
                }
                Event::SecondFactorRejected(rejected) => {
                    Some(Self::CodeWrong { failures: rejected.failures })
                }
                _ => None,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{
        AccountLocked, BypassCodeRejected, BypassRevoked, BypassUsed, EnrolmentCodeRejected,
        Method, RevocationCause, SecondFactorRejected,
    };
    use crate::testing::{BYPASS, CASE, PHONE, START};

    fn of(events: impl IntoIterator<Item = Event>) -> Option<Refusal> {
        let events: Vec<NewEvent> = events.into_iter().map(NewEvent::from).collect();
        Refusal::recorded_by(&events)
    }

    #[test]
    fn events_of_a_success_stand_for_no_refusal() {
        assert_eq!(Refusal::recorded_by(&[]), None);
        assert_eq!(
            of([BypassUsed { bypass: BYPASS, use_number: 1, session_until: START }.into()]),
            None
        );
    }

    #[test]
    fn each_wrong_code_stands_for_its_refusal() {
        let method = Method::Totp;
        let rejected: Event = SecondFactorRejected { method, failures: 3 }.into();
        assert_eq!(of([rejected.clone()]), Some(Refusal::CodeWrong { failures: 3 }));
        assert_eq!(
            of([EnrolmentCodeRejected { device: PHONE, attempts_left: 2 }.into()]),
            Some(Refusal::EnrolmentCodeWrong { attempts_left: 2 })
        );
        let wrong: Event = BypassCodeRejected { attempts_left: 0 }.into();
        let revoked = BypassRevoked { cause: RevocationCause::TooManyAttempts };
        assert_eq!(
            Refusal::recorded_by(&[wrong.into(), NewEvent::of(CASE, revoked)]),
            Some(Refusal::IssuedCodeWrong { attempts_left: 0 })
        );
        for until in [None, Some(START)] {
            let locked = AccountLocked { until }.into();
            assert_eq!(of([rejected.clone(), locked]), Some(Refusal::Locked { until }));
        }
    }

    #[test]
    fn kinds_are_stable_names_without_a_double() {
        let mut kinds = Refusal::KINDS.to_vec();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), Refusal::KINDS.len());
        let written = |refusal: &Refusal| serde_json::to_value(refusal).unwrap();
        for refusal in [
            Refusal::NotFound,
            Refusal::SecondFactorNotFresh { within: Seconds::minutes(5) },
            Refusal::PolicyInvalid { why: PolicyError { setting: "lifetime", allowed: "less" } },
        ] {
            assert_eq!(written(&refusal)["kind"], refusal.kind());
        }
    }
}
