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
