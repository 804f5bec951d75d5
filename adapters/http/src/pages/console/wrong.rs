//! What is wrong with what a form brought, told in the form itself.

use crate::pages::words::Words;
use crate::problem::Problem;

/// What is wrong: at a field, or with the whole.
#[derive(Debug, Default)]
pub(super) struct Wrong {
    /// The form that was sent, on a page with several.
    form: Option<String>,
    field: Option<&'static str>,
    why: Option<String>,
}

static NOTHING: Wrong = Wrong { form: None, field: None, why: None };

impl Wrong {
    /// What a problem says of a form with these fields. A problem that is not about what was typed
    /// is told on a page of its own.
    pub(super) fn of(
        words: &Words,
        problem: Problem,
        fields: &[&'static str],
    ) -> Result<Self, Problem> {
        let elsewhere = ["unauthorised", "not_found", "not_permitted", "rate_limited"];
        if problem.status().is_server_error() || elsewhere.contains(&problem.code()) {
            return Err(problem);
        }
        let about = about(&problem);
        let field = fields.iter().copied().find(|field| Some(*field) == about);
        Ok(Self { form: None, field, why: Some(words.why(&problem)) })
    }

    /// Something that only the form asks for.
    pub(super) fn say(words: &Words, field: &'static str, message: &str) -> Self {
        Self { form: None, field: Some(field), why: Some(words.say(message).to_string()) }
    }

    /// The same of this form, on a page with several.
    pub(super) fn in_form(self, form: impl Into<String>) -> Self {
        Self { form: Some(form.into()), ..self }
    }

    /// The same, above all: the page does not show the field.
    pub(super) fn above_all(self) -> Self {
        Self { field: None, ..self }
    }

    /// Whether this is the form that was sent: it stays open.
    pub(super) fn is_in(&self, form: &str) -> bool {
        self.form.as_deref() == Some(form)
    }

    /// What is wrong in this form.
    pub(super) fn within(&self, form: &str) -> &Self {
        if self.is_in(form) { self } else { &NOTHING }
    }

    /// What is wrong at this field.
    pub(super) fn at(&self, field: &str) -> Option<&str> {
        self.why.as_deref().filter(|_| self.field == Some(field))
    }

    /// What is wrong with the whole.
    pub(super) fn whole(&self) -> Option<&str> {
        self.why.as_deref().filter(|_| self.field.is_none())
    }
}

/// The field that a problem is about.
fn about(problem: &Problem) -> Option<&str> {
    match problem.code() {
        "second_factor_not_fresh"
        | "code_malformed"
        | "code_wrong"
        | "code_replayed"
        | "code_used"
        | "locked" => Some("totp"),
        "lifetime_outside_policy" | "impossible_window" => Some("lifetime"),
        "case_open" => Some("replace"),
        _ => problem.field(),
    }
}

/// A text of a form that is not what it must be.
pub(super) fn invalid(field: &str, why: &dyn std::fmt::Display) -> Problem {
    Problem::new("invalid_text", why.to_string()).about(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::words::Language;

    fn wrong(code: &'static str, field: &str) -> Result<Wrong, Problem> {
        let words = Words::of(Language::English);
        Wrong::of(words, Problem::new(code, "").about(field), &["ticket", "totp"])
    }

    #[test]
    fn what_is_wrong_is_told_at_its_field_or_above_all() {
        let ticket = wrong("ticket_missing", "ticket").unwrap();
        assert!(ticket.at("ticket").is_some() && ticket.whole().is_none());
        let code = wrong("code_wrong", "").unwrap();
        assert!(code.at("totp").is_some() && code.at("ticket").is_none());
        let other = wrong("nothing_to_bypass", "").unwrap();
        assert!(other.whole().is_some() && other.at("ticket").is_none());
        assert!(Wrong::default().whole().is_none());
    }

    #[test]
    fn of_several_forms_only_the_one_that_was_sent_is_told_what_is_wrong() {
        let wrong = wrong("code_wrong", "").unwrap().in_form("unlock");
        assert!(wrong.within("unlock").at("totp").is_some() && wrong.is_in("unlock"));
        assert!(wrong.within("erase").at("totp").is_none() && !wrong.is_in("erase"));
        assert!(wrong.above_all().whole().is_some());
    }

    #[test]
    fn what_is_not_about_the_form_is_no_fault_of_it() {
        for code in ["not_found", "unauthorised", "unavailable", "internal"] {
            assert!(wrong(code, "").is_err(), "{code}");
        }
    }
}
