//! What accounts are, told naively: lists of all that ever was, and plain numbers.
//!
//! It shares no code with the rules. Nothing is ever taken off a list; what has
//! ended says so. Ids are the number of the ask that made them.

pub(crate) mod history;
pub(crate) mod moves;
pub(crate) mod rules;
pub(crate) mod told;

use rules::Rules;

/// Seconds since the scenario began.
pub(crate) type Moment = u64;

/// The end of what only an admin ends.
pub(crate) const FOR_EVER: Moment = Moment::MAX;

/// Everybody who asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    /// A customer.
    Alice,
    /// Recovery admin and approver.
    Bob,
    /// The owner.
    Olga,
    /// An approver.
    Petra,
    /// Help desk.
    Hans,
    /// An embedding service.
    Portal,
    /// The engine itself.
    Engine,
}

/// Something that somebody asks for.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) who: Person,
    pub(crate) shown: Shown,
    /// Which recovery session they claim to hold, counted back from the newest.
    pub(crate) session: Option<usize>,
    /// Whose account it is about: Alice's, Bob's or Olga's.
    pub(crate) about: Person,
    pub(crate) act: Act,
}

/// The second factor somebody is said to have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Nothing,
    /// The service vouches for one, this many seconds ago.
    Vouched(i64),
    /// The engine is said to have checked one at this moment.
    Engine(Moment),
}

/// What is asked for. Items are counted back from the newest there ever was.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Register,
    Request { said: Said },
    Grant { said: Said, replace: bool, uses: u8, lifetime: u64, code: bool, in_seconds: u64 },
    Approve { case: usize },
    Deny { case: usize },
    Revoke,
    Redeem { typed: Typed },
    Disable,
    Start,
    Confirm { setup: usize, right: bool },
    Remove { device: usize },
    Regenerate,
    Totp { device: Option<usize>, steps_ahead: i64 },
    Code { set: usize, index: u8 },
    Expire,
    Report,
    Unfreeze,
    Unlock,
    Erase,
}

/// How much is said about a bypass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(crate) enum Said {
    Nothing,
    Reason,
    Everything,
}

/// The issued code that is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    Nothing,
    Wrong,
    Right,
    /// Right for another bypass.
    Elsewhere,
}

/// One account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    pub(crate) had_a_device: bool,
    pub(crate) devices: Vec<Device>,
    pub(crate) sets: Vec<Set>,
    pub(crate) setups: Vec<Setup>,
    pub(crate) cases: Vec<Case>,
    pub(crate) checks: Vec<Moment>,
    pub(crate) grants: Vec<Moment>,
    pub(crate) wrong: u32,
    pub(crate) locked: Option<Moment>,
    pub(crate) frozen: bool,
    pub(crate) erased: bool,
    /// How often every session had to die.
    pub(crate) deaths: u32,
}

/// A device that was set up.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) id: u128,
    pub(crate) last_step: u64,
    pub(crate) ended: bool,
}

/// A set of recovery codes.
#[derive(Clone, Debug)]
pub(crate) struct Set {
    pub(crate) id: u128,
    pub(crate) used: Vec<u8>,
    pub(crate) ended: bool,
}

/// A device that is or was being set up.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) id: u128,
    pub(crate) until: Moment,
    pub(crate) wrong: u8,
    pub(crate) ended: bool,
}

/// A recovery.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: u128,
    pub(crate) by: Person,
    pub(crate) lifetime: u64,
    pub(crate) max_uses: u8,
    pub(crate) code: bool,
    pub(crate) start: Option<Moment>,
    pub(crate) waits_until: Moment,
    pub(crate) open: Option<(Moment, Moment)>,
    /// For each use, when its session ends.
    pub(crate) uses: Vec<Moment>,
    pub(crate) wrong: u8,
    pub(crate) enrolled: bool,
    pub(crate) ended: bool,
}

/// The people whose accounts others act on.
pub(crate) const WHOSE: [Person; 3] = [Person::Alice, Person::Bob, Person::Olga];

/// Their accounts, the rules of their tenant, and the time.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) rules: Rules,
    pub(crate) now: Moment,
    /// How much was asked so far.
    pub(crate) asked: u128,
    pub(crate) alice: Life,
    pub(crate) bob: Life,
    pub(crate) olga: Life,
    /// The last ask, as the rules get it, and the names of the events that should answer it.
    pub(crate) last: Option<(moves::Concrete, Option<Vec<&'static str>>)>,
}

impl World {
    /// Accounts that begin with a device and codes, or with nothing.
    pub(crate) fn new(rules: Rules, set_up: bool) -> Self {
        let mut world = Self {
            rules,
            // Late enough that what was an hour ago has a number.
            now: 10_000,
            asked: 0,
            alice: Life::default(),
            bob: Life::default(),
            olga: Life::default(),
            last: None,
        };
        if set_up {
            let (device, set) = (900_001, 900_002);
            let first = Life {
                had_a_device: true,
                devices: vec![Device { id: device, last_step: world.step(), ended: false }],
                sets: vec![Set { id: set, used: Vec::new(), ended: false }],
                checks: vec![world.now],
                ..Life::default()
            };
            (world.alice, world.bob, world.olga) = (first.clone(), first.clone(), first);
        }
        world
    }

    pub(crate) fn life(&self, whose: Person) -> &Life {
        match whose {
            Person::Bob => &self.bob,
            Person::Olga => &self.olga,
            _ => &self.alice,
        }
    }

    fn life_mut(&mut self, whose: Person) -> &mut Life {
        match whose {
            Person::Bob => &mut self.bob,
            Person::Olga => &mut self.olga,
            _ => &mut self.alice,
        }
    }

    pub(crate) fn step(&self) -> u64 {
        moves::start_seconds().saturating_add(self.now) / 30
    }

    /// Whether whoever asks has shown a second factor lately.
    fn is_fresh(&self, ask: &Ask) -> bool {
        let at = match ask.shown {
            Shown::Nothing => return false,
            Shown::Vouched(ago) => self.now.checked_add_signed(-ago),
            Shown::Engine(at) => {
                let own = match ask.who {
                    who if WHOSE.contains(&who) => self.life(who),
                    _ => return false,
                };
                own.checks.iter().rev().take(8).find(|check| **check == at).copied()
            }
        };
        let person = !matches!(ask.who, Person::Portal | Person::Engine);
        person && at.is_some_and(|at| at <= self.now && self.now - at <= self.rules.fresh)
    }
}

impl Life {
    pub(crate) fn alive(&self) -> impl Iterator<Item = &Device> {
        self.devices.iter().filter(|device| !device.ended)
    }

    pub(crate) fn is_on(&self) -> bool {
        self.alive().next().is_some()
    }

    pub(crate) fn is_off(&self) -> bool {
        self.had_a_device && !self.is_on()
    }

    pub(crate) fn is_locked(&self, now: Moment) -> bool {
        self.locked.is_some_and(|until| now < until)
    }

    pub(crate) fn pending(&self) -> Option<&Setup> {
        self.setups.last().filter(|setup| !setup.ended)
    }

    pub(crate) fn codes(&self) -> Option<&Set> {
        self.sets.last().filter(|set| !set.ended)
    }

    /// The case that nobody has recorded an end of.
    pub(crate) fn case(&self) -> Option<&Case> {
        self.cases.last().filter(|case| !case.ended)
    }

    fn case_mut(&mut self) -> Option<&mut Case> {
        self.cases.last_mut().filter(|case| !case.ended)
    }

    /// The case that has not ended and whose time is not over.
    pub(crate) fn live_case(&self, now: Moment) -> Option<&Case> {
        self.case().filter(|case| now < case.due())
    }

    /// Every recovery session there ever was, newest first: its case and its use.
    pub(crate) fn sessions(&self) -> Vec<(u128, u8)> {
        let uses = |case: &Case| {
            let id = case.id;
            (1..=u8::try_from(case.uses.len()).unwrap_or(u8::MAX)).map(move |nth| (id, nth))
        };
        let mut all: Vec<_> = self.cases.iter().flat_map(uses).collect();
        all.reverse();
        all
    }

    /// When the session that is claimed ends, if it is the newest and lives.
    pub(crate) fn session(&self, claimed: Option<usize>, now: Moment) -> Option<Moment> {
        let case = self.live_case(now)?;
        let newest = (case.id, u8::try_from(case.uses.len()).ok()?);
        let held = self.sessions().get(claimed?).copied()?;
        case.uses.last().copied().filter(|until| held == newest && now < *until)
    }
}

impl Case {
    pub(crate) fn due(&self) -> Moment {
        self.open.map_or(self.waits_until, |(_, until)| until)
    }

    pub(crate) fn can_be_redeemed(&self, now: Moment) -> bool {
        self.open.is_some_and(|(from, until)| from <= now && now < until)
            && self.uses.len() < usize::from(self.max_uses)
            && !self.enrolled
    }
}
