//! What the naive accounts answer. `None` is a refusal.

use super::{
    Act, Ask, Case, Device, FOR_EVER, Life, Moment, Person, Said, Set, Setup, Typed, World,
};

/// The policy, in plain numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) required: bool,
    pub(crate) code: bool,
    pub(crate) two_people: bool,
    pub(crate) say: Said,
    pub(crate) fresh: u64,
    pub(crate) window: u64,
    pub(crate) patience: u64,
    pub(crate) lifetime: u64,
    pub(crate) least: u64,
    pub(crate) most: u64,
    pub(crate) uses: u8,
    pub(crate) grants: usize,
    pub(crate) wrong: u32,
    pub(crate) lock: u64,
    pub(crate) hard: u32,
}

type Answer = Option<Vec<&'static str>>;

const MONTH: u64 = 30 * 24 * 3600;

fn grants(who: Person) -> bool {
    matches!(who, Person::Bob | Person::Olga)
}

fn approves(who: Person) -> bool {
    matches!(who, Person::Bob | Person::Olga | Person::Petra)
}

fn asks(who: Person) -> bool {
    matches!(who, Person::Hans | Person::Olga | Person::Portal)
}

impl World {
    /// Carries out what is asked for, or answers `None` and changes nothing.
    pub(crate) fn answer(&mut self, ask: &Ask) -> Answer {
        self.asked += 1;
        let me = ask.who == ask.about;
        let owner = ask.who == Person::Olga;
        let life = self.life(ask.about);
        let stopped = life.frozen || life.erased;
        // Who said "this wasn't me" may do nothing for others either.
        let admin = matches!(ask.who, Person::Bob | Person::Olga);
        let for_another = !me || matches!(ask.act, Act::Register);
        if for_another && admin && self.life(ask.who).frozen {
            return None;
        }
        match ask.act {
            Act::Register => matches!(ask.who, Person::Olga | Person::Portal | Person::Engine)
                .then(|| vec!["CustomerRegistered"]),
            Act::Request { said } => self.request(ask, said),
            Act::Grant { .. } => self.grant(ask),
            Act::Approve { case } => self.approve(ask, case),
            Act::Deny { case } => self.deny(ask, case),
            Act::Revoke => self.revoke(ask),
            Act::Expire => {
                let over = life.case().is_some_and(|case| case.due() <= self.now);
                if ask.who == Person::Engine && over {
                    Some(self.end_overdue(ask.about))
                } else {
                    None
                }
            }
            Act::Unfreeze if owner && !me && life.frozen && self.is_fresh(ask) => {
                self.life_mut(ask.about).frozen = false;
                Some(vec!["AccountUnfrozen"])
            }
            Act::Unlock
                if grants(ask.who)
                    && !me
                    && (owner || ask.about == Person::Alice)
                    && life.is_locked(self.now)
                    && self.is_fresh(ask) =>
            {
                let life = self.life_mut(ask.about);
                (life.locked, life.wrong) = (None, 0);
                Some(vec!["AccountUnlocked"])
            }
            Act::Erase
                if owner && ask.about == Person::Alice && !life.erased && self.is_fresh(ask) =>
            {
                let mut names = self.end_whatever(ask.about);
                let life = self.life_mut(ask.about);
                life.erased = true;
                life.end_sessions();
                names.push("CustomerErased");
                Some(names)
            }
            Act::Unfreeze | Act::Unlock | Act::Erase => None,
            // From here on, only the person whose account it is.
            _ if !me || stopped => None,
            Act::Report => {
                let life = self.life_mut(ask.about);
                life.frozen = true;
                life.end_sessions();
                let mut names = vec!["AccountFrozen"];
                names.extend(self.end_whatever(ask.about));
                Some(names)
            }
            Act::Redeem { typed } => self.redeem(ask, typed),
            Act::Disable => self.disable(ask),
            Act::Start => self.start(ask),
            Act::Confirm { setup, right } => self.confirm(ask, setup, right),
            Act::Remove { device } => self.remove(ask, device),
            Act::Regenerate => self.regenerate(ask),
            Act::Totp { device, steps_ahead } => self.totp(ask, device, steps_ahead),
            Act::Code { set, index } => self.code(ask, set, index),
        }
    }

    fn nothing_to_bypass(&self, life: &Life) -> bool {
        !(life.is_on() || life.is_off() && self.rules.required)
    }

    fn request(&mut self, ask: &Ask, said: Said) -> Answer {
        let life = self.life(ask.about);
        if !(ask.who == ask.about || asks(ask.who))
            || life.frozen
            || life.erased
            || self.nothing_to_bypass(life)
            || life.live_case(self.now).is_some()
            || said < self.rules.say
        {
            return None;
        }
        let mut names = self.end_overdue(ask.about);
        let (lifetime, code) = (self.rules.lifetime, self.rules.code);
        self.begin(ask, lifetime, 1, code, None);
        names.push("BypassRequested");
        Some(names)
    }

    fn grant(&mut self, ask: &Ask) -> Answer {
        let Act::Grant { said, replace, uses, lifetime, code, in_seconds } = ask.act else {
            return None;
        };
        let life = self.life(ask.about);
        let for_an_admin = ask.about != Person::Alice;
        if !grants(ask.who)
            || ask.who == ask.about
            || for_an_admin && ask.who != Person::Olga
            || life.frozen
            || life.erased
            || self.nothing_to_bypass(life)
            || said < self.rules.say
            || !(1..=self.rules.uses).contains(&uses)
            || !(self.rules.least..=self.rules.most).contains(&lifetime)
            || self.rules.code && !code
            || !self.is_fresh(ask)
        {
            return None;
        }
        let in_the_way = life.live_case(self.now);
        if in_the_way.is_some_and(|case| case.enrolled || !replace) {
            return None;
        }
        let lately = life.grants.iter().filter(|at| self.now - **at <= MONTH).count();
        let second = self.rules.two_people || for_an_admin || lately >= self.rules.grants;
        let mut names = self.end_whatever(ask.about);
        let start = (in_seconds > 0).then_some(self.now + in_seconds);
        self.begin(ask, lifetime, uses, code, start);
        if second {
            names.push("BypassRequested");
        } else {
            self.open(ask.about);
            names.push("BypassGranted");
        }
        Some(names)
    }

    fn begin(&mut self, ask: &Ask, lifetime: u64, max_uses: u8, code: bool, start: Option<Moment>) {
        let (id, by, waits_until) = (self.asked, ask.who, self.now + self.rules.patience);
        self.life_mut(ask.about).cases.push(Case {
            id,
            by,
            lifetime,
            max_uses,
            code,
            start,
            waits_until,
            open: None,
            uses: Vec::new(),
            wrong: 0,
            enrolled: false,
            ended: false,
        });
    }

    fn open(&mut self, about: Person) {
        let now = self.now;
        let life = self.life_mut(about);
        life.grants.push(now);
        if let Some(case) = life.case_mut() {
            let from = case.start.unwrap_or(now).max(now);
            case.open = Some((from, from + case.lifetime));
        }
    }

    /// The case that an approver may answer.
    fn waiting(&self, ask: &Ask, nth: usize) -> Option<&Case> {
        let case = self.life(ask.about).live_case(self.now)?;
        let may = approves(ask.who) && ask.who != ask.about && case.by != ask.who;
        (nth == 0 && may && case.open.is_none()).then_some(case)
    }

    fn approve(&mut self, ask: &Ask, nth: usize) -> Answer {
        let by = self.waiting(ask, nth)?.by;
        let owner = ask.who == Person::Olga || by == Person::Olga && ask.about != Person::Olga;
        let life = self.life(ask.about);
        if ask.about != Person::Alice && !owner
            || life.frozen
            || life.erased
            || self.nothing_to_bypass(life)
            || !self.is_fresh(ask)
        {
            return None;
        }
        self.open(ask.about);
        Some(vec!["BypassGranted"])
    }

    fn deny(&mut self, ask: &Ask, nth: usize) -> Answer {
        self.waiting(ask, nth)?;
        self.end(ask.about);
        Some(vec!["BypassDenied"])
    }

    fn revoke(&mut self, ask: &Ask) -> Answer {
        let case = self.life(ask.about).live_case(self.now)?;
        let asked = case.open.is_none() && case.by == ask.who && asks(ask.who);
        let may = ask.who == ask.about || ask.who == Person::Engine || grants(ask.who) || asked;
        if !may || case.enrolled {
            return None;
        }
        self.end(ask.about);
        Some(vec!["BypassRevoked"])
    }

    fn redeem(&mut self, ask: &Ask, typed: Typed) -> Answer {
        let (now, window) = (self.now, self.rules.window);
        let life = self.life_mut(ask.about);
        if life.is_locked(now) {
            return None;
        }
        let off = life.is_off();
        let case = life.case_mut().filter(|case| case.can_be_redeemed(now))?;
        match typed {
            Typed::Nothing | Typed::Elsewhere if case.code => return None,
            Typed::Wrong if case.code => {
                case.wrong += 1;
                if case.wrong < 5 {
                    return Some(vec!["BypassCodeRejected"]);
                }
                self.end(ask.about);
                return Some(vec!["BypassCodeRejected", "BypassRevoked"]);
            }
            _ => {}
        }
        case.uses.push(case.due().min(now + window));
        if off {
            life.end_setups();
        }
        Some(vec!["BypassUsed"])
    }

    fn disable(&mut self, ask: &Ask) -> Answer {
        let (now, fresh, required) = (self.now, self.is_fresh(ask), self.rules.required);
        let life = self.life_mut(ask.about);
        if !life.is_on() {
            return None;
        }
        if life.session(ask.session, now).is_some() {
            life.case().filter(|case| !case.enrolled)?;
        } else if required || !fresh {
            return None;
        }
        for device in &mut life.devices {
            device.ended = true;
        }
        for set in &mut life.sets {
            set.ended = true;
        }
        life.end_sessions();
        Some(vec!["MfaDisabled"])
    }

    fn start(&mut self, ask: &Ask) -> Answer {
        let (now, fresh, id) = (self.now, self.is_fresh(ask), self.asked);
        let window = now + self.rules.window;
        let required = self.rules.required;
        let life = self.life_mut(ask.about);
        let session = life.session(ask.session, now).filter(|_| life.is_off());
        let right = if life.is_on() {
            fresh && life.alive().count() < 10
        } else {
            !life.had_a_device || session.is_some() || !required
        };
        if !right {
            return None;
        }
        life.end_setups();
        let until = session.map_or(window, |session| session.min(window));
        life.setups.push(Setup { id, until, wrong: 0, ended: false });
        Some(vec!["EnrolmentStarted"])
    }

    fn confirm(&mut self, ask: &Ask, nth: usize, right: bool) -> Answer {
        let (now, step, required) = (self.now, self.step(), self.rules.required);
        let life = self.life_mut(ask.about);
        let was_off = life.is_off();
        if was_off && required && life.session(ask.session, now).is_none() {
            return None;
        }
        let setup = life.setups.last_mut().filter(|setup| nth == 0 && !setup.ended)?;
        if now >= setup.until {
            return None;
        }
        if !right {
            setup.wrong += 1;
            setup.ended = setup.wrong >= 10;
            return Some(vec!["EnrolmentCodeRejected"]);
        }
        setup.ended = true;
        let id = setup.id;
        life.devices.push(Device { id, last_step: step, ended: false });
        life.had_a_device = true;
        life.has_shown(now);
        let in_time = |case: &&mut Case| case.open.is_some_and(|(_, until)| now < until);
        if let Some(case) = life.case_mut().filter(in_time) {
            case.enrolled |= was_off;
        }
        Some(vec!["DeviceEnrolled"])
    }

    fn remove(&mut self, ask: &Ask, nth: usize) -> Answer {
        let (fresh, required) = (self.is_fresh(ask), self.rules.required);
        let life = self.life_mut(ask.about);
        let last = life.alive().count() == 1;
        let device = life.devices.iter_mut().rev().nth(nth).filter(|device| !device.ended)?;
        if !fresh || last && required {
            return None;
        }
        device.ended = true;
        if last {
            for set in &mut life.sets {
                set.ended = true;
            }
            life.end_sessions();
        }
        Some(vec!["DeviceRemoved"])
    }

    fn regenerate(&mut self, ask: &Ask) -> Answer {
        let (now, fresh, id) = (self.now, self.is_fresh(ask), self.asked);
        let life = self.life_mut(ask.about);
        let last_step = life.live_case(now).is_some_and(|case| case.enrolled);
        let session = last_step && life.session(ask.session, now).is_some();
        if !life.is_on() || !(session || fresh) {
            return None;
        }
        for set in &mut life.sets {
            set.ended = true;
        }
        life.sets.push(Set { id, used: Vec::new(), ended: false });
        let mut names = vec!["CodesRegenerated"];
        if last_step {
            self.end(ask.about);
            names.push("RecoveryCompleted");
        }
        Some(names)
    }

    fn totp(&mut self, ask: &Ask, nth: Option<usize>, steps_ahead: i64) -> Answer {
        let (now, step) = (self.now, self.step().saturating_add_signed(steps_ahead));
        let life = self.life_mut(ask.about);
        if !life.is_on() || life.is_locked(now) {
            return None;
        }
        let shown = nth.and_then(|nth| life.devices.iter_mut().rev().nth(nth));
        match shown.filter(|device| !device.ended) {
            Some(device) if step > device.last_step => {
                device.last_step = step;
                life.has_shown(now);
                Some(vec!["SecondFactorVerified"])
            }
            Some(_) => None,
            None => Some(self.reject(ask.about)),
        }
    }

    fn code(&mut self, ask: &Ask, nth: usize, index: u8) -> Answer {
        let now = self.now;
        let life = self.life_mut(ask.about);
        if !life.is_on() || life.is_locked(now) {
            return None;
        }
        let set = life.sets.iter_mut().rev().nth(nth);
        match set.filter(|set| !set.ended && index < 10) {
            Some(set) if set.used.contains(&index) => None,
            Some(set) => {
                set.used.push(index);
                life.has_shown(now);
                Some(vec!["RecoveryCodeUsed"])
            }
            None => Some(self.reject(ask.about)),
        }
    }

    fn reject(&mut self, about: Person) -> Vec<&'static str> {
        let (now, rules) = (self.now, self.rules);
        let life = self.life_mut(about);
        life.wrong += 1;
        if life.wrong >= rules.hard {
            life.locked = Some(FOR_EVER);
        } else if life.wrong.is_multiple_of(rules.wrong) {
            let mut span = rules.lock;
            for _ in 1..life.wrong / rules.wrong {
                span *= 2;
            }
            life.locked = Some(now + span);
        } else {
            return vec!["SecondFactorRejected"];
        }
        vec!["SecondFactorRejected", "AccountLocked"]
    }

    fn end(&mut self, about: Person) {
        let life = self.life_mut(about);
        if let Some(case) = life.case_mut() {
            case.ended = true;
        }
        if life.is_off() {
            life.end_setups();
        }
    }

    /// Ends a case whose time is over.
    fn end_overdue(&mut self, about: Person) -> Vec<&'static str> {
        let over = self.life(about).case().filter(|case| case.due() <= self.now);
        let Some(enrolled) = over.map(|case| case.enrolled) else { return Vec::new() };
        self.end(about);
        vec![if enrolled { "RecoveryCompleted" } else { "BypassExpired" }]
    }

    /// Ends a case, over or not.
    fn end_whatever(&mut self, about: Person) -> Vec<&'static str> {
        if self.life(about).live_case(self.now).is_none() {
            return self.end_overdue(about);
        }
        self.end(about);
        vec!["BypassRevoked"]
    }
}

impl Life {
    fn end_setups(&mut self) {
        for setup in &mut self.setups {
            setup.ended = true;
        }
    }

    /// What earlier sessions have begun and shown is worth nothing any more.
    fn end_sessions(&mut self) {
        self.end_setups();
        self.checks.clear();
        self.deaths += 1;
    }

    fn has_shown(&mut self, now: Moment) {
        self.wrong = 0;
        self.checks.push(now);
    }
}
