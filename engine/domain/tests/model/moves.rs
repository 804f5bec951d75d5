//! What may happen next: mostly the next step of a recovery, often anything at all.

use proptest::prelude::*;
use proptest::sample::select;
use readmit_domain::account::{
    ApproveBypass, CheckSecondFactor, ConfirmEnrolment, DenyBypass, DisableMfa, EraseCustomer,
    ExpireBypass, GrantBypass, RedeemBypass, RegenerateCodes, RegisterCustomer, RemoveDevice,
    ReportUnrecognised, RequestBypass, RevokeBypass, StartEnrolment, UnfreezeAccount,
    UnlockAccount,
};
use readmit_domain::testing::{ALICE, BOB, HANS, OLGA, PETRA, START, six_digits};
use readmit_domain::{
    AccountId, Actor, BypassId, CodeSetId, Command, DeviceId, Findings, FreshId, IdentityCheck,
    IssuedCode, IssuedCodeCheck, KeyId, Proof, Reason, RecoveryCode, RecoveryCodeMatch, RecoveryId,
    RecoverySession, Seconds, Timestamp, TotpMatch,
};
use uuid::Uuid;

use super::{Act, Ask, Case, FOR_EVER, Life, Moment, Person, Said, Shown, Typed, WHOSE, World};

/// Free text that must stand in no event.
pub(crate) const PRIVATE: &str = "left-it-in-a-taxi";
/// The key of the embedding service.
pub(crate) const PORTAL: KeyId = KeyId::from_uuid(Uuid::from_u128(0x00_4A_7A));

/// Something that happens.
#[derive(Clone, Debug)]
pub(crate) enum Move {
    /// Time passes, in seconds.
    Wait(u64),
    /// Somebody asks for something.
    Ask(Ask),
}

/// An ask, as the rules get it.
#[derive(Clone, Debug)]
pub(crate) struct Concrete {
    pub(crate) actor: Actor,
    pub(crate) command: Command,
    pub(crate) found: Findings,
    pub(crate) fresh: FreshId,
}

pub(crate) fn start_seconds() -> u64 {
    START.unix_seconds()
}

pub(crate) fn timestamp(moment: Moment) -> Timestamp {
    START + Seconds(u32::try_from(moment).unwrap_or(u32::MAX))
}

/// The id that the ask of this number makes.
pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x2000_0000 + number)
}

pub(crate) fn account(person: Person) -> AccountId {
    match person {
        Person::Bob => BOB.into(),
        Person::Olga => OLGA.into(),
        _ => ALICE.into(),
    }
}

/// The next move.
pub(crate) fn next(world: &World) -> BoxedStrategy<Move> {
    let story = |whose| select(story(world, whose)).prop_map(Move::Ask);
    prop_oneof![
        3 => wait(world),
        6 => story(Person::Alice),
        2 => story(Person::Bob),
        1 => story(Person::Olga),
        4 => anything(world).prop_map(Move::Ask),
    ]
    .boxed()
}

/// A short while, or to the edge of something that ends.
fn wait(world: &World) -> BoxedStrategy<Move> {
    let rules = &world.rules;
    let mut ends = vec![rules.window, rules.fresh];
    for life in WHOSE.map(|whose| world.life(whose)) {
        let case = life.case();
        let moments = [
            case.map(Case::due),
            case.and_then(|case| case.open).map(|(from, _)| from),
            case.and_then(|case| case.uses.last().copied()),
            life.pending().map(|setup| setup.until),
            life.locked.filter(|until| *until != FOR_EVER),
            life.checks.last().map(|at| at + rules.fresh),
            life.grants.first().map(|at| at + 30 * 24 * 3600),
        ];
        let ahead = moments.into_iter().flatten().filter(|moment| *moment > world.now);
        ends.extend(ahead.map(|moment| moment - world.now));
    }
    let edge = (select(ends), 0..3_u64).prop_map(|(span, edge)| (span + edge).saturating_sub(1));
    prop_oneof![1 => edge, 2 => select(vec![1, 29, 31, 120])].prop_map(Move::Wait).boxed()
}

/// What would bring somebody's recovery forward, now.
fn story(world: &World, whose: Person) -> Vec<Ask> {
    use Person::{Alice, Bob, Engine, Hans, Olga, Petra};
    let life = world.life(whose);
    let ask = |who, shown, act| Ask { who, shown, session: None, about: whose, act };
    let own = |act| Ask { session: Some(0), ..ask(whose, Shown::Nothing, act) };
    let vouched = Shown::Vouched(0);
    let fresh = |act| ask(whose, vouched, act);
    let granter = if whose == Alice { Bob } else { Olga };
    if life.frozen {
        return vec![ask(Olga, vouched, Act::Unfreeze)];
    }
    let mut asks = Vec::new();
    if life.is_locked(world.now) {
        asks.push(ask(granter, vouched, Act::Unlock));
    }
    let in_session = life.session(Some(0), world.now).is_some();
    if life.pending().is_some() {
        let confirm = |right| own(Act::Confirm { setup: 0, right });
        asks.extend([confirm(true), confirm(true), confirm(false)]);
    } else if !life.is_on() {
        asks.push(own(Act::Start));
    } else if in_session {
        asks.extend([own(Act::Disable), own(Act::Regenerate)]);
    } else {
        asks.extend([
            fresh(Act::Start),
            fresh(Act::Regenerate),
            own(Act::Code { set: 0, index: 0 }),
            own(Act::Totp { device: Some(0), steps_ahead: 0 }),
            own(Act::Totp { device: None, steps_ahead: 0 }),
        ]);
    }
    let (said, code) = (Said::Everything, world.rules.code);
    let grant = |uses, lifetime, code, in_seconds, replace| {
        let act = Act::Grant { said, replace, uses, lifetime, code, in_seconds };
        ask(granter, vouched, act)
    };
    let (usual, uses) = (world.rules.lifetime, world.rules.uses);
    match life.case() {
        None => asks.extend([
            grant(1, usual, code, 0, false),
            grant(uses.min(3), usual, code, 0, false),
            grant(1, usual, true, 60, false),
            // Each of these is wrong in one thing, or in none.
            grant(uses + 1, usual, code, 0, false),
            grant(1, world.rules.most + 1, code, 0, false),
            grant(1, usual, !code, 0, false),
            ask(Hans, Shown::Nothing, Act::Request { said }),
        ]),
        Some(case) if case.open.is_none() => {
            let approver = if case.by == Olga { Petra } else { Olga };
            let approve = |who, shown| ask(who, shown, Act::Approve { case: 0 });
            asks.extend([
                approve(approver, vouched),
                approve(approver, vouched),
                approve(approver, Shown::Nothing),
                approve(Petra, vouched),
                approve(case.by, vouched),
                ask(Petra, vouched, Act::Deny { case: 0 }),
            ]);
        }
        Some(case) if case.due() <= world.now => {
            asks.push(ask(Engine, Shown::Nothing, Act::Expire));
            asks.push(grant(1, usual, code, 0, false));
            asks.push(ask(Hans, Shown::Nothing, Act::Request { said }));
        }
        Some(case) if case.enrolled => {
            asks.extend([own(Act::Regenerate), own(Act::Regenerate), own(Act::Disable)]);
            asks.push(grant(1, usual, code, 0, true));
        }
        Some(case) if !in_session => {
            let redeem = own(Act::Redeem { typed: Typed::Right });
            asks.extend([redeem.clone(), redeem.clone(), redeem]);
            // Whoever has mistyped it goes on to.
            let wrong = own(Act::Redeem { typed: Typed::Wrong });
            asks.extend((0..=3 * case.wrong).filter(|_| case.code).map(|_| wrong.clone()));
        }
        Some(case) => {
            let more = case.uses.len() < usize::from(case.max_uses);
            asks.extend(more.then(|| own(Act::Redeem { typed: Typed::Right })));
        }
    }
    asks
}

fn anything(world: &World) -> BoxedStrategy<Ask> {
    use Person::{Alice, Bob, Engine, Hans, Olga, Petra, Portal};
    let about = prop_oneof![4 => Just(Alice), 1 => Just(Bob), 1 => Just(Olga)];
    let who = select(vec![Alice, Alice, Bob, Bob, Olga, Petra, Hans, Portal, Engine]);
    let fresh = i64::try_from(world.rules.fresh).unwrap_or(i64::MAX);
    let mut shown = vec![
        Shown::Nothing,
        Shown::Vouched(0),
        Shown::Vouched(fresh),
        Shown::Vouched(fresh + 1),
        Shown::Vouched(-1),
        Shown::Engine(world.now),
    ];
    for whose in WHOSE {
        let checks = world.life(whose).checks.iter();
        shown.extend(checks.rev().take(3).map(|at| Shown::Engine(*at)));
    }
    let session = prop_oneof![Just(None), (0..3_usize).prop_map(Some)];
    // The person themself asks as often as all the others together.
    (about, who, any::<bool>(), select(shown), session, act(world))
        .prop_map(|(about, who, own, shown, session, act)| {
            // There is no command that erases an admin.
            let about = if matches!(act, Act::Erase) { Alice } else { about };
            let who = if own { about } else { who };
            Ask { who, shown, session, about, act }
        })
        .boxed()
}

fn act(world: &World) -> BoxedStrategy<Act> {
    let said = || select(vec![Said::Nothing, Said::Reason, Said::Everything, Said::Everything]);
    let rules = world.rules;
    let lifetimes = vec![rules.least - 1, rules.least, rules.lifetime, rules.most, rules.most + 1];
    let grant =
        (said(), any::<bool>(), 0..4_u8, select(lifetimes), any::<bool>(), select(vec![0, 0, 90]));
    let grant = grant.prop_map(|(said, replace, uses, lifetime, code, in_seconds)| Act::Grant {
        said,
        replace,
        uses,
        lifetime,
        code,
        in_seconds,
    });
    let typed = select(vec![Typed::Nothing, Typed::Wrong, Typed::Right, Typed::Elsewhere]);
    let steps = select(vec![-1, 0, 0, 1]);
    prop_oneof![
        1 => Just(Act::Register),
        3 => said().prop_map(|said| Act::Request { said }),
        4 => grant,
        3 => (0..2_usize).prop_map(|case| Act::Approve { case }),
        1 => (0..2_usize).prop_map(|case| Act::Deny { case }),
        2 => Just(Act::Revoke),
        5 => typed.prop_map(|typed| Act::Redeem { typed }),
        4 => Just(Act::Disable),
        4 => Just(Act::Start),
        4 => (0..2_usize, any::<bool>()).prop_map(|(setup, right)| Act::Confirm { setup, right }),
        3 => (0..3_usize).prop_map(|device| Act::Remove { device }),
        3 => Just(Act::Regenerate),
        5 => (prop::option::of(0..3_usize), steps)
            .prop_map(|(device, steps_ahead)| Act::Totp { device, steps_ahead }),
        4 => (0..3_usize, select(vec![0, 1, 9, 10])).prop_map(|(set, index)| Act::Code { set, index }),
        3 => Just(Act::Expire),
        1 => Just(Act::Report),
        1 => Just(Act::Unfreeze),
        2 => Just(Act::Unlock),
        1 => Just(Act::Erase),
    ]
    .boxed()
}

/// The ask, as the rules get it. `world` is the one before it is answered.
pub(crate) fn concrete(world: &World, ask: &Ask) -> Concrete {
    let life = world.life(ask.about);
    let (command, found) = command(world, life, ask);
    let fresh = FreshId(id(world.asked + 1));
    Concrete { actor: actor(world, life, ask), command, found, fresh }
}

fn actor(world: &World, life: &Life, ask: &Ask) -> Actor {
    let plain = match ask.who {
        Person::Alice => Actor::customer(ALICE),
        Person::Bob => Actor::admin(BOB),
        Person::Olga => Actor::admin(OLGA),
        Person::Petra => Actor::admin(PETRA),
        Person::Hans => Actor::admin(HANS),
        Person::Portal => Actor::service(PORTAL),
        Person::Engine => Actor::system(),
    };
    let actor = match ask.shown {
        Shown::Nothing => plain,
        Shown::Vouched(ago) => {
            plain.vouched_second_factor(timestamp(world.now.saturating_add_signed(-ago)))
        }
        Shown::Engine(at) => plain.with_second_factor(timestamp(at)),
    };
    let Some(nth) = ask.session else { return actor };
    // A session that never was is claimed too.
    let (case, use_number) = life.sessions().get(nth).copied().unwrap_or((0, 1));
    actor.in_recovery(RecoverySession { bypass: BypassId::from_uuid(id(case)), use_number })
}

fn command(world: &World, life: &Life, ask: &Ask) -> (Command, Findings) {
    let about = account(ask.about);
    let mut found = Findings::default();
    let nth_case = |nth: usize| {
        let case = life.cases.iter().rev().nth(nth);
        RecoveryId::from_uuid(id(case.map_or(0, |case| case.id)))
    };
    let command = match ask.act {
        Act::Register => RegisterCustomer::new("ada@example.com").name(PRIVATE).into(),
        Act::Request { said } => match said {
            Said::Nothing => RequestBypass::new(about).into(),
            Said::Reason => RequestBypass::new(about).reason(Reason::Other).note(PRIVATE).into(),
            Said::Everything => RequestBypass::new(about)
                .reason(Reason::LostDevice)
                .ticket("INC-4711")
                .identity_check(IdentityCheck::CallBack)
                .into(),
        },
        Act::Grant { .. } => grant(world, ask, about).into(),
        Act::Approve { case } => {
            ApproveBypass::new(about, nth_case(case)).identity_check(IdentityCheck::InPerson).into()
        }
        Act::Deny { case } => DenyBypass::new(about, nth_case(case)).into(),
        Act::Revoke => RevokeBypass::new(about).into(),
        Act::Redeem { typed } => {
            let case = life.case().map_or(0, |case| case.id);
            let of = BypassId::from_uuid(id(if typed == Typed::Elsewhere { 0 } else { case }));
            let check = IssuedCodeCheck { bypass: of, right: typed != Typed::Wrong };
            found.issued_code = (typed != Typed::Nothing).then_some(check);
            RedeemBypass::new(about).code(IssuedCode::from_bytes([7; 5])).into()
        }
        Act::Disable => DisableMfa::new(about).into(),
        Act::Start => StartEnrolment::new(about).into(),
        Act::Confirm { setup, right } => {
            let setup = life.setups.iter().rev().nth(setup);
            let device = DeviceId::from_uuid(id(setup.map_or(0, |setup| setup.id)));
            found.totp.extend(right.then_some(TotpMatch { device, step: world.step() }));
            ConfirmEnrolment::new(about, device, six_digits()).into()
        }
        Act::Remove { device } => RemoveDevice::new(about, nth_device(life, device)).into(),
        Act::Regenerate => RegenerateCodes::new(about).into(),
        Act::Totp { device, steps_ahead } => {
            let step = world.step().saturating_add_signed(steps_ahead);
            let shown = device.map(|nth| TotpMatch { device: nth_device(life, nth), step });
            found.totp.extend(shown);
            CheckSecondFactor::totp(about, six_digits()).into()
        }
        Act::Code { set, index } => {
            let set = life.sets.iter().rev().nth(set).map_or(0, |set| set.id);
            let set = CodeSetId::from_uuid(id(set));
            found.recovery_code = Some(RecoveryCodeMatch { set, index });
            CheckSecondFactor::recovery_code(about, RecoveryCode::from_bytes([7; 15])).into()
        }
        Act::Expire => ExpireBypass::new(about).into(),
        Act::Report => ReportUnrecognised::new(about).into(),
        Act::Unfreeze => UnfreezeAccount::new(about, PRIVATE).into(),
        Act::Unlock => UnlockAccount::new(about).into(),
        Act::Erase => EraseCustomer::new(ALICE).into(),
    };
    (command, found)
}

fn grant(world: &World, ask: &Ask, about: AccountId) -> GrantBypass {
    let Act::Grant { said, replace, uses, lifetime, code, in_seconds } = ask.act else {
        return GrantBypass::new(about);
    };
    let lifetime = Seconds(u32::try_from(lifetime).unwrap_or(u32::MAX));
    let proof = if code { Proof::PasswordAndIssuedCode } else { Proof::Password };
    let mut grant = GrantBypass::new(about).uses(uses).lifetime(lifetime).proof(proof);
    if said == Said::Reason {
        grant = grant.reason(Reason::Other).note(PRIVATE);
    }
    if said == Said::Everything {
        let reason = Reason::LostDevice;
        grant = grant.reason(reason).ticket("INC-1").identity_check(IdentityCheck::Video);
    }
    if in_seconds > 0 {
        grant = grant.starting_at(timestamp(world.now + in_seconds));
    }
    if replace { grant.replacing() } else { grant }
}

fn nth_device(life: &Life, nth: usize) -> DeviceId {
    let device = life.devices.iter().rev().nth(nth);
    DeviceId::from_uuid(id(device.map_or(0, |device| device.id)))
}
