//! The stored shapes: what was written once must be read for ever, byte for byte.
//!
//! `tests/golden/` holds one line for each event and schema, exactly as a leaf is stored (and a
//! line end, for editors): `BypassGranted.1.json` with every optional part, and
//! `BypassGranted.1.bare.json` without any, where there are some. `words.json` holds the stored
//! form of every word that stands in events.
//!
//! A change here changes what is hashed. Old leaves cannot be changed with it: give the event a
//! new schema number, keep the old file, and teach `Event::decode` to read both. A *new* event or
//! word is written down by running this test with `READMIT_UPDATE_GOLDEN=1`; see that the
//! difference shows only what is new.

mod events;
mod words;

use std::collections::BTreeSet;
use std::path::PathBuf;

use readmit::{Envelope, Event};
use readmit_tests::Result;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden").join(name)
}

/// Whether the files are to be written instead of compared.
fn updating() -> bool {
    let updating = std::env::var_os("READMIT_UPDATE_GOLDEN").is_some_and(|value| value == "1");
    assert!(!updating || std::env::var_os("CI").is_none(), "CI compares, it does not rewrite");
    updating
}

/// Holds what is written now against what was written once.
#[track_caller]
fn assert_golden(name: &str, written: &[u8]) {
    let line = [written, b"\n"].concat();
    if updating() {
        std::fs::write(path(name), &line).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let golden = std::fs::read(path(name)).unwrap_or_else(|error| {
        panic!("{name}: {error}: a new event? Run this with READMIT_UPDATE_GOLDEN=1")
    });
    let text = String::from_utf8_lossy;
    assert_eq!(text(&golden), text(&line), "the stored shape of {name} has changed");
    assert_eq!(golden, line);
}

fn file(envelope: &Envelope, kind: &str) -> String {
    format!("{}.{}{kind}.json", envelope.event.name(), envelope.event.schema())
}

/// Every event as it is in its file.
fn all() -> Result<Vec<(String, Envelope)>> {
    let full = events::full()?.into_iter().map(|envelope| (file(&envelope, ""), envelope));
    let bare = events::bare()?.into_iter().map(|envelope| (file(&envelope, ".bare"), envelope));
    Ok(full.chain(bare).collect())
}

#[test]
fn every_event_is_stored_as_it_was_stored_first() -> Result {
    for (name, envelope) in all()? {
        assert_golden(&name, &envelope.encode()?);
    }
    Ok(())
}

#[test]
fn what_was_stored_is_read_as_what_it_was() -> Result {
    for (name, envelope) in all()? {
        if updating() {
            continue;
        }
        let golden = std::fs::read_to_string(path(&name))?;
        let read = Envelope::decode(golden.trim_end_matches('\n').as_bytes())?;
        assert_eq!(read, envelope, "{name}");
    }
    Ok(())
}

#[test]
fn every_event_has_a_golden_and_every_golden_an_event() -> Result {
    let named: BTreeSet<&str> = Event::NAMES.iter().copied().collect();
    let full: Vec<Envelope> = events::full()?;
    let written: BTreeSet<&str> = full.iter().map(|envelope| envelope.event.name()).collect();
    assert_eq!(written, named, "one sample for each event");
    assert_eq!(full.len(), named.len(), "and no more");

    if updating() {
        return Ok(()); // The other tests may not have written theirs yet.
    }
    let mut expected: BTreeSet<String> = all()?.into_iter().map(|(name, _)| name).collect();
    expected.insert(words::FILE.to_owned());
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(path("."))? {
        found.insert(file?.file_name().to_string_lossy().into_owned());
    }
    // A golden of an older schema stays; it is read by `an_older_schema_is_still_read`.
    found.retain(|name| expected.contains(name) || !is_older(name));
    assert_eq!(found, expected);
    Ok(())
}

/// Whether this is the golden of a schema that is no longer written.
fn is_older(name: &str) -> bool {
    let mut parts = name.split('.');
    let (event, schema) =
        (parts.next(), parts.next().and_then(|schema| schema.parse::<u16>().ok()));
    let full = events::full().unwrap_or_default();
    let written = full.iter().find(|envelope| Some(envelope.event.name()) == event);
    schema.is_some_and(|schema| written.is_some_and(|now| schema < now.event.schema()))
}

#[test]
fn an_older_schema_is_still_read() -> Result {
    for file in std::fs::read_dir(path("."))? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        if is_older(&name) {
            let golden = std::fs::read_to_string(file.path())?;
            let read = Envelope::decode(golden.trim_end_matches('\n').as_bytes())?;
            assert!(name.starts_with(read.event.name()), "{name}");
        }
    }
    Ok(())
}

#[test]
fn what_was_never_stored_is_not_read() -> Result {
    let full = events::full()?;
    let leaf = full.first().ok_or("there is no event")?.encode()?;
    let leaf = String::from_utf8(leaf)?;
    Envelope::decode(leaf.as_bytes())?;
    for (what, changed) in [
        ("an unknown schema", leaf.replace("\"schema\":1", "\"schema\":2")),
        ("an unknown event", leaf.replace("\"type\":\"", "\"type\":\"Un")),
        ("an unknown part", leaf.replacen('{', "{\"more\":1,", 1)),
        ("a part twice", leaf.replacen('{', "{\"position\":1,", 1)),
        ("another kind of id", leaf.replacen("led_", "ten_", 1)),
        ("two leaves", format!("{leaf}{leaf}")),
        ("half a leaf", leaf.get(..leaf.len() / 2).unwrap_or_default().to_owned()),
        ("nothing", String::new()),
    ] {
        assert_ne!(changed, leaf, "{what}");
        assert!(Envelope::decode(changed.as_bytes()).is_err(), "{what} was read: {changed}");
    }
    Ok(())
}
