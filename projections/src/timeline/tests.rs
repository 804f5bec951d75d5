//! Every event has its sentence, whatever stands in it.

use std::collections::BTreeSet;
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

#[test]
fn the_english_words_are_well_formed() {
    let (_, problems) = Wording::read("en", include_str!("en.ftl"));
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn every_event_is_told_in_english_with_all_that_its_message_needs() {
    let named: BTreeSet<&str> = Event::NAMES.iter().copied().collect();
    let events = [golden(), choices()].concat();
    let told: BTreeSet<&str> = events.iter().map(Event::name).collect();
    assert_eq!(told, named, "there is a sample of each");
    for event in events {
        let sentence = Sentence::of(&event);
        let (text, errors) = Wording::english()
            .told(&sentence)
            .unwrap_or_else(|| panic!("{} has no message", event.name()));
        assert!(errors.is_empty(), "{sentence:?}: {errors:?}");
        let begins = text.starts_with(|c: char| c.is_uppercase() || c.is_numeric());
        assert!(begins && text.ends_with('.'), "{text}");
        for sign in ['{', '}', '$', '\n', '\u{2068}'] {
            assert!(!text.contains(sign), "{text}");
        }
        assert!(!text.contains("  ") && !text.contains(" ,") && !text.contains(" ."), "{text}");
    }
}

#[test]
fn every_message_in_capitals_is_that_of_an_event() {
    let messages =
        include_str!("en.ftl").lines().filter(|line| line.starts_with(char::is_uppercase));
    let messages: Vec<&str> = messages.filter_map(|line| Some(line.split_once(" =")?.0)).collect();
    let events: BTreeSet<&str> = Event::NAMES.iter().copied().collect();
    assert_eq!(messages.len(), events.len());
    assert_eq!(messages.into_iter().collect::<BTreeSet<_>>(), events);
}

#[test]
fn every_choice_has_words_of_its_own() {
    let told: Vec<String> = choices().iter().map(sentence).collect();
    let different: BTreeSet<&String> = told.iter().collect();
    assert_eq!(different.len(), told.len(), "{told:#?}");
    assert!(!told.iter().any(|text| text.contains("another reason") || text.contains("History")));
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
         code, 1 time until 2026-11-24T11:00:00.123456Z.",
        "A bypass was granted: with the password alone, 5 times until 2026-11-24T10:05:00.123456Z.",
    ] {
        assert!(granted.iter().any(|text| text == told), "{granted:#?}");
    }
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
        Wording::read("de", "BypassDenied = Die Anfrage wurde abgelehnt.\n= broken");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(german.tell(&Sentence::of(&BypassDenied {}.into())), "Die Anfrage wurde abgelehnt.");
    let left = Sentence::of(&BypassCodeRejected { attempts_left: 1 }.into());
    assert_eq!(german.tell(&left), "A wrong issued code was entered; 1 try remains.");
    let newer = Sentence { id: "BypassLent".into(), args: left.args };
    assert_eq!(german.tell(&newer), "BypassLent.");
}

#[test]
fn a_language_without_rules_of_its_own_is_told_all_the_same() {
    let (nowhere, problems) = Wording::read("no such language", include_str!("en.ftl"));
    assert_eq!(problems.len(), 1, "{problems:?}");
    let (artificial, problems) = Wording::read("tlh", include_str!("en.ftl"));
    assert_eq!(problems, Vec::<String>::new());
    for wording in [nowhere, artificial] {
        let told = wording.tell(&Sentence::of(&BypassCodeRejected { attempts_left: 4 }.into()));
        assert!(told.starts_with("A wrong issued code was entered; 4 tr"), "{told}");
    }
}
