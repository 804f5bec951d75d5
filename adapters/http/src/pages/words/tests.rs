//! That every language says everything, and nothing that is said is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_bundle::FluentResource;

use super::{DE, EN};

/// Messages with the variables that they name, by id.
fn messages(files: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for file in files {
        let read = FluentResource::try_new((*file).to_owned());
        let resource = read.unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
        assert!(resource.entries().count() > 0 || !file.contains(" = "));
        let mut id = String::new();
        for line in file.lines() {
            if let Some((name, _)) = line.split_once(" =").filter(|_| is_id_start(line)) {
                id = name.to_owned();
                assert!(all.insert(id.clone(), BTreeSet::new()).is_none(), "{id} is said twice");
            }
            let named = line.split('$').skip(1).map(|rest| {
                rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
            });
            if !line.starts_with('#') {
                all.entry(id.clone()).or_default().extend(named);
            }
        }
    }
    all.remove("");
    all
}

fn is_id_start(line: &str) -> bool {
    line.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Every template and every source, with its name.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut found) = (vec![root.join("src"), root.join("templates")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }
    found
}

#[test]
fn every_language_says_the_same_things_about_the_same() {
    let (german, english) = (messages(&DE), messages(&EN));
    let other = |(id, named): &(&String, &BTreeSet<String>)| german.get(*id) != Some(named);
    let missing: Vec<_> = english.iter().filter(other).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    let more: Vec<_> = german.keys().filter(|id| !english.contains_key(*id)).collect();
    assert!(more.is_empty(), "{more:?}");
}

#[test]
fn whatever_is_said_is_written_down() {
    let known = messages(&EN);
    for (file, text) in sources() {
        for part in text.split("say(\"").skip(1) {
            let id = part.split('"').next().unwrap();
            assert!(known.contains_key(id) || id.contains(['…', '{']), "{file}: {id}");
        }
    }
}

#[test]
fn whatever_is_written_down_is_said() {
    let sources: String = sources()
        .into_iter()
        .filter(|(file, _)| !file.ends_with("words/tests.rs"))
        .map(|(_, text)| text)
        .collect();
    let is_said = |id: &String| {
        // Named by the code of a problem, or with a word behind a hyphen.
        let code = id.strip_prefix("problem-").unwrap_or(id);
        let prefixed = |(prefix, _): (&str, &str)| sources.contains(&format!("\"{prefix}-{{"));
        sources.contains(&format!("\"{code}\""))
            || readmit::Refusal::KINDS.contains(&code)
            || id.rsplit_once('-').is_some_and(prefixed)
    };
    let unsaid: Vec<String> = messages(&EN).into_keys().filter(|id| !is_said(id)).collect();
    assert!(unsaid.is_empty(), "{unsaid:?}");
}

#[test]
fn every_refusal_has_words_of_its_own() {
    let known = messages(&EN);
    let says = |kind: &&&str| known.contains_key(&format!("problem-{kind}"));
    let missing: Vec<_> = readmit::Refusal::KINDS.iter().filter(|kind| !says(kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn no_language_leaves_a_message_in_the_words_of_another() {
    let text = |files: &[&str]| -> BTreeMap<String, String> {
        let lines = files.iter().flat_map(|file| file.lines());
        let pairs =
            lines.filter(|line| is_id_start(line)).filter_map(|line| line.split_once(" = "));
        pairs.map(|(id, says)| (id.to_owned(), says.to_owned())).collect()
    };
    let (english, german) = (text(&EN), text(&DE));
    let copied: Vec<_> = english
        .iter()
        .filter(|(id, says)| words_in(says) > 2 && german.get(*id) == Some(says))
        .collect();
    assert!(copied.is_empty(), "{copied:#?}");
}

/// Words that a language has of its own: no names of variables, nothing short.
fn words_in(text: &str) -> usize {
    text.split(' ').filter(|word| word.len() > 2 && !word.contains('$')).count()
}
