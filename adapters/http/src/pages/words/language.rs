//! Which language a visitor is told in.

use axum::http::{HeaderMap, header};
use fluent_langneg::{NegotiationStrategy, accepted_languages, negotiate_languages};
use unic_langid::{LanguageIdentifier, langid};

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
    /// English with other letters, longer: it shows what is not translated, and what is too narrow.
    /// No page offers it; the cookie `language=en-XA` has it.
    Pseudo,
}

const ENGLISH: LanguageIdentifier = langid!("en");
const GERMAN: LanguageIdentifier = langid!("de");

impl Language {
    /// Every language that people speak, with what it calls itself.
    pub(crate) const ALL: [(Self, &'static str); 2] =
        [(Self::English, "English"), (Self::German, "Deutsch")];

    /// Its tag, as in the `lang` of a page.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Pseudo => "en-XA",
        }
    }

    /// The language of this tag.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        [Self::English, Self::German, Self::Pseudo].into_iter().find(|known| known.tag() == tag)
    }

    pub(super) fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::English | Self::Pseudo => ENGLISH,
            Self::German => GERMAN,
        }
    }

    /// The one that the visitor has chosen, or else the one that their browser asks for.
    pub(crate) fn wanted(chosen: Option<&str>, headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        chosen.and_then(Self::of_tag).unwrap_or_else(|| Self::accepted(accepted.unwrap_or("")))
    }

    fn accepted(accepted: &str) -> Self {
        let wanted = accepted_languages::parse(accepted);
        let (known, default) = ([ENGLISH, GERMAN], ENGLISH);
        let strategy = NegotiationStrategy::Lookup;
        let found = negotiate_languages(&wanted, &known, Some(&default), strategy);
        if found.first().is_some_and(|found| found.language == GERMAN.language) {
            Self::German
        } else {
            Self::English
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_the_first_language_that_there_is() {
        for (accepted, expected) in [
            ("", Language::English),
            ("de-AT,de;q=0.9,en;q=0.8", Language::German),
            ("fr-CH, en;q=0.5, de;q=0.3", Language::English),
            ("fr-CH, de;q=0.5, en;q=0.3", Language::German),
            ("*, \u{0}", Language::English),
            ("ja", Language::English),
        ] {
            assert_eq!(Language::accepted(accepted), expected, "{accepted}");
        }
    }

    #[test]
    fn what_was_chosen_counts_more_than_what_the_browser_asks_for() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "en".parse().unwrap());
        assert_eq!(Language::wanted(Some("de"), &headers), Language::German);
        assert_eq!(Language::wanted(Some("xx"), &headers), Language::English);
    }
}
