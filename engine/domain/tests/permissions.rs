//! Who may do what: every command × every kind of actor, for a customer's
//! account, for an admin's, and for the actor's own.
//!
//! Each command is tried where nothing but the actor could be in its way, by
//! actors who all have a fresh second factor and claim the recovery session.

use std::fmt::Write as _;

use readmit_domain::account::{
    ApproveBypass, CheckSecondFactor, ConfirmEnrolment, DenyBypass, DisableMfa, EraseCustomer,
    ExpireBypass, GrantBypass, RedeemBypass, RegenerateCodes, RegisterCustomer, RemoveDevice,
    ReportUnrecognised, RequestBypass, RevokeBypass, StartEnrolment, UnfreezeAccount,
    UnlockAccount,
};
use readmit_domain::command::{AccountCommand, TenantCommand};
use readmit_domain::event::{
    AccountFrozen, AccountLocked, AdminAuthorised, AdminSuspended, ApiKeyRevoked, BypassRequested,
    DeviceEnrolled, EnrolmentStarted, LegalHoldPlaced,
};
use readmit_domain::tenant::{
    AuthoriseAdmin, ChangePolicy, CreateTenant, IssueApiKey, LiftLegalHold, PlaceLegalHold,
    RecordAuditAccess, RevokeApiKey, RotateSigningKey, SignOffReview, SuspendAdmin,
};
use readmit_domain::testing::{
    ALICE, AUDREY, BOB, BYPASS, CASE, HANS, OLGA, PETRA, PHONE, Scenario, TABLET, six_digits,
};
use readmit_domain::{
    AccountId, Actor, AdminId, AuditSubject, Command, CustomerId, KeyId, NewEvent, Policy, Reason,
    RecoverySession, Refusal, Role, Seconds, Verdict, Who,
};
use uuid::Uuid;

/// An admin whose account others act on.
const MIRA: AdminId = AdminId::from_uuid(Uuid::from_u128(0x31_8A));
/// An admin who had every role and is suspended.
const SVEN: AdminId = AdminId::from_uuid(Uuid::from_u128(0x5E_44));
/// An admin of another tenant.
const FIONA: AdminId = AdminId::from_uuid(Uuid::from_u128(0xF1_04A));
/// Another customer.
const CARL: CustomerId = CustomerId::from_uuid(Uuid::from_u128(0xCA_41));
/// A key of another tenant.
const FOREIGN: KeyId = KeyId::from_uuid(Uuid::from_u128(0xF0_4E_19));

/// `y` carried out, `-` not permitted, `?` not found, `o` own account, `w` an owner must, `f` the actor is frozen.
const FOR_A_CUSTOMER: &str = "
                   owner  recov  appr   help   audit  svc    sys    self   via    cust   susp   audkey revkey expkey admin? key?   viaaud viarev viaexp via?
RegisterCustomer   y      -      -      -      -      y      y      -      -      -      -      -      -      -      ?      ?      -      -      -      -
RequestBypass      y      -      -      y      -      y      -      y      y      -      -      -      -      -      ?      ?      -      -      -      ?
GrantBypass        y      y      -      -      -      -      -      -      -      -      -      -      -      -      ?      ?      -      -      -      -
ApproveBypass      y      -      y      -      -      -      -      -      -      -      -      -      -      -      ?      ?      -      -      -      -
DenyBypass         y      -      y      -      -      -      -      -      -      -      -      -      -      -      ?      ?      -      -      -      -
RevokeBypass       y      y      -      -      -      -      y      y      y      -      -      -      -      -      ?      ?      -      -      -      ?
RedeemBypass       ?      ?      ?      ?      ?      ?      ?      y      y      ?      ?      ?      ?      ?      ?      ?      -      -      -      ?
DisableMfa         ?      ?      ?      ?      ?      ?      ?      y      y      ?      ?      ?      ?      ?      ?      ?      -      -      -      ?
StartEnrolment     ?      ?      ?      ?      ?      ?      ?      y      y      ?      ?      ?      ?      ?      ?      ?      -      -      -      ?
ConfirmEnrolment   ?      ?      ?      ?      ?      ?      ?      y      y      ?      ?      ?      ?      ?      ?      ?      -      -      -      ?
RemoveDevice       ?      ?      ?      ?      ?      ?      ?      y      y      ?      ?      ?      ?      ?      ?      ?      -      -      -      ?
RegenerateCodes    ?      ?      ?      ?      ?      ?      ?      y      y      ?      ?      ?      ?      ?      ?      ?      -      -      -      ?
CheckSecondFactor  ?      ?      ?      ?      ?      ?      ?      y      y      ?      ?      ?      ?      ?      ?      ?      -      -      -      ?
ExpireBypass       -      -      -      -      -      -      y      -      -      -      -      -      -      -      -      -      -      -      -      -
ReportUnrecognised ?      ?      ?      ?      ?      ?      ?      y      y      ?      ?      ?      ?      ?      ?      ?      -      -      -      ?
UnfreezeAccount    y      -      -      -      -      -      -      -      -      -      -      -      -      -      ?      ?      -      -      -      -
UnlockAccount      y      y      -      -      -      -      -      -      -      -      -      -      -      -      ?      ?      -      -      -      -
EraseCustomer      y      -      -      -      -      -      -      -      -      -      -      -      -      -      ?      ?      -      -      -      -
";

/// The same for an admin's account; `self` is that admin.
const FOR_AN_ADMIN: &str = "
                   owner  recov  appr   help   audit  svc    sys    self   cust   susp   audkey revkey expkey admin? key?
RegisterCustomer   y      -      -      -      -      y      y      -      -      -      -      -      -      ?      ?
RequestBypass      y      -      -      y      -      y      -      y      -      -      -      -      -      ?      ?
GrantBypass        y      w      -      -      -      -      -      -      -      -      -      -      -      ?      ?
ApproveBypass      y      -      w      -      -      -      -      -      -      -      -      -      -      ?      ?
DenyBypass         y      -      y      -      -      -      -      -      -      -      -      -      -      ?      ?
RevokeBypass       y      y      -      -      -      -      y      y      -      -      -      -      -      ?      ?
RedeemBypass       ?      ?      ?      ?      ?      ?      ?      y      ?      ?      ?      ?      ?      ?      ?
DisableMfa         ?      ?      ?      ?      ?      ?      ?      y      ?      ?      ?      ?      ?      ?      ?
StartEnrolment     ?      ?      ?      ?      ?      ?      ?      y      ?      ?      ?      ?      ?      ?      ?
ConfirmEnrolment   ?      ?      ?      ?      ?      ?      ?      y      ?      ?      ?      ?      ?      ?      ?
RemoveDevice       ?      ?      ?      ?      ?      ?      ?      y      ?      ?      ?      ?      ?      ?      ?
RegenerateCodes    ?      ?      ?      ?      ?      ?      ?      y      ?      ?      ?      ?      ?      ?      ?
CheckSecondFactor  ?      ?      ?      ?      ?      ?      ?      y      ?      ?      ?      ?      ?      ?      ?
ExpireBypass       -      -      -      -      -      -      y      -      -      -      -      -      -      -      -
ReportUnrecognised ?      ?      ?      ?      ?      ?      ?      y      ?      ?      ?      ?      ?      ?      ?
UnfreezeAccount    y      -      -      -      -      -      -      f      -      -      -      -      -      ?      ?
UnlockAccount      y      w      -      -      -      -      -      -      -      -      -      -      -      ?      ?
";

/// The same for the account of the very admin who acts.
const FOR_THEMSELVES: &str = "
                   owner  recov  appr   help   audit  susp
RegisterCustomer   y      -      -      -      -      -
RequestBypass      y      y      y      y      y      -
GrantBypass        o      o      -      -      -      -
ApproveBypass      o      -      o      -      -      -
DenyBypass         o      -      o      -      -      -
RevokeBypass       y      y      y      y      y      -
RedeemBypass       y      y      y      y      y      -
DisableMfa         y      y      y      y      y      -
StartEnrolment     y      y      y      y      y      -
ConfirmEnrolment   y      y      y      y      y      -
RemoveDevice       y      y      y      y      y      -
RegenerateCodes    y      y      y      y      y      -
CheckSecondFactor  y      y      y      y      y      -
ExpireBypass       -      -      -      -      -      -
ReportUnrecognised y      y      y      y      y      -
UnfreezeAccount    f      f      f      f      f      f
UnlockAccount      o      o      -      -      -      -
";

/// The same for the tenant.
const FOR_THE_TENANT: &str = "
                   owner  recov  appr   help   audit  svc    sys    self   susp   audkey revkey expkey admin? key?
CreateTenant       -      -      -      -      -      -      y      -      -      -      -      -      -      -
ChangePolicy       y      -      -      -      -      -      y      -      -      -      -      -      ?      ?
AuthoriseAdmin     y      -      -      -      -      -      y      -      -      -      -      -      ?      ?
SuspendAdmin       y      -      -      -      -      -      y      -      -      -      -      -      ?      ?
IssueApiKey        y      -      -      -      -      -      y      -      -      -      -      -      ?      ?
RevokeApiKey       y      -      -      -      -      -      y      -      -      -      -      -      ?      ?
RotateSigningKey   y      -      -      -      -      -      y      -      -      -      -      -      ?      ?
RecordAuditAccess  y      -      -      -      y      -      y      -      -      y      -      -      ?      ?
SignOffReview      y      -      -      -      y      -      -      -      -      y      -      -      ?      ?
PlaceLegalHold     y      -      -      -      -      -      -      -      -      -      -      -      ?      ?
LiftLegalHold      y      -      -      -      -      -      -      -      -      -      -      -      ?      ?
";

/// A tenant with everybody in it.
struct Cast {
    scenario: Scenario,
    service: KeyId,
    auditing: KeyId,
    revoked: KeyId,
    expired: KeyId,
}

impl Cast {
    fn new() -> Self {
        let mut scenario = Scenario::new();
        scenario.given_tenant(AdminAuthorised { admin: MIRA, roles: vec![Role::Helpdesk] });
        let roles = Role::ALL.into_iter().filter(|role| *role != Role::Service).collect();
        scenario.given_tenant(AdminAuthorised { admin: SVEN, roles });
        scenario.given_tenant(AdminSuspended { admin: SVEN });
        let service = scenario.given_service();
        let revoked = scenario.given_service();
        scenario.given_tenant(ApiKeyRevoked { key: revoked });
        let issued =
            |scenario: &mut Scenario, key| scenario.when(&Actor::system(), key).fresh.key();
        let auditing = issued(&mut scenario, IssueApiKey::new("siem").auditor());
        let until = scenario.now + Seconds::minutes(1);
        let expired = issued(&mut scenario, IssueApiKey::new("old").until(until));
        Self { scenario, service, auditing, revoked, expired }
    }

    fn admins() -> Vec<(&'static str, Actor)> {
        [("owner", OLGA), ("recov", BOB), ("appr", PETRA), ("help", HANS), ("audit", AUDREY)]
            .into_iter()
            .map(|(name, id)| (name, Actor::admin(id)))
            .collect()
    }

    /// Everybody who may do something, then everybody who may do nothing.
    fn everybody(&self, target: AccountId) -> Vec<(&'static str, Actor)> {
        let myself = Actor::person(target);
        let mut actors = Self::admins();
        actors.extend([
            ("svc", Actor::service(self.service)),
            ("sys", Actor::system()),
            ("self", myself.clone()),
        ]);
        let customer = matches!(target, AccountId::Customer(_));
        actors.extend(customer.then(|| ("via", myself.clone().via(self.service))));
        actors.extend([
            ("cust", Actor::customer(CARL)),
            ("susp", Actor::admin(SVEN)),
            ("audkey", Actor::service(self.auditing)),
            ("revkey", Actor::service(self.revoked)),
            ("expkey", Actor::service(self.expired)),
            ("admin?", Actor::admin(FIONA)),
            ("key?", Actor::service(FOREIGN)),
        ]);
        for (name, key) in [
            ("viaaud", self.auditing),
            ("viarev", self.revoked),
            ("viaexp", self.expired),
            ("via?", FOREIGN),
        ] {
            actors.extend(customer.then(|| (name, myself.clone().via(key))));
        }
        actors
    }
}

/// Each command about an account, and a tenant in which it can be carried out.
fn about(target: AccountId) -> Vec<(Command, Cast)> {
    type Setup = fn(&mut Scenario, AccountId);
    let phone: Setup = |scenario, id| {
        scenario.given_phone(id);
    };
    let bypass: Setup = |scenario, id| {
        scenario.given_phone(id).given_bypass(id);
    };
    let request: Setup = |scenario, id| {
        let mut granted = scenario.clone();
        let Some(case) = granted.given_bypass(id).account(id).case else { panic!("a case") };
        let until = scenario.now + Seconds::hours(1);
        let requested = BypassRequested { bypass: BYPASS, terms: case.terms, from: None, until };
        scenario.given_phone(id).given(id, [NewEvent::of(CASE, requested)]);
    };
    let setups: Vec<(Command, Setup)> = vec![
        (RegisterCustomer::new("ada@example.com").into(), |_, _| {}),
        (RequestBypass::new(target).reason(Reason::LostDevice).into(), phone),
        (GrantBypass::new(target).reason(Reason::LostDevice).into(), phone),
        (ApproveBypass::new(target, CASE).into(), request),
        (DenyBypass::new(target, CASE).into(), request),
        (RevokeBypass::new(target).into(), bypass),
        (RedeemBypass::new(target).into(), bypass),
        (DisableMfa::new(target).into(), |scenario, id| {
            scenario.given_phone(id).given_bypass(id).given_session(id);
        }),
        (StartEnrolment::new(target).into(), |_, _| {}),
        (ConfirmEnrolment::new(target, PHONE, six_digits()).into(), |scenario, id| {
            let until = scenario.now + Seconds::hours(1);
            scenario.given(id, [EnrolmentStarted { device: PHONE, until }]).typed_code_of(PHONE);
        }),
        (RemoveDevice::new(target, TABLET).into(), |scenario, id| {
            scenario.given_phone(id).given(id, [DeviceEnrolled { device: TABLET, step: 1 }]);
        }),
        (RegenerateCodes::new(target).into(), phone),
        (CheckSecondFactor::totp(target, six_digits()).into(), |scenario, id| {
            scenario.given_phone(id).typed_code_of(PHONE);
        }),
        (ExpireBypass::new(target).into(), |scenario, id| {
            scenario.given_phone(id).given_bypass(id).after_minutes(60);
        }),
        (ReportUnrecognised::new(target).into(), |_, _| {}),
        (UnfreezeAccount::new(target, "looked into it").into(), |scenario, id| {
            scenario.given(id, [AccountFrozen {}]);
        }),
        (UnlockAccount::new(target).into(), |scenario, id| {
            scenario.given(id, [AccountLocked { until: None }]);
        }),
    ];
    let erase = match target {
        AccountId::Customer(customer) => Some(EraseCustomer::new(customer).into()),
        AccountId::Admin(_) => None,
    };
    let nothing: Setup = |_, _| {};
    setups
        .into_iter()
        .chain(erase.map(|erase| (erase, nothing)))
        .map(|(command, setup)| {
            let mut cast = Cast::new();
            setup(&mut cast.scenario, target);
            cast.scenario.after_minutes(1);
            (command, cast)
        })
        .collect()
}

/// Each command about the tenant, and a tenant in which it can be carried out.
fn about_the_tenant() -> Vec<(Command, Cast)> {
    let mut unnamed = Cast::new();
    unnamed.scenario.tenant.name = None;
    let Ok(name) = "acme-msp".parse() else { panic!("a tenant name") };
    let mut held = Cast::new();
    held.scenario.given_tenant(LegalHoldPlaced { customer: ALICE });
    let cast = Cast::new();
    let commands: [(Command, Cast); 11] = [
        (CreateTenant::new(name, Policy::strict()).into(), unnamed),
        (ChangePolicy::new(Policy::strict()).into(), Cast::new()),
        (AuthoriseAdmin::new("ada@acme.example", [Role::Auditor]).into(), Cast::new()),
        (SuspendAdmin::new(MIRA).into(), Cast::new()),
        (IssueApiKey::new("another").into(), Cast::new()),
        (RevokeApiKey::new(cast.service).into(), cast),
        (RotateSigningKey::new("readmit.example/acme+1a2b+key").into(), Cast::new()),
        (RecordAuditAccess::new(AuditSubject::Export).into(), Cast::new()),
        (SignOffReview::new(CASE, Verdict::Accepted).into(), Cast::new()),
        (PlaceLegalHold::new(ALICE).into(), Cast::new()),
        (LiftLegalHold::new(ALICE).into(), held),
    ];
    commands
        .into_iter()
        .map(|(command, mut cast)| {
            cast.scenario.after_minutes(1);
            (command, cast)
        })
        .collect()
}

/// What asks an admin for a fresh second factor before anything happens.
const STEP_UP: [&str; 13] = [
    "GrantBypass",
    "ApproveBypass",
    "UnfreezeAccount",
    "UnlockAccount",
    "EraseCustomer",
    "ChangePolicy",
    "AuthoriseAdmin",
    "SuspendAdmin",
    "IssueApiKey",
    "RevokeApiKey",
    "RotateSigningKey",
    "PlaceLegalHold",
    "LiftLegalHold",
];

fn letter(decision: &Result<Vec<NewEvent>, Refusal>) -> &'static str {
    match decision {
        Ok(_) => "y",
        Err(Refusal::NotPermitted) => "-",
        Err(Refusal::NotFound) => "?",
        Err(Refusal::OwnAccount) => "o",
        Err(Refusal::OwnerRequired) => "w",
        Err(Refusal::Frozen) => "f",
        Err(other) => panic!("only the actor should be in the way, not {other}"),
    }
}

fn tries(scenario: &Scenario, actor: &Actor, command: &Command) -> &'static str {
    let actor = actor
        .clone()
        .vouched_second_factor(scenario.now)
        .in_recovery(RecoverySession { bypass: BYPASS, use_number: 1 });
    letter(&scenario.clone().when(&actor, command.clone()).decision)
}

fn row(name: &str, cells: impl IntoIterator<Item = &'static str>) -> String {
    let mut line = format!("{name:18}");
    for cell in cells {
        let _ = write!(line, " {cell:6}");
    }
    format!("{}\n", line.trim_end())
}

/// The table of what these actors may do.
fn table(
    commands: &[(Command, Cast)],
    actors: impl Fn(&Cast) -> Vec<(&'static str, Actor)>,
) -> String {
    let heads = actors(&Cast::new());
    let mut table = row("", heads.iter().map(|(name, _)| *name));
    for (command, cast) in commands {
        let answers = actors(cast).into_iter();
        let answers = answers.map(|(_, actor)| tries(&cast.scenario, &actor, command));
        table += &row(command.name(), answers);
    }
    table
}

#[track_caller]
fn is(found: &str, expected: &str) {
    assert!(found == expected.trim_start_matches('\n'), "found\n{found}\nexpected{expected}");
}

#[test]
fn for_a_customer() {
    let target = ALICE.into();
    let commands = about(target);
    let names: Vec<_> = commands.iter().map(|(command, _)| command.name()).collect();
    assert_eq!(names, AccountCommand::NAMES);
    is(&table(&commands, |cast| cast.everybody(target)), FOR_A_CUSTOMER);
}

#[test]
fn for_an_admin() {
    let target = MIRA.into();
    is(&table(&about(target), |cast| cast.everybody(target)), FOR_AN_ADMIN);
}

#[test]
fn for_themselves() {
    let mut admins = Cast::admins();
    admins.push(("susp", Actor::admin(SVEN)));
    let mut found = row("", admins.iter().map(|(name, _)| *name));
    let own = |actor: &Actor| about(actor.who.account().unwrap());
    let columns: Vec<_> = admins.iter().map(|(_, actor)| (actor, own(actor))).collect();
    for (place, (command, _)) in own(&Actor::admin(OLGA)).iter().enumerate() {
        let answers = columns.iter().map(|(actor, commands)| {
            let (command, cast) = &commands[place];
            tries(&cast.scenario, actor, command)
        });
        found += &row(command.name(), answers);
    }
    is(&found, FOR_THEMSELVES);
}

#[test]
fn for_the_tenant() {
    let commands = about_the_tenant();
    let names: Vec<_> = commands.iter().map(|(command, _)| command.name()).collect();
    assert_eq!(names, TenantCommand::NAMES);
    let actors = |cast: &Cast| {
        let mut actors = cast.everybody(ALICE.into());
        actors.retain(|(name, _)| !name.starts_with("via") && *name != "cust");
        actors
    };
    is(&table(&commands, actors), FOR_THE_TENANT);
}

/// Nobody who is refused for another reason is asked for a code first, and
/// nobody is asked who has none to show.
#[test]
fn what_an_admin_needs_a_fresh_second_factor_for() {
    let mut found = Vec::new();
    for (command, cast) in about(ALICE.into()).into_iter().chain(about_the_tenant()) {
        let scenario = &cast.scenario;
        for (name, actor) in cast.everybody(ALICE.into()) {
            let answer = |actor: &Actor| scenario.clone().when(actor, command.clone()).decision;
            if !matches!(answer(&actor), Err(Refusal::SecondFactorNotFresh { .. })) {
                continue;
            }
            assert_eq!(tries(scenario, &actor, &command), "y", "{name}: {}", command.name());
            match actor.who {
                Who::Admin { .. } => found.push(command.name()),
                Who::Customer { id, .. } => assert_eq!(id, ALICE, "{name}"),
                Who::Service { .. } | Who::System => panic!("{name}: {}", command.name()),
            }
        }
    }
    found.dedup();
    assert_eq!(found, STEP_UP);
}
