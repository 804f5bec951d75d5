//! One envelope of each event, with fixed ids and times.

use readmit::event::{
    AccountFrozen, AccountLocked, AccountUnfrozen, AccountUnlocked, AdminAuthorised,
    AdminSuspended, ApiKeyIssued, ApiKeyRevoked, AuditAccessed, BypassCodeRejected, BypassDenied,
    BypassExpired, BypassGranted, BypassRequested, BypassRevoked, BypassUsed, CodesRegenerated,
    CustomerErased, CustomerRegistered, DeviceEnrolled, DeviceRemoved, EnrolmentCodeRejected,
    EnrolmentStarted, LegalHoldLifted, LegalHoldPlaced, MfaDisabled, PolicyChanged,
    RecoveryCodeUsed, RecoveryCompleted, ReviewSignedOff, SecondFactorRejected,
    SecondFactorVerified, SigningKeyRotated, TenantCreated,
};
use readmit::{
    AdminId, AuditSubject, BypassId, CheckedBy, CodeSetId, CommandId, CustomerId, DeviceId,
    Envelope, Event, IdentityCheck, KeyId, LedgerId, Method, Policy, Proof, Reason, RecoveryId,
    RevocationCause, Role, SecondFactor, Seconds, Stage, StreamId, TenantId, Terms, Timestamp,
    Verdict, Who,
};
use readmit_tests::Result;
use uuid::{Uuid, uuid};

const LEDGER: LedgerId = LedgerId::from_uuid(uuid!("0195b4ba-0000-7000-8000-00000000001e"));
const TENANT: TenantId = TenantId::from_uuid(uuid!("0195b4ba-0000-7000-8000-00000000007e"));
const CUSTOMER: CustomerId = CustomerId::from_uuid(uuid!("0195b4ba-0000-7000-8000-0000000000c5"));
const ADMIN: AdminId = AdminId::from_uuid(uuid!("0195b4ba-0000-7000-8000-0000000000ad"));
const OTHER_ADMIN: AdminId = AdminId::from_uuid(uuid!("0195b4ba-0000-7000-8000-0000000000ae"));
const COMMAND: CommandId = CommandId::from_uuid(uuid!("0195b4ba-0000-7000-8000-0000000000cd"));
const CASE: RecoveryId = RecoveryId::from_uuid(uuid!("0195b4ba-0000-7000-8000-0000000000ca"));
const BYPASS: BypassId = BypassId::from_uuid(CASE.uuid());
const PHONE: DeviceId = DeviceId::from_uuid(uuid!("0195b4ba-0000-7000-8000-0000000000d1"));
const TABLET: DeviceId = DeviceId::from_uuid(uuid!("0195b4ba-0000-7000-8000-0000000000d2"));
const CODES: CodeSetId = CodeSetId::from_uuid(uuid!("0195b4ba-0000-7000-8000-0000000000c0"));
const KEY: KeyId = KeyId::from_uuid(uuid!("0195b4ba-0000-7000-8000-0000000000e1"));
/// 2026-11-24T10:00:00.123456Z.
const NOW: Timestamp = Timestamp::from_unix_micros(1_795_514_400_123_456);
const COMMITMENT: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

const fn shown(checked_by: CheckedBy) -> SecondFactor {
    SecondFactor { at: NOW, checked_by }
}

fn admin() -> Who {
    Who::Admin { id: ADMIN, second_factor: Some(shown(CheckedBy::Engine)) }
}

fn customer() -> Who {
    Who::Customer { id: CUSTOMER, via: Some(KEY), second_factor: Some(shown(CheckedBy::Service)) }
}

fn later(minutes: u32) -> Timestamp {
    NOW + Seconds::minutes(minutes)
}

/// An event of the customer's stream.
fn of_customer(who: Who, recovery: Option<RecoveryId>, event: impl Into<Event>) -> Envelope {
    of(StreamId::Account(CUSTOMER.into()), who, recovery, event.into())
}

/// An event of the tenant's stream.
fn of_tenant(who: Who, event: impl Into<Event>) -> Envelope {
    of(StreamId::Tenant(TENANT), who, None, event.into())
}

fn of(stream: StreamId, who: Who, recovery: Option<RecoveryId>, event: Event) -> Envelope {
    let private = Some(COMMITMENT.to_owned());
    let (ledger, position, version) = (LEDGER, 42, 7);
    Envelope {
        ledger,
        position,
        stream,
        version,
        at: NOW,
        who,
        command: COMMAND,
        recovery,
        event,
        private,
    }
}

fn terms() -> Result<Terms> {
    Ok(Terms {
        reason: Some(Reason::LostDevice),
        ticket: Some("INC-4711".parse()?),
        identity_check: IdentityCheck::CallBack,
        proof: Proof::PasswordAndIssuedCode,
        lifetime_seconds: Seconds::hours(1),
        max_uses: 1,
        networks: vec!["192.0.2.0/24".parse()?, "2001:db8::/32".parse()?],
    })
}

fn bare_terms() -> Terms {
    Terms {
        reason: None,
        ticket: None,
        identity_check: IdentityCheck::None,
        proof: Proof::Password,
        lifetime_seconds: Seconds::minutes(5),
        max_uses: 5,
        networks: Vec::new(),
    }
}

/// Each event once, with all that is optional.
pub(crate) fn full() -> Result<Vec<Envelope>> {
    Ok([of_a_case()?, of_an_account(), of_a_tenant()?].concat())
}

fn of_a_case() -> Result<Vec<Envelope>> {
    let case = Some(CASE);
    let of_case = |who, event: Event| of_customer(who, case, event);
    let (terms, bypass) = (terms()?, BYPASS);
    let requested = BypassRequested {
        bypass,
        terms: terms.clone(),
        from: Some(later(30)),
        until: later(24 * 60),
    };
    let granted = BypassGranted { bypass, terms, from: NOW, until: later(60) };
    let disabled = MfaDisabled { devices: vec![PHONE, TABLET], codes: Some(CODES) };
    Ok(vec![
        of_case(admin(), requested.into()),
        of_case(admin(), granted.into()),
        of_case(admin(), BypassDenied {}.into()),
        of_case(admin(), BypassRevoked { cause: RevocationCause::Withdrawn }.into()),
        of_case(customer(), BypassUsed { bypass, use_number: 1, session_until: later(15) }.into()),
        of_case(customer(), BypassCodeRejected { attempts_left: 4 }.into()),
        of_case(Who::System, BypassExpired { stage: Stage::SignedIn }.into()),
        of_case(customer(), RecoveryCompleted { codes: true }.into()),
        of_case(customer(), disabled.into()),
        of_case(customer(), EnrolmentStarted { device: TABLET, until: later(15) }.into()),
        of_case(customer(), EnrolmentCodeRejected { device: TABLET, attempts_left: 9 }.into()),
        of_case(customer(), DeviceEnrolled { device: TABLET, step: 59_850_480 }.into()),
        of_case(customer(), CodesRegenerated { set: CODES, count: 10 }.into()),
    ])
}

fn of_an_account() -> Vec<Envelope> {
    let of_account = |who, event: Event| of_customer(who, None, event);
    let rejected = SecondFactorRejected { method: Method::RecoveryCode, failures: 3 };
    vec![
        of_account(Who::Service { id: KEY }, CustomerRegistered {}.into()),
        of_account(customer(), DeviceRemoved { device: PHONE }.into()),
        of_account(customer(), SecondFactorVerified { device: PHONE, step: 59_850_481 }.into()),
        of_account(customer(), RecoveryCodeUsed { set: CODES, index: 0, left: 9 }.into()),
        of_account(customer(), rejected.into()),
        of_account(customer(), AccountLocked { until: Some(later(15)) }.into()),
        of_account(admin(), AccountUnlocked {}.into()),
        of_account(customer(), AccountFrozen {}.into()),
        of_account(admin(), AccountUnfrozen {}.into()),
        of_account(admin(), CustomerErased {}.into()),
    ]
}

fn of_a_tenant() -> Result<Vec<Envelope>> {
    let created = TenantCreated { name: "acme-msp".parse()?, policy: Policy::standard() };
    let roles = vec![Role::RecoveryAdmin, Role::Auditor];
    let label = "login service".parse()?;
    let (roles_of_key, until) = (vec![Role::Service], Some(later(60)));
    let issued = ApiKeyIssued { key: KEY, label, roles: roles_of_key, until, secret: true };
    let verifier_key = "readmit/led_1+9d0f1d2e+AWNsb3VkZmxhcmU".to_owned();
    let verdict = Verdict::Questioned;
    Ok(vec![
        of_tenant(Who::System, created),
        of_tenant(admin(), PolicyChanged { policy: Policy::strict() }),
        of_tenant(admin(), AdminAuthorised { admin: OTHER_ADMIN, roles }),
        of_tenant(admin(), AdminSuspended { admin: OTHER_ADMIN }),
        of_tenant(admin(), issued),
        of_tenant(admin(), ApiKeyRevoked { key: KEY }),
        of_tenant(Who::System, SigningKeyRotated { verifier_key }),
        of_tenant(admin(), AuditAccessed { what: AuditSubject::Timeline }),
        of_tenant(admin(), ReviewSignedOff { reviewed: CASE, verdict }),
        of_tenant(admin(), LegalHoldPlaced { customer: CUSTOMER }),
        of_tenant(admin(), LegalHoldLifted { customer: CUSTOMER }),
    ])
}

/// Each event that can lack something, lacking all of it: the events of a case outside any case,
/// actors who showed nothing, and nothing private.
pub(crate) fn bare() -> Result<Vec<Envelope>> {
    let admin = Who::Admin { id: ADMIN, second_factor: None };
    let customer = Who::Customer { id: CUSTOMER, via: None, second_factor: None };
    let (terms, bypass) = (bare_terms(), BYPASS);
    let requested = BypassRequested { bypass, terms: terms.clone(), from: None, until: later(60) };
    let granted = BypassGranted { bypass, terms, from: NOW, until: later(5) };
    let label = "x".parse()?;
    let roles = vec![Role::Auditor];
    let issued = ApiKeyIssued { key: KEY, label, roles, until: None, secret: false };
    let mut bare = vec![
        of_customer(customer, Some(CASE), requested),
        of_customer(admin, Some(CASE), granted),
        of_customer(customer, None, MfaDisabled { devices: Vec::new(), codes: None }),
        of_customer(customer, None, EnrolmentStarted { device: PHONE, until: later(15) }),
        of_customer(customer, None, EnrolmentCodeRejected { device: PHONE, attempts_left: 0 }),
        of_customer(customer, None, DeviceEnrolled { device: PHONE, step: 0 }),
        of_customer(customer, None, CodesRegenerated { set: CODES, count: 10 }),
        of_customer(customer, None, AccountLocked { until: None }),
        of_customer(Who::System, None, CustomerRegistered {}),
        of_tenant(admin, issued),
    ];
    for envelope in &mut bare {
        envelope.private = None;
    }
    Ok(bare)
}

#[test]
fn ids_and_times_in_the_samples_are_what_the_ledger_writes() {
    assert_eq!(NOW.to_string(), "2026-11-24T10:00:00.123456Z");
    for id in [LEDGER.uuid(), CUSTOMER.uuid(), CASE.uuid()] {
        assert_eq!(Uuid::get_version_num(&id), 7);
    }
}
