//! The sample data holds what it promises.

use std::collections::BTreeSet;
use std::sync::Arc;

use readmit::{
    AlertQuery, CustomerQuery, CustomerStatus, Engine, Event, IdentityCheck, OsEntropy, Reason,
    RecoveryQuery, RecoveryRow, RevocationCause, Role, Rule, Seconds, SignIn, Stage, SystemClock,
    Tenant, TotpCode,
};
use readmit_http::password::{Password, PasswordAnswer, PasswordCheck as _};
use readmit_http::web_database::WebPlace;

use super::*;
use crate::demo::Demo;

/// A folder that was filled, opened again as a server would.
struct Filled {
    _folder: tempfile::TempDir,
    engine: Engine,
    web: WebDatabase,
    people: Vec<DemoPerson>,
    now: Timestamp,
}

async fn filled(now: Timestamp) -> Filled {
    let folder = tempfile::tempdir().unwrap();
    let db = format!("sqlite://{}", folder.path().join("readmit.db").display());
    let begins = Calendar::before(now).begins();
    let demo = Demo::open(Engine::builder(&db), begins, true).await.unwrap();
    let told = demo.fill(&db, now, &mut std::io::sink()).await;
    demo.engine.close().await;
    let people = told.unwrap().people;
    let clock = TestClock::at(now);
    let engine = Engine::builder(&db).existing().clock(clock).open().await.unwrap();
    let web = WebDatabase::open(&WebPlace::beside(&db).unwrap()).await.unwrap();
    Filled { _folder: folder, engine, web, people, now }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_providers_have_everything_to_be_looked_at() {
    // A Wednesday morning.
    let filled = filled("2026-06-10T08:45:12Z".parse().unwrap()).await;
    let tenants = filled.engine.tenants().await.unwrap();
    let names: Vec<_> = tenants.iter().map(Tenant::name).collect();
    assert_eq!(names, ["acme-msp", "borealis-it"]);
    let mut all = Seen::default();
    for tenant in &tenants {
        all.look(tenant, filled.now).await;
    }
    all.is_complete();
    sign_ins(&filled, &tenants).await;
}

#[test]
fn every_act_is_after_the_story_and_before_the_present_at_any_hour() {
    for hour in 0..14 * 24 {
        let now = "2026-03-02T00:00:30Z".parse::<Timestamp>().unwrap() + Seconds::hours(hour);
        let calendar = Calendar::before(now);
        for plan in [&ACME, &BOREALIS] {
            let steps = schedule::steps(plan, calendar);
            assert!(steps.is_sorted_by_key(|step| step.at));
            let (first, last) = (steps.first().unwrap(), steps.last().unwrap());
            assert!(calendar.begins() + Seconds::hours(2) < first.at, "{now}: {first:?}");
            assert!(last.at + Seconds::minutes(1) <= now, "{now}: {last:?}");
        }
    }
}

/// What was seen in all ledgers.
#[derive(Default)]
struct Seen {
    customers: usize,
    statuses: BTreeSet<String>,
    stages: BTreeSet<Stage>,
    rules: BTreeSet<Rule>,
    reasons: BTreeSet<Reason>,
    checks: BTreeSet<IdentityCheck>,
    causes: BTreeSet<String>,
    events: BTreeSet<&'static str>,
    codes_left: BTreeSet<u8>,
    reviews: usize,
    roles: BTreeSet<Role>,
}

impl Seen {
    async fn look(&mut self, tenant: &Tenant, now: Timestamp) {
        let views = tenant.views().await.unwrap();
        views.caught_up().await.unwrap();
        let customers = views.customers(&CustomerQuery::new().limit(100)).await.unwrap();
        self.customers += customers.items.len();
        for row in &customers.items {
            self.statuses.insert(format!("{:?}", row.status(now)));
            self.stages.extend(row.stage(now));
            self.codes_left.extend(row.codes_left());
            let is_new = matches!(row.status(now), CustomerStatus::NotSetUp);
            assert!(is_new || row.last_sign_in.is_some(), "{:?}", row.login);
        }
        let alerts = views.alerts(&AlertQuery::new().limit(100)).await.unwrap();
        self.rules.extend(alerts.items.iter().map(|alert| alert.rule));
        let recoveries = views.recoveries(&RecoveryQuery::new().limit(100)).await.unwrap();
        for row in &recoveries.items {
            self.recovery(row);
        }
        let state = tenant.state().await.unwrap();
        assert!(!state.holds.is_empty());
        self.roles.extend(state.admins.values().flat_map(|admin| admin.roles.clone()));
        self.events(tenant, now).await;
    }

    fn recovery(&mut self, row: &RecoveryRow) {
        self.reasons.extend(row.record.terms.reason);
        self.checks.insert(row.record.terms.identity_check);
        self.reviews += usize::from(row.review.is_some());
    }

    async fn events(&mut self, tenant: &Tenant, now: Timestamp) {
        let mut follower = tenant.follow(0);
        let (mut first, mut last) = (None, None);
        while let Some(event) = follower.next_stored().await.unwrap() {
            assert!(last <= Some(event.at) && event.at <= now, "{:?}", event.at);
            first.get_or_insert(event.at);
            last = Some(event.at);
            self.events.insert(event.event.name());
            if let Event::BypassRevoked(data) = &event.event {
                self.causes.insert(format!("{:?}", data.cause));
            }
        }
        assert!(now.since(first.unwrap()).0 >= 89 * 86_400, "{first:?}");
        let verified = tenant.verify().await.unwrap();
        assert_eq!(verified.size, tenant.head().await.unwrap().size);
    }

    fn is_complete(&self) {
        assert!((35..=50).contains(&self.customers), "{}", self.customers);
        let statuses = ["NotSetUp", "On", "Off", "Locked", "Frozen", "Erased"];
        assert_eq!(self.statuses, statuses.map(str::to_owned).into());
        let stages = [
            Stage::AwaitingApproval,
            Stage::Granted,
            Stage::SignedIn,
            Stage::MfaDisabled,
            Stage::DeviceEnrolled,
        ];
        assert_eq!(self.stages, stages.into());
        assert!([1, 2, 10].iter().all(|left| self.codes_left.contains(left)));
        assert_eq!(self.reasons.len(), Reason::ALL.len());
        assert_eq!(self.checks.len(), IdentityCheck::ALL.len());
        let causes = [
            RevocationCause::Withdrawn,
            RevocationCause::ByCustomer,
            RevocationCause::BySystem,
            RevocationCause::Superseded,
            RevocationCause::TooManyAttempts,
            RevocationCause::Reported,
            RevocationCause::Erased,
        ];
        assert_eq!(self.causes, causes.map(|cause| format!("{cause:?}")).into());
        let rare = ["BypassDenied", "BypassExpired", "AccountUnfrozen", "AccountUnlocked"];
        assert!(rare.iter().all(|name| self.events.contains(name)), "{:?}", self.events);
        assert!(self.reviews >= 8, "{}", self.reviews);
        assert_eq!(self.roles.len(), Role::ALL.len() - 1, "all but services");
        let rules: BTreeSet<_> = Rule::ALL.iter().copied().collect();
        let never = BTreeSet::from([Rule::MfaOffWithoutCase]);
        assert_eq!(&rules - &self.rules, never, "the policies forbid what these find");
    }
}

/// The passwords are right, the phones are those of the accounts, and a bypass is offered.
async fn sign_ins(filled: &Filled, tenants: &[Tenant]) {
    let Filled { people, now, .. } = filled;
    let table = filled.web.passwords(Arc::new(SystemClock), Arc::new(OsEntropy));
    let (mut phones, mut bypasses) = (0, 0);
    for person in people {
        let tenant = tenants.iter().find(|tenant| tenant.name() == person.tenant.as_str()).unwrap();
        let account = tenant.find(person.login.as_str()).await.unwrap().unwrap();
        if person.featured {
            let password = Password::new(person.password.clone());
            let answer = table.check(tenant.id(), account, &password).await.unwrap();
            assert!(matches!(answer, PasswordAnswer::Right), "{}", person.login);
        }
        let offer = tenant.sign_in(account).await.unwrap();
        bypasses += usize::from(person.featured && matches!(offer, SignIn::Bypass(_)));
        if let (Some(secret), true) = (&person.phone, matches!(offer, SignIn::SecondFactor(_))) {
            let code = shown_by(secret, *now);
            let check = readmit::CheckSecondFactor::totp(account, code);
            tenant.execute(&readmit::Actor::person(account), check).await.unwrap();
            phones += 1;
        }
    }
    assert!(phones >= 40 && bypasses >= 2, "{phones} phones, {bypasses} bypasses");
}

fn shown_by(secret: &str, now: Timestamp) -> TotpCode {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let app = totp_rs::Builder::new().with_secret(secret).with_account_name("demo");
    app.build().unwrap().generate(now.unix_seconds()).to_string().parse().unwrap()
}
