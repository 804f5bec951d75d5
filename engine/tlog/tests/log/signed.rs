//! Who signed, and what follows from it.

use readmit_tlog::{
    AddCheckpoint, AddCheckpointError, Checkpoint, CheckpointError, ConsistencyProof, Cosigner,
    InclusionProof, KeyKind, Note, NoteError, NoteSigner, ProofError, SignedCheckpoint, TlogProof,
    TlogProofError, check_proof, empty_root, leaf_hash,
};

use crate::samples::{self, AT_SECONDS, ORIGIN, POSITION, SIZE};

#[test]
fn every_signature_of_a_known_key_has_to_verify() {
    let signer = samples::log().unwrap();
    let keys = [signer.key().clone()];
    let note = Note::sign("text\n", &signer).unwrap().to_string();
    let line = signer.signature("text\n").to_string();
    let forged = signer.signature("another text\n").to_string();

    let twice: Note = format!("{note}{line}\n").parse().unwrap();
    assert_eq!(twice.verify(&keys).unwrap().len(), 1);
    for text in [format!("{note}{forged}\n"), format!("text\n\n{forged}\n{line}\n")] {
        let refused = text.parse::<Note>().unwrap().verify(&keys);
        assert!(matches!(refused, Err(NoteError::BadSignature { .. })));
    }
    // The same under a name that nobody knows is nobody's.
    let ignored: Note = format!("{note}{}\n", forged.replace(ORIGIN, "unknown")).parse().unwrap();
    assert_eq!(ignored.verify(&keys).unwrap().len(), 1);
}

/// Anyone can find two keys with the same short id, as these two were found.
#[test]
fn a_key_with_the_same_name_and_id_is_not_the_same_key() {
    let signer = |number: u64| {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&number.to_be_bytes());
        NoteSigner::new("example.com/log", &seed).unwrap()
    };
    let (one, other) = (signer(1_497), signer(55_170));
    assert_eq!(one.key().id(), other.key().id());
    assert_ne!(one.key(), other.key());

    let note = Note::sign("text\n", &one).unwrap();
    assert_eq!(note.verify(std::slice::from_ref(one.key())).unwrap().len(), 1);
    let (name, id) = (one.key().name().to_owned(), one.key().id());
    let refused = note.verify(std::slice::from_ref(other.key()));
    assert_eq!(refused, Err(NoteError::BadSignature { name: name.clone(), id }));
    let ambiguous = note.verify(&[one.key().clone(), other.key().clone()]);
    assert_eq!(ambiguous, Err(NoteError::AmbiguousKey { name, id }));
    // The same key twice is one key.
    assert_eq!(note.verify(&[one.key().clone(), one.key().clone()]).unwrap().len(), 1);
}

#[test]
fn a_signature_added_takes_the_place_of_the_earlier_one() {
    let (mut signed, witness) = (samples::checkpoint().unwrap(), samples::witness().unwrap());
    let later = witness.cosign(signed.checkpoint(), AT_SECONDS + 1).unwrap();
    signed.add(later).unwrap();
    assert_eq!(signed.note().signatures().len(), 2);
    let log = samples::log().unwrap();
    let witnesses = signed.verify(log.key(), &[witness.key().clone()]).unwrap();
    assert_eq!(witnesses[0].at_seconds, Some(AT_SECONDS + 1));
}

#[test]
fn the_answer_of_a_witness_adds_its_cosignature_and_nothing_else() {
    let (log, witness) = (samples::log().unwrap(), samples::witness().unwrap());
    let keys = [witness.key().clone()];
    let checkpoint = samples::checkpoint().unwrap().checkpoint().clone();
    let mut signed = SignedCheckpoint::sign(checkpoint.clone(), &log).unwrap();
    let before = signed.clone();

    let cosigned = witness.cosign(&checkpoint, AT_SECONDS).unwrap();
    let forged = log.signature("in the place of the log's own signature\n");
    let unknown = Cosigner::new("unknown", &[9; 32]).unwrap();
    let unknown = unknown.cosign(&checkpoint, AT_SECONDS).unwrap();

    let refused = signed.add_cosignatures(&format!("{forged}\n{unknown}\n"), &keys);
    assert_eq!(refused, Err(CheckpointError::Note(NoteError::NotSigned)));
    let other = Checkpoint::new(ORIGIN, 0, empty_root()).unwrap();
    let elsewhere = witness.cosign(&other, AT_SECONDS).unwrap();
    let refused = signed.add_cosignatures(&format!("{cosigned}\n{elsewhere}\n"), &keys);
    assert!(matches!(refused, Err(CheckpointError::Note(NoteError::BadSignature { .. }))));
    assert!(signed.add_cosignatures(&cosigned.to_string(), &keys).is_err());
    assert!(signed.add_cosignatures("", &keys).is_err());
    assert_eq!(signed, before);

    let answer = format!("{forged}\n{unknown}\n{cosigned}\n");
    assert_eq!(signed.add_cosignatures(&answer, &keys).unwrap().len(), 1);
    assert_eq!(signed, samples::checkpoint().unwrap());
}

#[test]
fn a_checkpoint_is_believed_for_its_log_and_witnesses_only() {
    let signed = samples::checkpoint().unwrap();
    let (log, witness) = (samples::log().unwrap(), samples::witness().unwrap());
    let (log, witness) = (log.key(), witness.key());
    assert_eq!(signed.verify(log, std::slice::from_ref(witness)).unwrap().len(), 1);
    assert_eq!(signed.verify(log, &[]), Ok(vec![]));

    let namesake = NoteSigner::new(ORIGIN, &[3; 32]).unwrap();
    let error = CheckpointError::NotSignedByLog { origin: ORIGIN.to_owned() };
    assert_eq!(signed.verify(namesake.key(), &[]), Err(error.clone()));
    // A witness's word does not stand in for the log's.
    assert_eq!(signed.verify(namesake.key(), std::slice::from_ref(witness)), Err(error));

    let other = NoteSigner::new("example.com/other", &[1; 32]).unwrap();
    assert!(matches!(signed.verify(other.key(), &[]), Err(CheckpointError::WrongOrigin { .. })));
    let sign = SignedCheckpoint::sign(signed.checkpoint().clone(), &other);
    assert!(matches!(sign, Err(CheckpointError::WrongOrigin { .. })));

    let kind =
        |name: &str, expected| Err(CheckpointError::WrongKind { name: name.to_owned(), expected });
    assert_eq!(signed.verify(witness, &[]), kind(witness.name(), KeyKind::Ed25519));
    let mistaken = signed.verify(log, std::slice::from_ref(log));
    assert_eq!(mistaken, kind(log.name(), KeyKind::Cosignature));
}

#[test]
fn a_proof_proves_its_leaf_only() {
    let text = samples::proof().unwrap().to_string();
    let (log, witness) = (samples::log().unwrap(), samples::witness().unwrap());
    let check = |leaf: &[u8]| check_proof(&text, leaf, log.key(), &[witness.key().clone()]);
    let verified = check(&samples::leaf()).unwrap();
    assert_eq!((verified.position, verified.checkpoint.size()), (POSITION, SIZE));
    assert_eq!(verified.witnesses[0].at_seconds, Some(AT_SECONDS));
    let expected = samples::checkpoint().unwrap().checkpoint().root();
    let refused = check(b"another leaf");
    let wrong_root = matches!(refused, Err(TlogProofError::Proof(
        ProofError::WrongRoot { expected: root, .. })) if root == expected);
    assert!(wrong_root, "{refused:?}");
}

#[test]
fn a_witness_follows_a_consistent_tree_only() {
    let request = samples::request().unwrap();
    assert_eq!(request.verify(samples::known_root()), Ok(()));
    assert!(request.verify(leaf_hash(b"forked")).is_err());
    // Well-formed, but no proof: the witness answers 422 and not 400.
    let longer = request.to_string().replacen("old 5", "old 0", 1).parse::<AddCheckpoint>();
    let hashes = request.to_string().lines().take_while(|line| !line.is_empty()).count() - 1;
    let error = ProofError::WrongLength { expected: 0, found: hashes };
    assert_eq!(longer.unwrap().verify(empty_root()), Err(error));
}

#[test]
fn the_newest_of_several_cosignatures_tells_the_time() {
    let (witness, log) = (samples::witness().unwrap(), samples::log().unwrap());
    let checkpoint = samples::checkpoint().unwrap().checkpoint().clone();
    let signed = SignedCheckpoint::sign(checkpoint.clone(), &log).unwrap();
    let lines = [7, 9, 8].map(|at| witness.cosign(&checkpoint, at).unwrap().to_string());
    let several: SignedCheckpoint = format!("{signed}{}\n", lines.join("\n")).parse().unwrap();
    let witnesses = several.verify(log.key(), &[witness.key().clone()]).unwrap();
    let times: Vec<_> = witnesses.iter().map(|it| it.at_seconds).collect();
    assert_eq!(times, [Some(9)]);
}

#[test]
fn a_proof_and_its_checkpoint_are_of_one_size() {
    let checkpoint = samples::checkpoint().unwrap();
    let inclusion = InclusionProof::new(0, 1, vec![]).unwrap();
    let refused = TlogProof::new(inclusion, checkpoint.clone());
    assert_eq!(refused, Err(TlogProofError::WrongSize { expected: SIZE, found: 1 }));
    let consistency = ConsistencyProof::new(1, 1, vec![]).unwrap();
    let refused = AddCheckpoint::new(&consistency, checkpoint);
    assert_eq!(refused, Err(AddCheckpointError::WrongSize { expected: SIZE, found: 1 }));
}
