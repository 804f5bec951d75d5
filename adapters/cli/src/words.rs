//! What is known, in words for people. Programs get the stored names instead.

use readmit::{IdentityCheck, Mfa, Proof, Reason, Seconds, Severity, SignIn, Timestamp};

pub(crate) use readmit::reports::words::{profile, stage};

/// A moment to the second: `2026-11-24T10:00:00Z`.
pub(crate) fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    text.split_once('.').map_or_else(|| text.clone(), |(second, _)| format!("{second}Z"))
}

/// An end, and how far off it is: `2026-11-24T10:00:00Z (in 58 min)`.
pub(crate) fn until(end: Timestamp, now: Timestamp) -> String {
    if end <= now {
        return format!("{} (over)", moment(end));
    }
    format!("{} (in {})", moment(end), about(end.since(now)))
}

/// A span, without the seconds that nobody asks for.
fn about(span: Seconds) -> Seconds {
    let unit = if span >= Seconds::days(2) {
        3600
    } else if span >= Seconds::minutes(2) {
        60
    } else {
        1
    };
    Seconds(span.0 / unit * unit)
}

/// What there is, or a dash.
pub(crate) fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// The second factor of an account, by a stable name.
pub(crate) fn mfa(mfa: &Mfa) -> &'static str {
    match mfa {
        Mfa::NotSetUp => "not_set_up",
        Mfa::On { .. } => "on",
        Mfa::Off => "off",
    }
}

/// A reason as people say it.
pub(crate) fn reason(reason: Option<Reason>) -> String {
    reason.map(|reason| reason.name().replace('_', " ")).unwrap_or_default()
}

/// How it was made sure that the caller is the customer.
pub(crate) fn identity_check(check: IdentityCheck) -> String {
    check.name().replace('_', " ")
}

/// What redeeming a bypass takes.
pub(crate) fn proof(proof: Proof) -> &'static str {
    match proof {
        Proof::Password => "the password alone",
        Proof::PasswordAndIssuedCode => "the password and the issued code",
        _ => "more than this version knows",
    }
}

/// How soon somebody should look.
pub(crate) const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        _ => "notice",
    }
}

/// What a correct password is worth, in words.
pub(crate) fn sign_in(worth: &SignIn) -> String {
    match worth {
        SignIn::SecondFactor(methods) if methods.recovery_code => {
            "needs a code of the app, or a recovery code".to_owned()
        }
        SignIn::SecondFactor(_) => "needs a code of the app".to_owned(),
        SignIn::Bypass(offer) => {
            let or = if offer.second_factor.is_some() { "a second factor, or " } else { "" };
            let proof = proof(offer.proof);
            format!("needs {or}the bypass until {}: {proof}", moment(offer.until))
        }
        SignIn::EnrolmentOnly => "lets them set up MFA, and nothing else".to_owned(),
        SignIn::Allowed => "lets them in".to_owned(),
        SignIn::Refused(why) => format!("does not let them in: {why}"),
        _ => "unknown to this version".to_owned(),
    }
}

/// The stable name of what a correct password is worth, for programs.
pub(crate) fn sign_in_name(worth: &SignIn) -> &'static str {
    match worth {
        SignIn::SecondFactor(_) => "second_factor",
        SignIn::Bypass(_) => "bypass",
        SignIn::EnrolmentOnly => "enrolment_only",
        SignIn::Allowed => "allowed",
        SignIn::Refused(why) => why.kind(),
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_told_with_how_far_off_they_are() {
        let now: Timestamp = "2026-11-24T10:00:00.123456Z".parse().unwrap();
        assert_eq!(until(now + Seconds::minutes(90), now), "2026-11-24T11:30:00Z (in 1 h 30 min)");
        assert_eq!(until(now + Seconds(119), now), "2026-11-24T10:01:59Z (in 1 min 59 s)");
        assert_eq!(until(now, now), "2026-11-24T10:00:00Z (over)");
        assert_eq!(about(Seconds(2 * 86_400 + 3700)), Seconds(2 * 86_400 + 3600));
    }
}
