//! The seed's story, by requests alone.

use readmit::{Clock as _, Role, Seconds};
use readmit_tests::Result;
use serde_json::json;

use crate::office::Office;

#[tokio::test]
async fn a_customer_who_lost_their_phone_gets_back_in() -> Result {
    let office = Office::open().await?;
    let alice = office.customer("alice@example.com").await?;
    let id = &alice.id;
    let sign_in = format!("/api/v1/customers/{id}/sign-in");
    let service = &office.service;

    // The phone is lost: the password alone is not enough.
    let worth = office.get(&sign_in, service).await.expect(200).json();
    assert_eq!(
        worth,
        json!({"answer": "second_factor", "methods": {"totp": true, "recovery_code": true}})
    );

    // Bob grants a bypass, once he has shown his own second factor.
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let grant = office.grant(id, &bob).await.expect(201);
    assert_eq!(grant.json()["state"], "open");
    let recovery = grant.text_of("recovery");

    // Alice: name and password, then the bypass.
    let worth = office.get(&sign_in, service).await.expect(200).json();
    assert_eq!(worth["answer"], "bypass");
    let redeem = format!("/api/v1/customers/{id}/bypass-redemptions");
    let session = office.post(&redeem, service, json!({})).await.expect(201).text_of("token");
    assert_eq!(office.post(&redeem, service, json!({})).await.expect(409).code(), "spent");
    let progress = office.get("/api/v1/recovery", &session).await.expect(200).json();
    assert_eq!((&progress["stage"], &progress["next"]), (&json!("signed_in"), &json!("mfa_off")));

    office.act("/api/v1/recovery/mfa-off", &session).await.expect(204);
    let check = format!("/api/v1/customers/{id}/second-factor");
    let old = alice.phone.code(office.clock.now())?;
    let body = json!({"totp": old.expose()});
    assert_eq!(office.post(&check, service, body).await.expect(409).code(), "mfa_not_on");

    let (phone, ..) = office.set_up_in_recovery(&session).await?;
    let codes = office.act("/api/v1/recovery/codes", &session).await.expect(201);
    assert_eq!(codes.json()["codes"].as_array().map(Vec::len), Some(10));
    assert_eq!(codes.text_of("completed"), recovery);
    let progress = office.get("/api/v1/recovery", &session).await.expect(200).json();
    assert_eq!(progress["stage"], json!(null));

    // She signs in with her new phone; the codes from her drawer are worth nothing.
    office.clock.advance(Seconds(30));
    let new = phone.code(office.clock.now())?;
    office.post(&check, service, json!({"totp": new.expose()})).await.expect(200);
    let drawer = json!({"recovery_code": alice.codes[0]});
    assert_eq!(office.post(&check, service, drawer).await.expect(422).code(), "code_wrong");

    // An auditor sees every step of it, and has it proved.
    let audrey = office.sign_in(Role::Auditor).await;
    let case = office.get(&format!("/api/v1/recoveries/{recovery}"), &audrey).await.expect(200);
    let case = case.json();
    let names: Vec<&str> =
        case["events"].as_array().unwrap().iter().filter_map(|it| it["event"].as_str()).collect();
    let expected = [
        "BypassGranted",
        "BypassUsed",
        "MfaDisabled",
        "EnrolmentStarted",
        "DeviceEnrolled",
        "CodesRegenerated",
        "RecoveryCompleted",
    ];
    assert_eq!(names, expected);
    assert_eq!((&case["ended"]["how"], &case["open"]), (&json!("completed"), &json!(false)));
    let position = case["events"][0]["position"].as_u64().unwrap();
    let proof = office.get(&format!("/api/v1/ledger/proofs/{position}"), &audrey).await.expect(200);
    assert!(proof.text().starts_with("c2sp.org/tlog-proof@v1"), "{}", proof.text());
    let review = format!("/api/v1/recoveries/{recovery}/review");
    office.post(&review, &audrey, json!({"verdict": "accepted"})).await.expect(204);
    office.tenant.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_bypass_that_nobody_uses_ends_by_itself() -> Result {
    let office = Office::open().await?;
    let carol = office.customer("carol@example.com").await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    office.grant(&carol.id, &bob).await.expect(201);
    office.clock.advance(Seconds::minutes(61));
    let redeem = format!("/api/v1/customers/{}/bypass-redemptions", carol.id);
    let refused = office.post(&redeem, &office.service, json!({})).await.expect(409);
    assert!(["expired", "no_open_case"].contains(&refused.code().as_str()), "{}", refused.text());
    Ok(())
}

#[tokio::test]
async fn a_customer_gives_the_bypass_back() -> Result {
    let office = Office::open().await?;
    let carol = office.customer("carol@example.com").await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    office.grant(&carol.id, &bob).await.expect(201);
    let redeem = format!("/api/v1/customers/{}/bypass-redemptions", carol.id);
    let session =
        office.post(&redeem, &office.service, json!({})).await.expect(201).text_of("token");
    let end = office.call(axum::http::Method::DELETE, "/api/v1/recovery", &session, None).await;
    end.expect(204);
    let off = office.act("/api/v1/recovery/mfa-off", &session).await.expect(401);
    assert_eq!(off.code(), "session_not_live");
    Ok(())
}

#[tokio::test]
async fn what_the_help_desk_asks_for_an_approver_grants_and_nobody_for_themselves() -> Result {
    let office = Office::open().await?;
    let dora = office.customer("dora@example.com").await?;
    let hans = office.sign_in(Role::Helpdesk).await;
    let path = format!("/api/v1/customers/{}/bypass-requests", dora.id);
    let asked = office.post(&path, &hans, json!({"reason": "stolen_device"})).await.expect(201);
    assert_eq!(asked.json()["state"], "awaiting_approval");
    let bypass = asked.text_of("bypass");
    let approve = format!("/api/v1/bypasses/{bypass}/approve");
    let olga = office.sign_in(Role::Owner).await;
    let petra = office.sign_in(Role::Approver).await;
    let body = json!({"identity_check": "call_back"});
    let granted = office.post(&approve, &petra, body.clone()).await.expect(200);
    assert_eq!(granted.json()["state"], "open");
    assert_eq!(office.post(&approve, &olga, body).await.expect(409).code(), "not_awaiting");
    let revoke = format!("/api/v1/bypasses/{bypass}/revoke");
    office.act(&revoke, &olga).await.expect(204);
    assert_eq!(office.act(&revoke, &olga).await.expect(409).code(), "no_open_case");

    // What an owner asks for themselves, they do not approve themselves.
    let asked = office.post(&path, &olga, json!({"reason": "stolen_device"})).await.expect(201);
    let approve = format!("/api/v1/bypasses/{}/approve", asked.text_of("bypass"));
    let own = office.post(&approve, &olga, json!({})).await.expect(403);
    assert_eq!(own.code(), "own_request");
    let deny = format!("/api/v1/bypasses/{}/deny", asked.text_of("bypass"));
    office.act(&deny, &petra).await.expect(204);
    Ok(())
}

#[tokio::test]
async fn this_was_not_me_freezes_until_an_owner_has_looked() -> Result {
    let office = Office::open().await?;
    let erin = office.customer("erin@example.com").await?;
    let service = &office.service;
    let freeze = format!("/api/v1/customers/{}/report-unrecognised", erin.id);
    office.post(&freeze, service, json!({})).await.expect(204);
    let check = format!("/api/v1/customers/{}/second-factor", erin.id);
    let code = erin.phone.code(office.clock.now())?;
    let frozen = office.post(&check, service, json!({"totp": code.expose()})).await.expect(409);
    assert_eq!(frozen.code(), "frozen");
    let olga = office.sign_in(Role::Owner).await;
    let unfreeze = format!("/api/v1/customers/{}/unfreeze", erin.id);
    office.post(&unfreeze, &olga, json!({"reason": "Spoke to her."})).await.expect(204);
    let code = erin.phone.code(office.clock.now())?;
    office.post(&check, service, json!({"totp": code.expose()})).await.expect(200);
    Ok(())
}

#[tokio::test]
async fn an_issued_code_is_shown_once_and_takes_its_place_beside_the_password() -> Result {
    let office = Office::open().await?;
    let frank = office.customer("frank@example.com").await?;
    let bob = office.sign_in(Role::RecoveryAdmin).await;
    let path = format!("/api/v1/customers/{}/bypasses", frank.id);
    let body = json!({"reason": "lost_device", "proof": "password_and_issued_code"});
    let code = office.post(&path, &bob, body).await.expect(201).text_of("issued_code");
    let redeem = format!("/api/v1/customers/{}/bypass-redemptions", frank.id);
    let service = &office.service;
    let missing = office.post(&redeem, service, json!({})).await.expect(422);
    assert_eq!(
        (missing.code().as_str(), missing.field().as_str()),
        ("issued_code_missing", "code")
    );
    let wrong = json!({"code": "0000-0000"});
    let wrong = office.post(&redeem, service, wrong).await.expect(422);
    assert_eq!(
        (wrong.code().as_str(), &wrong.json()["attempts_left"]),
        ("issued_code_wrong", &json!(4))
    );
    office.post(&redeem, service, json!({ "code": code })).await.expect(201);
    Ok(())
}
