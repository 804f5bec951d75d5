//! What each parser refuses, and what it says.

use readmit_tlog::{
    AddCheckpoint, AddCheckpointError, Checkpoint, CheckpointError, Cosigner, Frontier, KeyError,
    Note, NoteError, NoteSignature, NoteSigner, ProofError, SyntaxError, TlogProof, TlogProofError,
    VerifierKey, empty_root,
};

use crate::samples::{self, SIZE};

fn syntax_line(error: &NoteError) -> usize {
    match error {
        NoteError::Syntax(SyntaxError { line, .. }) => *line,
        other => panic!("{other}"),
    }
}

#[test]
fn malformed_keys_are_refused() {
    let refused = |text: &str| text.parse::<VerifierKey>().unwrap_err();
    let good = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert!(good.parse::<VerifierKey>().is_ok());
    for malformed in [
        String::new(),
        "PeterNeumann".to_owned(),
        "PeterNeumann+c74f20a3".to_owned(),
        good.replace("c74f20a3", "C74F20A3"),
        good.replace("c74f20a3", "74f20a3"),
        good.replace("c74f20a3", "0c74f20a3"),
        good.replace("c74f20a3", "+74f20a3"),
        good.replace("10TW", "10T="),
        format!("{good}="),
        format!("{good}\n"),
        format!("{good}+"),
    ] {
        assert_eq!(refused(&malformed), KeyError::Malformed, "{malformed:?}");
    }
    for name in
        ["", "Peter Neumann", "Peter\u{a0}Neumann", "Peter\u{2003}", "Peter\n", "Peter\u{1}"]
    {
        let text = good.replace("PeterNeumann", name);
        assert_eq!(refused(&text), KeyError::BadName, "{name:?}");
        assert_eq!(NoteSigner::new(name, &[0; 32]).unwrap_err(), KeyError::BadName, "{name:?}");
        assert_eq!(Cosigner::new(name, &[0; 32]).unwrap_err(), KeyError::BadName, "{name:?}");
    }
    assert_eq!(NoteSigner::new("Peter+Neumann", &[0; 32]).unwrap_err(), KeyError::BadName);
    assert!(matches!(refused(&good.replace("c74f20a3", "c74f20a4")), KeyError::WrongId { .. }));
    assert!(matches!(refused(&good.replace("Peter", "Pater")), KeyError::WrongId { .. }));
    let unknown = good.replace("ARpc", "Ahpc");
    assert_eq!(refused(&unknown), KeyError::UnknownKind { found: 2 });
    // The neutral element: a signature of one message would pass for others.
    let weak = "weak+00000000+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(refused(weak), KeyError::BadPublicKey);
    let short = "short+00000000+AQEA";
    assert_eq!(refused(short), KeyError::BadPublicKey);
}

#[test]
fn the_same_key_has_another_id_for_another_kind() {
    let (log, witness) =
        (NoteSigner::new("one", &[7; 32]).unwrap(), Cosigner::new("one", &[7; 32]).unwrap());
    assert_ne!(log.key().id(), witness.key().id());
    assert_ne!(log.key(), witness.key());
}

#[test]
fn secret_keys_are_not_shown() {
    let (log, witness) = (samples::log().unwrap(), samples::witness().unwrap());
    let shown = format!("{log:?} {witness:?}");
    assert!(shown.contains(&log.key().to_string()));
    for secret in ["[1, 1, 1", "[2, 2, 2", "01010101", "02020202", "0x01, 0x01"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn malformed_notes_are_refused() {
    let good = "text\n\n— name AAAAAAA=\n";
    assert!(good.parse::<Note>().is_ok());
    for (malformed, line) in [
        ("", 1),
        ("text\n", 2),
        ("text\n\n", 3),
        ("text\n— name AAAAAAA=\n", 3),
        ("— name AAAAAAA=\n", 2),
        ("\n— name AAAAAAA=\n", 3),
        ("text\n\n— name AAAAAAA=", 3),
        ("text\n\n— name AAAAAAA=\n\n", 5),
        ("text\n\n— name AAAAAAA=\n— name\n", 4),
        ("text\n\n— name AAAAAAA=\r\n", 3),
        ("text\r\n\n— name AAAAAAA=\n", 1),
        ("text\n\r\n— name AAAAAAA=\n", 2),
        ("te\u{1}xt\n\n— name AAAAAAA=\n", 1),
        ("te\u{1f}xt\n\n— name AAAAAAA=\n", 1),
        ("text\0\n\n— name AAAAAAA=\n", 1),
        ("text\n\n- name AAAAAAA=\n", 3),
        ("text\n\n– name AAAAAAA=\n", 3),
        ("text\n\n―  name AAAAAAA=\n", 3),
        ("text\n\n—name AAAAAAA=\n", 3),
        ("text\n\n—  name AAAAAAA=\n", 3),
        ("text\n\n—\u{a0}name AAAAAAA=\n", 3),
        ("text\n\n — name AAAAAAA=\n", 3),
        ("text\n\n— name  AAAAAAA=\n", 3),
        ("text\n\n— name AAAAAAA= \n", 3),
        ("text\n\n— na me AAAAAAA=\n", 3),
        ("text\n\n— na+me AAAAAAA=\n", 3),
        ("text\n\n— na\u{2003}me AAAAAAA=\n", 3),
        ("text\n\n—  AAAAAAA=\n", 3),
        ("text\n\n— name \n", 3),
        ("text\n\n— name AAAAAAB=\n", 3),
        ("text\n\n— name AAAAAAA\n", 3),
        ("text\n\n— name AAAAAA==\n", 3),
        ("text\n\n— name ____AAA=\n", 3),
    ] {
        let error = malformed.parse::<Note>().unwrap_err();
        assert_eq!(syntax_line(&error), line, "{malformed:?}: {error}");
    }
}

#[test]
fn too_many_signatures_are_refused() {
    let note = |count| format!("text\n\n{}", "— name AAAAAAA=\n".repeat(count)).parse::<Note>();
    assert_eq!(note(Note::MAX_SIGNATURES).unwrap().signatures().len(), Note::MAX_SIGNATURES);
    assert_eq!(note(Note::MAX_SIGNATURES + 1), Err(NoteError::TooManySignatures));
    let lines = |count| NoteSignature::parse_lines(&"— name AAAAAAA=\n".repeat(count));
    assert_eq!(lines(Note::MAX_SIGNATURES + 1), Err(NoteError::TooManySignatures));
    assert!(lines(0).is_err());
    assert!(NoteSignature::parse_lines("text\n\n— name AAAAAAA=\n").is_err());

    let mut full = note(Note::MAX_SIGNATURES).unwrap();
    let another = samples::log().unwrap().signature("text\n");
    assert_eq!(full.add(another), Err(NoteError::TooManySignatures));
    assert_eq!(full.signatures().len(), Note::MAX_SIGNATURES);
}

#[test]
fn notes_that_are_too_long_are_refused() {
    let signer = samples::log().unwrap();
    let long = format!("{}\n", "x".repeat(Note::MAX_BYTES));
    assert!(matches!(Note::sign(long.as_str(), &signer), Err(NoteError::TooLong { .. })));
    let found = long.len();
    assert_eq!(long.parse::<Note>(), Err(NoteError::TooLong { found }));
}

#[test]
fn only_texts_that_a_note_can_have_are_signed() {
    let signer = samples::log().unwrap();
    for (text, line) in [("", 1), ("text", 1), ("one\ntwo", 2), ("one\ntwo\r\n", 2)] {
        let error = Note::sign(text, &signer).unwrap_err();
        assert_eq!(syntax_line(&error), line, "{text:?}");
    }
}

#[test]
fn malformed_checkpoints_are_refused() {
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let good = format!("example.com/log\n7\n{root}\nextension\n");
    let parsed: Checkpoint = good.parse().unwrap();
    assert_eq!(parsed.extensions(), ["extension"]);
    let built = Checkpoint::new("example.com/log", 7, empty_root()).unwrap();
    assert_eq!(built.with_extension("extension").unwrap(), parsed);
    for (malformed, line) in [
        (String::new(), 1),
        ("example.com/log\n7\n".to_owned(), 3),
        (good.replacen("example.com/log", "", 1), 1),
        (good.replacen('\n', "\r\n", 1), 1),
        (good.replacen("\n7", "\n07", 1), 2),
        (good.replacen("\n7", "\n+7", 1), 2),
        (good.replacen("\n7", "\n", 1), 2),
        (good.replacen("\n7", "\n 7", 1), 2),
        (good.replacen("\n7", "\n-7", 1), 2),
        (good.replacen("\n7", "\n18446744073709551616", 1), 2),
        (good.replacen("uFU=", "uFV=", 1), 3),
        (good.replacen("uFU=", "uFU", 1), 3),
        (good.replacen("47DE", "", 1), 3),
        (good.replacen("extension", "", 1), 4),
        (good.replacen("extension\n", "extension", 1), 4),
        (format!("{good}\n"), 5),
    ] {
        match malformed.parse::<Checkpoint>().unwrap_err() {
            CheckpointError::Syntax(error) => assert_eq!(error.line, line, "{malformed:?}"),
            other => panic!("{malformed:?}: {other}"),
        }
    }
    let size = Frontier::MAX_SIZE + 1;
    let large = good.replacen("\n7", &format!("\n{size}"), 1);
    assert_eq!(large.parse::<Checkpoint>(), Err(CheckpointError::TooLarge { size }));
    assert_eq!(Checkpoint::new("log", size, empty_root()), Err(CheckpointError::TooLarge { size }));
    assert!(Checkpoint::new("", 0, empty_root()).is_err());
    assert!(Checkpoint::new("two\nlines", 0, empty_root()).is_err());
    assert!(Checkpoint::new("log", 0, empty_root()).unwrap().with_extension("").is_err());
}

#[test]
fn malformed_proofs_are_refused() {
    let good = samples::proof().unwrap().to_string();
    let hash = good.lines().nth(3).unwrap();
    for (malformed, line) in [
        (good.replacen("@v1", "@v2", 1), 1),
        (good.replacen('\n', "\r\n", 1), 1),
        (good.replacen("extra ZXh0cmE=", "extra ", 1), 2),
        (good.replacen("extra ZXh0cmE=", "extra ZXh0cmF=", 1), 2),
        (good.replacen("extra ZXh0cmE=", "extra  ZXh0cmE=", 1), 2),
        (good.replacen("extra ZXh0cmE=", "Extra ZXh0cmE=", 1), 2),
        (good.replacen("extra ZXh0cmE=\n", "extra ZXh0cmE=\nextra ZXh0cmE=\n", 1), 3),
        (good.replacen("index 6", "index 06", 1), 3),
        (good.replacen("index 6", "index", 1), 3),
        (good.replacen("index 6", "index 6 ", 1), 3),
        (good.replacen(hash, "hash", 1), 4),
        (good.replacen(hash, &format!(" {hash}"), 1), 4),
        (good.replacen("\n\nexample", "\nexample", 1), 8),
        (good.replacen("\n\nexample", "\n\n\nexample", 1), 9),
        (good.replacen("\n11\n", "\n011\n", 1), 10),
        (good.replacen("\n— example.com/w", "\n- example.com/w", 1), 14),
    ] {
        let found = match malformed.parse::<TlogProof>().unwrap_err() {
            TlogProofError::Syntax(error)
            | TlogProofError::Checkpoint(
                CheckpointError::Syntax(error) | CheckpointError::Note(NoteError::Syntax(error)),
            ) => error.line,
            other => panic!("{malformed}: {other}"),
        };
        assert_eq!(found, line, "{malformed}");
    }
    let parse = |text: String| text.parse::<TlogProof>().unwrap_err();
    let outside = parse(good.replacen("index 6", "index 11", 1));
    assert_eq!(outside, ProofError::NoSuchLeaf { position: 11, size: SIZE }.into());
    let longer = parse(good.replacen(hash, &format!("{hash}\n{hash}"), 1));
    assert_eq!(longer, ProofError::WrongLength { expected: 4, found: 5 }.into());
    let endless = good.replacen(hash, &format!("{hash}\n").repeat(100), 1);
    let error = SyntaxError { line: 4 + 53, expected: "an empty line" };
    assert_eq!(parse(endless), error.into());
    let found = TlogProof::MAX_EXTRA_BYTES + 1;
    let refused = samples::proof().unwrap().with_extra(vec![0; found]);
    assert_eq!(refused, Err(TlogProofError::TooMuchExtra { found }));
}

#[test]
fn malformed_requests_are_refused() {
    let good = samples::request().unwrap().to_string();
    let parse = |text: String| text.parse::<AddCheckpoint>().unwrap_err();
    for (malformed, line) in [
        (good.replacen("old 5", "old 05", 1), 1),
        (good.replacen("old 5", "old", 1), 1),
        (good.replacen("old 5", "Old 5", 1), 1),
        (good.replacen("old 5\n", "old 5\r\n", 1), 1),
        (good.replacen("\n\n", "\n", 1), 7),
    ] {
        match parse(malformed) {
            AddCheckpointError::Syntax(error) => assert_eq!(error.line, line),
            other => panic!("{other}"),
        }
    }
    let shrunk = parse(good.replacen("old 5", "old 12", 1));
    assert_eq!(shrunk, AddCheckpointError::Shrunk { old: 12, new: SIZE });
    let hash = good.lines().nth(1).unwrap();
    let endless = good.replacen(hash, vec![hash; 100].join("\n").as_str(), 1);
    let error = SyntaxError { line: 2 + 63, expected: "an empty line" };
    assert_eq!(parse(endless), error.into());
}
