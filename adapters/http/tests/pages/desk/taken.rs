//! What is taken along to be checked elsewhere.

use axum::http::Method;
use readmit::tlog::TlogProof;
use readmit_tests::Result;

use super::{audrey, recovered};

#[tokio::test]
async fn what_is_taken_along_can_be_checked_without_us() -> Result {
    let (office, _) = recovered().await?;
    let audrey = audrey(&office).await;
    let get = async |path: &str| audrey.ask(Method::GET, path, String::new()).await.expect(200);
    let keys = get("/audit/vkey").await.text();
    let keys: Vec<readmit::bundle::VerifierKey> =
        keys.lines().map(str::parse).collect::<Result<_, _>>()?;

    let proof = get("/audit/proofs/7").await;
    assert!(proof.header("content-disposition").contains("acme-msp-7.proof"));
    let proof: TlogProof = proof.text().parse()?;
    let verified = proof.verify(proof.extra(), &keys[0], &[])?;
    assert_eq!(verified.position, 7);
    assert_eq!(audrey.ask(Method::GET, "/audit/proofs/9999", String::new()).await.status, 404);

    let checkpoint = get("/audit/checkpoint").await.text();
    let checkpoint: readmit::bundle::SignedCheckpoint = checkpoint.parse()?;
    assert_eq!(checkpoint.checkpoint().size(), office.size().await);

    let bundle = get("/audit/bundle").await;
    assert_eq!(bundle.header("content-type"), "application/x-tar");
    let folder = tempfile::tempdir()?;
    tar::Archive::new(bundle.body.as_ref()).unpack(folder.path())?;
    let folder = folder.path().join("acme-msp-ledger");
    let whole = readmit::bundle::verify_against(&folder, &keys, checkpoint.checkpoint(), |_| {})?;
    assert_eq!(whole.checkpoint.checkpoint().size(), office.size().await);
    Ok(())
}
