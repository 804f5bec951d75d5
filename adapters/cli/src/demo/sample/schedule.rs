//! Lays a plan out in time: every act of it, with its moment.

use readmit::{AuditSubject, LockoutPolicy, Role, Seconds, Timestamp};

use super::FIRST_DAY;
use super::calendar::{Calendar, When, minutes_ago, on};
use super::plan::{AdminRow, Attack, Case, CustomerRow, End, Plan, key};

/// How long a bypass of the plans lives.
pub(super) const LIFETIME: Seconds = Seconds::hours(1);
/// Every so many working days a recovery admin signs in, though nobody needs a recovery: often
/// enough that their usual hours are known.
const RECOVERY_ADMINS_EVERY: usize = 3;
/// The others.
const ADMINS_EVERY: usize = 7;
/// Every so many working days the auditor looks.
const AUDITORS_EVERY: usize = 5;

/// One thing that somebody does. Numbers are those of cases.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    Hire(&'static AdminRow),
    Register(&'static CustomerRow),
    StartEnrolment,
    ConfirmEnrolment,
    SaveCodes,
    SignIn,
    UseCode,
    /// Somebody else tries a code.
    Guess,
    Ask(usize),
    /// Asks anew while the bypass before is open.
    Replace(usize),
    Approve,
    Deny,
    Withdraw(usize),
    TakeBack,
    StopBySystem,
    Redeem,
    GuessIssuedCode,
    TurnOff,
    Expire,
    Report,
    Suspend,
    Unlock,
    Unfreeze(&'static str),
    Hold,
    Erase,
    Review(usize),
    Look(AuditSubject),
}

/// An act, when it happens, and whose account it is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) at: Timestamp,
    pub(super) who: &'static str,
    pub(super) act: Act,
}

/// A plan that is being laid out.
struct Layout {
    plan: &'static Plan,
    calendar: Calendar,
    steps: Vec<Step>,
}

/// Every act of a plan, in order.
pub(super) fn steps(plan: &'static Plan, calendar: Calendar) -> Vec<Step> {
    let mut layout = Layout { plan, calendar, steps: Vec::new() };
    for (number, admin) in plan.admins.iter().enumerate() {
        layout.admin(number, admin);
    }
    for (number, customer) in plan.customers.iter().enumerate() {
        layout.customer(number, customer);
    }
    for (number, case) in plan.cases.iter().enumerate() {
        layout.case(number, case);
    }
    for attack in plan.attacks {
        layout.attack(attack);
    }
    for (when, who, act) in plan.moments {
        layout.act(calendar.moment(*when), who, *act);
    }
    layout.audits();
    layout.steps.sort_by_key(|step| step.at);
    layout.steps
}

impl Layout {
    fn act(&mut self, at: Timestamp, who: &'static str, act: Act) {
        self.steps.push(Step { at, who, act });
    }

    /// Some seconds past the minute that the plan names.
    fn moment(&self, when: When, number: usize) -> Timestamp {
        self.calendar.moment(when) + Seconds(small(number) * 17 % 53)
    }

    fn admin(&mut self, number: usize, row: &'static AdminRow) {
        let offset = small(number);
        if !row.known {
            let hired = self.moment(on(FIRST_DAY, 9, 5 + 5 * offset), number);
            self.act(hired, row.key, Act::Hire(row));
            self.act(hired + Seconds(80), row.key, Act::StartEnrolment);
            self.act(hired + Seconds(145), row.key, Act::ConfirmEnrolment);
        }
        let every =
            if row.role == Role::RecoveryAdmin { RECOVERY_ADMINS_EVERY } else { ADMINS_EVERY };
        for ago in (1..FIRST_DAY).rev().skip(number % every).step_by(every) {
            let minute = 3 + (ago * 11 + offset * 7) % 50;
            let at = self.moment(on(ago, 8 + offset % 2, minute), number);
            self.act(at, row.key, Act::SignIn);
        }
    }

    fn customer(&mut self, number: usize, row: &'static CustomerRow) {
        let (offset, who) = (small(number), key(row.login));
        let hour = 11 + offset % 6;
        if !row.known {
            let registered = self.moment(on(row.since, hour, offset % 55), number);
            self.act(registered, who, Act::Register(row));
            if row.every == 0 {
                return;
            }
            self.act(registered + Seconds(140), who, Act::StartEnrolment);
            self.act(registered + Seconds(200), who, Act::ConfirmEnrolment);
            self.act(registered + Seconds(260), who, Act::SaveCodes);
        }
        let step = usize::try_from(row.every).unwrap_or_default().max(1);
        for ago in (1..row.since).rev().skip(number % 4).step_by(step) {
            let at =
                self.moment(on(ago, 7 + (offset + ago) % 10, (ago * 13 + offset) % 60), number);
            self.act(at, who, Act::SignIn);
        }
        for code in 1..=row.codes_used {
            let ago = row.since - code * row.since / (row.codes_used + 1);
            let at = self.moment(on(ago, 17, (ago * 7 + offset) % 60), number);
            self.act(at, who, Act::UseCode);
        }
    }

    fn case(&mut self, number: usize, case: &'static Case) {
        let (who, mut begins) = (case.customer, self.moment(case.when, number));
        self.act(begins, who, Act::Ask(number));
        if let (When::Workday { ago, .. }, Some(_)) = (case.when, case.review) {
            let later = on(ago.saturating_sub(2).max(1), 15, small(number));
            self.act(self.moment(later, number), who, Act::Review(number));
        }
        match case.end {
            End::Awaiting => return,
            End::Unanswered => {
                let until = begins + self.plan.policy.request_seconds;
                return self.act(until, who, Act::Expire);
            }
            End::Denied => return self.act(begins + Seconds::minutes(38), who, Act::Deny),
            _ if self.plan.is_answered(case) => {
                begins = begins + Seconds(110);
                self.act(begins, who, Act::Approve);
            }
            _ => {}
        }
        self.granted(number, case, begins);
    }

    /// What became of a bypass that was granted at this moment.
    fn granted(&mut self, number: usize, case: &'static Case, granted: Timestamp) {
        let who = case.customer;
        let over = match case.end {
            End::Withdrawn => Some((9, Act::Withdraw(number))),
            End::ByCustomer => Some((16, Act::TakeBack)),
            End::BySystem => Some((21, Act::StopBySystem)),
            End::Reported => Some((14, Act::Report)),
            End::Erased => Some((24, Act::Erase)),
            End::Replaced => Some((18, Act::Replace(number))),
            _ => None,
        };
        if let Some((minutes, act)) = over {
            self.act(granted + Seconds::minutes(minutes), who, act);
        }
        match case.end {
            End::Replaced => self.recovers(number, case, granted + Seconds::minutes(18)),
            End::WrongCodes => {
                for guess in 1..=5 {
                    let at = granted + Seconds(240 + 25 * guess);
                    self.act(at, who, Act::GuessIssuedCode);
                }
            }
            _ => self.recovers(number, case, granted),
        }
    }

    /// As many steps of the recovery as were done, and its end by time if that came.
    fn recovers(&mut self, number: usize, case: &'static Case, granted: Timestamp) {
        let is_now = matches!(case.when, When::MinutesAgo(_));
        let pace = if is_now { 0 } else { small(number) * 7 % 11 };
        let redeemed = granted + Seconds(230) + Seconds::minutes(pace);
        let steps = [
            (0, Act::Redeem),
            (50, Act::TurnOff),
            (95, Act::StartEnrolment),
            (150, Act::ConfirmEnrolment),
            (235, Act::SaveCodes),
        ];
        for (seconds, act) in steps.into_iter().take(steps_done(case.end)) {
            self.act(redeemed + Seconds(seconds), case.customer, act);
        }
        if matches!(case.end, End::WithoutCodes | End::Unused | End::LeftSignedIn | End::LeftOff) {
            self.act(granted + LIFETIME, case.customer, Act::Expire);
        }
    }

    /// As many guesses as lock the account, and again as soon as it is unlocked.
    fn attack(&mut self, attack: &Attack) {
        let lockout = self.plan.policy.lockout;
        let mut begins = self.calendar.moment(attack.from);
        let mut locked = lockout.first_seconds;
        for _ in 0..attack.locks {
            for guess in 0..lockout.failures {
                self.act(begins + Seconds(5 * guess), attack.customer, Act::Guess);
            }
            begins = begins + locked + Seconds::minutes(2);
            locked = Seconds(locked.0 * 2).min(LockoutPolicy::LONGEST);
        }
    }

    fn audits(&mut self) {
        let auditor = self.plan.with_role(Role::Auditor);
        for ago in (1..FIRST_DAY - 3).step_by(AUDITORS_EVERY) {
            let looks =
                [AuditSubject::Register, AuditSubject::Timeline, AuditSubject::Verification];
            for (minute, what) in (20..).step_by(6).zip(looks) {
                self.act(self.calendar.moment(on(ago, 14, minute)), auditor, Act::Look(what));
            }
        }
        self.act(self.calendar.moment(minutes_ago(2)), auditor, Act::Look(AuditSubject::Report));
    }
}

/// How many of the five steps from the sign-in to new codes were done.
const fn steps_done(end: End) -> usize {
    match end {
        End::Completed | End::Replaced => 5,
        End::WithoutCodes | End::Enrolled => 4,
        End::TurnedOff => 3,
        End::LeftOff => 2,
        End::LeftSignedIn | End::SignedIn => 1,
        _ => 0,
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or_default()
}
