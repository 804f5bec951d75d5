//! Networks as operators write them: a list, or one text with commas; an address alone is a
//! network of one.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserializer, Serialize as _, Serializer};

pub(super) fn serialize<S: Serializer>(
    networks: &[IpNet],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    networks.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<IpNet>, D::Error> {
    deserializer.deserialize_any(Networks)
}

struct Networks;

impl<'de> Visitor<'de> for Networks {
    type Value = Vec<IpNet>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of networks, such as [\"10.0.0.0/8\"]")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<IpNet>, E> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(network).collect()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<IpNet>, A::Error> {
        let mut networks = Vec::new();
        while let Some(text) = list.next_element::<String>()? {
            networks.push(network(&text)?);
        }
        Ok(networks)
    }
}

fn network<E: Error>(text: &str) -> Result<IpNet, E> {
    let parsed = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    parsed.map_err(|_| {
        let text: String = text.chars().take(64).collect();
        E::custom(format!("{text:?} is no network: expected such as 10.0.0.0/8 or 2001:db8::/32"))
    })
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    fn read(networks: &str) -> Result<usize, String> {
        let text = format!(r#"{{"trusted_proxies": {networks}}}"#);
        let read: Result<Settings, _> = serde_json::from_str(&text);
        read.map(|settings| settings.trusted_proxies.len()).map_err(|why| why.to_string())
    }

    #[test]
    fn networks_are_a_list_or_a_text_with_commas() {
        assert_eq!(read(r#"["10.0.0.0/8", "::1"]"#), Ok(2));
        assert_eq!(read(r#""10.0.0.0/8, 192.0.2.7,""#), Ok(2));
        assert_eq!(read(r#""""#), Ok(0));
        for wrong in [r#"["10.0.0.0/33"]"#, r#""localhost""#, "7", r"[7]"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
