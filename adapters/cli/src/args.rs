//! What is typed, parsed once into types that cannot be wrong.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use ipnet::IpNet;
use readmit::{
    AccountId, IdentityCheck, Login, PAGE_ITEMS_MAX, PageCursor, ParseTimestampError, Proof,
    Reason, Role, Seconds, TextError, Timestamp,
};

use crate::error::CliError;

/// An account, as people name it: by its login or its id.
#[derive(Debug, Clone)]
pub(crate) enum AccountName {
    Id(AccountId),
    Login(Login),
}

impl FromStr for AccountName {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        match text.trim().parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) => text.parse().map(Self::Login),
        }
    }
}

/// Which page of a list.
#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    /// So many at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=PAGE_ITEMS_MAX as i64).map(usize::from))]
    pub(crate) limit: usize,
    /// Go on where another page ended: the cursor that came with it
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<PageCursor>,
}

/// Parses a span such as `15m`, `1h 30m`, `2days`.
pub(crate) fn duration(text: &str) -> Result<Seconds, String> {
    let refuse = || {
        let text: String = text.chars().take(64).collect();
        format!("{text:?} is no duration: expected a number and a unit, such as 15m, 1h, 1h 30m")
    };
    let span = humantime::parse_duration(text).map_err(|_| refuse())?;
    if span.subsec_nanos() != 0 {
        return Err("a duration is in whole seconds".to_owned());
    }
    u32::try_from(span.as_secs()).map(Seconds).map_err(|_| refuse())
}

/// Parses a moment, or a day: then its first moment, in UTC.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    let midnight = || format!("{text}T00:00:00Z").parse();
    text.parse().or_else(|_: ParseTimestampError| midnight()).map_err(|_| {
        let text: String = text.chars().take(64).collect();
        format!("{text:?} is no time: expected such as 2026-11-24 or 2026-11-24T10:00:00Z")
    })
}

/// Parses a network such as `203.0.113.0/24`; an address alone is a network of one.
pub(crate) fn network(text: &str) -> Result<IpNet, String> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| {
        let text: String = text.chars().take(64).collect();
        format!("{text:?} is no network: expected such as 203.0.113.0/24 or 2001:db8::/32")
    })
}

pub(crate) fn reason() -> impl TypedValueParser<Value = Reason> {
    named(Reason::ALL.iter().map(|reason| reason.name()))
}

pub(crate) fn identity_check() -> impl TypedValueParser<Value = IdentityCheck> {
    named(IdentityCheck::ALL.iter().map(|check| check.name()))
}

pub(crate) fn proof() -> impl TypedValueParser<Value = Proof> {
    named(Proof::ALL.iter().map(|proof| proof.name()))
}

/// The roles an admin can have; a service is no admin.
pub(crate) fn admin_role() -> impl TypedValueParser<Value = Role> {
    named(Role::ALL.into_iter().filter(|role| *role != Role::Service).map(Role::name))
}

/// The roles an API key can have.
pub(crate) fn key_role() -> impl TypedValueParser<Value = Role> {
    named([Role::Service, Role::Auditor].into_iter().map(Role::name))
}

/// One of these names; dashes will do for underscores.
fn named<T>(names: impl Iterator<Item = &'static str>) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static> + Clone + Send + Sync + 'static,
{
    let values = names.map(|name| PossibleValue::new(name).alias(name.replace('_', "-")));
    PossibleValuesParser::new(values).try_map(|name: String| name.parse::<T>())
}

/// Nothing that is read whole is longer: a signed note has a million bytes at most.
const LONGEST_FILE: u64 = 4 << 20;

/// The bytes of a file, or of stdin if it is named `-`.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    let named = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => CliError::NotFound(format!("there is no file {}", path.display())),
        kind => std::io::Error::new(kind, format!("{}: {error}", path.display())).into(),
    };
    let file: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(path).map_err(named)?)
    };
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes).map_err(named)?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(CliError::Usage(format!("{} is too long", path.display())));
    }
    Ok(bytes)
}

/// The text of a file, or of stdin if it is named `-`.
pub(crate) fn read_file(path: &Path) -> Result<String, CliError> {
    let text = String::from_utf8(read_bytes(path)?);
    text.map_err(|_| CliError::Usage(format!("{} is not a text", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_first_moment_in_utc() {
        let midnight = moment("2026-11-24").unwrap();
        assert_eq!(midnight.to_string(), "2026-11-24T00:00:00.000000Z");
        assert_eq!(moment("2026-11-24T01:00:00+01:00").unwrap(), midnight);
        for text in
            ["", "today", "24.11.2026", "2026-11", "2026-11-31", "2026-11-24 10:00", "1969-01-01"]
        {
            assert!(moment(text).is_err(), "{text}");
        }
    }
}
