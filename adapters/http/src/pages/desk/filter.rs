//! Which cases of the register: what stands in the address of its page and of its file.

use readmit::{AdminId, Ended, PageCursor, Profile, Reason, RecoveryQuery, Timestamp, Verdict};
use serde::Deserialize;

use super::period::{day, end_of_day};
use super::wrong::Wrong;

/// In the place of an end: that there is none yet.
pub(super) const OPEN: &str = "open";
/// In the place of a verdict: that nobody has given one, though the case has ended.
pub(super) const UNREVIEWED: &str = "none";

/// What a form or a link asks for; what is left empty does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) admin: String,
    pub(super) reason: String,
    pub(super) ended: String,
    pub(super) profile: String,
    pub(super) review: String,
    pub(super) cursor: String,
}

impl Filter {
    /// The cases that it means, at this moment.
    pub(super) fn query(&self, now: Timestamp) -> Result<RecoveryQuery, Wrong> {
        let mut query = RecoveryQuery::new();
        if let Some(from) = day("from", &self.from)? {
            query = query.opened_from(from);
        }
        if let Some(before) = end_of_day("to", &self.to)? {
            query = query.opened_before(before);
        }
        if let Some(admin) = read::<AdminId>("admin", &self.admin)? {
            query = query.granted_by(admin);
        }
        if let Some(reason) = read::<Reason>("reason", &self.reason)? {
            query = query.reason(reason);
        }
        if self.ended == OPEN {
            query = query.open_at(now);
        } else if let Some(ended) = read::<Ended>("ended", &self.ended)? {
            query = query.ended(ended);
        }
        query = match self.profile.as_str() {
            "" => query,
            "strict" => query.profile(Some(Profile::Strict)),
            "standard" => query.profile(Some(Profile::Standard)),
            "none" => query.profile(None),
            _ => return Err(wrong("profile")),
        };
        query = match self.review.as_str() {
            "" => query,
            UNREVIEWED => query.signed_off(None),
            "accepted" => query.signed_off(Some(Verdict::Accepted)),
            "questioned" => query.signed_off(Some(Verdict::Questioned)),
            _ => return Err(wrong("review")),
        };
        Ok(match read::<PageCursor>("cursor", &self.cursor)? {
            Some(cursor) => query.after(cursor),
            None => query,
        })
    }

    /// The address of these cases at this path, from their first page on.
    pub(super) fn address(&self, path: &str) -> String {
        let first = Self { cursor: String::new(), ..self.clone() };
        let named = first.named().into_iter().filter(|(_, value)| !value.is_empty());
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(named).finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// The same, ended so instead.
    pub(super) fn ended(&self, ended: &str) -> Self {
        Self { ended: ended.to_owned(), ..self.clone() }
    }

    /// The same, of which this was said instead.
    pub(super) fn review(&self, review: &str) -> Self {
        Self { review: review.to_owned(), ..self.clone() }
    }

    fn named(&self) -> [(&'static str, &str); 8] {
        [
            ("from", &self.from),
            ("to", &self.to),
            ("admin", &self.admin),
            ("reason", &self.reason),
            ("ended", &self.ended),
            ("profile", &self.profile),
            ("review", &self.review),
            ("cursor", &self.cursor),
        ]
    }
}

fn read<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<Option<T>, Wrong> {
    let text = Some(text.trim()).filter(|text| !text.is_empty());
    text.map(|text| text.parse().map_err(|_| wrong(field))).transpose()
}

const fn wrong(field: &'static str) -> Wrong {
    Wrong { field, message: "register-wrong" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_empty_does_not_count() {
        let query = Filter::default().query(Timestamp::from_unix_micros(0)).unwrap();
        assert_eq!(query, RecoveryQuery::new());
        assert_eq!(Filter::default().address("/audit/recoveries"), "/audit/recoveries");
    }

    #[test]
    fn a_filter_stands_in_the_address_without_the_page() {
        let filter = Filter {
            from: "2026-11-01".to_owned(),
            ended: "revoked".to_owned(),
            profile: "none".to_owned(),
            review: "questioned".to_owned(),
            cursor: "x".to_owned(),
            ..Filter::default()
        };
        let all = "/r?from=2026-11-01&ended=revoked&profile=none&review=questioned";
        assert_eq!(filter.address("/r"), all);
        let fewer = filter.ended("").review("").address("/r");
        assert_eq!(fewer, "/r?from=2026-11-01&profile=none");
    }

    #[test]
    fn what_is_no_filter_is_refused_by_name() {
        let of = |change: fn(&mut Filter)| {
            let mut filter = Filter::default();
            change(&mut filter);
            filter.query(Timestamp::from_unix_micros(0)).unwrap_err().field
        };
        assert_eq!(of(|it| it.from = "soon".into()), "from");
        assert_eq!(of(|it| it.to = "2026".into()), "to");
        assert_eq!(of(|it| it.admin = "bob".into()), "admin");
        assert_eq!(of(|it| it.reason = "bored".into()), "reason");
        assert_eq!(of(|it| it.ended = "soon".into()), "ended");
        assert_eq!(of(|it| it.profile = "any".into()), "profile");
        assert_eq!(of(|it| it.review = "good".into()), "review");
        assert_eq!(of(|it| it.cursor = "1".into()), "cursor");
    }
}
