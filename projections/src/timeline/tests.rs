//! Every event has its sentence, whatever stands in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use readmit_domain::event::{
    AuditAccessed, BypassCodeRejected, BypassDenied, BypassExpired, BypassRevoked,
    CodesRegenerated, ReviewSignedOff, SecondFactorRejected,
};
use readmit_domain::{AuditSubject, Event, Method, RevocationCause, Stage, Verdict};
use readmit_runtime::Envelope;

use super::{Arg, Sentence, Wording, sentence};

/// The golden leaves of every event, in full and with all left out that can be.
fn golden() -> Vec<Event> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let leaves = files.filter(|path| !path.ends_with("words.json"));
    let texts = leaves.map(|path| std::fs::read_to_string(path).unwrap());
    texts.map(|text| Envelope::decode(text.trim_end().as_bytes()).unwrap().event).collect()
}

/// Every word that a message chooses by.
fn choices() -> Vec<Event> {
    use RevocationCause as Cause;
    let causes = [
        Cause::Withdrawn,
        Cause::ByCustomer,
        Cause::BySystem,
        Cause::Superseded,
        Cause::TooManyAttempts,
        Cause::Reported,
        Cause::Erased,
    ];
    let stages = [
        Stage::AwaitingApproval,
        Stage::Granted,
        Stage::SignedIn,
        Stage::MfaDisabled,
        Stage::DeviceEnrolled,
    ];
    let subjects = [
        AuditSubject::Timeline,
        AuditSubject::Register,
        AuditSubject::Case,
        AuditSubject::Report,
        AuditSubject::Export,
        AuditSubject::Verification,
    ];
    let reviewed = "rec_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    let mut events: Vec<Event> = causes.map(|cause| BypassRevoked { cause }.into()).into();
    events.extend(stages.map(|stage| BypassExpired { stage }.into()));
    events.extend(subjects.map(|what| AuditAccessed { what }.into()));
    for method in [Method::Totp, Method::RecoveryCode] {
        events.push(SecondFactorRejected { method, failures: 1 }.into());
    }
    for verdict in [Verdict::Accepted, Verdict::Questioned] {
        events.push(ReviewSignedOff { reviewed, verdict }.into());
    }
    events
}

/// What the messages of a Fluent file can say, by their names.
fn variables(messages: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut found = BTreeMap::<&str, BTreeSet<&str>>::new();
    let mut message = "";
    for line in messages.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|_| line.starts_with(is_word)) {
            message = name;
            assert!(found.insert(name, BTreeSet::new()).is_none(), "{name} is there twice");
        }
        let names = line.split('$').skip(1);
        let names = names.map(|rest| &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())]);
        found.entry(message).or_default().extend(names);
    }
    found.remove("");
    found
}

#[test]
fn the_words_of_each_language_are_well_formed() {
    for (language, messages) in [("en", Wording::ENGLISH), ("de", Wording::GERMAN)] {
        let (_, problems) = Wording::read(language, messages);
        assert_eq!(problems, Vec::<String>::new(), "{language}");
    }
}

#[test]
fn the_german_words_are_complete_and_can_say_the_same() {
    let english = variables(Wording::ENGLISH);
    assert!(english["BypassGranted"].contains("until"), "{english:?}");
    assert_eq!(variables(Wording::GERMAN), english);
}

#[test]
fn a_language_is_found_by_its_name() {
    let denied = Sentence::of(&BypassDenied {}.into());
    for (name, told) in [
        ("de", "Der Antrag wurde abgelehnt."),
        ("DE-at", "Der Antrag wurde abgelehnt."),
        ("en-GB", "The request was denied."),
        ("den", "The request was denied."),
        ("", "The request was denied."),
    ] {
        assert_eq!(Wording::of(name).tell(&denied), told, "{name}");
    }
}

#[test]
fn every_event_is_told_with_all_that_its_message_needs() {
    let named: BTreeSet<&str> = Event::NAMES.iter().copied().collect();
    let events = [golden(), choices()].concat();
    let told: BTreeSet<&str> = events.iter().map(Event::name).collect();
    assert_eq!(told, named, "there is a sample of each");
    for event in events {
        for wording in [Wording::english(), Wording::german()] {
            is_well_told(wording, &Sentence::of(&event));
        }
    }
}

fn is_well_told(wording: &Wording, sentence: &Sentence) {
    let (text, errors) =
        wording.told(sentence).unwrap_or_else(|| panic!("{} has no message", sentence.id));
    assert!(errors.is_empty(), "{sentence:?}: {errors:?}");
    let begins = text.starts_with(|c: char| c.is_uppercase() || c.is_numeric());
    assert!(begins && text.ends_with('.'), "{text}");
    for sign in ['{', '}', '$', '\n', '\u{2068}'] {
        assert!(!text.contains(sign), "{text}");
    }
    assert!(!text.contains("  ") && !text.contains(" ,") && !text.contains(" ."), "{text}");
}

#[test]
fn every_message_in_capitals_is_that_of_an_event() {
    let messages = Wording::ENGLISH.lines().filter(|line| line.starts_with(char::is_uppercase));
    let messages: Vec<&str> = messages.filter_map(|line| Some(line.split_once(" =")?.0)).collect();
    let events: BTreeSet<&str> = Event::NAMES.iter().copied().collect();
    assert_eq!(messages.len(), events.len());
    assert_eq!(messages.into_iter().collect::<BTreeSet<_>>(), events);
}

#[test]
fn every_choice_has_words_of_its_own() {
    for wording in [Wording::english(), Wording::german()] {
        let events = choices();
        let told = events.iter().map(|event| wording.tell(&Sentence::of(event)));
        let told: Vec<String> = told.collect();
        let different: BTreeSet<&String> = told.iter().collect();
        assert_eq!(different.len(), told.len(), "{told:#?}");
        for vague in ["another reason", "History", "anderen Grund", "Der Verlauf wurde"] {
            assert!(!told.iter().any(|text| text.contains(vague)), "{told:#?}");
        }
    }
}

#[test]
fn no_sentence_names_a_person() {
    // All that can be typed freely is named by what it is of; whatever else is text is an id or
    // a stored word, in small letters, digits and underscores.
    let free = ["tenant", "ticket", "label"];
    for event in [golden(), choices()].concat() {
        for (name, arg) in Sentence::of(&event).args {
            let Arg::Text(text) = arg else { continue };
            let is_word = text.split(", ").all(|word| {
                word.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_')) && !word.is_empty()
            });
            assert!(is_word || free.contains(&name.as_ref()), "{name}: {text}");
        }
    }
}

#[test]
fn sentences_say_what_happened() {
    let golden = golden();
    let of = |name: &str| {
        let event = golden.iter().find(|event| event.name() == name).unwrap();
        sentence(event)
    };
    assert_eq!(of("BypassDenied"), "The request was denied.");
    assert_eq!(
        sentence(&BypassExpired { stage: Stage::Granted }.into()),
        "The bypass ended by itself: it was never used."
    );
    assert_eq!(
        sentence(&BypassRevoked { cause: RevocationCause::Withdrawn }.into()),
        "The bypass was taken back by an admin."
    );
    let granted: Vec<String> =
        golden.iter().filter(|event| event.name() == "BypassGranted").map(sentence).collect();
    for told in [
        "A bypass was granted (lost device, ticket INC-4711): with the password and the issued \
         code, 1 time until 2026-11-24 11:00:00 UTC.",
        "A bypass was granted: with the password alone, 5 times until 2026-11-24 10:05:00 UTC.",
    ] {
        assert!(granted.iter().any(|text| text == told), "{granted:#?}");
    }
}

#[test]
fn german_sentences_say_what_happened() {
    let told = |event: Event| Wording::german().tell(&Sentence::of(&event));
    assert_eq!(
        told(BypassRevoked { cause: RevocationCause::Superseded }.into()),
        "Die Freigabe wurde widerrufen: eine neuere ersetzt sie."
    );
    assert_eq!(
        told(BypassCodeRejected { attempts_left: 1 }.into()),
        "Ein falscher ausgegebener Code wurde eingegeben; 1 Versuch bleibt."
    );
    let granted = golden().into_iter().filter(|event| event.name() == "BypassGranted");
    let granted: Vec<String> = granted.map(told).collect();
    let expected = "Eine Freigabe wurde erteilt (Gerät verloren, Ticket INC-4711): mit dem Passwort \
                    und dem ausgegebenen Code, 1 Mal bis 2026-11-24 11:00:00 UTC.";
    assert!(granted.iter().any(|text| text == expected), "{granted:#?}");
}

#[test]
fn numbers_have_their_plural() {
    let left = |attempts_left| sentence(&BypassCodeRejected { attempts_left }.into());
    assert_eq!(left(0), "A wrong issued code was entered; 0 tries remain.");
    assert_eq!(left(1), "A wrong issued code was entered; 1 try remains.");
    assert_eq!(left(4), "A wrong issued code was entered; 4 tries remain.");
    let set = "set_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    assert_eq!(
        sentence(&CodesRegenerated { set, count: 10 }.into()),
        "10 new recovery codes were generated; older ones are void."
    );
}

#[test]
fn a_sentence_is_kept_as_json_and_told_from_it() {
    for event in [golden(), choices()].concat() {
        let sentence = Sentence::of(&event);
        let kept = serde_json::to_string(&sentence).unwrap();
        assert_eq!(serde_json::from_str::<Sentence>(&kept).unwrap(), sentence, "{kept}");
    }
    let kept = r#"{"id":"BypassCodeRejected","args":{"attempts_left":{"number":4}}}"#;
    let sentence: Sentence = serde_json::from_str(kept).unwrap();
    assert_eq!(sentence, Sentence::of(&BypassCodeRejected { attempts_left: 4 }.into()));
}

#[test]
fn what_another_language_lacks_is_told_in_english_and_what_nobody_knows_by_its_name() {
    let (german, problems) =
        Wording::read("de", "BypassDenied = Der Antrag wurde abgelehnt.\n= broken");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(german.tell(&Sentence::of(&BypassDenied {}.into())), "Der Antrag wurde abgelehnt.");
    let left = Sentence::of(&BypassCodeRejected { attempts_left: 1 }.into());
    assert_eq!(german.tell(&left), "A wrong issued code was entered; 1 try remains.");
    let newer = Sentence { id: "BypassLent".into(), args: left.args };
    assert_eq!(german.tell(&newer), "BypassLent.");
}

#[test]
fn a_language_without_rules_of_its_own_is_told_all_the_same() {
    let (nowhere, problems) = Wording::read("no such language", Wording::ENGLISH);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let (artificial, problems) = Wording::read("tlh", Wording::ENGLISH);
    assert_eq!(problems, Vec::<String>::new());
    for wording in [nowhere, artificial] {
        let told = wording.tell(&Sentence::of(&BypassCodeRejected { attempts_left: 4 }.into()));
        assert!(told.starts_with("A wrong issued code was entered; 4 tr"), "{told}");
    }
}
