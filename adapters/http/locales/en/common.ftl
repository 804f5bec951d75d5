### What all pages share.

skip = Skip to content
nav-main = Main
profile = Profile:
my-account = My Account
security = Security
change-password = Change password
sign-out = Sign out
sign-out-everywhere = Sign out everywhere
language = Language
theme = Theme
theme-auto = Auto
theme-light = Light
theme-dark = Dark
continue = Continue
cancel = Cancel
until = until { $time } UTC
time-left = Time left
copied = Copied
copy = Copy
print = Print
download = Download

surface-door = Sign in
surface-portal = My security
surface-console = Admin console
surface-desk = Auditor’s desk

nav-customers = Customers
nav-bypasses = Bypasses
nav-admins = Admins
nav-keys = API keys
nav-policy = Policy
nav-audit = Ledger
nav-recoveries = Recoveries

who-customer = the customer
who-service = the login service
who-system = the system

## Read by the script, which puts the numbers in.

countdown-hours = {"{h}"} h {"{m}"} min left
countdown-minutes = {"{m}"} min {"{s}"} s left
countdown-seconds = {"{s}"} s left
countdown-over = Time is over
announce-minutes = {"{m}"} minutes left
announce-minute = 1 minute left
replay-play = Play
replay-pause = Pause

## What is refused, or failed.

problem-title = No
problem-heading =
    { $status ->
        [403] You cannot do this
        [404] There is nothing here
        [429] Please wait a little
        [503] Too busy just now
       *[other] This did not work
    }
problem-again = Nothing was done. Try again in a moment.
problem-home = Go to the first page

problem-internal = Something failed on our side. It is in our logs.
problem-unavailable = The database does not answer.
problem-busy = Too much is going on just now.
problem-overloaded = Too much is going on just now.
problem-timed_out = It took too long.
problem-outcome_unknown = It is not known whether this was done. Load the page again and look.
problem-clock_behind = The server’s clock is wrong. Until it is right, nobody is let in by a bypass.
problem-rate_limited =
    { $until ->
        [none] That was too often. Wait a little, then try again.
       *[other] There were too many wrong passwords. Wait until { $until }, then try again.
    }
problem-no_such_route = The page does not exist, or it is not yours to see.
problem-not_found = It does not exist, or it belongs to another company than yours.
problem-method_not_allowed = This page cannot be used like that.
problem-cross_site = Another website has sent this form. Open the page here, and send it from there.
problem-invalid_body = Something in the form is missing or is not what it must be.
problem-invalid_query = The address of this page is not right.
problem-invalid_cursor = The list has changed. Begin again at its first page.
problem-too_large = The form holds too much.
problem-unauthorised = Your session has ended. Sign in again.
problem-in_progress = The same is being done already.
problem-changed = Somebody else has changed this since you opened it. Look again, then decide.

problem-not_permitted = None of your roles permits this.
problem-own_account = Nobody may do this for their own account: ask a colleague.
problem-owner_required = This is an admin’s account: only an owner may do this.
problem-own_request = Nobody may approve or deny what they asked for: ask a colleague.
problem-second_factor_not_fresh = Show a code from your authenticator app first.
problem-already_done = This was done already.
problem-unchanged = It is so already.
problem-command_reused = This form was sent for something else before. Open the page again.

problem-sign_in_refused = Login or password is wrong.
problem-frozen = This account is frozen, since somebody said “this wasn’t me”. Your provider must look first.
problem-not_frozen = The account is not frozen.
problem-erased = This customer was erased.
problem-locked =
    There were too many wrong codes. { $until ->
        [none] Your provider must unlock the account.
       *[other] The account is locked until { $until }.
    }
problem-not_locked = The account is not locked.
problem-setup_overdue = MFA is off, and the permission to set it up is over. Ask your provider to open it again.
problem-mfa_not_on = There is no second factor.
problem-mfa_required = Your provider requires MFA. Set up another device first.
problem-session_not_live = Your recovery is over, or you have signed in elsewhere since. Sign in again.
problem-no_right_to_enrol = Show a code first, or turn MFA off in a recovery.

problem-code_malformed = That is no such code: look for a missing or wrong character.
problem-code_wrong =
    The code is wrong. { $failures ->
        [one] That was 1 wrong code in a row.
       *[other] Those were { $failures } wrong codes in a row.
    } Too many lock the account.
problem-code_replayed = This code was used already. Wait for the next one.
problem-code_used = This recovery code was used already. Take another.
problem-issued_code_missing = Type the code that your provider told you.
problem-issued_code_wrong =
    The code is wrong. { $attempts_left ->
        [0] The permission is gone: ask your provider for another.
        [one] 1 try remains.
       *[other] { $attempts_left } tries remain.
    }
problem-enrolment_code_wrong =
    The code is wrong. { $attempts_left ->
        [0] This set-up has ended: begin again.
        [one] 1 try remains.
       *[other] { $attempts_left } tries remain.
    } Is the clock of your phone right?
problem-enrolment_superseded = This set-up has ended. Begin again.
problem-enrolment_over = The time to set up this device is over. Begin again.
problem-too_many_devices = You have as many devices as you may have. Remove one first.
problem-last_device = This is your last device, and your provider requires MFA. Set up another first.

problem-not_started = The permission has not begun.
problem-expired = The permission has ended. Ask your provider for another.
problem-spent = The permission was used already. Ask your provider for another.
problem-wrong_network = The permission does not hold in the network that you are in.

problem-login_taken = Somebody else has this login.
problem-case_open = A recovery is open for this customer already.
problem-no_open_case = This recovery has ended, or another has taken its place.
problem-nothing_to_bypass = This customer has no second factor to bypass.
problem-not_awaiting = This was answered already.
problem-request_too_old = This request has waited too long: ask again.
problem-too_late_to_revoke = A new device is set up already: nothing is left to revoke.
problem-legal_hold = A legal hold forbids this.
problem-lifetime_outside_policy = Your policy does not allow this lifetime.
problem-uses_outside_policy = Your policy does not allow so many uses.
problem-too_many_networks = A bypass may name 8 networks at most.
problem-impossible_window = A bypass cannot begin in the past, nor end before it begins.
problem-proof_too_weak = Your policy asks for an issued code beside the password.
problem-ticket_missing = Your policy asks for a ticket.
problem-reason_missing = Your policy asks for a reason.
problem-note_missing = Say in a note what the reason is.
problem-identity_check_missing = Your policy asks how you made sure who is calling.
problem-invalid_text = This text is too long, or holds something that it must not.
problem-policy_invalid = A setting is outside of what is possible.
problem-roles_invalid = Choose at least one role.
problem-last_owner = A company must keep one owner.
problem-already_past = The end lies in the past.
problem-not_ended = This recovery has not ended yet.
problem-not_due = Its time is not over.

problem-password_too_short = A password has at least 8 characters. A few words are easiest.
problem-password_too_long = This password is too long.
problem-password_common = This password is one of those that are tried first. A few words are better.
problem-password_holds_name = A password must not hold your own name or your company’s.
