//! What a customer is found by: their login and their names, whole and in parts.

use std::collections::BTreeSet;

use readmit_domain::{Login, PersonName};
use serde::Deserialize;

use super::CustomerRow;

/// Words of one customer at most: names and logins are short, but nothing is without a bound.
const WORDS_MAX: usize = 24;

/// What a customer is called, read from their row without reading the rest of it.
#[derive(Deserialize)]
pub(super) struct Named {
    login: Option<Login>,
    name: Option<PersonName>,
}

impl From<&CustomerRow> for Named {
    fn from(row: &CustomerRow) -> Self {
        Self { login: row.login.clone(), name: row.name.clone() }
    }
}

/// The words of a customer, in lower case: each is found by its beginning.
pub(super) fn of(named: &Named) -> BTreeSet<String> {
    let login = named.login.as_ref().map(Login::as_str).unwrap_or_default();
    let name = named.name.as_ref().map(PersonName::as_str).unwrap_or_default();
    let parts =
        [login, name].into_iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let whole = [login].into_iter().chain(name.split_whitespace().map(without_marks));
    let words = whole.chain(parts).map(str::to_lowercase).filter(|word| !word.is_empty());
    words.take(WORDS_MAX).collect()
}

/// The words that somebody searches for.
pub(super) fn asked_for(text: &str) -> Vec<String> {
    // A zero byte stands in no text of ours, and PostgreSQL would take none.
    let words = text.split(|c: char| c.is_whitespace() || c == '\0').map(without_marks);
    let words = words.filter(|word| !word.is_empty()).map(str::to_lowercase);
    let mut words: Vec<String> = words.take(WORDS_MAX).collect();
    // The longest is the rarest, as far as one can know without looking.
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words
}

/// Without the marks around it: what stands inside, as in O'Brien, is part of the word.
fn without_marks(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// The text behind every text that begins so.
pub(super) fn end_of_prefix(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// Whether a customer who was found by this word is to be told by it: every word asked for begins
/// one of theirs, and this is the first of those that the first one begins.
pub(super) fn is_told_by(named: &Named, word: &str, asked_for: &[String]) -> bool {
    let words = of(named);
    let first_of =
        |asked: &String| words.range(asked.clone()..).next().filter(|it| it.starts_with(asked));
    let told = asked_for.first().and_then(first_of).is_some_and(|first| first == word);
    told && asked_for.iter().all(|asked| first_of(asked).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_folded_and_the_longest_comes_first() {
        assert_eq!(asked_for("  Al LIDDELL\tÅng "), ["liddell", "ång", "al"]);
        assert_eq!(asked_for(" \n \0 % "), [""; 0]);
        assert_eq!(asked_for("O'Brien, (jean-luc)"), ["jean-luc", "o'brien"]);
        assert_eq!(asked_for(&"x ".repeat(99)).len(), WORDS_MAX);
    }

    #[test]
    fn nothing_that_begins_so_is_behind_the_end() {
        for word in ["ab", "abc", "abz", "ab\u{10fffe}", "abé"] {
            assert!(word >= "ab" && word < end_of_prefix("ab").as_str(), "{word}");
        }
        assert!("ac" > end_of_prefix("ab").as_str());
    }
}
