//! Another implementation reads and verifies the same notes and checkpoints: `signed_note`,
//! `tlog_tiles`.

use proptest::prelude::*;
use readmit_tlog::{Note, NoteSigner};
use signed_note::{StandardVerifier, Verifier, VerifierList};

use crate::samples;

/// What they read this note as.
fn theirs(text: &str) -> Option<signed_note::Note> {
    signed_note::Note::from_bytes(text.as_bytes()).ok()
}

#[test]
fn they_verify_our_notes_and_keys() {
    for seed in 0..20 {
        let signer = NoteSigner::new("example.com/log", &[seed; 32]).unwrap();
        let key = StandardVerifier::new(&signer.key().to_string()).unwrap();
        assert_eq!(format!("{:08x}", key.key_id()), signer.key().id().to_string());
        let note = Note::sign(format!("text {seed}\n\nwith a blank line\n"), &signer).unwrap();
        let other = theirs(&note.to_string()).unwrap();
        let (verified, unverified) = other.verify(&VerifierList::new(vec![Box::new(key)])).unwrap();
        assert_eq!((verified.len(), unverified.len()), (1, 0));
        assert_eq!(other.to_bytes(), note.to_string().as_bytes());
    }
}

#[test]
fn they_read_our_checkpoints() {
    let signed = samples::checkpoint().unwrap();
    let ours = signed.checkpoint().clone().with_extension("extension").unwrap();
    let other = tlog_tiles::Checkpoint::from_bytes(ours.to_string().as_bytes()).unwrap();
    assert_eq!((other.origin(), other.size()), (ours.origin(), ours.size()));
    assert_eq!(other.hash().0, *ours.root().as_bytes());
    assert_eq!(other.extension(), "extension\n");
    assert_eq!(other.to_bytes(), ours.to_string().as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Both parsers were written from the same text, so what one accepts, the other does.
    #[test]
    fn they_accept_the_same_notes(
        text in "[a-z\n\r ]{0,12}\n",
        names in prop::collection::vec("[a-z+ \u{a0}]{0,3}", 0..4),
        signature in prop::collection::vec(any::<u8>(), 3..8),
        dash in prop::sample::select(vec!["—", "—", "—", "-"]),
        end in prop::sample::select(vec!["\n", "\n", "\n", "", "\n\n"]),
    ) {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let encoded = STANDARD.encode(signature);
        let lines: Vec<_> = names.iter().map(|name| format!("{dash} {name} {encoded}")).collect();
        let note = format!("{text}\n{}{end}", lines.join("\n"));
        let ours = note.parse::<Note>().ok();
        prop_assert_eq!(ours.is_some(), theirs(&note).is_some(), "{:?}", note);
        if let (Some(ours), Some(theirs)) = (ours, theirs(&note)) {
            prop_assert_eq!(ours.text().as_bytes(), theirs.text());
            prop_assert_eq!(ours.to_string().into_bytes(), theirs.to_bytes());
        }
    }
}
