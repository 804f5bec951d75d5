//! The ledger over HTTP: a monitor that trusts nobody follows it with an auditor's key.

use axum::body::Body;
use axum::http::{Method, Request};
use futures_util::StreamExt as _;
use readmit::tlog::{EntryBundle, HashTile, SignedCheckpoint, TlogProof, VerifierKey, leaf_hash};
use readmit_tests::Result;
use serde_json::json;
use tower::ServiceExt as _;

use crate::office::{Office, request};

/// Registers customers until the ledger has so many events.
async fn grow(office: &Office, size: u64) {
    let mut n = 0;
    while office.size().await < size {
        let body = json!({"login": format!("many{n}@example.com")});
        office.post("/api/v1/customers", &office.service, body).await.expect(201);
        n += 1;
    }
}

#[tokio::test]
async fn a_monitor_rebuilds_the_tree_from_tiles_and_it_is_the_signed_one() -> Result {
    let office = Office::open().await?;
    grow(&office, 300).await;
    let office = &office;
    let get = |path: String| async move {
        office.get(&format!("/api/v1/ledger/{path}"), &office.monitor).await
    };
    let keys = get("verifier-keys".to_owned()).await.expect(200).text();
    let key: VerifierKey = keys.lines().next().ok_or("no key")?.parse()?;
    let note = get("checkpoint".to_owned()).await.expect(200);
    assert_eq!(note.header("content-type"), "text/plain; charset=utf-8");
    let signed: SignedCheckpoint = note.text().parse()?;
    signed.verify(&key, &[])?;
    let size = signed.checkpoint().size();
    assert!(size >= 300);

    let full = get("tile/0/000".to_owned()).await.expect(200);
    assert_eq!(full.header("cache-control"), "private, max-age=31536000, immutable");
    assert_eq!(full.header("content-type"), "application/octet-stream");
    let partial = get(format!("tile/0/001.p/{}", size - 256)).await.expect(200);
    assert_eq!(partial.header("cache-control"), "no-store");
    let mut leaves = Vec::new();
    for (path, tile) in [
        ("tile/entries/000".to_owned(), full),
        (format!("tile/entries/001.p/{}", size - 256), partial),
    ] {
        let entries = EntryBundle::from_bytes(get(path).await.expect(200).body.to_vec())?;
        let hashes = HashTile::from_bytes(&tile.body)?;
        assert_eq!(entries.leaf_hashes().hashes(), hashes.hashes());
        leaves.extend(entries.entries().map(<[u8]>::to_vec));
    }
    let mut frontier = readmit::tlog::Frontier::default();
    for leaf in &leaves {
        frontier.append(leaf_hash(leaf))?;
    }
    assert_eq!(frontier.root(), signed.checkpoint().root());

    let proof: TlogProof = get("proofs/7".to_owned()).await.expect(200).text().parse()?;
    proof.verify(&leaves[7], &key, &[])?;
    for path in [
        "tile/0/002",
        "tile/0/001.p/255",
        "tile/5/000",
        "tile/entries/009",
        "proofs/99999",
        "consistency?old=5&new=99999",
    ] {
        get(path.to_owned()).await.expect(404);
    }
    for path in ["tile/0/0", "tile/x/000", "tile/0/000.p/256", "proofs/x", "proofs/-1"] {
        get(path.to_owned()).await.expect(400);
    }
    let consistency = get(format!("consistency?old=10&new={size}")).await.expect(200).json();
    assert!(consistency["hashes"].as_array().is_some_and(|hashes| !hashes.is_empty()));
    Ok(())
}

#[tokio::test]
async fn events_come_as_the_very_bytes_that_are_hashed() -> Result {
    let office = Office::open().await?;
    grow(&office, 40).await;
    let page =
        office.get("/api/v1/ledger/events?from=3&limit=20", &office.monitor).await.expect(200);
    assert_eq!(page.header("content-type"), "application/jsonl");
    let lines: Vec<String> = page.text().lines().map(str::to_owned).collect();
    let stored = office.tenant.leaves(3).await?;
    assert_eq!(lines.len(), 20);
    for (line, leaf) in lines.iter().zip(&stored) {
        assert_eq!(line.as_bytes(), leaf.as_slice());
    }
    let none = office.get("/api/v1/ledger/events?from=100000", &office.monitor).await.expect(200);
    assert!(none.body.is_empty());
    for query in ["limit=0", "limit=10001", "from=-1", "from=x", "to=3"] {
        office.get(&format!("/api/v1/ledger/events?{query}"), &office.monitor).await.expect(400);
    }
    let accept = request(
        Method::GET,
        "/api/v1/ledger/events",
        &office.monitor,
        None,
        &[("accept", "text/html")],
    );
    assert_eq!(office.send(accept).await.expect(406).code(), "not_acceptable");
    Ok(())
}

/// Reads so many events of a stream; answers their ids.
async fn read_stream(office: &Office, last: Option<u64>, count: usize) -> Result<Vec<u64>> {
    let mut request = Request::builder()
        .uri("/api/v1/ledger/events")
        .header("authorization", format!("Bearer {}", office.monitor))
        .header("accept", "text/event-stream");
    if let Some(last) = last {
        request = request.header("last-event-id", last.to_string());
    }
    let response = office.router.clone().oneshot(request.body(Body::empty())?).await?;
    assert_eq!(response.status(), 200);
    let mut body = response.into_body().into_data_stream();
    let (mut text, mut ids) = (String::new(), Vec::new());
    while ids.len() < count {
        let chunk = tokio::time::timeout(std::time::Duration::from_secs(10), body.next()).await?;
        text.push_str(std::str::from_utf8(&chunk.ok_or("the stream ended")??)?);
        while let Some((event, rest)) = text.split_once("\n\n") {
            let id = event.lines().find_map(|line| line.strip_prefix("id: "));
            let data = event.lines().find_map(|line| line.strip_prefix("data: "));
            if let (Some(id), Some(data)) = (id, data) {
                assert!(serde_json::from_str::<serde_json::Value>(data).is_ok(), "{data}");
                ids.push(id.parse()?);
            }
            text = rest.to_owned();
        }
    }
    ids.truncate(count);
    Ok(ids)
}

#[tokio::test]
async fn a_stream_goes_on_after_a_break_without_a_gap_or_a_double() -> Result {
    let office = Office::open().await?;
    grow(&office, 60).await;
    let mut seen = read_stream(&office, None, 25).await?;
    let mut last = *seen.last().ok_or("nothing")?;
    for count in [1, 10, 7] {
        let more = read_stream(&office, Some(last), count).await?;
        seen.extend(&more);
        last = *seen.last().ok_or("nothing")?;
    }
    let expected: Vec<u64> = (0..43).collect();
    assert_eq!(seen, expected);
    Ok(())
}

#[tokio::test]
async fn a_stream_is_live() -> Result {
    let office = Office::open().await?;
    let size = office.size().await;
    // One more: that the stream itself was asked for is an event.
    let reading = read_stream(&office, Some(size), 3);
    let growing = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        grow(&office, size + 4).await;
        Ok::<_, Box<dyn std::error::Error>>(())
    };
    let (ids, _) = tokio::join!(reading, growing);
    assert_eq!(ids?, [size + 1, size + 2, size + 3]);
    Ok(())
}
