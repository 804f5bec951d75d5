//! What `GrantBypass` grants, and everything it refuses.

use readmit_domain::account::{
    ApproveBypass, CheckSecondFactor, DisableMfa, GrantBypass, Progress, RedeemBypass,
};
use readmit_domain::event::{
    AccountFrozen, AdminAuthorised, BypassGranted, BypassRevoked, CustomerErased, DeviceEnrolled,
    MfaDisabled,
};
use readmit_domain::testing::{
    ALICE, BOB, BYPASS, CASE, HANS, OLGA, PETRA, PHONE, START, Scenario, six_digits,
};
use readmit_domain::{
    Actor, CustomerId, IdentityCheck, MfaPolicy, NewEvent, Policy, Proof, Reason, Refusal,
    RevocationCause, Role, SecondPerson, Seconds, Stage, Terms,
};

fn with_phone() -> (Scenario, Actor) {
    let mut scenario = Scenario::new();
    scenario.given_phone(ALICE);
    let bob = scenario.fresh_admin(BOB);
    (scenario, bob)
}

fn grant() -> GrantBypass {
    GrantBypass::new(ALICE).reason(Reason::LostDevice)
}

/// Everything that the strict profile demands.
fn complete() -> GrantBypass {
    grant().ticket("INC-4711").identity_check(IdentityCheck::CallBack)
}

#[test]
fn a_grant_takes_its_terms_from_policy_where_nothing_else_is_said() {
    let (mut scenario, bob) = with_phone();
    let answer = scenario.when(&bob, grant());
    let terms = Terms {
        reason: Some(Reason::LostDevice),
        ticket: None,
        identity_check: IdentityCheck::None,
        proof: Proof::Password,
        lifetime_seconds: Seconds::hours(1),
        max_uses: 1,
        networks: Vec::new(),
    };
    let (from, until) = (scenario.now, scenario.now + Seconds::hours(1));
    let granted = BypassGranted { bypass: answer.fresh.bypass(), terms, from, until };
    answer.then(&[NewEvent::of(answer.fresh.recovery(), granted)]);
}

#[test]
fn a_grant_says_more_where_the_admin_does() {
    let (mut scenario, bob) = with_phone();
    let from = scenario.now + Seconds::hours(2);
    let command = complete()
        .starting_at(from)
        .for_minutes(90)
        .uses(3)
        .proof(Proof::PasswordAndIssuedCode)
        .only_from("192.0.2.0/24".parse().unwrap());
    scenario.when(&bob, command).then_recorded(&["BypassGranted"]);
    let case = scenario.account(ALICE).case.unwrap();
    let Progress::Open(open) = case.progress else { panic!("the bypass is open") };
    assert_eq!((open.from, open.until), (from, from + Seconds::minutes(90)));
    assert_eq!((case.terms.max_uses, case.terms.networks.len()), (3, 1));
    assert_eq!(case.terms.proof, Proof::PasswordAndIssuedCode);
    assert_eq!(case.terms.identity_check, IdentityCheck::CallBack);
    assert_eq!(case.terms.ticket.unwrap().as_str(), "INC-4711");
}

#[test]
fn granting_again_is_already_done_also_after_it_was_used_or_ran_out() {
    let (mut scenario, bob) = with_phone();
    let fresh = scenario.when(&bob, grant()).fresh;
    scenario.when_again(&bob, grant(), fresh).then_refused("already_done");
    scenario.when_again(&bob, grant().replacing(), fresh).then_refused("already_done");
    scenario.when(&Actor::customer(ALICE), RedeemBypass::new(ALICE));
    scenario.when_again(&bob, grant(), fresh).then_refused("already_done");
    scenario.after_minutes(60);
    let bob = scenario.fresh_admin(BOB);
    scenario.when_again(&bob, grant(), fresh).then_refused("already_done");
}

#[test]
fn only_recovery_admins_and_owners_grant() {
    let (scenario, _) = with_phone();
    for admin in [BOB, OLGA] {
        let actor = scenario.fresh_admin(admin);
        scenario.clone().when(&actor, grant()).then_recorded(&["BypassGranted"]);
    }
    for actor in [
        scenario.fresh_admin(HANS),
        scenario.fresh_admin(PETRA),
        scenario.fresh(ALICE),
        Actor::system(),
    ] {
        scenario.clone().when(&actor, grant()).then_refused("not_permitted");
    }
}

#[test]
fn an_account_that_is_not_there_is_not_found() {
    let (mut scenario, bob) = with_phone();
    let nobody = CustomerId::from_uuid(uuid::Uuid::from_u128(1));
    scenario.when(&bob, GrantBypass::new(nobody)).then_refused("not_found");
}

#[test]
fn no_one_grants_for_themselves() {
    let mut scenario = Scenario::new();
    scenario.given_phone(OLGA);
    let olga = scenario.fresh_admin(OLGA);
    let command = GrantBypass::new(OLGA).reason(Reason::LostDevice);
    scenario.when(&olga, command).then_refused("own_account");
}

#[test]
fn only_an_owner_grants_for_an_admin_and_always_with_a_second_person() {
    let mut scenario = Scenario::new();
    scenario.given_phone(HANS);
    let command = GrantBypass::new(HANS).reason(Reason::LostDevice);
    let bob = scenario.fresh_admin(BOB);
    scenario.when(&bob, command.clone()).then_refused("owner_required");
    let olga = scenario.fresh_admin(OLGA);
    scenario.when(&olga, command).then_recorded(&["BypassRequested"]);
}

#[test]
fn frozen_and_erased_accounts_are_refused() {
    let (mut scenario, bob) = with_phone();
    scenario.given(ALICE, [AccountFrozen {}]);
    scenario.when(&bob, grant()).then_refused("frozen");
    scenario.given(ALICE, [CustomerErased {}]);
    scenario.when(&bob, grant()).then_refused("erased");
}

#[test]
fn without_a_second_factor_there_is_nothing_to_bypass() {
    let mut scenario = Scenario::new();
    let bob = scenario.fresh_admin(BOB);
    scenario.when(&bob, grant()).then_refused("nothing_to_bypass");
    let (mut scenario, bob) = with_phone();
    scenario.given(ALICE, [MfaDisabled { devices: vec![PHONE], codes: None }]);
    scenario.clone().when(&bob, grant()).then_recorded(&["BypassGranted"]);
    scenario.tenant.policy.mfa = MfaPolicy::Optional;
    scenario.when(&bob, grant()).then_refused("nothing_to_bypass");
}

#[test]
fn an_open_case_is_in_the_way_unless_it_is_replaced() {
    let (mut scenario, bob) = with_phone();
    scenario.given_bypass(ALICE);
    scenario.when(&bob, grant()).then_refused("case_open");
    let answer = scenario.when(&bob, grant().replacing());
    answer.then_recorded(&["BypassRevoked", "BypassGranted"]);
    let superseded = BypassRevoked { cause: RevocationCause::Superseded };
    let events = answer.decision.clone().unwrap();
    assert_eq!(events.first(), Some(&NewEvent::of(CASE, superseded)));
    let case = scenario.account(ALICE).case.unwrap();
    assert_eq!(case.recovery, answer.fresh.recovery());
    assert_ne!(case.bypass, BYPASS);
}

#[test]
fn a_replaced_bypass_takes_its_session_with_it() {
    let (mut scenario, bob) = with_phone();
    scenario.given_bypass(ALICE);
    let alice = scenario.given_session(ALICE);
    scenario.when(&bob, grant().replacing());
    scenario.when(&alice, DisableMfa::new(ALICE)).then_refused("session_not_live");
}

#[test]
fn a_recovery_that_has_its_new_device_is_not_replaced() {
    let (mut scenario, bob) = with_phone();
    scenario.given_bypass(ALICE);
    scenario.given(ALICE, [NewEvent::of(CASE, DeviceEnrolled { device: PHONE, step: 1 })]);
    scenario.when(&bob, grant().replacing()).then_refused("too_late_to_revoke");
}

#[test]
fn a_case_whose_time_is_over_is_ended_first() {
    let (mut scenario, _) = with_phone();
    scenario.given_bypass(ALICE).after_minutes(60);
    let bob = scenario.fresh_admin(BOB);
    scenario.when(&bob, grant()).then_recorded(&["BypassExpired", "BypassGranted"]);
}

#[test]
fn a_lifetime_outside_policy_is_refused_and_its_bounds_are_allowed() {
    let (scenario, bob) = with_phone();
    let (least, most) = (Seconds::minutes(5), Seconds::hours(24));
    for lifetime in [least, most] {
        scenario.clone().when(&bob, grant().lifetime(lifetime)).then_recorded(&["BypassGranted"]);
    }
    for lifetime in [Seconds(299), Seconds(86_401)] {
        let answer = scenario.clone().when(&bob, grant().lifetime(lifetime));
        assert_eq!(answer.decision, Err(Refusal::LifetimeOutsidePolicy { least, most }));
    }
    let end = scenario.now + Seconds::hours(25);
    scenario.clone().when(&bob, grant().ending_at(end)).then_refused("lifetime_outside_policy");
}

#[test]
fn a_window_that_cannot_be_is_refused() {
    let (scenario, bob) = with_phone();
    let now = scenario.now;
    for command in [
        grant().starting_at(now - Seconds(1)),
        grant().starting_at(now + Seconds::days(30) + Seconds(1)),
        grant().ending_at(now),
        grant().ending_at(now - Seconds(1)),
        grant().starting_at(now + Seconds::hours(2)).ending_at(now + Seconds::hours(1)),
        grant().lifetime(Seconds(0)),
    ] {
        scenario.clone().when(&bob, command).then_refused("impossible_window");
    }
    for command in [
        grant().starting_at(now),
        grant().starting_at(now + Seconds::days(30)),
        grant().starting_at(now + Seconds::hours(2)).ending_at(now + Seconds::hours(3)),
    ] {
        scenario.clone().when(&bob, command).then_recorded(&["BypassGranted"]);
    }
}

#[test]
fn uses_outside_policy_are_refused() {
    let (scenario, bob) = with_phone();
    for uses in [0, 6, u8::MAX] {
        let answer = scenario.clone().when(&bob, grant().uses(uses));
        assert_eq!(answer.decision, Err(Refusal::UsesOutsidePolicy { most: 5 }));
    }
    scenario.clone().when(&bob, grant().uses(5)).then_recorded(&["BypassGranted"]);
    let mut strict = scenario.under(Policy::strict());
    strict.when(&bob, complete().uses(2)).then_refused("uses_outside_policy");
}

#[test]
fn a_proof_weaker_than_policy_is_refused_and_a_stronger_one_allowed() {
    let (mut scenario, bob) = with_phone();
    let stronger = grant().proof(Proof::PasswordAndIssuedCode);
    scenario.clone().when(&bob, stronger).then_recorded(&["BypassGranted"]);
    scenario.tenant.policy.proof = Proof::PasswordAndIssuedCode;
    scenario.when(&bob, grant().proof(Proof::Password)).then_refused("proof_too_weak");
    scenario.when(&bob, grant());
    let terms = scenario.account(ALICE).case.unwrap().terms;
    assert_eq!(terms.proof, Proof::PasswordAndIssuedCode);
}

#[test]
fn at_most_eight_networks_may_be_named() {
    let (scenario, bob) = with_phone();
    let named = |count| {
        let network = "192.0.2.0/24".parse().unwrap();
        (0..count).fold(grant(), |command, _| command.only_from(network))
    };
    scenario.clone().when(&bob, named(8)).then_recorded(&["BypassGranted"]);
    scenario.clone().when(&bob, named(9)).then_refused("too_many_networks");
}

#[test]
fn what_policy_asks_for_must_be_said() {
    let (mut scenario, bob) = with_phone();
    scenario.when(&bob, GrantBypass::new(ALICE)).then_refused("reason_missing");
    scenario.tenant.policy.demands.ticket = true;
    scenario.when(&bob, grant()).then_refused("ticket_missing");
    scenario.tenant.policy.demands.identity_check = true;
    let ticketed = grant().ticket("INC-4711");
    scenario.when(&bob, ticketed.clone()).then_refused("identity_check_missing");
    scenario
        .when(&bob, ticketed.identity_check(IdentityCheck::None))
        .then_refused("identity_check_missing");
    scenario.when(&bob, complete()).then_recorded(&["BypassGranted"]);
}

#[test]
fn another_reason_needs_a_note_that_stands_in_no_event() {
    let (mut scenario, bob) = with_phone();
    let other = GrantBypass::new(ALICE).reason(Reason::Other);
    scenario.when(&bob, other.clone()).then_refused("note_missing");
    scenario.when(&bob, other.clone().note("")).then_refused("invalid_text");
    let answer = scenario.when(&bob, other.note("phone fell into the Thames"));
    answer.then_recorded(&["BypassGranted"]);
    assert!(!format!("{:?}", answer.decision).contains("Thames"));
}

#[test]
fn the_first_bad_text_is_what_is_refused() {
    let (mut scenario, bob) = with_phone();
    let command = grant().ticket("two words").note("fine").ticket("INC-1");
    scenario.when(&bob, command).then_refused("invalid_text");
}

#[test]
fn it_takes_a_fresh_second_factor_of_the_actor() {
    let (mut scenario, _) = with_phone();
    let fresh = scenario.fresh_admin(BOB);
    let not_fresh = |scenario: &mut Scenario, actor: &Actor| {
        scenario.clone().when(actor, grant()).then_refused("second_factor_not_fresh");
    };
    not_fresh(&mut scenario, &Actor::admin(BOB));
    not_fresh(
        &mut scenario,
        &Actor::admin(BOB).vouched_second_factor(START + Seconds::minutes(31)),
    );
    scenario.after_minutes(10);
    scenario.clone().when(&fresh, grant()).then_recorded(&["BypassGranted"]);
    scenario.now = scenario.now + Seconds(1);
    not_fresh(&mut scenario, &fresh);
}

#[test]
fn a_second_factor_said_to_be_checked_by_the_engine_must_stand_in_the_actors_account() {
    let (mut scenario, _) = with_phone();
    scenario.given_phone(BOB);
    let bob = Actor::admin(BOB).with_second_factor(scenario.now);
    scenario.when(&bob, grant()).then_refused("second_factor_not_fresh");
    scenario
        .typed_code_of(PHONE)
        .when(&Actor::admin(BOB), CheckSecondFactor::totp(BOB, six_digits()))
        .then_recorded(&["SecondFactorVerified"]);
    let hers = Actor::admin(OLGA).with_second_factor(scenario.now);
    scenario.when(&hers, grant()).then_refused("second_factor_not_fresh");
    scenario.when(&bob, grant()).then_recorded(&["BypassGranted"]);
}

#[test]
fn a_strict_policy_asks_for_a_second_person_every_time() {
    let (scenario, _) = with_phone();
    let mut scenario = scenario.under(Policy::strict());
    let bob = scenario.fresh_admin(BOB);
    let answer = scenario.when(&bob, complete());
    answer.then_recorded(&["BypassRequested"]);
    let case = scenario.account(ALICE).case.unwrap();
    assert_eq!(case.stage(), Stage::AwaitingApproval);
    let petra = scenario.fresh_admin(PETRA);
    scenario
        .when(&petra, ApproveBypass::new(ALICE, answer.fresh.recovery()))
        .then_recorded(&["BypassGranted"]);
    let granted = scenario.account(ALICE).case.unwrap();
    assert_eq!((granted.bypass, granted.terms), (case.bypass, case.terms));
}

#[test]
fn a_recovery_admin_who_approves_too_cannot_be_both_people() {
    let (mut scenario, _) = with_phone();
    scenario.tenant.policy.second_person = SecondPerson::Always;
    scenario.given_tenant(AdminAuthorised {
        admin: BOB,
        roles: vec![Role::RecoveryAdmin, Role::Approver],
    });
    let bob = scenario.fresh_admin(BOB);
    let case = scenario.when(&bob, grant()).fresh.recovery();
    scenario.when(&bob, ApproveBypass::new(ALICE, case)).then_refused("own_request");
}

#[test]
fn the_fourth_grant_in_thirty_days_needs_a_second_person() {
    let (mut scenario, _) = with_phone();
    let granted = ["BypassRevoked", "BypassGranted"];
    for names in [&granted[1..], &granted, &granted] {
        let bob = scenario.fresh_admin(BOB);
        scenario.when(&bob, grant().replacing()).then_recorded(names);
        scenario.after_minutes(5);
    }
    let bob = scenario.fresh_admin(BOB);
    scenario
        .clone()
        .when(&bob, grant().replacing())
        .then_recorded(&["BypassRevoked", "BypassRequested"]);
    scenario.after_minutes(30 * 24 * 60 - 15);
    let bob = scenario.fresh_admin(BOB);
    scenario.clone().when(&bob, grant()).then_recorded(&["BypassExpired", "BypassRequested"]);
    scenario.now = scenario.now + Seconds(1);
    let bob = scenario.fresh_admin(BOB);
    scenario.when(&bob, grant()).then_recorded(&["BypassExpired", "BypassGranted"]);
}

#[test]
fn a_grant_that_waits_for_a_second_person_counts_when_it_is_approved() {
    let (mut scenario, bob) = with_phone();
    scenario.tenant.policy.second_person = SecondPerson::Always;
    let case = scenario.when(&bob, grant()).fresh.recovery();
    assert_eq!(scenario.account(ALICE).granted_at, []);
    let petra = scenario.fresh_admin(PETRA);
    scenario.when(&petra, ApproveBypass::new(ALICE, case));
    assert_eq!(scenario.account(ALICE).granted_at, [scenario.now]);
}
