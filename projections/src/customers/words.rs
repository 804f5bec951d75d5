//! What a customer is found by: their login, its parts, and the parts of their name.

use std::collections::BTreeSet;

use readmit_domain::{Login, PersonName};

use super::CustomerRow;

/// Words of one customer at most: names and logins are short, but nothing is without a bound.
const WORDS_MAX: usize = 24;

/// The words of a customer, in lower case: each is found by its beginning.
pub(super) fn of(row: &CustomerRow) -> BTreeSet<String> {
    let login = row.login.as_ref().map(Login::as_str).unwrap_or_default();
    let name = row.name.as_ref().map(PersonName::as_str).unwrap_or_default();
    let parts =
        [login, name].into_iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let whole = [login].into_iter();
    let words = whole.chain(parts).map(str::to_lowercase).filter(|word| !word.is_empty());
    words.take(WORDS_MAX).collect()
}

/// The words that somebody searches for.
pub(super) fn asked_for(text: &str) -> Vec<String> {
    let words = text.split_whitespace().map(str::to_lowercase);
    let mut words: Vec<String> = words.take(WORDS_MAX).collect();
    // The longest is the rarest, as far as one can know without looking.
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words
}

/// The text behind every text that begins so.
pub(super) fn end_of_prefix(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// Whether a customer who was found by this word is to be told by it: every word asked for begins
/// one of theirs, and this is the first of those that the first one begins.
pub(super) fn is_told_by(row: &CustomerRow, word: &str, asked_for: &[String]) -> bool {
    let words = of(row);
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
        assert_eq!(asked_for(" \n "), [""; 0]);
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
