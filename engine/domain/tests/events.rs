//! Every event is stored and read back, and nothing that this version does not know is.

use std::collections::BTreeMap;

use readmit_domain::{DecodeEventError, Event, Who};
use serde_json::Value;
use serde_json::value::RawValue;

/// The standard policy, as stored.
macro_rules! policy {
    () => {
        r#"{"mfa":"required","lifetime":{"default_seconds":3600,"least_seconds":300,"most_seconds":86400},"most_uses":5,"proof":"password","second_person":"for_admins","demands":{"ticket":false,"reason":true,"identity_check":false},"fresh_seconds":600,"enrolment_seconds":900,"request_seconds":86400,"lockout":{"failures":10,"first_seconds":900,"hard_failures":100},"grants_in_30_days":3}"#
    };
}

/// The stored data of each event, with everything that may be left out.
const STORED: &[(&str, &str)] = &[
    ("CustomerRegistered", "{}"),
    (
        "BypassRequested",
        r#"{"bypass":"byp_01h455vb4pex5vsknk084sn02q","terms":{"reason":"lost_device","ticket":"INC-4711","identity_check":"call_back","proof":"password_and_issued_code","lifetime_seconds":900,"max_uses":1,"networks":["192.0.2.0/24","2001:db8::/32"]},"from":"2026-11-24T10:00:00.000000Z","until":"2026-11-25T10:00:00.000000Z"}"#,
    ),
    (
        "BypassGranted",
        r#"{"bypass":"byp_01h455vb4pex5vsknk084sn02q","terms":{"identity_check":"none","proof":"password","lifetime_seconds":3600,"max_uses":5},"from":"2026-11-24T10:00:00.000000Z","until":"2026-11-24T11:00:00.000001Z"}"#,
    ),
    ("BypassDenied", "{}"),
    ("BypassRevoked", r#"{"cause":"superseded"}"#),
    (
        "BypassUsed",
        r#"{"bypass":"byp_01h455vb4pex5vsknk084sn02q","use":1,"session_until":"2026-11-24T10:15:00.000000Z"}"#,
    ),
    ("BypassCodeRejected", r#"{"attempts_left":4}"#),
    ("BypassExpired", r#"{"stage":"signed_in"}"#),
    ("RecoveryCompleted", r#"{"codes":true}"#),
    (
        "MfaDisabled",
        r#"{"devices":["dev_01h455vb4pex5vsknk084sn02q"],"codes":"set_01h455vb4pex5vsknk084sn02q"}"#,
    ),
    (
        "EnrolmentStarted",
        r#"{"device":"dev_01h455vb4pex5vsknk084sn02q","until":"2026-11-24T10:15:00.000000Z"}"#,
    ),
    ("EnrolmentCodeRejected", r#"{"device":"dev_01h455vb4pex5vsknk084sn02q","attempts_left":9}"#),
    ("DeviceEnrolled", r#"{"device":"dev_01h455vb4pex5vsknk084sn02q","step":59850480}"#),
    ("DeviceRemoved", r#"{"device":"dev_01h455vb4pex5vsknk084sn02q"}"#),
    ("CodesRegenerated", r#"{"set":"set_01h455vb4pex5vsknk084sn02q","count":10}"#),
    ("SecondFactorVerified", r#"{"device":"dev_01h455vb4pex5vsknk084sn02q","step":59850480}"#),
    ("RecoveryCodeUsed", r#"{"set":"set_01h455vb4pex5vsknk084sn02q","index":9,"left":9}"#),
    ("SecondFactorRejected", r#"{"method":"recovery_code","failures":3}"#),
    ("AccountLocked", r#"{"until":"2026-11-24T10:15:00.000000Z"}"#),
    ("AccountUnlocked", "{}"),
    ("AccountFrozen", "{}"),
    ("AccountUnfrozen", "{}"),
    ("CustomerErased", "{}"),
    ("TenantCreated", concat!(r#"{"name":"acme-msp","policy":"#, policy!(), "}")),
    ("PolicyChanged", concat!(r#"{"policy":"#, policy!(), "}")),
    (
        "AdminAuthorised",
        r#"{"admin":"adm_01h455vb4pex5vsknk084sn02q","roles":["owner","recovery_admin","approver","helpdesk","auditor"]}"#,
    ),
    ("AdminSuspended", r#"{"admin":"adm_01h455vb4pex5vsknk084sn02q"}"#),
    (
        "ApiKeyIssued",
        r#"{"key":"key_01h455vb4pex5vsknk084sn02q","label":"Customer portal","roles":["service"],"until":"2027-11-24T10:00:00.000000Z"}"#,
    ),
    ("ApiKeyRevoked", r#"{"key":"key_01h455vb4pex5vsknk084sn02q"}"#),
    ("SigningKeyRotated", r#"{"verifier_key":"readmit.example/acme+1a2b3c4d+AQID"}"#),
    ("AuditAccessed", r#"{"what":"timeline"}"#),
    ("ReviewSignedOff", r#"{"reviewed":"rec_01h455vb4pex5vsknk084sn02q","verdict":"questioned"}"#),
    ("LegalHoldPlaced", r#"{"customer":"cus_01h455vb4pex5vsknk084sn02q"}"#),
    ("LegalHoldLifted", r#"{"customer":"cus_01h455vb4pex5vsknk084sn02q"}"#),
];

/// Parts that are left out where there is nothing to say.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "BypassRequested",
        r#"{"bypass":"byp_01h455vb4pex5vsknk084sn02q","terms":{"identity_check":"none","proof":"password","lifetime_seconds":900,"max_uses":1},"until":"2026-11-25T10:00:00.000000Z"}"#,
    ),
    ("MfaDisabled", r#"{"devices":[]}"#),
    ("AccountLocked", "{}"),
    (
        "ApiKeyIssued",
        r#"{"key":"key_01h455vb4pex5vsknk084sn02q","label":"SIEM","roles":["auditor"]}"#,
    ),
];

/// What may be left out.
const OPTIONAL: &[(&str, &str)] = &[
    ("BypassRequested", "from"),
    ("MfaDisabled", "codes"),
    ("AccountLocked", "until"),
    ("ApiKeyIssued", "until"),
];

fn decode(name: &str, schema: u16, data: &str) -> Result<Event, DecodeEventError> {
    let Ok(raw) = RawValue::from_string(data.to_owned()) else { panic!("{data} is no JSON") };
    Event::decode(name, schema, &raw)
}

#[track_caller]
fn is_unreadable(name: &str, data: &str) {
    match decode(name, 1, data) {
        Err(DecodeEventError::Data { name: told, .. }) => assert_eq!(told, name),
        other => panic!("{name} {data}: {other:?}"),
    }
}

#[test]
fn no_event_is_missing_here() {
    let names: Vec<_> = STORED.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, Event::NAMES);
}

#[test]
fn every_event_is_read_and_written_again_byte_for_byte() {
    for (name, data) in STORED.iter().chain(LEFT_OUT) {
        let event = decode(name, 1, data).unwrap();
        assert_eq!(event.name(), *name);
        assert_eq!(event.schema(), 1);
        assert_eq!(serde_json::to_string(&event).unwrap(), *data);
    }
}

#[test]
fn a_key_with_a_secret_is_of_schema_2_and_one_without_of_schema_1() {
    let without = r#"{"key":"key_01h455vb4pex5vsknk084sn02q","label":"SIEM","roles":["auditor"]}"#;
    let with = without.replace("]}", "],\"secret\":true}");
    let event = decode("ApiKeyIssued", 2, &with).unwrap();
    assert_eq!(event.schema(), 2);
    assert_eq!(serde_json::to_string(&event).unwrap(), with);
    for (schema, data) in [(1, with.as_str()), (2, without), (3, &with)] {
        let refused = decode("ApiKeyIssued", schema, data);
        assert!(matches!(refused, Err(DecodeEventError::Unknown { .. })), "{schema} {data}");
    }
}

#[test]
fn a_name_that_is_not_known_is_refused() {
    for name in ["", "Bypass", "bypassGranted", "BypassGranted ", "BypassGranted2", "event"] {
        let refused = decode(name, 1, "{}");
        assert!(matches!(refused, Err(DecodeEventError::Unknown { schema: 1, .. })), "{name}");
    }
}

#[test]
fn a_schema_that_is_not_known_is_refused() {
    for (name, data) in STORED {
        for schema in [0, 2, u16::MAX] {
            let refused = decode(name, schema, data).unwrap_err();
            assert!(refused.to_string().contains(&format!("{name} with schema {schema}")));
        }
    }
}

#[test]
fn a_field_that_is_not_known_is_refused_at_every_depth() {
    for (name, data) in STORED {
        for (place, _) in data.match_indices('{') {
            let comma = if data[place + 1..].starts_with('}') { "" } else { "," };
            let mut extended = (*data).to_owned();
            extended.insert_str(place + 1, &format!("\"surprise\":null{comma}"));
            is_unreadable(name, &extended);
        }
    }
}

#[test]
fn a_field_that_is_missing_or_of_another_shape_is_refused() {
    for (name, data) in STORED {
        is_unreadable(name, "null");
        let fields: BTreeMap<String, Value> = serde_json::from_str(data).unwrap();
        for field in fields.keys() {
            let mut rest = fields.clone();
            rest.remove(field);
            if OPTIONAL.contains(&(name, field)) {
                decode(name, 1, &serde_json::to_string(&rest).unwrap()).unwrap();
            } else {
                is_unreadable(name, &serde_json::to_string(&rest).unwrap());
            }
        }
    }
    for (name, data) in [
        (
            "BypassUsed",
            r#"{"bypass":"byp_01h455vb4pex5vsknk084sn02q","use":256,"session_until":"2026-11-24T10:15:00.000000Z"}"#,
        ),
        (
            "BypassUsed",
            r#"{"bypass":"byp_01h455vb4pex5vsknk084sn02q","use":-1,"session_until":"2026-11-24T10:15:00.000000Z"}"#,
        ),
        (
            "BypassUsed",
            r#"{"bypass":"byp_01h455vb4pex5vsknk084sn02q","use":1,"session_until":"tomorrow"}"#,
        ),
        (
            "BypassUsed",
            r#"{"bypass":"byp_01h455vb4pex5vsknk084sn02q","use":1,"use":1,"session_until":"2026-11-24T10:15:00.000000Z"}"#,
        ),
        ("BypassRevoked", r#"{"cause":"bored"}"#),
        ("DeviceRemoved", r#"{"device":"cus_01h455vb4pex5vsknk084sn02q"}"#),
        ("AdminAuthorised", r#"{"admin":"adm_01h455vb4pex5vsknk084sn02q","roles":["king"]}"#),
        ("CustomerRegistered", r#"{"login":"alice@example.com"}"#),
    ] {
        is_unreadable(name, data);
    }
}

#[test]
fn whoever_acted_is_read_and_written_again_and_nobody_else_is_known() {
    for who in [
        r#"{"kind":"admin","id":"adm_01h455vb4pex5vsknk084sn02q"}"#,
        r#"{"kind":"admin","id":"adm_01h455vb4pex5vsknk084sn02q","second_factor":{"at":"2026-11-24T10:00:00.000000Z","checked_by":"engine"}}"#,
        r#"{"kind":"customer","id":"cus_01h455vb4pex5vsknk084sn02q","via":"key_01h455vb4pex5vsknk084sn02q"}"#,
        r#"{"kind":"service","id":"key_01h455vb4pex5vsknk084sn02q"}"#,
        r#"{"kind":"system"}"#,
    ] {
        let read: Who = serde_json::from_str(who).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), who);
        for (place, _) in who.match_indices('{') {
            let mut extended = who.to_owned();
            extended.insert_str(place + 1, "\"surprise\":null,");
            assert!(serde_json::from_str::<Who>(&extended).is_err(), "{extended}");
        }
    }
    for who in
        ["{}", r#"{"kind":"king"}"#, r#"{"kind":"admin","id":"cus_01h455vb4pex5vsknk084sn02q"}"#]
    {
        assert!(serde_json::from_str::<Who>(who).is_err(), "{who}");
    }
}
