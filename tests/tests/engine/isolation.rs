//! What belongs to another tenant does not exist: *not found*, never *forbidden*, or empty.

use readmit::{
    Actor, ApproveBypass, AuditSubject, AuthoriseAdmin, ChangePolicy, CheckSecondFactor,
    ConfirmEnrolment, DenyBypass, DisableMfa, EraseCustomer, ExpireBypass, IssueApiKey, Policy,
    Reason, RecordAuditAccess, RecoveryCode, RedeemBypass, RegenerateCodes, RegisterCustomer,
    RemoveDevice, ReportUnrecognised, RequestBypass, RevokeApiKey, RevokeBypass, Role,
    StartEnrolment, SuspendAdmin, TimelineQuery, UnfreezeAccount, UnlockAccount,
};
use readmit_tests::{Customer, House, Msp, Result, kind};

/// Two tenants in one database; the first has a customer with an open case.
struct Neighbours {
    ours: Msp,
    theirs: Msp,
    alice: Customer,
    recovery: readmit::RecoveryId,
    _house: House,
}

async fn neighbours() -> Result<Neighbours> {
    let house = House::new()?;
    let ours = house.msp(Policy::standard()).await?;
    let theirs = Msp::create(ours.engine.clone(), "other-msp", Policy::standard()).await?;
    let alice = ours.equip("alice@example.com").await?;
    let recovery = ours.grant(alice.id).await?.recovery;
    Ok(Neighbours { ours, theirs, alice, recovery, _house: house })
}

macro_rules! answers {
    ($tenant:expr; $($actor:expr => $command:expr,)+) => {
        vec![$((stringify!($command), kind(&$tenant.execute(&$actor, $command).await)),)+]
    };
}

#[track_caller]
fn assert_all(answers: Vec<(&str, String)>, expected: &str) {
    let others: Vec<_> = answers.into_iter().filter(|(_, kind)| kind != expected).collect();
    assert!(others.is_empty(), "not {expected}: {others:?}");
}

#[tokio::test]
async fn no_read_shows_anything_of_another_tenant() -> Result {
    let Neighbours { ours, theirs, alice, recovery, .. } = &neighbours().await?;
    let them = &theirs.tenant;
    let bob = ours.recovery_admin_id();
    assert_eq!(kind(&them.sign_in(alice.id).await), "not_found");
    assert_eq!(kind(&them.sign_in(bob).await), "not_found");
    assert_eq!(them.account(alice.id).await?, readmit::Account::new(alice.id.into()));
    assert_eq!(them.account(bob).await?, readmit::Account::new(bob.into()));
    assert!(them.customer(&alice.id).await?.is_none());
    assert_eq!(them.find("alice@example.com").await?, None);
    for account in [readmit::AccountId::from(alice.id), bob.into()] {
        assert_eq!(them.login(account).await?, None);
        assert!(them.history(account).await?.is_empty());
        assert!(them.timeline(account).await?.is_empty());
    }
    assert!(theirs.recoveries().await?.is_empty());
    assert!(theirs.customers().await?.iter().all(|row| row.customer != alice.id));
    let views = them.views().await?;
    assert_eq!(views.customer(alice.id).await?, None);
    let timeline = TimelineQuery::new().account(alice.id);
    assert!(views.timeline(&timeline).await?.items.is_empty());
    let state = them.state().await?;
    assert!(!state.admins.contains_key(&bob) && !state.keys.contains_key(&ours.key));
    let mut events = theirs.ledger().await?.into_iter();
    assert!(events.all(|event| event.ledger == them.ledger()));
    recovery.to_string(); // It is ours: nothing of them names it.
    Ok(())
}

#[tokio::test]
async fn an_event_of_another_tenant_does_not_open_its_private_data() -> Result {
    let Neighbours { ours, theirs, alice, .. } = &neighbours().await?;
    let history = ours.tenant.history(alice.id).await?;
    let registered = history.first().ok_or("there is no event")?;
    assert!(ours.tenant.private(registered).await?.is_some());
    assert_eq!(theirs.tenant.private(registered).await?, None);
    Ok(())
}

#[tokio::test]
async fn no_command_finds_an_account_of_another_tenant() -> Result {
    let Neighbours { ours, theirs, alice, recovery, .. } = &neighbours().await?;
    let (them, size) = (&theirs.tenant, theirs.tenant.head().await?.size);
    let (id, device, recovery) = (alice.id, alice.device, *recovery);
    let code = || alice.phone.code(ours.engine.now());
    let saved = || RecoveryCode::from_bytes([7; 15]);
    let request = || RequestBypass::new(id).reason(Reason::LostDevice);
    // Their own staff, about our customer.
    assert_all(
        answers![them;
            theirs.recovery_admin() => Msp::wish(id),
            theirs.recovery_admin() => Msp::wish(id).replacing(),
            theirs.owner() => Msp::wish(ours.recovery_admin_id()),
            theirs.helpdesk() => request(),
            theirs.service() => request(),
            theirs.approver() => ApproveBypass::new(id, recovery),
            theirs.approver() => DenyBypass::new(id, recovery),
            theirs.recovery_admin() => RevokeBypass::new(id),
            Actor::system() => RevokeBypass::new(id),
            theirs.recovery_admin() => UnlockAccount::new(id),
            theirs.owner() => UnfreezeAccount::new(id, "why not"),
            theirs.owner() => EraseCustomer::new(id),
            theirs.owner() => SuspendAdmin::new(ours.recovery_admin_id()),
            theirs.owner() => AuthoriseAdmin::known(ours.recovery_admin_id(), [Role::Auditor]),
            theirs.owner() => RevokeApiKey::new(ours.key),
            // Nobody's role permits these, and still nobody learns that.
            theirs.auditor() => Msp::wish(id),
            theirs.helpdesk() => EraseCustomer::new(id),
        ],
        "not_found",
    );
    // The customer, through their service and through ours, and in a session of ours.
    let session = ours.redeem(id).await?;
    for actor in [theirs.customer(id), ours.customer(id), theirs.recovering(id, session)] {
        assert_all(
            answers![them;
                actor => RedeemBypass::new(id),
                actor => DisableMfa::new(id),
                actor => StartEnrolment::new(id),
                actor => ConfirmEnrolment::new(id, device, code()?),
                actor => RemoveDevice::new(id, device),
                actor => RegenerateCodes::new(id),
                actor => CheckSecondFactor::totp(id, code()?),
                actor => CheckSecondFactor::recovery_code(id, saved()),
                actor => ReportUnrecognised::new(id),
                actor => RevokeBypass::new(id),
                actor => request(),
            ],
            "not_found",
        );
    }
    let expire = answers![them; Actor::system() => ExpireBypass::new(id),];
    assert_all(expire, "no_open_case");
    assert_eq!(them.head().await?.size, size, "nothing was recorded");
    Ok(())
}

#[tokio::test]
async fn the_staff_of_another_tenant_are_nobody_here() -> Result {
    let Neighbours { ours, theirs, alice, recovery, .. } = &neighbours().await?;
    let (us, size) = (&ours.tenant, ours.tenant.head().await?.size);
    let (id, recovery) = (alice.id, *recovery);
    assert_all(
        answers![us;
            theirs.service() => RegisterCustomer::new("mallory@example.com"),
            theirs.service() => RequestBypass::new(id).reason(Reason::LostDevice),
            theirs.customer(id) => RedeemBypass::new(id),
            theirs.recovery_admin() => Msp::wish(id).replacing(),
            theirs.owner() => Msp::wish(id).replacing(),
            theirs.approver() => ApproveBypass::new(id, recovery),
            theirs.approver() => DenyBypass::new(id, recovery),
            theirs.recovery_admin() => RevokeBypass::new(id),
            theirs.recovery_admin() => UnlockAccount::new(id),
            theirs.owner() => UnfreezeAccount::new(id, "why not"),
            theirs.owner() => EraseCustomer::new(id),
            theirs.owner() => ChangePolicy::new(Policy::strict()),
            theirs.owner() => AuthoriseAdmin::new("mallory", [Role::Owner]),
            theirs.owner() => IssueApiKey::new("mallory"),
            theirs.owner() => RevokeApiKey::new(ours.key),
            theirs.owner() => readmit::PlaceLegalHold::new(id),
            theirs.auditor() => RecordAuditAccess::new(AuditSubject::Export),
            theirs.auditor() => readmit::SignOffReview::new(recovery, readmit::Verdict::Accepted),
        ],
        "not_found",
    );
    assert_eq!(us.head().await?.size, size, "nothing was recorded");
    Ok(())
}

#[tokio::test]
async fn a_login_is_taken_in_its_own_tenant_only() -> Result {
    let Neighbours { ours, theirs, alice, .. } = &neighbours().await?;
    let theirs = theirs.equip("alice@example.com").await?.id;
    assert_ne!(theirs, alice.id);
    assert_eq!(ours.tenant.find("alice@example.com").await?, Some(alice.id.into()));
    Ok(())
}

#[tokio::test]
async fn an_admin_of_these_sixteen_bytes_is_not_the_customer_of_the_same() -> Result {
    let Neighbours { ours, alice, .. } = &neighbours().await?;
    let disguised = readmit::AdminId::from_uuid(alice.id.uuid());
    assert_eq!(kind(&ours.tenant.sign_in(disguised).await), "not_found");
    assert!(ours.tenant.history(disguised).await?.is_empty());
    let grant = ours.tenant.execute(&ours.owner(), Msp::wish(disguised)).await;
    assert_eq!(kind(&grant), "not_found");
    let customer = readmit::CustomerId::from_uuid(ours.recovery_admin_id().uuid());
    assert_eq!(kind(&ours.grant(customer).await), "not_found");
    ours.tenant.verify().await?;
    Ok(())
}
