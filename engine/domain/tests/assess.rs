//! How a case is followed to its end, and which profile it met.

use readmit_domain::assess::{CaseEnd, CaseRecord, Shortfall, Step, assess};
use readmit_domain::event::{
    BypassDenied, BypassExpired, BypassGranted, BypassRequested, BypassRevoked, BypassUsed,
    CodesRegenerated, DeviceEnrolled, MfaDisabled, RecoveryCompleted,
};
use readmit_domain::testing::{ALICE, BOB, BYPASS, CASE, CODES, OLGA, PETRA, PHONE, START};
use readmit_domain::{
    AccountId, Actor, AdminId, Event, IdentityCheck, NewEvent, Profile, Proof, Reason, Recorded,
    RevocationCause, Seconds, Stage, Terms,
};

/// What the strict profile asks for.
fn terms() -> Terms {
    Terms {
        reason: Some(Reason::LostDevice),
        ticket: "INC-4711".parse().ok(),
        identity_check: IdentityCheck::CallBack,
        proof: Proof::PasswordAndIssuedCode,
        lifetime_seconds: Seconds::minutes(15),
        max_uses: 1,
        networks: Vec::new(),
    }
}

fn by(admin: AdminId, minute: u32, event: impl Into<Event>) -> Recorded {
    let at = START + Seconds::minutes(minute);
    let who = Actor::admin(admin).vouched_second_factor(START).who;
    let NewEvent { recovery, event } = NewEvent::of(CASE, event);
    Recorded { at, who, recovery, event }
}

fn requested(terms: Terms) -> Recorded {
    let until = START + Seconds::hours(24);
    by(BOB, 0, BypassRequested { bypass: BYPASS, terms, from: None, until })
}

fn granted(admin: AdminId, minute: u32, terms: Terms) -> Recorded {
    let (from, until) = (START, START + terms.lifetime_seconds);
    by(admin, minute, BypassGranted { bypass: BYPASS, terms, from, until })
}

fn record(account: impl Into<AccountId>, events: &[Recorded]) -> CaseRecord {
    let mut events = events.iter();
    let begun = events.next().and_then(|first| CaseRecord::begin(account.into(), first));
    let Some(begun) = begun else { panic!("the first event begins a case") };
    events.fold(begun, CaseRecord::evolve)
}

/// Bob asked for it on these terms, and Petra approved it five minutes later.
fn approved(terms: Terms) -> CaseRecord {
    record(ALICE, &[requested(terms.clone()), granted(PETRA, 5, terms)])
}

fn lacks(case: &CaseRecord, profile: Profile) -> Vec<Shortfall> {
    assess(case, &profile.policy())
}

#[test]
fn a_case_is_followed_from_its_first_event_to_its_end() {
    let used = BypassUsed { bypass: BYPASS, use_number: 1, session_until: START };
    let disabled = MfaDisabled { devices: vec![PHONE], codes: Some(CODES) };
    let case = record(
        ALICE,
        &[
            requested(terms()),
            granted(PETRA, 1, terms()),
            by(BOB, 2, used),
            by(BOB, 3, disabled),
            by(BOB, 4, DeviceEnrolled { device: PHONE, step: 1 }),
            by(BOB, 5, CodesRegenerated { set: CODES, count: 10 }),
            by(BOB, 5, RecoveryCompleted { codes: true }),
        ],
    );
    let minute = |minute| START + Seconds::minutes(minute);
    assert_eq!(
        case.requested.map(|step| (step.at, step.who.account())),
        Some((START, Some(BOB.into())))
    );
    assert_eq!(case.granted.map(|step| step.who.account()), Some(Some(PETRA.into())));
    assert_eq!(case.window, Some((START, minute(15))));
    assert_eq!(case.used, [minute(2)]);
    let by_bob = |at| Some((at, Some(BOB.into())));
    let who = |step: Step| (step.at, step.who.account());
    assert_eq!(case.mfa_disabled.map(who), by_bob(minute(3)));
    assert_eq!(case.device_enrolled.map(who), by_bob(minute(4)));
    assert_eq!(case.ended, Some((minute(5), CaseEnd::Completed { codes: true })));
    assert_eq!(case.stage, Stage::DeviceEnrolled);
}

#[test]
fn every_end_is_told() {
    let cause = RevocationCause::Reported;
    let stage = Stage::SignedIn;
    for (event, end) in [
        (BypassDenied {}.into(), CaseEnd::Denied),
        (Event::from(BypassRevoked { cause }), CaseEnd::Revoked { cause }),
        (BypassExpired { stage }.into(), CaseEnd::Expired { stage }),
        (RecoveryCompleted { codes: false }.into(), CaseEnd::Completed { codes: false }),
    ] {
        let record = record(ALICE, &[requested(terms()), by(PETRA, 9, event)]);
        assert_eq!(record.ended, Some((START + Seconds::minutes(9), end)));
    }
}

#[test]
fn only_a_request_and_a_grant_begin_a_case() {
    let used = by(BOB, 0, BypassUsed { bypass: BYPASS, use_number: 1, session_until: START });
    assert_eq!(CaseRecord::begin(ALICE.into(), &used), None);
    let outside = Recorded { recovery: None, ..requested(terms()) };
    assert_eq!(CaseRecord::begin(ALICE.into(), &outside), None);
}

#[test]
fn a_case_that_lacks_nothing_met_the_strict_profile() {
    let case = approved(terms());
    assert_eq!(lacks(&case, Profile::Strict), []);
    assert_eq!(case.profile_met(), Some(Profile::Strict));
}

#[test]
fn every_term_below_the_strict_profile_is_told_and_the_standard_one_met() {
    for (changed, shortfall) in [
        (Terms { ticket: None, ..terms() }, Shortfall::Ticket),
        (Terms { identity_check: IdentityCheck::None, ..terms() }, Shortfall::IdentityCheck),
        (Terms { proof: Proof::Password, ..terms() }, Shortfall::Proof),
        (Terms { lifetime_seconds: Seconds(3601), ..terms() }, Shortfall::Lifetime),
        (Terms { max_uses: 2, ..terms() }, Shortfall::Uses),
    ] {
        let case = approved(changed);
        assert_eq!(lacks(&case, Profile::Strict), [shortfall]);
        assert_eq!(case.profile_met(), Some(Profile::Standard));
    }
}

#[test]
fn what_even_the_standard_profile_asks_for_is_told() {
    for (changed, shortfall) in [
        (Terms { reason: None, ..terms() }, Shortfall::Reason),
        (Terms { lifetime_seconds: Seconds(299), ..terms() }, Shortfall::Lifetime),
        (Terms { lifetime_seconds: Seconds(86_401), ..terms() }, Shortfall::Lifetime),
        (Terms { max_uses: 6, ..terms() }, Shortfall::Uses),
    ] {
        let case = approved(changed);
        assert_eq!(lacks(&case, Profile::Standard), [shortfall]);
        assert_eq!(case.profile_met(), None);
    }
}

#[test]
fn a_case_that_one_person_granted_lacks_the_second() {
    let alone = record(ALICE, &[granted(BOB, 0, terms())]);
    assert_eq!(lacks(&alone, Profile::Strict), [Shortfall::SecondPerson]);
    assert_eq!(lacks(&alone, Profile::Standard), []);
    let same = record(ALICE, &[requested(terms()), granted(BOB, 0, terms())]);
    assert_eq!(lacks(&same, Profile::Strict), [Shortfall::SecondPerson]);
}

#[test]
fn an_admins_case_needs_two_people_by_every_profile() {
    let alone = record(PETRA, &[granted(OLGA, 0, terms())]);
    assert_eq!(lacks(&alone, Profile::Standard), [Shortfall::SecondPerson]);
}

#[test]
fn a_second_factor_must_have_been_fresh_when_it_was_granted() {
    let case = |minute| record(ALICE, &[requested(terms()), granted(PETRA, minute, terms())]);
    let stale = [Shortfall::FreshSecondFactor];
    assert_eq!(lacks(&case(5), Profile::Strict), []);
    assert_eq!(lacks(&case(6), Profile::Strict), stale);
    assert_eq!(lacks(&case(10), Profile::Standard), []);
    assert_eq!(lacks(&case(11), Profile::Standard), stale);
    let who = Actor::admin(PETRA).who;
    let never = Recorded { who, ..granted(PETRA, 1, terms()) };
    assert_eq!(lacks(&record(ALICE, &[requested(terms()), never]), Profile::Strict), stale);
}

#[test]
fn of_a_case_that_was_never_granted_only_what_was_asked_for_is_judged() {
    assert_eq!(lacks(&record(ALICE, &[requested(terms())]), Profile::Strict), []);
    let asked = Terms { ticket: None, proof: Proof::Password, ..terms() };
    let case = record(ALICE, &[requested(asked)]);
    assert_eq!(lacks(&case, Profile::Strict), [Shortfall::Ticket, Shortfall::Proof]);
}

#[test]
fn what_the_approver_found_out_about_who_it_is_counts() {
    let asked = Terms { identity_check: IdentityCheck::None, ..terms() };
    let case = record(ALICE, &[requested(asked), granted(PETRA, 5, terms())]);
    assert_eq!(case.terms, terms());
    assert_eq!(lacks(&case, Profile::Strict), []);
}
