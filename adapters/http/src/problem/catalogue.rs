//! Every code that a problem can have, with its status and what to do about it.
//!
//! The codes of the rules are those of [`readmit::Refusal`]; the others are of the API itself.

use axum::http::StatusCode;

/// A kind of problem.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) code: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) title: &'static str,
    /// What it means, and what to do about it.
    pub(crate) explanation: &'static str,
    /// Whether an answer of this status that is not ours is told as this.
    pub(crate) of_the_framework: bool,
}

/// The entry of a code.
pub(crate) fn entry(code: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.code == code)
}

macro_rules! catalogue {
    ($($code:literal $status:ident $($framework:ident)?: $title:literal, $explanation:literal;)+) => {
        /// Every kind of problem.
        pub(crate) const CATALOGUE: &[Entry] = &[$(Entry {
            code: $code,
            status: StatusCode::$status,
            title: $title,
            explanation: $explanation,
            of_the_framework: catalogue!(@framework $($framework)?),
        },)+];
    };
    (@framework framework) => { true };
    (@framework) => { false };
}

catalogue! {
    // ── The request cannot be understood ────────────────────────────────────
    "malformed_body" BAD_REQUEST framework: "The body is no JSON", "The body must be one JSON document in UTF-8, whole, and nested no deeper than 128 levels.";
    "invalid_path" BAD_REQUEST: "A part of the path is wrong", "The part of the path that `field` names has not the form it must have.";
    "invalid_query" BAD_REQUEST: "A query parameter is wrong", "The parameter that `field` names is unknown, given twice, or has not the form it must have.";
    "invalid_header" BAD_REQUEST: "A header is wrong", "The header that `field` names has not the form it must have.";
    "invalid_cursor" BAD_REQUEST: "This is no cursor of this list", "Give `cursor` exactly as the page before gave it, with the same filters and order; or leave it out to begin anew.";
    "invalid_body" UNPROCESSABLE_ENTITY framework: "A field of the body is wrong", "The field that `field` names is missing, unknown, given twice, of the wrong type, too long or too large.";
    "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE framework: "The body must be JSON", "Send the body with `Content-Type: application/json`.";
    "not_acceptable" NOT_ACCEPTABLE framework: "No such form of it", "It is not there in any form that `Accept` names.";
    "too_large" PAYLOAD_TOO_LARGE framework: "The body is too large", "Nothing that is asked of this API takes so large a body.";
    "no_such_route" NOT_FOUND framework: "There is no such route", "See /openapi.json, or /docs for people.";
    "method_not_allowed" METHOD_NOT_ALLOWED framework: "The route has no such method", "The header `Allow` names those that it has.";

    // ── Who asks ────────────────────────────────────────────────────────────
    "unauthorised" UNAUTHORIZED framework: "No credential that holds", "Send `Authorization: Bearer` with an API key, a session's token or a recovery session's token that has not ended.";
    "sign_in_refused" UNAUTHORIZED: "The sign-in is refused", "Login or password is wrong, or this account cannot sign in here; which of them is not told.";
    "not_permitted" FORBIDDEN framework: "The caller may not do this", "No role of the caller permits it.";
    "own_account" FORBIDDEN: "Not for one's own account", "No one grants, approves or unlocks for themselves: somebody else must.";
    "owner_required" FORBIDDEN: "Only an owner may do this", "The account is an admin's: only an owner may do this for it.";
    "own_request" FORBIDDEN: "Not for one's own request", "No one approves or denies what they asked for: somebody else must.";
    "second_factor_not_fresh" FORBIDDEN: "A fresh second factor is needed", "Show the second factor again (`POST /sessions/current/second-factor` for admins, `POST /customers/{id}/second-factor` for customers), then repeat. `within_seconds` says how fresh it must be.";
    "no_right_to_enrol" FORBIDDEN: "No right to set up a device now", "The customer must first show a second factor, or turn MFA off in a recovery.";
    "wrong_network" FORBIDDEN: "Not from this network", "The bypass is limited to networks, and `origin.ip` is in none of them, or was not given.";
    "session_not_live" UNAUTHORIZED: "The recovery session is over", "Its minutes are over, its bypass has ended, or a newer use has taken its place: redeem again, or ask an admin.";

    "cross_site" FORBIDDEN: "Another site has sent this", "A page of another site has sent this form, or a browser that does not say: open the page here, and send it from there.";

    // ── What is asked cannot be ─────────────────────────────────────────────
    "invitation_over" NOT_FOUND: "The invitation is over", "It was used, has ended, or a newer one has taken its place: ask for another.";
    "not_found" NOT_FOUND: "There is no such thing", "There is no such account or item in the caller's tenant. What belongs to another tenant does not exist here.";
    "invalid_text" UNPROCESSABLE_ENTITY: "A text is not what it must be", "The detail says what is allowed.";
    "policy_invalid" UNPROCESSABLE_ENTITY: "No such policy can be", "The setting named is out of its bounds.";
    "roles_invalid" UNPROCESSABLE_ENTITY: "No such roles can be held", "An admin needs one or more roles other than service; a key has the role service or auditor.";
    "already_past" UNPROCESSABLE_ENTITY: "The end lies in the past", "Give a later moment.";
    "lifetime_outside_policy" UNPROCESSABLE_ENTITY: "The lifetime is outside policy", "`least_seconds` and `most_seconds` say what the tenant's policy allows.";
    "uses_outside_policy" UNPROCESSABLE_ENTITY: "The number of uses is outside policy", "`most` says what the tenant's policy allows.";
    "impossible_window" UNPROCESSABLE_ENTITY: "No such window can be", "A bypass cannot start in the past, start more than 30 days ahead, or end before it starts.";
    "too_many_networks" UNPROCESSABLE_ENTITY: "Too many networks", "A bypass may name 8 networks at most.";
    "proof_too_weak" UNPROCESSABLE_ENTITY: "The proof is too weak", "The tenant's policy demands a code issued with the bypass, beside the password.";
    "ticket_missing" UNPROCESSABLE_ENTITY: "A ticket is missing", "The tenant's policy demands a ticket reference: give `ticket`.";
    "reason_missing" UNPROCESSABLE_ENTITY: "A reason is missing", "The tenant's policy demands a reason: give `reason`.";
    "note_missing" UNPROCESSABLE_ENTITY: "A note is missing", "The reason or verdict given needs a note that says why: give `note`.";
    "identity_check_missing" UNPROCESSABLE_ENTITY: "An identity check is missing", "The tenant's policy demands that the caller's identity was checked: give `identity_check`.";

    // ── Codes that were shown ───────────────────────────────────────────────
    "password_wrong" UNPROCESSABLE_ENTITY: "That is not the password", "The password so far must be shown before another is set.";
    "password_differs" UNPROCESSABLE_ENTITY: "The two are not the same", "A new password is typed twice alike.";
    "password_too_short" UNPROCESSABLE_ENTITY: "The password is too short", "A password has at least 8 characters.";
    "password_too_long" UNPROCESSABLE_ENTITY: "The password is too long", "A password has at most 256 bytes.";
    "password_common" UNPROCESSABLE_ENTITY: "The password is a common one", "It is one of those that are tried first: choose another.";
    "password_holds_name" UNPROCESSABLE_ENTITY: "The password holds a name", "It must hold neither the login nor the tenant's name.";
    "code_malformed" UNPROCESSABLE_ENTITY: "This is no such code", "It has another length, or characters that no code has.";
    "code_wrong" UNPROCESSABLE_ENTITY: "The code is wrong", "It was counted. `failures` says how many wrong codes there were in a row.";
    "code_replayed" UNPROCESSABLE_ENTITY: "The code was used already", "Each code is good once: wait for the next one.";
    "code_used" UNPROCESSABLE_ENTITY: "The recovery code was used already", "Each recovery code is good once: take another.";
    "issued_code_missing" UNPROCESSABLE_ENTITY: "The issued code is missing", "This bypass needs the code that the admin gave the customer: give `code`.";
    "issued_code_wrong" UNPROCESSABLE_ENTITY: "The issued code is wrong", "It was counted. `attempts_left` says how many tries remain; at 0 the bypass is revoked.";
    "enrolment_code_wrong" UNPROCESSABLE_ENTITY: "The code is wrong", "It was counted. `attempts_left` says how many tries remain; at 0 the set-up has ended.";
    "locked" TOO_MANY_REQUESTS: "The account is locked", "There were too many wrong codes. `until` says until when; without it, an admin must unlock the account.";

    // ── What there is does not allow it ─────────────────────────────────────
    "login_taken" CONFLICT: "The login is taken", "It belongs to another account of this tenant.";
    "already_done" CONFLICT: "This was done already", "Nothing is left to do.";
    "unchanged" CONFLICT: "Nothing would change", "It is so already.";
    "frozen" CONFLICT: "The account is frozen", "Its owner said \"this wasn't me\": an owner of the tenant must look, and lift the freeze.";
    "not_frozen" CONFLICT: "The account is not frozen", "There is no freeze to lift.";
    "erased" CONFLICT: "The customer was erased", "Nothing can be done with the account any more.";
    "not_locked" CONFLICT: "The account is not locked", "There is no lock to lift.";
    "legal_hold" CONFLICT: "A legal hold forbids this", "Lift the hold first.";
    "case_open" CONFLICT: "A recovery is open already", "Grant with `replace` to end it and begin anew, or wait for its end.";
    "no_open_case" CONFLICT: "No such recovery is open", "It has ended, or another has taken its place.";
    "nothing_to_bypass" CONFLICT: "There is no second factor to bypass", "The customer can sign in and set up MFA without a bypass.";
    "not_awaiting" CONFLICT: "The recovery does not await approval", "It was answered already.";
    "request_too_old" CONFLICT: "The request is too old", "It has waited longer than policy allows: ask again.";
    "too_late_to_revoke" CONFLICT: "Too late to revoke", "A new device is enrolled: nothing is left to revoke.";
    "not_started" CONFLICT: "The bypass has not started", "`from` says when it starts.";
    "expired" CONFLICT: "The bypass has expired", "An admin must grant another.";
    "spent" CONFLICT: "The bypass is spent", "Every use is spent, or its purpose is reached.";
    "mfa_not_on" CONFLICT: "MFA is not on", "There is no second factor.";
    "mfa_required" CONFLICT: "Policy requires MFA", "Set up another device first.";
    "setup_overdue" CONFLICT: "MFA must be set up, and the time for it is over", "An admin must grant a bypass again.";
    "enrolment_superseded" CONFLICT: "This set-up has ended", "A newer one has taken its place, or it ended: begin again.";
    "enrolment_over" CONFLICT: "The time to set up this device is over", "Begin again.";
    "too_many_devices" CONFLICT: "Too many devices", "`most` says how many an account may have.";
    "last_device" CONFLICT: "The last device", "It cannot be removed while policy requires MFA: set up another first.";
    "not_due" CONFLICT: "The recovery is not due", "Its time is not over.";
    "not_ended" CONFLICT: "The recovery has not ended", "It can be reviewed once it has.";
    "last_owner" CONFLICT: "The last owner", "A tenant must keep one owner who is not suspended.";

    // ── Repeating, racing ───────────────────────────────────────────────────
    "command_reused" UNPROCESSABLE_ENTITY: "The idempotency key was used for something else", "Each `Idempotency-Key` is for one command: draw a new one.";
    "in_progress" CONFLICT: "The same command is under way", "A request with this `Idempotency-Key` has not been answered yet: repeat it a little later.";
    "changed" PRECONDITION_FAILED: "It has changed since", "What `If-Match` names is not what there is: read it again. Nothing was done.";

    // ── Too much, or broken ─────────────────────────────────────────────────
    "rate_limited" TOO_MANY_REQUESTS framework: "Too many requests", "Wait as long as `Retry-After` says.";
    "busy" SERVICE_UNAVAILABLE: "Too much is waiting", "Nothing was done: repeat it after `Retry-After`.";
    "overloaded" SERVICE_UNAVAILABLE framework: "Too many requests at once", "Nothing was done: repeat it after `Retry-After`.";
    "timed_out" GATEWAY_TIMEOUT framework: "It took too long", "Repeat it with the same `Idempotency-Key`: it is carried out once, however often it is asked for.";
    "outcome_unknown" SERVICE_UNAVAILABLE: "Whether it was done is not known", "Repeat it with the `Idempotency-Key` that the answer names, to learn what became of it.";
    "clock_behind" SERVICE_UNAVAILABLE: "The server's clock is behind", "Until it has caught up with the ledger, nobody is let in by a bypass.";
    "unavailable" SERVICE_UNAVAILABLE: "The database does not answer", "Nothing was done: repeat it after `Retry-After`.";
    "header_too_large" REQUEST_HEADER_FIELDS_TOO_LARGE framework: "The headers are too large", "Send fewer or shorter headers.";
    "request_timeout" REQUEST_TIMEOUT framework: "The request did not arrive in time", "Send it again.";
    "internal" INTERNAL_SERVER_ERROR framework: "Something failed", "It is in the logs, under the trace id.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_the_rules_is_explained() {
        for kind in readmit::Refusal::KINDS {
            assert!(entry(kind).is_some(), "{kind} is missing");
        }
    }

    #[test]
    fn no_code_stands_there_twice_and_every_text_is_a_sentence() {
        let mut codes: Vec<&str> = CATALOGUE.iter().map(|entry| entry.code).collect();
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), all);
        for entry in CATALOGUE {
            assert!(entry.explanation.ends_with('.'), "{}", entry.code);
        }
    }

    #[test]
    fn no_status_of_the_framework_is_told_in_two_ways() {
        let mut statuses: Vec<u16> = CATALOGUE
            .iter()
            .filter(|entry| entry.of_the_framework)
            .map(|entry| entry.status.as_u16())
            .collect();
        statuses.sort_unstable();
        let all = statuses.len();
        statuses.dedup();
        assert_eq!(statuses.len(), all);
    }
}
