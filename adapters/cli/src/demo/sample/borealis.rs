//! The plan of borealis-it, whose policy is strict: two people for every grant, a ticket, a check
//! of identity, and a code beside the password. What Jonas grants is seldom used.

use readmit::IdentityCheck::{CallBack, ContractContact, InPerson, Video};
use readmit::Reason::{BrokenDevice, LostDevice, ReplacedDevice, StolenDevice};
use readmit::{Policy, Role};

use super::calendar::{minutes_ago, on};
use super::plan::End::{
    Awaiting, Completed, Denied, LeftOff, Open, Unused, WithoutCodes, WrongCodes,
};
use super::plan::{AdminRow, Attack, Case, CustomerRow, Plan, admin, case, customer};
use super::schedule::Act;

pub(super) static BOREALIS: Plan = Plan {
    tenant: "borealis-it",
    policy: Policy::strict(),
    second_person: true,
    domain: "borealis.example",
    first_ticket: 2001,
    admins: ADMINS,
    customers: CUSTOMERS,
    cases: CASES,
    attacks: ATTACKS,
    moments: MOMENTS,
};

const ADMINS: &[AdminRow] = &[
    admin("ingrid", "Ingrid Solberg", Role::Owner, "owner"),
    admin("jonas", "Jonas Berg", Role::RecoveryAdmin, "recovery admin"),
    admin("lena", "Lena Aalto", Role::RecoveryAdmin, "recovery admin"),
    admin("oskar", "Oskar Dahl", Role::Approver, "approver"),
    admin("mira", "Mira Lund", Role::Helpdesk, "help desk"),
    admin("sven", "Sven Ekman", Role::Auditor, "auditor"),
];

const CUSTOMERS: &[CustomerRow] = &[
    customer("Astrid Moen", "astrid@fjord.example", 62, 8),
    customer("Birk Strand", "birk@fjord.example", 62, 10),
    customer("Celia Hauge", "celia@fjord.example", 61, 12),
    customer("Dag Vik", "dag@fjord.example", 61, 9),
    customer("Edda Lie", "edda@tundra.example", 60, 11),
    customer("Frode Bakke", "frode@tundra.example", 60, 13),
    customer("Greta Sund", "greta@tundra.example", 59, 8),
    customer("Halvor Nes", "halvor@tundra.example", 58, 10),
    customer("Isa Rud", "isa@tundra.example", 57, 9),
    customer("Jorunn Eide", "jorunn@glacier.example", 56, 8)
        .featured("customer, bypass open: her phone was stolen; needs the issued code too"),
    customer("Knut Haugen", "knut@glacier.example", 55, 9),
    customer("Liv Tveit", "liv@glacier.example", 3, 0),
    customer("Magnus Foss", "magnus@glacier.example", 54, 7),
    customer("Nora Brekke", "nora@aurora.example", 53, 12).codes_used(3),
    customer("Olav Myhre", "olav@aurora.example", 52, 14),
    customer("Pia Lunde", "pia@aurora.example", 50, 10),
];

const CASES: &[Case] = &[
    case(on(55, 9, 35), "astrid", "jonas", LostDevice, CallBack, Completed).accepted(),
    case(on(48, 13, 10), "birk", "jonas", LostDevice, CallBack, Unused),
    case(on(43, 10, 28), "greta", "lena", StolenDevice, Video, Completed).accepted(),
    case(on(40, 14, 52), "celia", "jonas", BrokenDevice, CallBack, Unused),
    case(on(34, 11, 7), "halvor", "lena", ReplacedDevice, ContractContact, WithoutCodes),
    case(on(31, 9, 59), "dag", "jonas", LostDevice, CallBack, Unused),
    case(on(25, 15, 21), "isa", "lena", LostDevice, CallBack, WrongCodes)
        .questioned("Who guessed at the code?"),
    case(on(23, 10, 46), "edda", "jonas", LostDevice, CallBack, Unused),
    case(on(19, 13, 37), "nora", "mira", LostDevice, CallBack, Denied),
    case(on(16, 9, 14), "isa", "lena", BrokenDevice, InPerson, Completed).accepted(),
    case(on(13, 14, 3), "frode", "jonas", ReplacedDevice, CallBack, Unused),
    case(on(9, 11, 26), "birk", "mira", StolenDevice, Video, Completed),
    case(on(4, 10, 33), "pia", "lena", LostDevice, CallBack, LeftOff),
    case(minutes_ago(16), "magnus", "mira", LostDevice, CallBack, Awaiting),
    case(minutes_ago(8), "jorunn", "lena", StolenDevice, Video, Open),
];

/// Four times locked: for two hours now.
const ATTACKS: &[Attack] = &[Attack { from: minutes_ago(114), customer: "knut", locks: 4 }];

const MOMENTS: &[(super::calendar::When, &str, Act)] =
    &[(on(18, 11, 5), "greta", Act::Hold), (on(11, 9, 50), "olav", Act::Erase)];
