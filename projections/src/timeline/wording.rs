//! The words of a language: sentences are told by Fluent (projectfluent.org).

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use readmit_domain::Timestamp;

use super::sentence::{Arg, Sentence};

static ENGLISH: LazyLock<Wording> = LazyLock::new(|| Wording::read("en", Wording::ENGLISH).0);
static GERMAN: LazyLock<Wording> = LazyLock::new(|| Wording::read("de", Wording::GERMAN).0);

/// The words of one language.
pub struct Wording {
    bundle: FluentBundle<FluentResource>,
}

impl Wording {
    /// The text of the English Fluent file: what a translation, or a test of one, begins with.
    pub const ENGLISH: &str = include_str!("en.ftl");
    /// The text of the German Fluent file.
    pub const GERMAN: &str = include_str!("de.ftl");

    /// The English words, which are complete.
    pub fn english() -> &'static Self {
        &ENGLISH
    }

    /// The German words, which are complete.
    pub fn german() -> &'static Self {
        &GERMAN
    }

    /// The words of a language, named as in `de` or `de-AT`, as far as they are known here; of any
    /// other the English ones.
    pub fn of(language: &str) -> &'static Self {
        let language = language.split(['-', '_']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("de") { Self::german() } else { Self::english() }
    }

    /// The words of a language, named as in `de` or `pt-BR`, from the text of a Fluent file; and what
    /// is wrong with them. What is readable is used, and what is lacking is told in English.
    pub fn read(language: &str, messages: &str) -> (Self, Vec<String>) {
        let mut problems = Vec::new();
        let language = language.parse::<LanguageIdentifier>().unwrap_or_else(|error| {
            problems.push(format!("{language} is no language: {error}"));
            LanguageIdentifier::default()
        });
        let resource = FluentResource::try_new(messages.to_owned());
        let resource = resource.unwrap_or_else(|(readable, errors)| {
            problems.extend(errors.iter().map(ToString::to_string));
            readable
        });
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // The marks that keep right-to-left text apart would stand in terminals and files.
        bundle.set_use_isolating(false);
        if let Err(errors) = bundle.add_resource(resource) {
            problems.extend(errors.iter().map(ToString::to_string));
        }
        (Self { bundle }, problems)
    }

    /// Tells a sentence: in this language, or else in English, or else by its name alone, as one
    /// that a newer version has left behind.
    pub fn tell(&self, sentence: &Sentence) -> String {
        let told = self.told(sentence).or_else(|| ENGLISH.told(sentence));
        told.map_or_else(|| format!("{}.", sentence.id), |(text, _)| text)
    }

    /// The sentence with what Fluent found wrong in telling it; none if there is no such message.
    pub(crate) fn told(&self, sentence: &Sentence) -> Option<(String, Vec<FluentError>)> {
        let message = self.bundle.get_message(&sentence.id)?;
        let args: FluentArgs<'_> =
            sentence.args.iter().map(|(name, arg)| (name.as_ref(), value(arg))).collect();
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(message.value()?, Some(&args), &mut errors);
        Some((text.into_owned(), errors))
    }
}

impl std::fmt::Debug for Wording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wording").field("locales", &self.bundle.locales).finish_non_exhaustive()
    }
}

fn value(arg: &Arg) -> FluentValue<'_> {
    match arg {
        Arg::Number(number) => FluentValue::from(*number),
        Arg::Text(text) => FluentValue::from(text.as_str()),
        Arg::Moment(at) => FluentValue::from(moment(*at)),
        Arg::Span(span) => FluentValue::from(span.to_string()),
    }
}

/// To the second, for people: the event itself has all of it.
fn moment(at: Timestamp) -> String {
    let exact = at.to_string();
    exact
        .get(..19)
        .map_or_else(|| exact.clone(), |seconds| format!("{} UTC", seconds.replace('T', " ")))
}
