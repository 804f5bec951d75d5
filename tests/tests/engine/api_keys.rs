//! An API key opens its own tenant for as long as it is good, and its secret goes with it.

use data_encoding::Specification;
use readmit::{
    Actor, ApiKeyToken, Envelope, Event, IssueApiKey, KeyId, Policy, RegisterCustomer,
    RevokeApiKey, Role, Seconds, StreamId, event,
};
use readmit_runtime::ports::store::{LedgerCommit, StoredEvent};
use readmit_tests::house::Place;
use readmit_tests::{Database, House, Msp, Nodes, Result, all_at_once, kind};
use readmit_tlog::{Frontier, leaf_hash};
use sha2::{Digest, Sha256};

/// A key of this tenant, with its token.
async fn issued(msp: &Msp, issue: IssueApiKey) -> Result<(KeyId, ApiKeyToken)> {
    let done = msp.tenant.execute(&msp.owner(), issue).await?;
    let token = done.outcome.token.ok_or("no token was shown")?;
    assert_eq!(token.key(), done.outcome.key);
    Ok((done.outcome.key, token))
}

/// The key that this token is known to hold, through this engine.
async fn holder(msp: &Msp, token: &ApiKeyToken) -> Result<Option<KeyId>> {
    Ok(msp.engine.authenticate(token).await?.map(|holder| holder.key))
}

#[tokio::test]
async fn the_holder_of_a_token_is_known_after_a_restart_too() -> Result {
    let house = House::new()?;
    let mut msp = house.msp(Policy::standard()).await?;
    let until = msp.engine.now() + Seconds::hours(1);
    let (key, token) = issued(&msp, IssueApiKey::new("siem").auditor().until(until)).await?;
    let token: ApiKeyToken = token.expose().parse()?;
    for restart in [false, true] {
        if restart {
            msp = house.reopen(&msp).await?;
        }
        let holder = msp.engine.authenticate(&token).await?.ok_or("nobody")?;
        assert_eq!((holder.key, holder.until), (key, Some(until)));
        assert_eq!(
            (holder.label.as_str(), holder.roles.as_slice()),
            ("siem", &[Role::Auditor][..])
        );
        assert_eq!(holder.tenant.ledger(), msp.tenant.ledger());
    }
    house.clock.advance(Seconds(3599));
    assert_eq!(holder(&msp, &token).await?, Some(key));
    house.clock.advance(Seconds(1));
    assert_eq!(holder(&msp, &token).await?, None, "it has run out");
    msp.tenant.verify().await?;
    Ok(())
}

#[tokio::test]
async fn whoever_repeats_the_command_sees_no_token_and_the_first_one_works() -> Result {
    let house = House::new()?;
    let mut msp = house.msp(Policy::standard()).await?;
    let id = msp.engine.draw_command_id()?;
    let issue = move |msp: Msp| async move {
        msp.tenant.execute(&msp.owner(), IssueApiKey::new("portal")).with_id(id).await
    };
    let answers = all_at_once((0..16).map(|_| issue(msp.clone()))).await?;
    let mut tokens = Vec::new();
    for answer in answers {
        let done = answer?;
        assert_eq!(done.already, done.token.is_none());
        tokens.extend(done.outcome.token);
    }
    let [token] = tokens.as_slice() else { panic!("{} tokens", tokens.len()) };
    msp = house.reopen(&msp).await?;
    let again = issue(msp.clone()).await?;
    assert!(again.already && again.token.is_none());
    assert_eq!(holder(&msp, token).await?, Some(again.key));
    Ok(())
}

async fn a_revocation_ends_a_key_at_once_on_every_node(place: Place) -> Result {
    let nodes = Nodes::at(place, Policy::standard()).await?;
    let [here, elsewhere] = nodes.msps.as_slice() else { panic!("not two nodes") };
    let (key, token) = issued(here, IssueApiKey::new("portal")).await?;
    let (other, other_token) = issued(elsewhere, IssueApiKey::new("other")).await?;
    assert_eq!(holder(elsewhere, &token).await?, Some(key));
    assert_eq!(holder(here, &other_token).await?, Some(other));
    here.tenant.execute(&here.owner(), RevokeApiKey::new(key)).await?;
    for msp in &nodes.msps {
        assert_eq!(holder(msp, &token).await?, None);
        assert_eq!(holder(msp, &other_token).await?, Some(other), "the other one stays");
    }
    elsewhere.tenant.execute(&here.owner(), RevokeApiKey::new(other)).await?;
    for msp in &nodes.msps {
        msp.tenant.verify().await?;
        msp.engine.close().await;
    }
    // That of the key which the tenant began with.
    assert_eq!(nodes.house.sql("SELECT count(*) FROM secrets;")?.trim(), "1");
    Ok(())
}

#[tokio::test]
async fn a_revocation_ends_a_key_at_once_on_sqlite() -> Result {
    a_revocation_ends_a_key_at_once_on_every_node((2, Database::Sqlite)).await
}

#[tokio::test]
async fn a_revocation_ends_a_key_at_once_on_postgresql() -> Result {
    a_revocation_ends_a_key_at_once_on_every_node((2, Database::Postgres)).await
}

/// A token that nobody was shown: other bytes at a place, and a checksum that fits.
fn forged(token: &ApiKeyToken, place: usize, bytes: &[u8]) -> Result<ApiKeyToken> {
    let mut crockford = Specification::new();
    crockford.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    let crockford = crockford.encoding()?;
    let text = token.expose();
    let mut body = crockford.decode(text.strip_prefix("rmk_").ok_or("prefix")?.as_bytes())?;
    body.truncate(52);
    body.get_mut(place..place + bytes.len()).ok_or("place")?.copy_from_slice(bytes);
    let checksum = Sha256::digest([b"readmit api key checksum\0".as_slice(), &body].concat());
    body.extend(checksum.iter().take(4));
    Ok(format!("rmk_{}", crockford.encode(&body)).parse()?)
}

#[tokio::test]
async fn another_tenant_another_database_and_a_forged_token_open_nothing() -> Result {
    let house = House::new()?;
    let ours = house.msp(Policy::standard()).await?;
    let theirs = Msp::create(ours.engine.clone(), "other-msp", Policy::standard()).await?;
    let (key, token) = issued(&ours, IssueApiKey::new("portal")).await?;
    assert_eq!(holder(&ours, &forged(&token, 0, &[])?).await?, Some(key));

    let elsewhere = House::new()?.msp(Policy::standard()).await?;
    assert_eq!(holder(&elsewhere, &token).await?, None, "another database");
    let (their_key, their_token) = issued(&theirs, IssueApiKey::new("portal")).await?;
    let their_ledger = theirs.tenant.ledger().uuid();
    for (what, forged) in [
        ("another tenant's ledger", forged(&token, 0, their_ledger.as_bytes())?),
        ("no ledger", forged(&token, 0, &[7; 16])?),
        ("another tenant's key", forged(&token, 16, their_key.uuid().as_bytes())?),
        ("another key", forged(&token, 16, ours.key.uuid().as_bytes())?),
        ("no key", forged(&token, 16, &[7; 16])?),
        ("another secret", forged(&token, 32, &[7; 20])?),
        ("one bit less", forged(&token, 51, &[0])?),
        ("one bit more", forged(&token, 51, &[1])?),
    ] {
        if forged.expose() != token.expose() {
            assert_eq!(holder(&ours, &forged).await?, None, "{what}");
        }
    }
    let found = ours.engine.authenticate(&their_token).await?.ok_or("nobody")?;
    assert_eq!(found.tenant.ledger(), theirs.tenant.ledger(), "each opens its own");
    assert!(
        ours.engine.tenant_by_ledger(readmit::LedgerId::from_uuid(key.uuid())).await?.is_none()
    );
    Ok(())
}

/// Adds an event as an older version would have written it.
async fn append(house: &House, msp: &Msp, event: impl Into<Event>) -> Result {
    let store = readmit_store::open(&house.url().parse()?, false).await?;
    let head = store.head(msp.tenant.ledger()).await?.ok_or("no ledger")?;
    let stream = StreamId::Tenant(head.tenant);
    let before = msp.tenant.as_of(readmit::Until::Now).state().await?;
    assert_eq!(before.id, head.tenant);
    let version = msp.ledger().await?.iter().filter(|event| event.stream == stream).count() as u64;
    let envelope = Envelope {
        ledger: head.ledger,
        position: head.size,
        stream,
        version: version + 1,
        at: head.at,
        who: Actor::system().who,
        command: msp.engine.draw_command_id()?,
        recovery: None,
        event: event.into(),
        private: None,
    };
    let body = envelope.encode()?;
    let mut frontier = Frontier::from_bytes(head.size, &head.frontier)?;
    frontier.append(leaf_hash(&body))?;
    let (position, version) = (envelope.position, envelope.version);
    let commit = LedgerCommit {
        ledger: head.ledger,
        expected_size: head.size,
        fence: head.fence,
        at: head.at,
        root: *frontier.root().as_bytes(),
        frontier: frontier.to_bytes(),
        events: vec![StoredEvent { position, stream: stream.uuid(), version, body }],
        commands: Vec::new(),
        writes: Vec::new(),
    };
    assert_eq!(store.commit(&[commit]).await?, [head.ledger]);
    store.close().await;
    Ok(())
}

#[tokio::test]
async fn a_key_of_an_older_ledger_goes_on_as_it_was_and_can_be_revoked() -> Result {
    let house = House::new()?;
    let msp = house.msp(Policy::standard()).await?;
    let old = KeyId::from_uuid(msp.engine.draw_command_id()?.uuid());
    let (label, roles) = ("portal".parse()?, vec![Role::Service]);
    append(
        &house,
        &msp,
        event::ApiKeyIssued { key: old, label, roles, until: None, secret: false },
    )
    .await?;
    let register = RegisterCustomer::new("alice@example.com");
    msp.tenant.execute(&Actor::service(old), register).await?;
    let (_, token) = issued(&msp, IssueApiKey::new("new")).await?;
    let pretended = forged(&token, 16, old.uuid().as_bytes())?;
    assert_eq!(holder(&msp, &pretended).await?, None, "nobody can hold it");
    msp.tenant.execute(&msp.owner(), RevokeApiKey::new(old)).await?;
    let register = RegisterCustomer::new("bert@example.com");
    assert_eq!(kind(&msp.tenant.execute(&Actor::service(old), register).await), "not_permitted");
    house.reopen(&msp).await?.tenant.verify().await?;
    Ok(())
}
