//! The plan of acme-msp, which goes on from the story. Victor grants far more than anybody else,
//! Tom at night, Bob again and again to Felix; the rest are honest.

use readmit::IdentityCheck::{CallBack, ContractContact, InPerson, None as Unchecked, Video};
use readmit::Reason::{BrokenDevice, LostDevice, Other, ReplacedDevice, StolenDevice};
use readmit::{AuditSubject, Policy, Role};

use super::calendar::{minutes_ago, on};
use super::plan::End::{
    Awaiting, ByCustomer, BySystem, Completed, Denied, Enrolled, Erased, LeftOff, LeftSignedIn,
    Open, Replaced, Reported, SignedIn, TurnedOff, Unanswered, Unused, Withdrawn, WithoutCodes,
    WrongCodes,
};
use super::plan::{AdminRow, Attack, Case, CustomerRow, Plan, admin, case, customer};
use super::schedule::Act;

pub(super) static ACME: Plan = Plan {
    tenant: "acme-msp",
    policy: Policy::standard(),
    second_person: false,
    domain: "acme.example",
    first_ticket: 4712,
    admins: ADMINS,
    customers: CUSTOMERS,
    cases: CASES,
    attacks: ATTACKS,
    moments: MOMENTS,
};

const ADMINS: &[AdminRow] = &[
    admin("olga", "Olga Sommer", Role::Owner, "owner").known(),
    admin("bob", "Bob Keller", Role::RecoveryAdmin, "recovery admin").known(),
    admin("nadia", "Nadia Haddad", Role::RecoveryAdmin, "recovery admin"),
    admin("tom", "Tom Baker", Role::RecoveryAdmin, "recovery admin, grants at night"),
    admin("victor", "Victor Lang", Role::RecoveryAdmin, "recovery admin, grants far too much"),
    admin("petra", "Petra Novak", Role::Approver, "approver"),
    admin("henry", "Henry Osei", Role::Helpdesk, "help desk"),
    admin("dirk", "Dirk Hansen", Role::Helpdesk, "help desk, suspended"),
    admin("iris", "Iris Tanaka", Role::Auditor, "auditor"),
];

const CUSTOMERS: &[CustomerRow] = &[
    customer("Alice Moreau", "alice@example.com", 64, 5)
        .known()
        .featured("customer, MFA on with all her codes"),
    customer("Carol Jensen", "carol@example.com", 64, 7).known(),
    customer("Emma Fischer", "emma@harbor.example", 64, 6),
    customer("Felix Amsel", "felix@harbor.example", 64, 8),
    customer("Grace Okafor", "grace@harbor.example", 64, 9),
    customer("Hugo Lindqvist", "hugo@harbor.example", 64, 11),
    customer("Ines Duarte", "ines@lakeside.example", 64, 7),
    customer("Jakub Zielinski", "jakub@lakeside.example", 63, 10),
    customer("Karim Benali", "karim@lakeside.example", 63, 12),
    customer("Leila Farouk", "leila@lakeside.example", 63, 8),
    customer("Mateo Silva", "mateo@lakeside.example", 63, 9),
    customer("Noor de Vries", "noor@orchard.example", 63, 13),
    customer("Oscar Blom", "oscar@orchard.example", 62, 9),
    customer("Paula Reyes", "paula@orchard.example", 62, 10),
    customer("Quentin Dubois", "quentin@orchard.example", 62, 11),
    customer("Rosa Conti", "rosa@orchard.example", 62, 7),
    customer("Samir Patel", "samir@mill.example", 62, 8),
    customer("Tessa Nilsen", "tessa@mill.example", 61, 9),
    customer("Uma Krishnan", "uma@mill.example", 61, 10),
    customer("Viggo Holm", "viggo@mill.example", 5, 0).featured("customer, never set MFA up"),
    customer("Wanda Kowalska", "wanda@mill.example", 60, 16).codes_used(8),
    customer("Xavier Roche", "xavier@quarry.example", 60, 17).codes_used(9),
    customer("Yara Haidar", "yara@quarry.example", 58, 12),
    customer("Zoe Martin", "zoe@quarry.example", 57, 8)
        .featured("customer, bypass open: lost her phone"),
    customer("Ben Adeyemi", "ben@quarry.example", 55, 9),
    customer("Clara Weiss", "clara@quarry.example", 52, 10),
    customer("Dario Greco", "dario@summit.example", 50, 11),
    customer("Elif Kaya", "elif@summit.example", 48, 9),
    customer("Finn Olsen", "finn@summit.example", 46, 12),
    customer("Hanna Virtanen", "hanna@summit.example", 44, 13),
    customer("Ivo Petrov", "ivo@summit.example", 40, 10),
];

const CASES: &[Case] = &[
    case(on(58, 10, 24), "emma", "nadia", LostDevice, CallBack, Completed).accepted(),
    case(on(52, 14, 5), "karim", "tom", LostDevice, CallBack, Unused),
    case(on(49, 9, 41), "grace", "nadia", StolenDevice, InPerson, Completed).accepted(),
    case(on(47, 11, 12), "leila", "bob", LostDevice, CallBack, Withdrawn),
    case(on(44, 15, 33), "hugo", "tom", BrokenDevice, Video, Completed),
    case(on(41, 13, 2), "mateo", "nadia", LostDevice, CallBack, ByCustomer),
    case(on(39, 10, 50), "ines", "bob", ReplacedDevice, ContractContact, Completed).accepted(),
    case(on(37, 8, 55), "rosa", "henry", BrokenDevice, CallBack, Completed).accepted(),
    case(on(35, 16, 8), "jakub", "nadia", Other, CallBack, Completed)
        .note("The phone fell into the harbour")
        .questioned("Who saw the phone fall?"),
    case(on(33, 9, 27), "samir", "henry", LostDevice, CallBack, Denied),
    case(on(32, 10, 15), "felix", "bob", LostDevice, CallBack, Completed).accepted(),
    case(on(30, 11, 38), "noor", "victor", LostDevice, Unchecked, Reported)
        .questioned("The customer had not called."),
    case(on(29, 15, 20), "noor", "nadia", StolenDevice, Video, Completed),
    case(on(28, 14, 44), "hanna", "tom", LostDevice, CallBack, LeftSignedIn),
    case(on(27, 9, 9), "paula", "nadia", LostDevice, CallBack, Replaced).with_code(),
    case(on(26, 13, 51), "tessa", "henry", ReplacedDevice, CallBack, Unanswered),
    case(on(24, 10, 36), "quentin", "bob", LostDevice, CallBack, WrongCodes).with_code(),
    case(on(22, 12, 40), "felix", "bob", BrokenDevice, CallBack, Completed),
    case(on(21, 16, 17), "ivo", "tom", LostDevice, CallBack, BySystem),
    case(on(18, 9, 30), "emma", "victor", LostDevice, Unchecked, Completed),
    case(on(18, 14, 10), "grace", "victor", LostDevice, Unchecked, Completed),
    case(on(17, 10, 2), "hugo", "victor", LostDevice, Unchecked, Completed)
        .questioned("No ticket, and nobody was called back."),
    case(on(16, 11, 25), "ines", "victor", LostDevice, CallBack, Completed),
    case(on(15, 9, 48), "jakub", "victor", LostDevice, Unchecked, Completed),
    case(on(15, 15, 6), "karim", "victor", LostDevice, Unchecked, Completed),
    case(on(14, 13, 19), "leila", "victor", LostDevice, Unchecked, Completed),
    case(on(13, 10, 57), "mateo", "victor", LostDevice, CallBack, Completed),
    case(on(12, 11, 14), "felix", "bob", LostDevice, CallBack, Completed)
        .questioned("The third phone in a month."),
    case(on(11, 9, 22), "rosa", "victor", LostDevice, Unchecked, Completed),
    case(on(10, 14, 35), "samir", "victor", LostDevice, Unchecked, Completed),
    case(on(9, 10, 43), "tessa", "victor", LostDevice, Unchecked, Completed),
    case(on(8, 15, 58), "quentin", "victor", LostDevice, Unchecked, Completed),
    case(on(8, 9, 16), "finn", "nadia", ReplacedDevice, ContractContact, Erased),
    case(on(7, 11, 31), "ivo", "nadia", BrokenDevice, Video, WithoutCodes),
    case(on(6, 13, 45), "hanna", "henry", StolenDevice, InPerson, Completed).accepted(),
    case(on(5, 1, 40), "karim", "tom", LostDevice, CallBack, Completed),
    case(on(5, 2, 25), "leila", "tom", LostDevice, CallBack, Completed),
    case(on(5, 3, 5), "mateo", "tom", LostDevice, Unchecked, Completed),
    case(on(3, 10, 11), "oscar", "victor", LostDevice, Unchecked, Reported),
    case(on(2, 14, 28), "uma", "nadia", BrokenDevice, CallBack, LeftOff),
    case(minutes_ago(22), "ben", "henry", LostDevice, CallBack, Awaiting),
    case(minutes_ago(14), "elif", "bob", ReplacedDevice, Video, Enrolled),
    case(minutes_ago(12), "dario", "nadia", BrokenDevice, CallBack, TurnedOff).uses(3),
    case(minutes_ago(10), "clara", "bob", LostDevice, CallBack, SignedIn).uses(3),
    case(minutes_ago(7), "zoe", "nadia", LostDevice, CallBack, Open).uses(3),
];

/// Ten times locked, which is for good.
const ATTACKS: &[Attack] = &[
    Attack { from: on(20, 18, 30), customer: "paula", locks: 1 },
    Attack { from: minutes_ago(5400), customer: "yara", locks: 10 },
];

const MOMENTS: &[(super::calendar::When, &str, Act)] = &[
    (on(64, 9, 0), "olga", Act::StartEnrolment),
    (on(64, 9, 1), "olga", Act::ConfirmEnrolment),
    (on(38, 17, 5), "dirk", Act::Suspend),
    (on(34, 10, 20), "hanna", Act::Hold),
    (on(29, 10, 40), "noor", Act::Unfreeze("Called back: it was a mistake of ours")),
    (on(20, 18, 40), "paula", Act::Unlock),
    (on(12, 16, 30), "iris", Act::Look(AuditSubject::Export)),
    (minutes_ago(180), "iris", Act::Look(AuditSubject::Case)),
];
