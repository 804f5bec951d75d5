//! The cases of a report in numbers.

use readmit::{CaseEnd, Profile, RecoveryRow, Seconds};

/// The cases in numbers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) cases: usize,
    pub(super) completed: usize,
    pub(super) expired: usize,
    pub(super) revoked: usize,
    pub(super) denied: usize,
    pub(super) open: usize,
    pub(super) strict: usize,
    pub(super) standard: usize,
    pub(super) neither: usize,
    pub(super) reviewed: usize,
    /// Of these, signed off last by whoever had granted them.
    pub(super) reviewed_own: usize,
    /// How long each recovery took, from the grant to the new device: four bytes for each case of a
    /// year at most.
    took: Vec<Seconds>,
}

impl Totals {
    pub(super) fn add(&mut self, row: &RecoveryRow) {
        self.cases += 1;
        *match row.record.ended.map(|(_, end)| end) {
            Some(CaseEnd::Completed { .. }) => &mut self.completed,
            Some(CaseEnd::Expired { .. }) => &mut self.expired,
            Some(CaseEnd::Revoked { .. }) => &mut self.revoked,
            Some(CaseEnd::Denied) => &mut self.denied,
            None => &mut self.open,
        } += 1;
        *match row.profile_met() {
            Some(Profile::Strict) => &mut self.strict,
            Some(Profile::Standard) => &mut self.standard,
            None => &mut self.neither,
        } += 1;
        if let Some(review) = &row.review {
            self.reviewed += 1;
            let is_own = row.record.granted.is_some_and(|granted| granted.who.is_same(&review.by));
            self.reviewed_own += usize::from(is_own);
        }
        let (granted, enrolled) = (row.record.granted, row.record.device_enrolled);
        self.took.extend(granted.zip(enrolled).map(|(from, to)| to.at.since(from.at)));
    }

    /// Half of the recoveries took no longer.
    pub(super) fn median(&self) -> Option<String> {
        let mut all = self.took.clone();
        all.sort_unstable();
        all.get(all.len().checked_sub(1)? / 2).map(ToString::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_recoveries_take_no_longer_than_the_median() {
        let median = |took: &[u32]| {
            let took = took.iter().map(|minutes| Seconds::minutes(*minutes)).collect();
            Totals { took, ..Totals::default() }.median()
        };
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]), Some(Seconds::minutes(7).to_string()));
        assert_eq!(median(&[30, 1, 2, 9]), Some(Seconds::minutes(2).to_string()));
    }
}
