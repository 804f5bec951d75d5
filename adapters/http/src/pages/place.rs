//! A place on this server that a visitor is sent to.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// A path on this server, with its query: never another server, whatever a link said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place(String);

/// A path that is longer leads nowhere that we know.
const LONGEST: usize = 1024;

impl Place {
    /// The place of this text; none if a browser could take it for another server, or if it is no
    /// plain path.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut characters = text.chars();
        let starts =
            characters.next() == Some('/') && !matches!(characters.next(), Some('/' | '\\'));
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~!$&'()*+,;=:@%?".contains(c);
        (starts && text.len() <= LONGEST && text.chars().all(plain)).then(|| Self(text.to_owned()))
    }

    /// An address with this place as its parameter `then`.
    pub(crate) fn after(&self, address: &str) -> String {
        let then: String = form_urlencoded::byte_serialize(self.0.as_bytes()).collect();
        format!("{address}?then={then}")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads a place; what is none is left out.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Place>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| Place::of(&text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leads_to_another_server() {
        for text in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nset-cookie: x=y",
            "/\t/evil.example",
            "/a b",
            "/ä",
            "/a#b",
            "/a\"><script>",
        ] {
            assert_eq!(Place::of(text), None, "{text:?}");
        }
        assert_eq!(Place::of(&format!("/{}", "a".repeat(LONGEST))), None);
    }

    #[test]
    fn a_path_with_its_query_is_kept_and_escaped() {
        let place = Place::of("/console/customers?q=al&status=on").unwrap();
        assert_eq!(
            place.after("/sign-in"),
            "/sign-in?then=%2Fconsole%2Fcustomers%3Fq%3Dal%26status%3Don"
        );
    }
}
