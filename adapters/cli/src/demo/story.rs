//! The story itself: both halves of "the seed's story, as events".

use readmit::{
    AccountId, Actor, AdminId, AuthoriseAdmin, CheckSecondFactor, ConfirmEnrolment, CustomerId,
    DisableMfa, GrantBypass, IssueApiKey, KeyId, Reason, RecoveryCode, RedeemBypass,
    RegenerateCodes, RegisterCustomer, Role, Seconds, SignIn, StartEnrolment,
};

use super::DemoError;
use super::phone::Phone;
use super::stage::Stage;

/// Who plays.
pub(super) struct Cast {
    pub(super) service: KeyId,
    pub(super) olga: AdminId,
    pub(super) bob: AdminId,
    pub(super) bobs_phone: Phone,
}

/// A customer with a phone and saved codes.
pub(super) struct Equipped {
    pub(super) id: CustomerId,
    pub(super) phone: Phone,
    pub(super) codes: Vec<RecoveryCode>,
}

/// The story was told: whom it leaves behind, and what they hold.
pub(super) struct Told {
    pub(super) cast: Cast,
    pub(super) alice: Equipped,
    pub(super) carol: Equipped,
}

/// Before the first customer: the MSP, its service, an admin with a phone of his own.
pub(super) async fn prologue(stage: &mut Stage<'_>) -> Result<Cast, DemoError> {
    stage.heading("The MSP")?;
    stage.step("The operator creates the tenant acme-msp", &["TenantCreated"], None).await?;
    let msp = stage.tenant.clone();
    let operator = Actor::system();
    let olga = AuthoriseAdmin::new("olga@acme.example", [Role::Owner]).name("Olga Sommer");
    let olga = msp.execute(&operator, olga).await?.admin;
    let bob = AuthoriseAdmin::new("bob@acme.example", [Role::RecoveryAdmin]).name("Bob Keller");
    let bob = msp.execute(&operator, bob).await?.admin;
    stage
        .step("Olga owns it; Bob may grant bypasses", &["AdminAuthorised", "AdminAuthorised"], None)
        .await?;
    let service = msp.execute(&operator, IssueApiKey::new("login service")).await?.key;
    stage.step("The login service gets a key", &["ApiKeyIssued"], None).await?;
    let (bobs_phone, _) = set_up_phone(stage, bob.into(), &Actor::admin(bob), "Bob").await?;
    Ok(Cast { service, olga, bob, bobs_phone })
}

/// Alice loses her phone and gets back in.
pub(super) async fn alice_gets_back_in(
    stage: &mut Stage<'_>,
    cast: &Cast,
) -> Result<Equipped, DemoError> {
    stage.heading("Alice sets up MFA")?;
    let alice = equip(stage, cast, "Alice Moreau", "alice@example.com").await?;
    let as_alice = Actor::customer(alice.id).via(cast.service);
    let msp = stage.tenant.clone();

    stage.next_code();
    let code = alice.phone.code(stage.now())?;
    msp.execute(&as_alice, CheckSecondFactor::totp(alice.id, code.clone())).await?;
    let account = Some(alice.id.into());
    stage.step("Alice signs in: password and code", &["SecondFactorVerified"], account).await?;
    let again = msp.execute(&as_alice, CheckSecondFactor::totp(alice.id, code)).await;
    stage.refused("Somebody replays the code they saw", again, &["code_replayed"], &[]).await?;

    stage.heading("Alice loses her phone")?;
    let locked_out = matches!(msp.sign_in(alice.id).await?, SignIn::SecondFactor(_));
    stage
        .told("Alice signs in: the password is not enough", locked_out, "second factor required")
        .await?;
    let as_bob = bob_shows_his_code(stage, cast).await?;
    let own = msp.execute(&as_bob, GrantBypass::new(cast.bob).reason(Reason::LostDevice)).await;
    stage.refused("Bob tries to grant himself a bypass", own, &["own_account"], &[]).await?;
    let grant =
        GrantBypass::new(alice.id).for_minutes(60).reason(Reason::LostDevice).ticket("INC-4711");
    msp.execute(&as_bob, grant).await?;
    stage
        .step("Bob grants Alice, and nobody else, a bypass for 1 h", &["BypassGranted"], account)
        .await?;

    recover(stage, cast, alice).await
}

/// From the bypass to the new phone; answers what she has then.
async fn recover(
    stage: &mut Stage<'_>,
    cast: &Cast,
    alice: Equipped,
) -> Result<Equipped, DemoError> {
    stage.heading("Alice gets back in")?;
    let as_alice = Actor::customer(alice.id).via(cast.service);
    let (msp, account) = (stage.tenant.clone(), Some(alice.id.into()));
    let offered = matches!(msp.sign_in(alice.id).await?, SignIn::Bypass(_));
    stage.told("Alice signs in: name and password", offered, "bypass available").await?;
    let redeemed = msp.execute(&as_alice, RedeemBypass::new(alice.id)).await?;
    stage.step("She uses the bypass instead of a code", &["BypassUsed"], account).await?;
    let twice = msp.execute(&as_alice, RedeemBypass::new(alice.id)).await;
    stage.refused("Somebody redeems it a second time", twice, &["spent"], &[]).await?;

    let in_recovery = as_alice.clone().in_recovery(redeemed.session);
    msp.execute(&in_recovery, DisableMfa::new(alice.id)).await?;
    stage.step("My Account: she turns MFA off", &["MfaDisabled"], account).await?;
    stage.next_code();
    let old = alice.phone.code(stage.now())?;
    let old = msp.execute(&as_alice, CheckSecondFactor::totp(alice.id, old)).await;
    stage.refused("The finder of the lost phone tries its code", old, &["mfa_not_on"], &[]).await?;

    let (phone, _) = set_up_phone(stage, alice.id.into(), &in_recovery, "Alice").await?;
    stage.next_code();
    let old = alice.phone.code(stage.now())?;
    let old = msp.execute(&as_alice, CheckSecondFactor::totp(alice.id, old)).await;
    let counted = &["SecondFactorRejected"];
    stage
        .refused("… and again, now that a new phone is there", old, &["code_wrong"], counted)
        .await?;
    if let Some(code) = alice.codes.into_iter().next() {
        let old = CheckSecondFactor::recovery_code(alice.id, code);
        let old = msp.execute(&as_alice, old).await;
        stage
            .refused("… or a recovery code from her drawer", old, &["code_wrong"], counted)
            .await?;
    }

    let codes = msp.execute(&in_recovery, RegenerateCodes::new(alice.id)).await?.outcome.codes;
    let completed = &["CodesRegenerated", "RecoveryCompleted"];
    stage.step("She generates and saves new recovery codes", completed, account).await?;
    stage.next_code();
    let code = phone.code(stage.now())?;
    msp.execute(&as_alice, CheckSecondFactor::totp(alice.id, code)).await?;
    stage.step("She signs in with her new phone", &["SecondFactorVerified"], account).await?;
    Ok(Equipped { id: alice.id, phone, codes })
}

/// Carol gets a bypass and never uses it.
pub(super) async fn carol_does_not_use_it(
    stage: &mut Stage<'_>,
    cast: &Cast,
) -> Result<Equipped, DemoError> {
    stage.heading("The shadow: Carol gets a bypass and finds her phone again")?;
    let carol = equip(stage, cast, "Carol Jensen", "carol@example.com").await?;
    let as_carol = Actor::customer(carol.id).via(cast.service);
    let (msp, account) = (stage.tenant.clone(), Some(carol.id.into()));
    let as_bob = bob_shows_his_code(stage, cast).await?;
    let granted = msp
        .execute(&as_bob, GrantBypass::new(carol.id).for_minutes(60).reason(Reason::LostDevice))
        .await?;
    stage.step("Bob grants Carol a bypass for 1 h", &["BypassGranted"], account).await?;
    let mut follower = msp.follow(granted.position + 1);
    stage.clock.advance(Seconds::minutes(61));
    let late = msp.execute(&as_carol, RedeemBypass::new(carol.id)).await;
    // Whether the timer has recorded the end yet or not: it is over.
    let expired = follower.next().await.map_err(readmit::Error::from)?;
    if expired.event.name() != "BypassExpired" {
        return Err(DemoError::otherwise("61 minutes pass", "BypassExpired", expired.event.name()));
    }
    stage.step("Nobody does anything; 61 minutes pass", &["BypassExpired"], account).await?;
    let over = &["expired", "no_open_case"];
    stage.refused("Somebody who knows her password comes too late", late, over, &[]).await?;
    let code = carol.phone.code(stage.now())?;
    msp.execute(&as_carol, CheckSecondFactor::totp(carol.id, code)).await?;
    stage
        .step("Carol signs in with her phone, as ever", &["SecondFactorVerified"], account)
        .await?;
    Ok(carol)
}

/// Registers a customer and sets up phone and codes.
async fn equip(
    stage: &mut Stage<'_>,
    cast: &Cast,
    full_name: &str,
    login: &str,
) -> Result<Equipped, DemoError> {
    let name = full_name.split(' ').next().unwrap_or(full_name);
    let msp = stage.tenant.clone();
    let service = Actor::service(cast.service);
    let id = msp.execute(&service, RegisterCustomer::new(login).name(full_name)).await?.customer;
    let what = format!("The login service registers {name}");
    stage.step(&what, &["CustomerRegistered"], Some(id.into())).await?;
    let as_customer = Actor::customer(id).via(cast.service);
    let (phone, enrolled_at) = set_up_phone(stage, id.into(), &as_customer, name).await?;
    let fresh = as_customer.with_second_factor(enrolled_at);
    let codes = msp.execute(&fresh, RegenerateCodes::new(id)).await?.outcome.codes;
    let what = format!("{name} saves recovery codes");
    stage.step(&what, &["CodesRegenerated"], Some(id.into())).await?;
    Ok(Equipped { id, phone, codes })
}

/// Sets up a phone; answers it and when it showed its first code.
async fn set_up_phone(
    stage: &mut Stage<'_>,
    account: AccountId,
    actor: &Actor,
    name: &str,
) -> Result<(Phone, readmit::Timestamp), DemoError> {
    let msp = stage.tenant.clone();
    let enrolment = msp.execute(actor, StartEnrolment::new(account)).await?;
    let secret = enrolment.secret.as_ref();
    let phone = Phone::typed_in(secret.ok_or("no secret was shown")?)?;
    stage.next_code();
    let code = phone.code(stage.now())?;
    let confirm = ConfirmEnrolment::new(account, enrolment.device, code);
    let enrolled_at = msp.execute(actor, confirm).await?.at;
    let what = format!("{name} sets up a phone and types its first code");
    stage.step(&what, &["EnrolmentStarted", "DeviceEnrolled"], Some(account)).await?;
    Ok((phone, enrolled_at))
}

/// Before he may grant anything, Bob shows his own second factor.
async fn bob_shows_his_code(stage: &mut Stage<'_>, cast: &Cast) -> Result<Actor, DemoError> {
    stage.next_code();
    let code = cast.bobs_phone.code(stage.now())?;
    let as_bob = Actor::admin(cast.bob);
    let checked = stage.tenant.execute(&as_bob, CheckSecondFactor::totp(cast.bob, code)).await?;
    let shown_at = checked.at;
    stage.step("Bob types his own code", &["SecondFactorVerified"], Some(cast.bob.into())).await?;
    Ok(as_bob.with_second_factor(shown_at))
}
