//! The three kinds of misuse, and which alerts would find them.

use rand::RngExt as _;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng as Chance;
use readmit::Reason;
use readmit::Rule;

use crate::plan::{DAY, End, HOUR, Happening, Minutes, Step};
use crate::staff::Staff;

/// A kind of misuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An admin grants bypasses to whoever pays, for accounts whose owners never called.
    Seller,
    /// Somebody has taken an admin's account over, and uses it while its owner sleeps.
    Night,
    /// An admin lets the same accomplice in again and again, or somebody right after the
    /// freeze that should have kept them out.
    Favourite,
}

/// Misuse that was planted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planted {
    pub(crate) kind: Kind,
    /// Whose account is misused.
    pub(crate) admin: usize,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Seller, Self::Night, Self::Favourite];

    /// A word for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Seller => "seller",
            Self::Night => "night intruder",
            Self::Favourite => "favourite",
        }
    }

    /// The rules that are made for it.
    pub(crate) const fn fitting(self) -> &'static [Rule] {
        match self {
            Self::Seller => &[Rule::FarAbovePeers],
            Self::Night => &[Rule::OffHours],
            Self::Favourite => &[Rule::SamePairAgain, Rule::GrantedAfterFreeze],
        }
    }

    /// Plants it with one of the admins.
    pub(crate) fn plant(
        self,
        chance: &mut Chance,
        staff: &Staff,
        customers: usize,
        steps: &mut Vec<Step>,
    ) -> Planted {
        let admin = chance.random_range(0..staff.workers.len());
        match self {
            Self::Seller => sell(chance, staff, admin, customers, steps),
            Self::Night => intrude(chance, staff, admin, customers, steps),
            Self::Favourite if chance.random_ratio(2, 5) => {
                ignore_freezes(chance, staff, admin, customers, steps);
            }
            Self::Favourite => favour(chance, staff, admin, customers, steps),
        }
        Planted { kind: self, admin }
    }
}

/// A grant that nobody honest called for, and that is used.
const fn misuse(at: Minutes, admin: usize, customer: usize) -> Step {
    let (reason, end) = (Reason::LostDevice, End::Completed);
    let what = Happening::Help { admin, customer, reason, end };
    Step { at, what, misuse: true }
}

/// 15 to 30 accounts within one to two months, during working hours. Two in three of their
/// owners find their phone useless, and call.
fn sell(chance: &mut Chance, staff: &Staff, admin: usize, customers: usize, steps: &mut Vec<Step>) {
    let first = chance.random_range(90..270);
    let last = first + chance.random_range(25..60);
    let most = chance.random_range(15..=30).min(customers);
    for customer in sample(chance, customers, most) {
        let day = chance.random_range(first..last);
        let at = staff.during_work(chance, admin, day);
        steps.push(misuse(at, admin, customer));
        if chance.random_ratio(2, 3) {
            let days = chance.random_range(1..4);
            let called = (at / DAY + days) * DAY + chance.random_range(8 * HOUR..18 * HOUR);
            let (admin, at) = staff.takes(chance, called);
            let (reason, end) = (Reason::BrokenDevice, End::Completed);
            steps.push(Step::honest(at, Happening::Help { admin, customer, reason, end }));
        }
    }
}

/// Two to five nights within ten days, two to four accounts in each.
fn intrude(
    chance: &mut Chance,
    staff: &Staff,
    admin: usize,
    customers: usize,
    steps: &mut Vec<Step>,
) {
    let first = chance.random_range(90..340);
    let begins = staff.workers.get(admin).map_or(8, |worker| worker.begins);
    for _ in 0..chance.random_range(2..=5) {
        let day = first + chance.random_range(0..10);
        // Fourteen hours after the owner begins, they have been at home for some time.
        let mut at = staff.utc(day * DAY + (begins + 14) * HOUR + chance.random_range(0..4 * HOUR));
        let most = chance.random_range(2..=4).min(customers);
        for customer in sample(chance, customers, most) {
            steps.push(misuse(at, admin, customer));
            at += chance.random_range(10..40);
        }
    }
}

/// The same account five to eight times, one to two weeks apart.
fn favour(
    chance: &mut Chance,
    staff: &Staff,
    admin: usize,
    customers: usize,
    steps: &mut Vec<Step>,
) {
    let customer = chance.random_range(0..customers);
    let mut day = chance.random_range(60..260);
    for _ in 0..chance.random_range(5..=8) {
        steps.push(misuse(staff.during_work(chance, admin, day), admin, customer));
        day += chance.random_range(7..16);
    }
}

/// Two accounts whose owners reported something strange: as soon as the freeze is lifted, the
/// admin grants again.
fn ignore_freezes(
    chance: &mut Chance,
    staff: &Staff,
    admin: usize,
    customers: usize,
    steps: &mut Vec<Step>,
) {
    let day = chance.random_range(60..300);
    for customer in sample(chance, customers, 2) {
        let day = day + chance.random_range(0..20);
        let at = staff.during_work(chance, admin, day + 2);
        let lifted = at - chance.random_range(30..6 * HOUR);
        let frozen = lifted - chance.random_range(3 * HOUR..30 * HOUR);
        steps.push(Step::honest(frozen, Happening::Freeze { customer }));
        steps.push(Step::honest(lifted, Happening::Unfreeze { customer }));
        steps.push(misuse(at, admin, customer));
    }
}
