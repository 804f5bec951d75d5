//! Every rule: its name, what it finds, how much it weighs. All thresholds stand here.

use std::str::FromStr;

use readmit_domain::Seconds;
use serde::{Deserialize, Serialize};

/// A rule that finds misuse, or a debt that should not stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// An admin grants far more than their peers do, and than they did before.
    FarAbovePeers,
    /// An admin grants again and again at hours at which they practically never act.
    OffHours,
    /// The same admin lets the same account in again and again.
    SamePairAgain,
    /// A bypass was granted soon after a freeze was lifted.
    GrantedAfterFreeze,
    /// MFA was turned off outside any recovery.
    MfaOffWithoutCase,
    /// An admin's grants end unused again and again.
    UnusedGrants,
    /// Few recovery codes are left.
    CodesRunningOut,
}

/// A text that names no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no rule of the alerts")]
pub struct ParseRuleError(String);

impl FromStr for Rule {
    type Err = ParseRuleError;

    fn from_str(text: &str) -> Result<Self, ParseRuleError> {
        let found = Self::ALL.iter().copied().find(|rule| rule.name() == text);
        found.ok_or_else(|| ParseRuleError(text.chars().take(64).collect()))
    }
}

/// How soon somebody should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// When there is time.
    Notice,
    /// On the same day.
    Warning,
    /// Now: an account may be in the wrong hands.
    Critical,
}

impl Rule {
    /// Every rule.
    pub const ALL: &'static [Self] = &[
        Self::FarAbovePeers,
        Self::OffHours,
        Self::SamePairAgain,
        Self::GrantedAfterFreeze,
        Self::MfaOffWithoutCase,
        Self::UnusedGrants,
        Self::CodesRunningOut,
    ];

    /// The stored form. It is schema: never changed, never reused.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FarAbovePeers => "far_above_peers",
            Self::OffHours => "off_hours",
            Self::SamePairAgain => "same_pair_again",
            Self::GrantedAfterFreeze => "granted_after_freeze",
            Self::MfaOffWithoutCase => "mfa_off_without_case",
            Self::UnusedGrants => "unused_grants",
            Self::CodesRunningOut => "codes_running_out",
        }
    }

    /// What it finds and why that matters, in a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::FarAbovePeers => {
                "An admin granted far more bypasses than their peers and than they used to, as \
                 somebody would who sells access or harvests accounts."
            }
            Self::OffHours => {
                "An admin granted several bypasses at hours at which they practically never act, \
                 as somebody would who has taken over their account."
            }
            Self::SamePairAgain => {
                "The same admin let the same account in again and again: nobody loses so many \
                 phones, so one of the two may serve somebody else."
            }
            Self::GrantedAfterFreeze => {
                "A bypass was granted soon after a freeze was lifted: whoever the owner of the \
                 account did not recognise may have called again."
            }
            Self::MfaOffWithoutCase => {
                "Multi-factor authentication was turned off outside any recovery, so nobody \
                 checked who asked for it and nothing will turn it on again."
            }
            Self::UnusedGrants => {
                "An admin's bypasses end unused again and again: each of them was a door that \
                 stood open for nobody."
            }
            Self::CodesRunningOut => {
                "Few recovery codes are left: without new ones the next lost phone needs an admin."
            }
        }
    }

    /// How soon somebody should look. An alert may weigh less: see
    /// [`Alert::severity`](super::Alert::severity).
    pub const fn severity(self) -> Severity {
        match self {
            Self::FarAbovePeers | Self::OffHours => Severity::Critical,
            Self::SamePairAgain | Self::GrantedAfterFreeze | Self::MfaOffWithoutCase => {
                Severity::Warning
            }
            Self::UnusedGrants | Self::CodesRunningOut => Severity::Notice,
        }
    }

    /// How long the rule says nothing more of the same subject once it has fired; rules that
    /// look at one account say nothing more of that account and subject.
    pub const fn quiet(self) -> Seconds {
        match self {
            // Whoever is above their peers today is so tomorrow: once in each window is enough.
            Self::FarAbovePeers => FAR_ABOVE_WINDOW,
            // A second night is no news; and if it is a new shift, it is learnt by then.
            Self::OffHours => Seconds::days(20),
            Self::SamePairAgain => Seconds::days(30),
            // One freeze, one alert for each admin who grants after it.
            Self::GrantedAfterFreeze => AFTER_FREEZE_WINDOW,
            // Turning it on and off again in a day is one story.
            Self::MfaOffWithoutCase => Seconds::days(1),
            // So long that the grants that were counted are no longer counted again.
            Self::UnusedGrants => UNUSED_WINDOW,
            // Said once for each set of codes: a new set ends the quiet.
            Self::CodesRunningOut => Seconds::days(365),
        }
    }
}

// ── Far above peers ─────────────────────────────────────────────────────────

/// Grants are counted over this time: long enough for a slow harvest, and the window in which
/// the policy too counts grants.
pub(super) const FAR_ABOVE_WINDOW: Seconds = Seconds::days(30);
/// Fewer grants flag nobody, however little the others did: a small team in a quiet month has a
/// median of nought or one, and any multiple of that is small.
pub(super) const FAR_ABOVE_FLOOR: u32 = 10;
/// More than so many times what is to be expected. Honest counts are about Poisson: of 4
/// expected grants, 13 or more come once in some thousand months.
pub(super) const FAR_ABOVE_MULTIPLE: u32 = 3;
/// With fewer peers the median is the habit of one person, who may be on holiday, or busy with
/// the calls of those whose accounts were sold; then only the admin's own earlier months count.
pub(super) const FAR_ABOVE_PEERS: usize = 2;
/// What an admin usually does excuses no more than so many times what their peers do. Without a
/// bound, somebody who sells a little more each month would never be seen.
pub(super) const FAR_ABOVE_HABIT_MOST: u32 = 8;
/// Nobody is judged in the first days of a ledger: while customers are moved to it, one admin
/// helps more than ever after.
pub(super) const FAR_ABOVE_LEARNING: Seconds = Seconds::days(60);
/// How many 30-day months before the window make an admin's usual month.
pub(super) const FAR_ABOVE_MONTHS: u32 = 3;

// ── Off hours ───────────────────────────────────────────────────────────────

/// So many days of work must be known before an hour can be unusual for somebody: about two
/// months of somebody who looks something up every few days.
pub(super) const OFF_HOURS_DAYS: u32 = 12;
/// An hour is unusual if an admin was at work around it on fewer than one in so many of their
/// days. Whoever is on call has a night of work once in a few weeks, which is more. While fewer
/// days are known than this, one night on call is enough: asking for two of them flagged four
/// times as many honest admins in the simulated year.
pub(super) const OFF_HOURS_ONE_IN: u32 = 40;
/// Hours on either side that count as the same: one for daylight saving time, since hours are
/// kept in UTC, and one for an early start or a late end.
pub(super) const OFF_HOURS_AROUND: usize = 2;
/// So many grants at unusual hours within so many days, many in a few nights or some in more.
/// One night call, or two, is what being on call for the first time looks like; whoever took an
/// account over comes to use it. At one night call in two months, independent of one another, either
/// comes by chance once in some eighty years of an admin; at one in three weeks, in three years,
/// but such nights are soon a habit.
pub(super) const OFF_HOURS_GRANTS: [(usize, Seconds); 2] =
    [(3, Seconds::days(3)), (4, OFF_HOURS_LEARNING)];
/// What an admin did is a habit only after this time.
pub(super) const OFF_HOURS_LEARNING: Seconds = Seconds::days(10);
/// When so many days are known, all counts are halved, so that a new shift is learnt and an old
/// one forgotten within months.
pub(super) const OFF_HOURS_DAYS_MOST: u32 = 200;

// ── Same pair again ─────────────────────────────────────────────────────────

/// So often the same admin must have let the same account in. Twice happens: a new phone is lost
/// too, or was set up wrongly.
pub(super) const SAME_PAIR_GRANTS: usize = 3;
/// Within this time; over years, any two people of a small firm meet thrice.
pub(super) const SAME_PAIR_WINDOW: Seconds = Seconds::days(40);
/// Grants that follow one another within this time are one story and count once: the customer
/// signed in, did not finish, and called again.
pub(super) const SAME_PAIR_STORY: Seconds = Seconds::days(3);

// ── Granted after a freeze ──────────────────────────────────────────────────

/// How long a grant counts as right after the freeze was lifted: who was turned away calls again
/// soon, while the owner of the account, asked about it, has a phone in hand.
pub(super) const AFTER_FREEZE_WINDOW: Seconds = Seconds::hours(72);

// ── Unused grants ───────────────────────────────────────────────────────────

/// Of an admin's latest grants so many are looked at.
pub(super) const UNUSED_LATEST: usize = 10;
/// So many of them ended unused. If one honest grant in ten goes unused, this is one
/// set of ten in some six hundred.
pub(super) const UNUSED_GRANTS: usize = 5;
/// Older ones say nothing of today.
pub(super) const UNUSED_WINDOW: Seconds = Seconds::days(90);

// ── Codes running out ───────────────────────────────────────────────────────

/// So few codes left of ten: one to sign in with, and one for when that goes wrong.
pub(super) const CODES_FEW: u8 = 2;

// ── Bounds of what is remembered ────────────────────────────────────────────

/// Admins remembered for each ledger; beyond that, the one who has been quiet longest is
/// forgotten. More than any provider employs, and still a row of some hundred kilobytes.
pub(super) const ADMINS_MOST: usize = 256;
/// Grants at unusual hours remembered for each admin: as many as the rule asks for.
pub(super) const OFF_HOURS_MOST: usize = 4;
/// Grants remembered for each account. The policy lets one admin grant a few in 30 days.
pub(super) const GRANTS_MOST: usize = 32;
/// Devices remembered for each account; the rules allow ten.
pub(super) const DEVICES_MOST: usize = 16;
