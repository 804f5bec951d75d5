//! What is remembered of one account.

use std::collections::{BTreeMap, BTreeSet};

use readmit_domain::{AccountId, AdminId, DeviceId, Seconds, Timestamp};
use serde::{Deserialize, Serialize};

use super::quiet::Quiet;
use super::rules::{
    AFTER_FREEZE_WINDOW, DEVICES_MOST, GRANTS_MOST, Rule, SAME_PAIR_STORY, SAME_PAIR_WINDOW,
};

/// One account, as far as the rules need to know it.
///
/// Bounded: [`DEVICES_MOST`] devices, [`GRANTS_MOST`] grants, one case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Watched {
    devices: BTreeSet<DeviceId>,
    /// The open case.
    open: Option<Open>,
    /// Grants within the window that were used, or still may be; oldest first.
    grants: Vec<Given>,
    /// When a freeze was last lifted, and by which admin.
    unfrozen: Option<(Timestamp, Option<AdminId>)>,
    /// What is quiet, by whom it is about.
    quiet: BTreeMap<AccountId, Quiet>,
}

/// An open case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Open {
    /// The admin who vouched for the customer, if an admin did.
    pub(super) by: Option<AdminId>,
    pub(super) granted: bool,
    pub(super) used: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Given {
    by: AdminId,
    at: Timestamp,
}

impl Watched {
    /// Takes in a request by this admin, or by nobody who is one.
    pub(super) fn request(&mut self, by: Option<AdminId>) {
        self.open = Some(Open { by, granted: false, used: false });
    }

    /// Takes in a grant; answers the admin who vouches for it. With a second person that is
    /// who asked: an approver sees every request of a tenant, and would stand out for that alone.
    pub(super) fn grant(&mut self, granter: Option<AdminId>, at: Timestamp) -> Option<AdminId> {
        let asked_by = self.open.take().filter(|open| !open.granted).and_then(|open| open.by);
        let by = asked_by.or(granter);
        self.open = Some(Open { by, granted: true, used: false });
        self.grants.retain(|earlier| at < earlier.at + SAME_PAIR_WINDOW);
        self.grants.extend(by.map(|by| Given { by, at }));
        if self.grants.len() > GRANTS_MOST {
            self.grants.remove(0);
        }
        by
    }

    /// Takes in that the bypass was redeemed.
    pub(super) fn redeem(&mut self) {
        if let Some(open) = &mut self.open {
            open.used = true;
        }
    }

    /// Takes in the end of the case. A grant that let nobody in no longer counts.
    pub(super) fn end_case(&mut self) -> Option<Open> {
        let open = self.open.take()?;
        if open.granted && open.by.is_some() && !open.used {
            self.grants.pop();
        }
        Some(open)
    }

    /// How often this admin has let the account in within the window; one call after another
    /// about the same phone counts once.
    pub(super) fn grants_by(&self, admin: AdminId) -> usize {
        let mut stories = 0;
        let mut latest = None;
        for given in self.grants.iter().filter(|given| given.by == admin) {
            let same = latest.is_some_and(|latest| given.at < latest + SAME_PAIR_STORY);
            stories += usize::from(!same);
            latest = Some(given.at);
        }
        stories
    }

    /// Takes in that a freeze was lifted.
    pub(super) fn unfreeze(&mut self, by: Option<AdminId>, at: Timestamp) {
        self.unfrozen = Some((at, by));
    }

    /// How long ago a freeze was lifted, if that is not long ago, and by whom.
    pub(super) fn after_freeze(&self, at: Timestamp) -> Option<(Seconds, Option<AdminId>)> {
        let (lifted_at, by) = self.unfrozen?;
        let since = at.since(lifted_at);
        (since < AFTER_FREEZE_WINDOW).then_some((since, by))
    }

    /// Takes in a new device.
    pub(super) fn add_device(&mut self, device: DeviceId) {
        self.devices.insert(device);
        if self.devices.len() > DEVICES_MOST {
            self.devices.pop_first();
        }
    }

    /// Takes in that a device was removed; answers whether it was the last.
    pub(super) fn remove_device(&mut self, device: DeviceId) -> bool {
        self.devices.remove(&device) && self.devices.is_empty()
    }

    /// Takes in that all devices ended.
    pub(super) fn remove_devices(&mut self) {
        self.devices.clear();
    }

    /// Whether this rule may speak of this subject; if so, it is quiet from now on.
    pub(super) fn speak(&mut self, rule: Rule, subject: AccountId, at: Timestamp) -> bool {
        self.quiet.retain(|_, quiet| quiet.holds(at));
        self.quiet.entry(subject).or_default().speak(rule, at)
    }

    /// Lets this rule speak of this subject again.
    pub(super) fn end_quiet(&mut self, rule: Rule, subject: AccountId) {
        if let Some(quiet) = self.quiet.get_mut(&subject) {
            quiet.end(rule);
        }
    }
}
