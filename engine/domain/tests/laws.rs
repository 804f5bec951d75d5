//! The laws of the recovery workflow, for random interleavings of all account
//! commands by several people, with time moving, under three policies.
//!
//! Three witnesses are heard after every move: a naive model that predicts each
//! answer (`model/rules.rs`), the history that was recorded (`model/history.rs`),
//! and the rules themselves, asked again, too late, or with a dead session.
//!
//! | law | where it would break |
//! |---|---|
//! | the answer is the one the rules promise, and so is the state | `model/told.rs`, `model/rules.rs` |
//! | deciding again after success adds nothing or refuses | `Rehearsal::again_adds_nothing` |
//! | one end per case, and nothing of it after | `History::each_case_ends_once` |
//! | at most `max_uses` uses per bypass, in its time | `History::each_bypass_is_used_as_often_as_granted` |
//! | a TOTP step and a recovery code are accepted once | `History::each_code_is_accepted_once` |
//! | old devices and codes end for good | `History::what_ended_never_verifies_again` |
//! | only the newest session lives, and only in its time | `Rehearsal::a_dead_session_adds_nothing` |
//! | a session is good for four commands and no other | `Rehearsal::a_session_is_no_use_elsewhere` |
//! | abandoning a case is safe | `History::an_abandoned_case_changed_nothing` |
//! | no bypass outlives its end, recorded or not | `Rehearsal::nothing_outlives_its_end` |
//! | every grant was permitted, by somebody else, with a fresh second factor | `History::each_grant_was_permitted` |
//! | no fold reads private data | `History::the_fold_needs_no_private_data` |

mod model;

use std::fmt::Debug;
use std::marker::PhantomData;

use model::history::{History, Session};
use model::moves::{self, Concrete, Move};
use model::rules::Rules;
use model::told::{is_as_told, sign_in};
use model::{Person, Said, WHOSE, World};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use readmit_domain::account::{
    Account, ConfirmEnrolment, DisableMfa, RedeemBypass, RegenerateCodes, SignIn, StartEnrolment,
};
use readmit_domain::event::{AdminAuthorised, ApiKeyIssued, CodesRegenerated, DeviceEnrolled};
use readmit_domain::testing::{BOB, Scenario, six_digits};
use readmit_domain::{
    Actor, CodeSetId, Command, DeviceId, Event, FreshId, IssuedCodeCheck, MfaPolicy, NewEvent,
    Policy, Recorded, RecoverySession, Refusal, Role, Seconds, TotpMatch, Who,
};

/// More cases than usual: much must come together in one. `PROPTEST_CASES` still scales it.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: 4 * usual.cases, ..usual }
}

prop_state_machine! {
    #![proptest_config(config())]

    #[test]
    fn the_standard_policy_keeps_the_laws(sequential 20..80 => Recovery<Standard>);

    #[test]
    fn the_strict_policy_keeps_the_laws(sequential 20..80 => Recovery<Strict>);

    #[test]
    fn optional_mfa_keeps_the_laws(sequential 20..80 => Recovery<Optional>);
}

/// A policy, and the same in the model's plain numbers.
trait Tenancy: Debug + 'static {
    const RULES: Rules;
    fn policy() -> Policy;
}

/// Locks after a few wrong codes, so that the moves get to it.
fn soon_locked(policy: Policy) -> Policy {
    let mut policy = policy;
    policy.lockout.failures = 3;
    policy.lockout.first_seconds = Seconds(60);
    policy.lockout.hard_failures = 7;
    policy
}

#[derive(Debug)]
struct Standard;

impl Tenancy for Standard {
    const RULES: Rules = Rules {
        required: true,
        code: false,
        two_people: false,
        say: Said::Reason,
        fresh: 600,
        window: 900,
        patience: 86_400,
        lifetime: 3600,
        least: 300,
        most: 86_400,
        uses: 5,
        grants: 3,
        wrong: 3,
        lock: 60,
        hard: 7,
    };

    fn policy() -> Policy {
        soon_locked(Policy::standard())
    }
}

#[derive(Debug)]
struct Strict;

impl Tenancy for Strict {
    const RULES: Rules = Rules {
        code: true,
        two_people: true,
        say: Said::Everything,
        fresh: 300,
        window: 600,
        lifetime: 900,
        most: 3600,
        uses: 1,
        grants: 2,
        ..Standard::RULES
    };

    fn policy() -> Policy {
        soon_locked(Policy::strict())
    }
}

#[derive(Debug)]
struct Optional;

impl Tenancy for Optional {
    const RULES: Rules = Rules { required: false, ..Standard::RULES };

    fn policy() -> Policy {
        Policy { mfa: MfaPolicy::Optional, ..Standard::policy() }
    }
}

/// The model, driven by random moves.
#[derive(Debug)]
struct Recovery<T>(PhantomData<T>);

impl<T: Tenancy> ReferenceStateMachine for Recovery<T> {
    type State = World;
    type Transition = Move;

    fn init_state() -> BoxedStrategy<World> {
        prop::bool::weighted(0.8).prop_map(|set_up| World::new(T::RULES, set_up)).boxed()
    }

    fn transitions(world: &World) -> BoxedStrategy<Move> {
        moves::next(world)
    }

    fn apply(mut world: World, transition: &Move) -> World {
        world.last = None;
        match transition {
            Move::Wait(seconds) => world.now += seconds,
            Move::Ask(ask) => {
                let concrete = moves::concrete(&world, ask);
                let answer = world.answer(ask);
                world.last = Some((concrete, answer));
            }
        }
        world
    }
}

/// The rules, and what they recorded.
struct Rehearsal {
    scenario: Scenario,
    histories: [(Person, History); 3],
}

impl<T: Tenancy> StateMachineTest for Recovery<T> {
    type SystemUnderTest = Rehearsal;
    type Reference = Self;

    fn init_test(world: &World) -> Rehearsal {
        Rehearsal::new(T::policy(), world)
    }

    fn apply(mut rehearsal: Rehearsal, world: &World, _: Move) -> Rehearsal {
        rehearsal.scenario.now = moves::timestamp(world.now);
        if let Some((concrete, expected)) = &world.last {
            rehearsal.carry_out(concrete, expected.as_deref());
        }
        rehearsal
    }

    fn check_invariants(rehearsal: &Rehearsal, world: &World) {
        for (person, history) in &rehearsal.histories {
            let account = rehearsal.scenario.account(history.account);
            let life = world.life(*person);
            is_as_told(&account, life);
            assert_eq!(
                account.sign_in(rehearsal.scenario.now, &rehearsal.scenario.tenant),
                sign_in(world, life)
            );
            let stage = account.case.as_ref().map(|case| (case.recovery, case.stage()));
            assert_eq!(stage, history.open_stage());
            rehearsal.nothing_outlives_its_end(&account);
            rehearsal.a_dead_session_adds_nothing(history, &T::policy());
        }
    }

    fn teardown(rehearsal: Rehearsal, _: World) {
        for (_, history) in &rehearsal.histories {
            history.keeps_the_laws(&T::policy());
        }
    }
}

impl Rehearsal {
    fn new(policy: Policy, world: &World) -> Self {
        let mut scenario = Scenario::new().under(policy);
        scenario.now = moves::timestamp(world.now);
        let Ok(label) = "portal".parse() else { panic!("a label") };
        let roles = vec![Role::Service];
        scenario.given_tenant(ApiKeyIssued {
            key: moves::PORTAL,
            label,
            roles,
            until: None,
            secret: false,
        });
        let roles = vec![Role::RecoveryAdmin, Role::Approver];
        scenario.given_tenant(AdminAuthorised { admin: BOB, roles });
        let histories = WHOSE.map(|person| {
            let account = moves::account(person);
            let life = world.life(person);
            let devices = life.devices.iter().map(|device| {
                let step = device.last_step;
                DeviceEnrolled { device: DeviceId::from_uuid(moves::id(device.id)), step }.into()
            });
            let sets = life.sets.iter().map(|set| {
                CodesRegenerated { set: CodeSetId::from_uuid(moves::id(set.id)), count: 10 }.into()
            });
            let events: Vec<Event> = devices.chain(sets).collect();
            scenario.given(account, events.clone());
            let (at, who, recovery) = (scenario.now, Who::System, None);
            let recorded = |event| Recorded { at, who, recovery, event };
            (person, History { account, events: events.into_iter().map(recorded).collect() })
        });
        Self { scenario, histories }
    }

    fn carry_out(&mut self, concrete: &Concrete, expected: Option<&[&str]>) {
        let Concrete { actor, command, found, fresh } = concrete;
        self.scenario.found = found.clone();
        self.a_session_is_no_use_elsewhere(actor, command, *fresh);
        let decision = self.scenario.when_again(actor, command.clone(), *fresh).decision;
        let events = decision.clone().unwrap_or_default();
        let names: Vec<_> = events.iter().map(|new| new.event.name()).collect();
        let answered = decision.as_ref().ok().map(|_| names.as_slice());
        assert_eq!(answered, expected, "{concrete:?}: {decision:?}");
        self.again_adds_nothing(actor, command, *fresh, &events);
        let Command::Account(command) = command else { return };
        let account = command.account(*fresh);
        for (_, history) in self.histories.iter_mut().filter(|(_, one)| one.account == account) {
            let (at, who) = (self.scenario.now, actor.who);
            let recorded = |NewEvent { recovery, event }| Recorded { at, who, recovery, event };
            history.events.extend(events.iter().cloned().map(recorded));
        }
    }

    /// Deciding again after success adds nothing or refuses; but a bypass with
    /// uses left is used again, as nothing but the command id tells the two apart.
    fn again_adds_nothing(
        &self,
        actor: &Actor,
        command: &Command,
        fresh: FreshId,
        events: &[NewEvent],
    ) {
        if events.is_empty() || Refusal::recorded_by(events).is_some() {
            return;
        }
        let again = self.scenario.would(actor, command, fresh).decision.unwrap_or_default();
        let another_use = events.iter().any(|new| matches!(new.event, Event::BypassUsed(_)));
        assert!(again.is_empty() || another_use, "{command:?} again: {again:?}");
    }

    /// A recovery session makes no difference but to the four commands it is for.
    fn a_session_is_no_use_elsewhere(&self, actor: &Actor, command: &Command, fresh: FreshId) {
        let its_own = ["DisableMfa", "StartEnrolment", "ConfirmEnrolment", "RegenerateCodes"];
        if actor.recovery_session.is_some() && !its_own.contains(&command.name()) {
            let without = Actor { recovery_session: None, ..actor.clone() };
            let (with, without) = (
                self.scenario.would(actor, command, fresh),
                self.scenario.would(&without, command, fresh),
            );
            assert_eq!(with, without);
        }
    }

    /// From the moment a bypass ends, recorded or not, it is neither redeemed nor offered.
    fn nothing_outlives_its_end(&self, account: &Account) {
        let Some(case) = account.case.as_ref().filter(|case| case.due() <= self.scenario.now)
        else {
            return;
        };
        let mut scenario = self.scenario.clone();
        scenario.found.issued_code = Some(IssuedCodeCheck { bypass: case.bypass, right: true });
        let redeem = RedeemBypass::new(account.id).into();
        let late = scenario.would(&Actor::person(account.id), &redeem, NEVER);
        assert!(late.decision.is_err(), "{late:?}");
        assert!(!matches!(scenario.sign_in(account.id), SignIn::Bypass(_)));
    }

    /// What a dead session is answered, its holder is answered without it too.
    fn a_dead_session_adds_nothing(&self, history: &History, policy: &Policy) {
        let id = history.account;
        let pending = self.scenario.account(id).enrolment.map(|pending| pending.device);
        let device = pending.unwrap_or(DeviceId::from_uuid(NEVER.0));
        let mut scenario = self.scenario.clone();
        scenario.found.totp = vec![TotpMatch { device, step: u64::MAX }];
        let is_dead = |session: &&Session| !history.is_live(session, scenario.now, policy);
        for session in history.sessions().iter().rev().take(3).filter(is_dead) {
            let Session { bypass, use_number, .. } = *session;
            let without = Actor::person(id);
            let with = without.clone().in_recovery(RecoverySession { bypass, use_number });
            for command in [
                DisableMfa::new(id).into(),
                StartEnrolment::new(id).into(),
                ConfirmEnrolment::new(id, device, six_digits()).into(),
                RegenerateCodes::new(id).into(),
            ] {
                let with = scenario.would(&with, &command, NEVER).decision.ok();
                let without = scenario.would(&without, &command, NEVER).decision.ok();
                assert_eq!(with, without, "{command:?} with {session:?}");
            }
        }
    }
}

/// An id that no command has drawn.
const NEVER: FreshId = FreshId(uuid::Uuid::from_u128(0x4E_7E_12));
