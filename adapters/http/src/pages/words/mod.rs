//! The words of the pages, in the visitor's language: Fluent (projectfluent.org).
//!
//! Everything that a page says stands in `locales/*/*.ftl`; a template names it and gives what it is
//! about. What another language lacks is told in English.

mod language;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use readmit::{Sentence, Wording};

pub(crate) use language::Language;

use crate::pages::when::When;
use crate::problem::Problem;

static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::read(Language::English, &EN));
static GERMAN: LazyLock<Words> = LazyLock::new(|| Words::read(Language::German, &DE));
static PSEUDO: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words::read(Language::Pseudo, &EN);
    words.bundle.set_transform(Some(disguised));
    words
});

macro_rules! files {
    ($language:literal) => {
        [
            include_str!(concat!("../../../locales/", $language, "/common.ftl")),
            include_str!(concat!("../../../locales/", $language, "/door.ftl")),
            include_str!(concat!("../../../locales/", $language, "/portal.ftl")),
            include_str!(concat!("../../../locales/", $language, "/console.ftl")),
            include_str!(concat!("../../../locales/", $language, "/desk.ftl")),
            include_str!(concat!("../../../locales/", $language, "/demo.ftl")),
        ]
    };
}

const EN: [&str; 6] = files!("en");
const DE: [&str; 6] = files!("de");

/// The words of one language.
pub(crate) struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// The words of this language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::Pseudo => &PSEUDO,
        }
    }

    fn read(language: Language, files: &[&str]) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
        // Marks around names would be read out by some screen readers and copied along.
        bundle.set_use_isolating(false);
        for file in files {
            // A test looks that there is nothing wrong with the files; what is readable is used.
            let resource = FluentResource::try_new((*file).to_owned());
            let resource = resource.unwrap_or_else(|(readable, _)| readable);
            let _ = bundle.add_resource(resource);
        }
        Self { language, bundle }
    }

    pub(crate) const fn language(&self) -> Language {
        self.language
    }

    /// Tells a line of history, or an alert.
    pub(crate) fn tell(&self, sentence: &Sentence) -> String {
        match self.language {
            Language::English => Wording::english().tell(sentence),
            Language::German => Wording::german().tell(sentence),
            Language::Pseudo => disguised(&Wording::english().tell(sentence)).into_owned(),
        }
    }

    /// What a message says, once what it is about is given.
    pub(crate) fn say<'w>(&'w self, id: &'w str) -> Told<'w> {
        Told { words: self, id, args: FluentArgs::new() }
    }

    /// Why something is refused or failed.
    pub(crate) fn why(&self, problem: &Problem) -> String {
        let id = format!("problem-{}", problem.code());
        let mut told = self.say(&id);
        for (name, number) in problem.numbers() {
            told = told.number(name, number);
        }
        // A message cannot ask whether it is given something.
        let until = problem.until().map(|until| When(until).not_before());
        told = told.text("until", until.as_deref().unwrap_or("none"));
        told.found().unwrap_or_else(|| problem.detail().to_owned())
    }

    fn find(&self, id: &str, args: &FluentArgs<'_>) -> Option<String> {
        let message = self.bundle.get_message(id)?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(message.value()?, Some(args), &mut errors);
        Some(text.into_owned())
    }
}

fn disguised(text: &str) -> Cow<'_, str> {
    fluent_pseudo::transform(text, false, true)
}

/// A message with what it is about; shown, it is told.
pub(crate) struct Told<'w> {
    words: &'w Words,
    id: &'w str,
    args: FluentArgs<'w>,
}

impl<'w> Told<'w> {
    /// A number, which also chooses between singular and plural.
    #[must_use]
    pub(crate) fn number(mut self, name: &'w str, number: impl Number) -> Self {
        self.args.set(name, FluentValue::from(number.number()));
        self
    }

    /// A text, such as a name.
    #[must_use]
    pub(crate) fn text(mut self, name: &'w str, text: impl fmt::Display) -> Self {
        self.args.set(name, FluentValue::from(text.to_string()));
        self
    }

    fn found(&self) -> Option<String> {
        self.words.find(self.id, &self.args).or_else(|| ENGLISH.find(self.id, &self.args))
    }
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A message that is nowhere is told by its name; a test looks that there is none.
        f.write_str(&self.found().unwrap_or_else(|| self.id.to_owned()))
    }
}

/// A number of any width; a template gives it by reference.
pub(crate) trait Number {
    fn number(&self) -> i64;
}

macro_rules! numbers {
    ($($type:ty),+) => {$(
        impl Number for $type {
            fn number(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        }
    )+};
}

numbers!(i64, u8, u16, u32, u64, usize);

impl<N: Number + ?Sized> Number for &N {
    fn number(&self) -> i64 {
        (**self).number()
    }
}
