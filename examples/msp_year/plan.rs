//! What happens to one provider and its customers in the year.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng as Chance;
use readmit::Reason;

use crate::misuse::{Kind, Planted};
use crate::staff::Staff;

/// Minutes since the year began, on a Monday at midnight UTC.
pub(crate) type Minutes = i64;

pub(crate) const HOUR: Minutes = 60;
pub(crate) const DAY: Minutes = 24 * HOUR;
pub(crate) const YEAR_DAYS: i64 = 364;

/// Customers lose, break or replace a phone without telling it beforehand so often in a hundred
/// years of theirs; every second phone or so in its three years of life, and no saved code at
/// hand.
const PHONES_IN_A_CENTURY: u32 = 45;
/// Of the clumsy ones, one in fifty, so often.
const CLUMSY_IN_A_CENTURY: u32 = 250;
/// Freezes in a thousand years of customers.
const FREEZES_IN_A_MILLENNIUM: u32 = 4;

/// A provider's year, before it happens.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) name: String,
    pub(crate) admins: usize,
    pub(crate) customers: usize,
    /// Whether customers may go without MFA.
    pub(crate) mfa_optional: bool,
    /// When people and phones are set up.
    pub(crate) first_morning: Minutes,
    pub(crate) planted: Option<Planted>,
    /// In the order in which they happen.
    pub(crate) steps: Vec<Step>,
}

/// Something happens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) at: Minutes,
    pub(crate) what: Happening,
    /// Whether it is part of the planted misuse.
    pub(crate) misuse: bool,
}

/// What happens.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Happening {
    /// An admin signs in.
    SignIn { admin: usize },
    /// An admin grants a customer a bypass.
    Help { admin: usize, customer: usize, reason: Reason, end: End },
    /// A customer says "this wasn't me".
    Freeze { customer: usize },
    /// The owner lifts the freeze.
    Unfreeze { customer: usize },
    /// A customer signs in with a recovery code.
    Code { customer: usize },
    /// A customer turns MFA off.
    MfaOff { customer: usize },
}

/// What becomes of a bypass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It is used: a new phone, new codes.
    Completed,
    /// It is not: the phone was found again, or the customer in a meeting.
    Unused,
    /// The customer signs in and then does no more.
    Abandoned,
}

impl Plan {
    /// Draws the year of a provider with so many customers.
    pub(crate) fn draw(
        mut chance: Chance,
        name: String,
        customers: usize,
        misuse: Option<Kind>,
    ) -> Self {
        let chance = &mut chance;
        let staff = Staff::draw(chance, customers);
        let mfa_optional = chance.random_ratio(15, 100);
        let mut steps = Vec::new();
        for admin in 0..staff.workers.len() {
            // Not every day brings something to look up in the console.
            let mornings = staff.mornings(chance, admin).into_iter();
            let mornings: Vec<_> = mornings.filter(|_| chance.random_ratio(3, 10)).collect();
            let sign_in = |at| Step::honest(at, Happening::SignIn { admin });
            steps.extend(mornings.into_iter().map(sign_in));
        }
        for customer in 0..customers {
            lose_phones(chance, &staff, customer, &mut steps);
            if mfa_optional && chance.random_ratio(1, 100) {
                let at = chance.random_range(0..YEAR_DAYS) * DAY + 12 * HOUR;
                steps.push(Step::honest(at, Happening::MfaOff { customer }));
            }
            if chance.random_ratio(3, 1000) {
                use_codes(chance, customer, &mut steps);
            }
        }
        if customers >= 40 && chance.random_ratio(5, 100) {
            replace_fleet(chance, &staff, customers, &mut steps);
        }
        let first_morning = staff.utc(DAY + 10 * HOUR);
        let planted = misuse.map(|kind| kind.plant(chance, &staff, customers, &mut steps));
        steps.retain(|step| (first_morning..YEAR_DAYS * DAY).contains(&step.at));
        steps.sort_by_key(|step| step.at);
        let admins = staff.workers.len();
        Self { name, admins, customers, mfa_optional, first_morning, planted, steps }
    }
}

impl Step {
    pub(crate) const fn honest(at: Minutes, what: Happening) -> Self {
        Self { at, what, misuse: false }
    }
}

/// A customer's year with phones, and freezes.
fn lose_phones(chance: &mut Chance, staff: &Staff, customer: usize, steps: &mut Vec<Step>) {
    let clumsy = chance.random_ratio(1, 50);
    let in_a_century = if clumsy { CLUMSY_IN_A_CENTURY } else { PHONES_IN_A_CENTURY };
    for day in 0..YEAR_DAYS {
        if chance.random_ratio(in_a_century, 36_400) {
            call(chance, staff, customer, day, steps);
        }
        if chance.random_ratio(FREEZES_IN_A_MILLENNIUM, 364_000) {
            freeze(chance, staff, customer, day, steps);
        }
    }
}

/// A customer calls on this day, or on Monday; now and then again on the next.
fn call(chance: &mut Chance, staff: &Staff, customer: usize, day: i64, steps: &mut Vec<Step>) {
    // Offices are closed on weekends: three in four find out on Monday.
    let weekend = day % 7 >= 5 && chance.random_ratio(3, 4);
    let mut day = if weekend { day - day % 7 + 7 } else { day };
    loop {
        let minute = if chance.random_ratio(85, 100) {
            chance.random_range(8 * HOUR..18 * HOUR)
        } else {
            chance.random_range(0..DAY)
        };
        let (admin, at) = staff.takes(chance, day * DAY + minute);
        let end = match chance.random_range(0..100) {
            0..8 => End::Unused,
            8..11 => End::Abandoned,
            _ => End::Completed,
        };
        let reason = reason(chance);
        steps.push(Step::honest(at, Happening::Help { admin, customer, reason, end }));
        let again = match end {
            End::Abandoned => true,
            End::Unused => chance.random_ratio(1, 2),
            // The new phone goes the way of the old one.
            End::Completed => chance.random_ratio(2, 100),
        };
        if !again {
            return;
        }
        day += if end == End::Completed { chance.random_range(3..25) } else { 1 };
    }
}

fn reason(chance: &mut Chance) -> Reason {
    match chance.random_range(0..10) {
        0..3 => Reason::LostDevice,
        3 => Reason::StolenDevice,
        4..6 => Reason::BrokenDevice,
        _ => Reason::ReplacedDevice,
    }
}

/// A customer sees something strange; the owner looks into it, and lifts the freeze. One in ten
/// then needs a bypass on the same day, honestly, since the phone was stolen: from the owner who
/// is on the telephone, or from whoever takes the next call.
fn freeze(chance: &mut Chance, staff: &Staff, customer: usize, day: i64, steps: &mut Vec<Step>) {
    let frozen = day * DAY + chance.random_range(0..DAY);
    let lifted = staff.during_work(chance, 0, day + 1);
    steps.push(Step::honest(frozen, Happening::Freeze { customer }));
    steps.push(Step::honest(lifted, Happening::Unfreeze { customer }));
    if chance.random_ratio(1, 10) {
        let after = chance.random_range(5..90);
        let next_call = staff.takes(chance, staff.local(lifted) + after);
        let (admin, at) = if chance.random_ratio(1, 2) { (0, lifted + after) } else { next_call };
        let (reason, end) = (Reason::StolenDevice, End::Completed);
        steps.push(Step::honest(at, Happening::Help { admin, customer, reason, end }));
    }
}

/// A customer who signs in with recovery codes, one every few weeks.
fn use_codes(chance: &mut Chance, customer: usize, steps: &mut Vec<Step>) {
    let mut at = chance.random_range(0..60 * DAY);
    for _ in 0..9 {
        steps.push(Step::honest(at, Happening::Code { customer }));
        at += chance.random_range(5 * DAY..40 * DAY);
    }
}

/// A firm among the customers gives everybody a new phone, and one admin sees to it.
fn replace_fleet(chance: &mut Chance, staff: &Staff, customers: usize, steps: &mut Vec<Step>) {
    let admin = chance.random_range(0..staff.workers.len());
    let day = chance.random_range(30..YEAR_DAYS - 7);
    let first = chance.random_range(0..customers - 12);
    for customer in first..first + chance.random_range(5..=10) {
        let on = day + chance.random_range(0..5);
        let at = staff.during_work(chance, admin, on);
        let (reason, end) = (Reason::ReplacedDevice, End::Completed);
        steps.push(Step::honest(at, Happening::Help { admin, customer, reason, end }));
    }
}
