//! The stored form of every word that stands in events.

use readmit::{
    AuditSubject, CheckedBy, IdentityCheck, Method, MfaPolicy, Proof, Reason, RevocationCause,
    Role, SecondPerson, Stage, Verdict,
};
use readmit_tests::Result;
use serde_json::{Map, Value, to_value};

pub(crate) const FILE: &str = "words.json";

macro_rules! words {
    ($($name:ident { $($value:ident)+ })+) => {
        fn words() -> serde_json::Result<Map<String, Value>> {
            let mut words = Map::new();
            $(
                let stored = [$(to_value($name::$value)?),+];
                words.insert(stringify!($name).to_owned(), stored.to_vec().into());
            )+
            Ok(words)
        }
    };
}

words! {
    AuditSubject { Timeline Register Case Report Export Verification }
    CheckedBy { Engine Service }
    IdentityCheck { CallBack Video InPerson ContractContact None }
    Method { Totp RecoveryCode }
    MfaPolicy { Required Optional }
    Proof { Password PasswordAndIssuedCode }
    Reason { LostDevice StolenDevice BrokenDevice ReplacedDevice Other }
    RevocationCause { Withdrawn ByCustomer BySystem Superseded TooManyAttempts Reported Erased }
    Role { Owner RecoveryAdmin Approver Helpdesk Auditor Service }
    SecondPerson { ForAdmins Always }
    Stage { AwaitingApproval Granted SignedIn MfaDisabled DeviceEnrolled }
    Verdict { Accepted Questioned }
}

#[test]
fn every_word_is_stored_as_it_was_stored_first() -> Result {
    let words = words()?;
    super::assert_golden(FILE, &serde_json::to_vec_pretty(&words)?);
    // Nothing can list the values of the others; these can be held against their lists.
    let count = |name: &str| words.get(name).and_then(Value::as_array).map(Vec::len);
    assert_eq!(count("IdentityCheck"), Some(IdentityCheck::ALL.len()));
    assert_eq!(count("Proof"), Some(Proof::ALL.len()));
    assert_eq!(count("Reason"), Some(Reason::ALL.len()));
    assert_eq!(count("Role"), Some(Role::ALL.len()));
    Ok(())
}
