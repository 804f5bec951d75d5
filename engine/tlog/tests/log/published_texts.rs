//! Texts that C2SP, Go and running logs publish: read, written back byte for byte, and verified.

use base64::{Engine, engine::general_purpose::STANDARD};
use readmit_tlog::{
    AddCheckpoint, CheckpointError, Cosignature, KeyKind, Note, NoteError, NoteSignature,
    NoteSigner, SignedCheckpoint, VerifierKey, parse_known_size,
};

/// signed-note, *Example*.
#[test]
fn the_example_of_signed_note_verifies() {
    let key: VerifierKey =
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".parse().unwrap();
    let text = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq\
                6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let note: Note = text.parse().unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.to_string(), text);
    let verified = note.verify(std::slice::from_ref(&key)).unwrap();
    assert_eq!((verified.len(), &verified[0].key, verified[0].at_seconds), (1, &key, None));
}

/// signed-note, introduction: the text has an empty line of its own.
#[test]
fn the_last_empty_line_ends_the_text() {
    let text = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\n\
                ed è subito sera.\n\n\
                — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9o\
                JKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
    let note: Note = text.parse().unwrap();
    assert!(note.text().ends_with("di sole:\n\ned è subito sera.\n"));
    assert_eq!(note.to_string(), text);
}

const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_SECRET: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PETER_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2\
                          pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const ENOCH_LINE: &str = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ\
                          5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";

/// Go, `sumdb/note/note_test.go`.
#[test]
fn the_signatures_of_go_are_made_and_verified() {
    let secret = STANDARD.decode(PETER_SECRET).unwrap();
    let peter = NoteSigner::new("PeterNeumann", &secret[1..].try_into().unwrap()).unwrap();
    assert_eq!(peter.key().to_string(), PETER);
    let note = Note::sign(TEXT, &peter).unwrap();
    assert_eq!(note.to_string(), format!("{TEXT}\n{PETER_LINE}"));

    let both: Note = format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}").parse().unwrap();
    let enoch: VerifierKey = ENOCH.parse().unwrap();
    let names = |keys: &[VerifierKey]| {
        let verified = both.verify(keys)?;
        Ok(verified.iter().map(|it| it.key.name().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(names(std::slice::from_ref(&enoch)), Ok(vec!["EnochRoot".to_owned()]));
    let keys = [enoch, peter.key().clone()];
    assert_eq!(names(&keys), Ok(vec!["PeterNeumann".to_owned(), "EnochRoot".to_owned()]));
    assert_eq!(names(&[]), Err(NoteError::NotSigned));
}

/// Two tree heads of the Go checksum database, and its key as Go has it built in.
#[test]
fn the_go_checksum_database_is_verified() {
    let key: VerifierKey =
        "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8".parse().unwrap();
    let heads = [
        (
            31_700_353,
            "go.sum database tree\n31700353\nqINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=\n\n\
             — sum.golang.org Az3grnmrIUEDFqHzAElIQCPNoRFRAAdFo47fooyWKMHb89k11GJh5zHIfNCOBmwn/C3Y\
             I8oW9/C8DJ87F61QqspBYwM=\n",
        ),
        (
            65_209_736,
            "go.sum database tree\n65209736\n5+uGFjx6xBZG8ip1+wi77v+grwbhhukIrxEUS8PXvRo=\n\n\
             — sum.golang.org Az3grnbssgK7ubgFX36gVETtNv0U23qxyAhAMai2QUfeGa3nB/akvkMdlUErfcZz7l/R\
             3cVtYspg3dxXABkGZZKdsQ8=\n",
        ),
    ];
    for (size, text) in heads {
        let head: SignedCheckpoint = text.parse().unwrap();
        assert_eq!(head.checkpoint().size(), size);
        assert_eq!(head.to_string(), text);
        assert_eq!(head.note().verify(std::slice::from_ref(&key)).unwrap().len(), 1);
        // The database's key has another name than its origin; ours never do.
        let error = CheckpointError::WrongOrigin {
            expected: "sum.golang.org".to_owned(),
            found: "go.sum database tree".to_owned(),
        };
        assert_eq!(head.verify(&key, &[]), Err(error));
    }
}

/// A checkpoint of a Certificate Transparency log, cosigned by a public witness.
#[test]
fn a_real_witness_is_verified() {
    let key: VerifierKey = "witness.navigli.sunlight.geomys.org+a3e00fe2+\
                            BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G"
        .parse()
        .unwrap();
    assert_eq!(key.kind(), KeyKind::Cosignature);
    let text = "coachandhorses2026h1.staging.certificate.transparency.goog\n185550722\n\
                YXAM0VmnrfvLaBCOOYSJhCaE5F10oGBOo+hkbDa1kng=\n\n\
                — coachandhorses2026h1.staging.certificate.transparency.goog MpXgsHy8ZwxXnO+WjtVrP\
                xAzL49Rs1gWTkNVNeEa//5peAzaocRCB3qt3EaibjzY5GILLtGgBP7dBhgcSHy+JQh0OAc=\n\
                — witness.navigli.sunlight.geomys.org o+AP4gAAAABqb7DzNrGFRJnQ9vrJ8xpnwZytnr/ZYczDI\
                svwvouiSjwOjn7a72ccxBk+lKnZ7dKqkYKER1s/KxLTaVwQD7lJZTC/CQ==\n";
    let signed: SignedCheckpoint = text.parse().unwrap();
    assert_eq!(signed.to_string(), text);
    let verified = signed.note().verify(std::slice::from_ref(&key)).unwrap();
    assert_eq!(verified[0].at_seconds, Some(0x6a6f_b0f3));

    let later = text.replace("o+AP4gAAAABqb7Dz", "o+AP4gAAAABqb7D0");
    let refused = later.parse::<Note>().unwrap().verify(std::slice::from_ref(&key));
    assert!(matches!(refused, Err(NoteError::BadSignature { .. })));
}

/// tlog-cosignature, introduction.
#[test]
fn the_example_of_tlog_cosignature_is_read() {
    let text = "example.com/behind-the-sofa\n20852163\n\
                CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
                — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URY\
                N7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
                — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9\
                dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let signed: SignedCheckpoint = text.parse().unwrap();
    assert_eq!(signed.to_string(), text);
    let [_, line] = signed.note().signatures() else { panic!("two signatures") };
    let cosignature = Cosignature::from_bytes(line.signature()).unwrap();
    assert_eq!((line.name(), cosignature.at_seconds()), ("witness.example.com/w1", 1_679_315_147));
    assert_eq!(cosignature.to_bytes(), line.signature());
}

/// tlog-witness, *add-checkpoint*.
#[test]
fn the_examples_of_tlog_witness_are_read() {
    let text = "old 20852014\n\
                PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
                jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
                5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
                /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n\
                example.com/behind-the-sofa\n20852163\n\
                CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
                — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URY\
                N7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
                — example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum\
                2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
    let request: AddCheckpoint = text.parse().unwrap();
    assert_eq!(request.to_string(), text);
    assert_eq!(
        (request.old_size(), request.checkpoint().checkpoint().size()),
        (20_852_014, 20_852_163)
    );

    let answer = "— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39Q\
                  sZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==\n\
                  — witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZ\
                  grrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==\n";
    let lines = NoteSignature::parse_lines(answer).unwrap();
    let written: Vec<_> = lines.iter().map(ToString::to_string).collect();
    assert_eq!(written, answer.lines().collect::<Vec<_>>());
    // The bytes in the example are random ones, and their times far beyond the latest allowed.
    assert!(lines.iter().all(|line| line.signature().len() == Cosignature::BYTES));

    assert_eq!(parse_known_size("20852014\n"), Ok(20_852_014));
    for wrong in ["", "20852014", "020852014\n", "20852014\n\n", "20852014\r\n", "-1\n"] {
        assert!(parse_known_size(wrong).is_err(), "{wrong:?}");
    }
}
