### The auditor's desk.

## What its pages share.

desk-customer = Customer
desk-began = Began
desk-by = By
desk-reason-head = Reason
desk-reason-and-ticket = Reason, ticket
desk-identity-head = Identity check
desk-state-head = Ended or open
desk-profile-head = Profile met
desk-from = From
desk-to = To
desk-show = Show
desk-pages = Pages
desk-first-page = First page
desk-next-page = Next page
desk-as-table = The same as a table
desk-signed-off =
    { $verdict ->
        [questioned] Signed off: questioned
       *[accepted] Signed off: in order
    }
desk-missed = Lacked: { $what }
desk-reason =
    { $reason ->
        [lost_device] Lost device
        [stolen_device] Stolen device
        [broken_device] Broken device
        [replaced_device] Replaced device
        [other] Other
       *[none] Not given
    }
desk-identity =
    { $check ->
        [call_back] Call-back to a known number
        [video] Video
        [in_person] In person
        [contract_contact] Contract contact
       *[none] None
    }
desk-state =
    { $state ->
        [open] Open
        [awaiting_approval] Awaiting approval
        [granted] Granted
        [signed_in] Signed in
        [mfa_disabled] MFA off
        [device_enrolled] Device set up
        [completed] Completed
        [completed_without_codes] Completed without codes
        [denied] Denied
        [revoked] Revoked
        [expired] Expired
       *[other] Other
    }
desk-profile =
    { $profile ->
        [strict] Strict
        [standard] Standard
       *[none] None
    }
desk-proof =
    { $proof ->
        [password_and_issued_code] Password and issued code
       *[password] Password alone
    }
desk-shortfall =
    { $what ->
        [reason] reason
        [ticket] ticket
        [identity_check] identity check
        [proof] stronger proof
        [lifetime] lifetime within bounds
        [uses] fewer uses
        [second_person] second person
        [fresh_second_factor] fresh second factor
       *[other] more than this version knows
    }

## Ledger: verification, alerts, pictures.

audit-title = Ledger
audit-heading = Ledger of
audit-lead = You are reading the history that admins cannot edit. That you read it is itself an event.
audit-good =
    { $events ->
        [one] Verified: { $events } event, root
       *[other] Verified: { $events } events, root
    }
audit-checked = checked { $ago } ago
audit-signed-all =
    { $events ->
        [one] The event is covered by a signed checkpoint.
       *[other] All { $events } events are covered by a signed checkpoint.
    }
audit-signed-some =
    Signed are the first { $events }; { $unsigned ->
        [one] the last one is not yet: that it was not changed
       *[other] the last { $unsigned } are not yet: that they were not changed
    }, no signature says. What happens is signed about a second later.
audit-good-what = Every event was hashed again, and the tree of the hashes has the root of every checkpoint that this installation signed. So none of the signed events was changed, removed or slipped in since. What it does not prove is that an event was true when it was written; for that, see who wrote it.
audit-limit = What no look at this database alone can see: that its end was cut off together with the checkpoints of it. That takes a checkpoint which was kept elsewhere.
audit-unsigned =
    { $events ->
        [one] Not signed: { $events } event was verified, root
       *[other] Not signed: { $events } events were verified, root
    }
audit-unsigned-what = Every event was hashed again, and they agree with one another. But the database holds no signed checkpoint of them, so that somebody may have written them all anew. A ledger is signed about a second after its first event: check again, and if nothing is signed then, ask why.
audit-bad = Not verified. The first thing that is wrong: event
audit-bad-what = What is stored no longer agrees with what was signed, from event { $position } on. Somebody changed the database behind Readmit, or the disk is failing. Keep a copy of the database as it is, and compare it with a bundle that was exported before.
audit-bad-looked = What was looked at
audit-bad-expected = Expected
audit-bad-found = Found
audit-failed = Not verified: the ledger could not be read
audit-checking = The ledger is being checked
audit-checking-what = Every event is hashed again, about a million in a second. Load the page again in a moment, or check now and wait.
audit-check-now = Check now
audit-checkpoint = Checkpoint
audit-vkey = Verifier keys
audit-bundle = Whole ledger
audit-bundle-what = Keep a checkpoint where nobody who can write the database can write. The whole ledger comes with a page on how to check it with other people’s tools.
compare-heading = Compare with a checkpoint that you kept
compare-what = The ledger must begin with exactly the events of a checkpoint that was taken from it before. Nobody who can only write to the database can make it do so after they have changed it.
compare-checkpoint = Checkpoint
compare-hint = All lines of the file that you kept, signatures too.
compare-button = Check and compare
compare-unreadable = This is no signed checkpoint: look for missing lines, and for the signature at the end.
compare-agrees =
    { $events ->
        [one] It agrees: the { $events } event of your checkpoint is the beginning of this ledger.
       *[other] It agrees: the { $events } events of your checkpoint are the beginning of this ledger. None of them was changed, removed or cut off since.
    }
compare-differs = It does not agree.
compare-other-ledger = No key of this ledger has signed your checkpoint: it is one of another ledger, or somebody has made it up.
compare-cut-off = The ledger is shorter than your checkpoint: its end was cut off, or an older copy was put in its place.
compare-other-history = The ledger does not begin with the events of your checkpoint: its history was written anew.
compare-unknown = Whether it agrees cannot be said, since the ledger itself was not verified: see above, and try again once it was.
audit-period = Period
audit-days = { $days } days
audit-alerts = Worth a look
audit-alerts-none = No rule has found anything in this period.
audit-alerts-what = An alert is a reason to look, and no verdict: an honest admin can have a strange month.
audit-alerts-pages = Pages of what is worth a look
audit-alerts-more =
    { $alerts ->
        [one] { $alerts } more
       *[other] { $alerts } more
    }
audit-rule-head = Rule
audit-who = Who
audit-found = What was found
audit-when = When
audit-evidence = Evidence
audit-case = Case
audit-rule =
    { $rule ->
        [far_above_peers] Far above peers
        [off_hours] Off hours
        [same_pair_again] Same two again
        [granted_after_freeze] After a freeze
        [mfa_off_without_case] MFA off, no case
        [unused_grants] Unused grants
        [codes_running_out] Few codes left
       *[other] Alert
    }
audit-heat = Grants by hour and weekday, UTC
audit-heat-none = none
audit-heat-few = few
audit-heat-most = most ({ $count })
audit-day-head = Day
audit-day =
    { $day ->
        [0] Mon
        [1] Tue
        [2] Wed
        [3] Thu
        [4] Fri
        [5] Sat
       *[6] Sun
    }
audit-cell = { audit-day } { $hour }:00: { $count }
audit-admins = Grants by admin
audit-admins-none = Nobody has granted a bypass in this period.
audit-admin = Admin
audit-granted = Granted
audit-completed = Completed
audit-expired = Expired
audit-revoked = Revoked

## Register.

register-title = Recoveries
register-lead = The register of exceptions: every time somebody was let in without the second factor.
register-report = Report
register-sample = Draw a sample
register-all = All
register-by-end = How they ended
register-by-review = What auditors said
register-review =
    { $review ->
        [none] Not signed off
        [questioned] Questioned
       *[accepted] In order
    }
register-wrong = The register cannot be filtered by this. Choose again.
register-none = No recovery began in this period.

## Periods.

period-no-day = Type a day such as 2026-11-24.
period-empty = Nothing is between these days: the first must come before the last.
period-too-long = A year is the most, 366 days. Choose a later first day, or an earlier last one.

## One case.

case-title = Case of { $account }
case-heading = Case of
case-replay = Replay
case-replay-what =
    { $events ->
        [one] { $events } event
       *[other] { $events } events
    }, { $took }; one column for each
case-lanes = Swim lanes
case-lanes-what = The events of the case in three lanes; below they stand as a list
case-lane-admin = Admin
case-lane-customer = Customer
case-lane-system = System
case-window = bypass open
case-previous = Previous
case-next = Next
case-step = Event of the case
case-step-of = { $step } of { $steps }
case-state = The account as of this event
case-was = was
case-event = The event
case-event-name = Name
case-event-who = By
case-event-at = Stored
case-event-leaf = Leaf hash
case-proof = Proof of this event
case-proof-of = Proof of event { $position }
case-events = All events
case-mfa = MFA
case-devices = Devices
case-enrolment = Device being set up
case-codes = Codes left
case-recovery = Recovery
case-failures = Wrong codes in a row
case-lock = Locked
case-frozen = Frozen
case-sessions = Times all sessions ended
case-erased = Erased
case-not-set-up = Not set up
case-on = On
case-off = Off
case-nothing = none
case-yes = yes
case-no = no
case-until = until { $time } UTC
case-until-unlocked = until an admin unlocks it
case-terms = Terms
case-requested = Asked for
case-granted = Granted
case-open = Open
case-terms-note = Note
case-proof-asked = Needed to use it
case-uses = Uses
case-id = Recovery
case-nothing-missing = It met the strictest profile; nothing is missing.
case-missing =
    { $profile ->
        [standard] For the strict profile it lacked: { $what }.
       *[none] For the standard profile it lacked: { $what }.
    }
case-review = Sign off
case-verdict =
    { $verdict ->
        [questioned] Questioned
       *[accepted] In order
    }
case-reviews-earlier =
    { $reviews ->
        [one] { $reviews } earlier one is in the ledger.
       *[other] { $reviews } earlier ones are in the ledger.
    }
case-own = You granted this bypass yourself: let somebody else sign the case off.
case-your-verdict = Your verdict
case-verdict-missing = Choose one of the two.
case-note = Remark
case-note-optional = (needed to question a case)
case-note-hint = Kept sealed, beside the ledger.
case-sign-off = Sign off this case
case-not-ended = The case can be signed off once it has ended.

## Report.

report-title = Report of recoveries
report-made = made
report-made-for = for
report-from-ledger = This report is made from the ledger alone.
report-sum = In short
report-cases = Recoveries
report-cases-what = { $cases }: { $completed } completed, { $expired } expired, { $revoked } revoked, { $denied } denied, { $open } open
report-median = Half took no longer than
report-median-what = { $time } from the grant to the new device
report-profiles = { $strict } strict, { $standard } standard, { $none } none
report-reviewed = Signed off
report-of = { $some } of { $all }
report-register = Register of exceptions
report-register-what = Every recovery that began in the period (PCI DSS 8.5.1), the oldest first.
report-more =
    { $more ->
        [one] These are the first { $listed }; { $more } more is in the file.
       *[other] These are the first { $listed }; { $more } more are in the file.
    }
report-access = Access
report-access-what = Who held which roles at any moment of the period.
report-who = Who
report-key = (API key)
report-roles = Roles
report-given-by = Given by
report-until = Until
report-ended = How it ended
report-ending =
    { $ending ->
        [replaced] Other roles
        [suspended] Suspended
        [revoked] Revoked
        [expires] Its own end
       *[none] Still held
    }
report-duties = Separation of duties
report-duties-what =
    { $cases ->
        [one] { $cases } case was
       *[other] { $cases } cases were
    } looked at: { $approved } asked for and then granted, { $enrolled } with a device set up after the grant.
report-duties-good = Nobody did alone what takes two.
report-duties-bad =
    { $places ->
        [one] Duties were not separate in { $places } place:
       *[other] Duties were not separate in { $places } places:
    }
report-reviewed-own =
    { $cases ->
        [one] { $cases } case was signed off last by whoever had granted the bypass: let somebody else look at it.
       *[other] { $cases } cases were signed off last by whoever had granted the bypass: let somebody else look at them.
    }
report-breach =
    { $duty ->
        [approved_own_request] approved what they had asked for.
        [granted_to_themselves] granted it to themselves.
       *[enrolled_after_own_grant] granted it and set up the device.
    }
report-signature = Signature
report-sign = Reviewed by ______________________ on ______________

## Sample.

sample-title = Draw a sample
sample-lead = The same seed, count and period draw the same cases, for you and for whoever checks you.
sample-seed = Seed
sample-count = Cases
sample-draw = Draw
sample-seed-hint = First fix what is drawn from by a checkpoint, then choose the seed, by dice for example: nobody could have known it before.
sample-count-wrong = Draw between 1 and 1000 cases.
sample-seed-wrong = The seed is too long: 200 characters are the most.
sample-drawn = { $some } of { $all } cases
sample-period = Began from the first moment on, before the second:
sample-again = Draw it again
sample-again-what = Drawn are the cases whose SHA-256 of the seed, a line feed and the id of the recovery is least. For each recovery of the period:
sample-command = Or on the command line, with every proof:
sample-checkpoint = Drawn from this checkpoint
sample-checkpoint-what =
    { $events ->
        [one] { $events } event, root
       *[other] { $events } events, root
    }
