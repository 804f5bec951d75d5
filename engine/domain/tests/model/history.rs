//! The laws, read off what was recorded and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use readmit_domain::account::{Account, Mfa};
use readmit_domain::event::{BypassGranted, BypassRequested};
use readmit_domain::testing::{BOB, OLGA, PETRA};
use readmit_domain::{
    AccountId, BypassId, CodeSetId, DeviceId, Event, IdentityCheck, Policy, Recorded, RecoveryId,
    SecondPerson, Seconds, Stage, Terms, Timestamp,
};

/// A recovery session that began: of which case and bypass, which use, from when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) case: RecoveryId,
    pub(crate) bypass: BypassId,
    pub(crate) use_number: u8,
    began: Timestamp,
    bypass_until: Timestamp,
}

/// What happened to one account.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) account: AccountId,
    pub(crate) events: Vec<Recorded>,
}

fn is_end(event: &Event) -> bool {
    matches!(
        event,
        Event::BypassDenied(_)
            | Event::BypassRevoked(_)
            | Event::BypassExpired(_)
            | Event::RecoveryCompleted(_)
    )
}

impl History {
    /// Every law that can be read off the history.
    pub(crate) fn keeps_the_laws(&self, policy: &Policy) {
        self.each_case_ends_once();
        self.each_bypass_is_used_as_often_as_granted(policy);
        self.each_code_is_accepted_once();
        self.what_ended_never_verifies_again();
        self.an_abandoned_case_changed_nothing();
        self.each_grant_was_permitted(policy);
        self.the_fold_needs_no_private_data();
    }

    fn cases(&self) -> BTreeSet<RecoveryId> {
        self.events.iter().filter_map(|recorded| recorded.recovery).collect()
    }

    fn of(&self, case: RecoveryId) -> impl Iterator<Item = &Recorded> {
        self.events.iter().filter(move |recorded| recorded.recovery == Some(case))
    }

    fn each_case_ends_once(&self) {
        let mut open = None;
        for recorded in self.events.iter().filter(|recorded| recorded.recovery.is_some()) {
            assert!(open.is_none() || open == recorded.recovery, "a second case beside {open:?}");
            open = recorded.recovery.filter(|_| !is_end(&recorded.event));
        }
        for case in self.cases() {
            let after = self.of(case).skip_while(|recorded| !is_end(&recorded.event)).skip(1);
            assert_eq!(after.count(), 0, "{case} goes on after its end");
            let begins = self.of(case).next().map(|recorded| recorded.event.name());
            assert!(matches!(begins, Some("BypassRequested" | "BypassGranted")), "{begins:?}");
        }
    }

    fn each_bypass_is_used_as_often_as_granted(&self, policy: &Policy) {
        for case in self.cases() {
            let mut bypass: Option<&BypassGranted> = None;
            let mut times = 0;
            for Recorded { at, event, .. } in self.of(case) {
                match event {
                    Event::BypassGranted(data) => {
                        assert!(bypass.is_none(), "{case} is granted twice");
                        bypass = Some(data);
                    }
                    Event::BypassUsed(data) => {
                        let Some(bypass) = bypass else { panic!("{case} is not granted") };
                        times += 1;
                        assert_eq!(data.use_number, times);
                        assert!(times <= bypass.terms.max_uses, "{case} is used too often");
                        assert!(bypass.from <= *at && *at < bypass.until);
                        let window = *at + policy.enrolment_seconds;
                        assert_eq!(data.session_until, window.min(bypass.until));
                    }
                    _ => {}
                }
            }
        }
    }

    fn each_code_is_accepted_once(&self) {
        let mut steps: BTreeMap<DeviceId, u64> = BTreeMap::new();
        let mut codes: BTreeSet<(CodeSetId, u8)> = BTreeSet::new();
        for recorded in &self.events {
            match &recorded.event {
                Event::DeviceEnrolled(data) => {
                    assert_eq!(steps.insert(data.device, data.step), None);
                }
                Event::SecondFactorVerified(data) => {
                    let earlier = steps.insert(data.device, data.step);
                    assert!(earlier.is_some_and(|step| step < data.step), "a step again");
                }
                Event::RecoveryCodeUsed(data) => {
                    assert!(codes.insert((data.set, data.index)), "a recovery code again");
                }
                _ => {}
            }
        }
    }

    fn what_ended_never_verifies_again(&self) {
        let mut devices: BTreeSet<DeviceId> = BTreeSet::new();
        let mut set: Option<CodeSetId> = None;
        for recorded in &self.events {
            match &recorded.event {
                Event::DeviceEnrolled(data) => {
                    devices.insert(data.device);
                }
                Event::CodesRegenerated(data) => set = Some(data.set),
                Event::DeviceRemoved(data) => {
                    devices.remove(&data.device);
                    set = set.filter(|_| !devices.is_empty());
                }
                Event::MfaDisabled(data) => {
                    assert_eq!(data.devices.iter().copied().collect::<BTreeSet<_>>(), devices);
                    assert_eq!(data.codes, set);
                    (devices, set) = (BTreeSet::new(), None);
                }
                Event::SecondFactorVerified(data) => {
                    assert!(devices.contains(&data.device), "an ended device verifies");
                }
                Event::RecoveryCodeUsed(data) => {
                    assert_eq!(set, Some(data.set), "a code of an ended set verifies");
                }
                _ => {}
            }
        }
    }

    /// Until a case turns MFA off, in the time of its newest session, none of
    /// its events touches devices or codes.
    fn an_abandoned_case_changed_nothing(&self) {
        let mut account = Account::new(self.account);
        let mut sessions: BTreeMap<RecoveryId, Timestamp> = BTreeMap::new();
        let mut touched: BTreeSet<RecoveryId> = BTreeSet::new();
        for recorded in &self.events {
            let before = account.mfa.clone();
            account = account.evolve(recorded);
            let Some(case) = recorded.recovery else { continue };
            match &recorded.event {
                Event::BypassUsed(used) => {
                    sessions.insert(case, used.session_until);
                }
                Event::MfaDisabled(_) => {
                    let until = sessions.get(&case);
                    assert!(until.is_some_and(|until| recorded.at < *until), "no live session");
                    touched.insert(case);
                }
                Event::DeviceEnrolled(_) => {
                    assert_eq!(before, Mfa::Off, "{case} enrols beside the old device");
                    touched.insert(case);
                }
                _ => {}
            }
            assert!(touched.contains(&case) || account.mfa == before, "{case} changed MFA");
        }
    }

    /// Every grant has a permitted actor with a fresh second factor, and a
    /// second person where policy asks for one.
    fn each_grant_was_permitted(&self, policy: &Policy) {
        for case in self.cases() {
            let mut request: Option<(&Recorded, &BypassRequested)> = None;
            for recorded in self.of(case) {
                match &recorded.event {
                    Event::BypassRequested(data) => request = Some((recorded, data)),
                    Event::BypassGranted(data) => {
                        self.was_fresh_and_for_somebody_else(recorded, policy);
                        match request {
                            Some(request) => self.was_approved(request, recorded, data),
                            None => self.needed_no_approval(recorded, policy),
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn was_fresh_and_for_somebody_else(&self, granted: &Recorded, policy: &Policy) {
        assert_ne!(granted.who.account(), Some(self.account), "a self-grant");
        let shown = granted.who.second_factor().map(|shown| shown.at);
        let young = |at: Timestamp| at <= granted.at && granted.at <= at + policy.fresh_seconds;
        assert!(shown.is_some_and(young), "no fresh second factor");
    }

    fn was_approved(
        &self,
        (asked, request): (&Recorded, &BypassRequested),
        recorded: &Recorded,
        granted: &BypassGranted,
    ) {
        let approvers: [AccountId; 3] = [BOB.into(), OLGA.into(), PETRA.into()];
        assert!(recorded.who.account().is_some_and(|who| approvers.contains(&who)));
        assert!(!asked.who.is_same(&recorded.who), "a self-approval");
        let owner = [asked, recorded].iter().any(|one| {
            one.who.account() == Some(OLGA.into()) && one.who.account() != Some(self.account)
        });
        assert!(owner || matches!(self.account, AccountId::Customer(_)), "no owner on either side");
        assert!(recorded.at < request.until, "an old request was approved");
        // Every approver of the model says how they made sure of the customer.
        let identity_check = IdentityCheck::InPerson;
        let terms = Terms { identity_check, ..request.terms.clone() };
        assert_eq!((granted.bypass, &granted.terms), (request.bypass, &terms));
    }

    fn needed_no_approval(&self, granted: &Recorded, policy: &Policy) {
        let granters: [AccountId; 2] = [BOB.into(), OLGA.into()];
        assert!(granted.who.account().is_some_and(|who| granters.contains(&who)));
        assert!(matches!(self.account, AccountId::Customer(_)), "an admin's case");
        assert_ne!(policy.second_person, SecondPerson::Always);
        let lately = self.events.iter().filter(|one| {
            matches!(one.event, Event::BypassGranted(_))
                && one.at < granted.at
                && granted.at <= one.at + Seconds::days(30)
        });
        assert!(lately.count() < usize::from(policy.grants_in_30_days), "one too many");
    }

    /// The state comes from the stored form of the events, which holds no free
    /// text; so it is the same before and after that text is destroyed.
    fn the_fold_needs_no_private_data(&self) {
        let mut stored = Vec::new();
        for recorded in &self.events {
            let Ok(data) = serde_json::value::to_raw_value(&recorded.event) else {
                panic!("an event is written");
            };
            assert!(!data.get().contains(super::moves::PRIVATE), "{data}");
            let Ok(event) = Event::decode(recorded.event.name(), 1, &data) else {
                panic!("an event is read");
            };
            stored.push(Recorded { event, ..recorded.clone() });
        }
        let account = Account::new(self.account);
        assert_eq!(account.clone().replay(&stored), account.replay(&self.events));
    }

    /// Every recovery session there ever was, newest last.
    pub(crate) fn sessions(&self) -> Vec<Session> {
        let mut sessions = Vec::new();
        let mut bypasses: BTreeMap<RecoveryId, (BypassId, Timestamp)> = BTreeMap::new();
        for recorded in &self.events {
            let Some(case) = recorded.recovery else { continue };
            if let Event::BypassGranted(data) = &recorded.event {
                bypasses.insert(case, (data.bypass, data.until));
            }
            let Event::BypassUsed(data) = &recorded.event else { continue };
            let Some((bypass, bypass_until)) = bypasses.get(&case).copied() else { continue };
            let (use_number, began) = (data.use_number, recorded.at);
            sessions.push(Session { case, bypass, use_number, began, bypass_until });
        }
        sessions
    }

    /// Whether this is the newest session of a case that has not ended, in time.
    pub(crate) fn is_live(&self, session: &Session, now: Timestamp, policy: &Policy) -> bool {
        let ended = self.of(session.case).any(|recorded| is_end(&recorded.event));
        let newest = self.sessions().last().map(|newest| (newest.case, newest.use_number));
        !ended
            && newest == Some((session.case, session.use_number))
            && now < session.began + policy.enrolment_seconds
            && now < session.bypass_until
    }

    /// How far the open case has come, by its own events alone.
    pub(crate) fn open_stage(&self) -> Option<(RecoveryId, Stage)> {
        let case = self.events.iter().rev().find_map(|recorded| recorded.recovery)?;
        let mut stage = Stage::AwaitingApproval;
        for recorded in self.of(case) {
            let reached = match &recorded.event {
                Event::BypassGranted(_) => Stage::Granted,
                Event::BypassUsed(_) => Stage::SignedIn,
                Event::MfaDisabled(_) => Stage::MfaDisabled,
                Event::DeviceEnrolled(_) => Stage::DeviceEnrolled,
                event if is_end(event) => return None,
                _ => continue,
            };
            stage = stage.max(reached);
        }
        Some((case, stage))
    }
}
