//! Which cases of the register: what stands in the address of its page and of its file.

use readmit::{AdminId, Ended, PageCursor, Profile, Reason, RecoveryQuery};
use serde::Deserialize;

use super::period::{day, end_of_day};
use crate::problem::Problem;

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
    pub(super) cursor: String,
}

impl Filter {
    /// The cases that it means.
    pub(super) fn query(&self) -> Result<RecoveryQuery, Problem> {
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
        if let Some(ended) = read::<Ended>("ended", &self.ended)? {
            query = query.ended(ended);
        }
        query = match self.profile.as_str() {
            "" => query,
            "strict" => query.profile(Some(Profile::Strict)),
            "standard" => query.profile(Some(Profile::Standard)),
            "none" => query.profile(None),
            _ => return Err(wrong("profile")),
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

    fn named(&self) -> [(&'static str, &str); 7] {
        [
            ("from", &self.from),
            ("to", &self.to),
            ("admin", &self.admin),
            ("reason", &self.reason),
            ("ended", &self.ended),
            ("profile", &self.profile),
            ("cursor", &self.cursor),
        ]
    }
}

fn read<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<Option<T>, Problem> {
    let text = Some(text.trim()).filter(|text| !text.is_empty());
    text.map(|text| text.parse().map_err(|_| wrong(field))).transpose()
}

fn wrong(field: &'static str) -> Problem {
    Problem::new("invalid_query", "The register cannot be filtered by this.").about(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_empty_does_not_count() {
        assert_eq!(Filter::default().query().unwrap(), RecoveryQuery::new());
        assert_eq!(Filter::default().address("/audit/recoveries"), "/audit/recoveries");
    }

    #[test]
    fn a_filter_stands_in_the_address_without_the_page() {
        let filter = Filter {
            from: "2026-11-01".to_owned(),
            ended: "revoked".to_owned(),
            profile: "none".to_owned(),
            cursor: "x".to_owned(),
            ..Filter::default()
        };
        assert_eq!(filter.address("/r"), "/r?from=2026-11-01&ended=revoked&profile=none");
        assert_eq!(filter.ended("").address("/r"), "/r?from=2026-11-01&profile=none");
    }

    #[test]
    fn what_is_no_filter_is_refused_by_name() {
        let of = |change: fn(&mut Filter)| {
            let mut filter = Filter::default();
            change(&mut filter);
            filter.query().unwrap_err().field().map(str::to_owned)
        };
        assert_eq!(of(|it| it.from = "soon".into()).as_deref(), Some("from"));
        assert_eq!(of(|it| it.to = "2026".into()).as_deref(), Some("to"));
        assert_eq!(of(|it| it.admin = "bob".into()).as_deref(), Some("admin"));
        assert_eq!(of(|it| it.reason = "bored".into()).as_deref(), Some("reason"));
        assert_eq!(of(|it| it.ended = "open".into()).as_deref(), Some("ended"));
        assert_eq!(of(|it| it.profile = "any".into()).as_deref(), Some("profile"));
        assert_eq!(of(|it| it.cursor = "1".into()).as_deref(), Some("cursor"));
    }
}
