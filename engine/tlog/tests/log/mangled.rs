//! Whatever is done to a text: nothing panics, what is still accepted is written back as it was,
//! and nothing that was signed can be changed.

use std::{fmt::Display, str::FromStr};

use proptest::{collection::vec, prelude::*, sample::Index};
use readmit_tlog::{
    AddCheckpoint, Checkpoint, Cosignature, EntryBundle, Frontier, HashTile, Note,
    SignedCheckpoint, TilePath, TlogProof, VerifierKey, check_proof,
};

use crate::samples;

/// Parsed or not, without a panic; if parsed, written back in the same bytes.
fn has_one_form<T: FromStr + Display>(text: &str) {
    if let Ok(parsed) = text.parse::<T>() {
        assert_eq!(parsed.to_string(), text);
    }
}

fn all_texts_have_one_form(text: &str) {
    has_one_form::<VerifierKey>(text);
    has_one_form::<Note>(text);
    has_one_form::<Checkpoint>(text);
    has_one_form::<SignedCheckpoint>(text);
    has_one_form::<TlogProof>(text);
    has_one_form::<AddCheckpoint>(text);
    has_one_form::<TilePath>(text);
}

fn valid_texts() -> Result<Vec<String>, samples::Error> {
    let checkpoint = samples::checkpoint()?;
    Ok(vec![
        samples::log()?.key().to_string(),
        samples::witness()?.key().to_string(),
        checkpoint.checkpoint().to_string(),
        checkpoint.to_string(),
        samples::proof()?.to_string(),
        samples::request()?.to_string(),
        "tile/3/x001/x234/067.p/17".to_owned(),
        "tile/entries/x001/000".to_owned(),
    ])
}

/// One change of a text, of the kinds that parsers get wrong.
#[derive(Clone, Debug)]
enum Change {
    Remove(Index),
    Double(Index),
    Insert(Index, &'static str),
    Replace(Index, char),
    SwapLines(Index, Index),
    Cut(Index),
}

fn any_change() -> impl Strategy<Value = Change> {
    let pieces = [
        "\n",
        "\r",
        "\r\n",
        " ",
        "\u{a0}",
        "\u{2028}",
        "\t",
        "\0",
        "+",
        "-",
        "–",
        "—",
        "=",
        "==",
        "A",
        "0",
        "00",
        "x",
        "/",
        ".p/",
        "extra ",
        "old ",
        "index ",
        "9007199254740992",
        "\n\n",
    ];
    prop_oneof![
        any::<Index>().prop_map(Change::Remove),
        any::<Index>().prop_map(Change::Double),
        (any::<Index>(), prop::sample::select(pieces.to_vec()))
            .prop_map(|(a, b)| Change::Insert(a, b)),
        (any::<Index>(), any::<char>()).prop_map(|(a, b)| Change::Replace(a, b)),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Change::SwapLines(a, b)),
        any::<Index>().prop_map(Change::Cut),
    ]
}

impl Change {
    fn apply(&self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        if characters.is_empty() {
            return String::new();
        }
        match self {
            Self::Remove(at) => drop(characters.remove(at.index(characters.len()))),
            Self::Double(at) => {
                let at = at.index(characters.len());
                characters.insert(at, characters[at]);
            }
            Self::Insert(at, piece) => {
                let at = at.index(characters.len() + 1);
                drop(characters.splice(at..at, piece.chars()));
            }
            Self::Replace(at, with) => {
                let at = at.index(characters.len());
                characters[at] = *with;
            }
            Self::SwapLines(one, other) => {
                let mut lines: Vec<&str> = text.split('\n').collect();
                let count = lines.len();
                lines.swap(one.index(count), other.index(count));
                return lines.join("\n");
            }
            Self::Cut(at) => characters.truncate(at.index(characters.len())),
        }
        characters.into_iter().collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_mangled_text_is_refused_or_has_one_form(
        which in any::<Index>(),
        changes in vec(any_change(), 1..4),
    ) {
        let texts = valid_texts().unwrap();
        let valid = which.get(&texts).clone();
        all_texts_have_one_form(&valid);
        all_texts_have_one_form(&changes.iter().fold(valid, |text, change| change.apply(&text)));
    }

    #[test]
    fn a_mangled_proof_proves_nothing_else(changes in vec(any_change(), 1..4)) {
        let valid = samples::proof().unwrap().to_string();
        let mangled = changes.iter().fold(valid, |text, change| change.apply(&text));
        let (log, witness) = (samples::log().unwrap(), samples::witness().unwrap());
        let keys = [witness.key().clone()];
        if let Ok(verified) = check_proof(&mangled, &samples::leaf(), log.key(), &keys) {
            let signed = samples::checkpoint().unwrap();
            prop_assert_eq!(verified.position, samples::POSITION);
            prop_assert_eq!(&verified.checkpoint, signed.checkpoint());
        }
    }

    #[test]
    fn any_text_at_all_is_refused_or_has_one_form(text in "\\PC{0,80}\n?\n?— \\PC{0,40}\n") {
        all_texts_have_one_form(&text);
    }

    #[test]
    fn any_tile_path_there_can_be_has_one_form(
        text in "tile/([0-9]{1,2}|entries)/(x[0-9]{3}/){0,6}[0-9]{3}(\\.p/[0-9]{1,3})?",
    ) {
        has_one_form::<TilePath>(&text);
    }

    #[test]
    fn any_bytes_are_refused_or_have_one_form(bytes in vec(any::<u8>(), 0..9_000)) {
        if let Ok(tile) = HashTile::from_bytes(&bytes) {
            prop_assert_eq!(tile.to_bytes(), bytes.clone());
        }
        if let Ok(cosignature) = Cosignature::from_bytes(&bytes) {
            prop_assert_eq!(cosignature.to_bytes(), bytes.clone());
        }
        if let Ok(bundle) = EntryBundle::from_bytes(bytes.clone()) {
            prop_assert_eq!(bundle.entries().count(), bundle.width());
            let written = EntryBundle::new(bundle.entries())?;
            prop_assert_eq!(written.as_bytes(), bytes.as_slice());
        }
    }

    #[test]
    fn a_checkpoint_of_any_shape_is_read_as_it_was_written(
        origin in "[^\\p{Cc}]{1,40}",
        size in 0..=Frontier::MAX_SIZE,
        root in any::<[u8; 32]>(),
        extensions in vec("[^\\p{Cc}]{1,20}", 0..4),
    ) {
        let root = readmit_tlog::Hash::from_bytes(root);
        let checkpoint = Checkpoint::new(origin, size, root)?;
        let checkpoint = extensions.into_iter().try_fold(checkpoint, Checkpoint::with_extension)?;
        prop_assert_eq!(checkpoint.to_string().parse::<Checkpoint>()?, checkpoint);
    }
}

/// All texts that differ from this one in one bit, and are texts at all.
fn flipped(text: &str) -> impl Iterator<Item = String> {
    (0..text.len() * 8).filter_map(|bit| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        String::from_utf8(bytes).ok()
    })
}

#[test]
fn no_bit_of_a_signed_checkpoint_can_be_flipped() {
    let signed = samples::checkpoint().unwrap();
    let (log, witness) = (samples::log().unwrap(), samples::witness().unwrap());
    let keys = [witness.key().clone()];
    let witnesses = signed.verify(log.key(), &keys).unwrap();
    for text in flipped(&signed.to_string()) {
        has_one_form::<SignedCheckpoint>(&text);
        let Ok(parsed) = text.parse::<SignedCheckpoint>() else { continue };
        // A bit of the witness's name or key id makes it an unknown one, which does not count.
        let verified = parsed.verify(log.key(), &keys);
        assert!(verified.is_err() || verified == Ok(vec![]), "{text}");
        assert_ne!(verified.as_ref(), Ok(&witnesses));
    }
}

#[test]
fn no_bit_of_a_proof_can_be_flipped() {
    let proof = samples::proof().unwrap();
    let (log, witness) = (samples::log().unwrap(), samples::witness().unwrap());
    let keys = [witness.key().clone()];
    let check = |text: &str| check_proof(text, &samples::leaf(), log.key(), &keys);
    assert_eq!(check(&proof.to_string()).unwrap().witnesses.len(), 1);
    for text in flipped(&proof.to_string()) {
        has_one_form::<TlogProof>(&text);
        let Ok(verified) = check(&text) else { continue };
        // Nothing authenticates the extra data, and an unknown witness does not count.
        let extra = text.parse::<TlogProof>().unwrap().extra() != proof.extra();
        assert!(extra || verified.witnesses.is_empty(), "{text}");
    }
}
