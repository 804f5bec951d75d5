### The admin console.

## Words that several of its pages share.

console-mfa = MFA
console-customer = Customer
console-reason = Reason
console-ends = Ends
console-actions = Actions
console-never = never
console-yes = yes
console-no = no
console-optional = (optional)
console-pages = Pages
console-first-page = First page
console-next-page = Next page
console-shown-now = shown only now
console-of = { $count } of { $most }
console-grants-in-30-days = Grants in 30 days
console-erased-customer = Erased customer
console-disable = Disable Multi-Factor Authentication
console-ask = Ask to disable Multi-Factor Authentication
console-own-code = Your own code
console-own-code-hint = From your authenticator app: it shows that it is you.

console-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }
console-hours =
    { $count ->
        [one] 1 hour
       *[other] { $count } hours
    }
console-minutes =
    { $count ->
        [one] 1 minute
       *[other] { $count } minutes
    }
console-seconds =
    { $count ->
        [one] 1 second
       *[other] { $count } seconds
    }

console-status-all = All
console-status-on = On
console-status-off = Off
console-status-not_set_up = Not set up
console-status-locked = Locked
console-status-frozen = Frozen
console-status-erased = Erased

console-recovery-open = Recovery open
console-stage-awaiting_approval = Awaiting approval
console-stage-granted = Granted
console-stage-signed_in = Signed in
console-stage-mfa_disabled = MFA turned off
console-stage-device_enrolled = Device set up
console-ended-completed = Completed
console-ended-denied = Denied
console-ended-revoked = Revoked
console-ended-expired = Expired

console-reason-lost_device = Lost device
console-reason-stolen_device = Stolen device
console-reason-broken_device = Broken device
console-reason-replaced_device = Replaced device
console-reason-other = Other
console-reason-none = No reason given

console-check-call_back = Call-back
console-check-video = Video
console-check-in_person = In person
console-check-contract_contact = Contract contact
console-check-none = Not checked

console-proof-password = Password
console-proof-password_and_issued_code = Password and a code

console-role-owner = Owner
console-role-recovery_admin = Recovery admin
console-role-approver = Approver
console-role-helpdesk = Help desk
console-role-auditor = Auditor
console-role-service = Service

console-not-now-erased = not now, the customer was erased.
console-not-now-frozen = not now, the account is frozen.
console-not-now-not-set-up = not now, MFA was never set up.
console-not-now-off = not now, MFA is off and your policy does not require it.

## Customers.

customers-title = Customers
customers-add = Add a customer
customers-all = All customers
customers-search = Name or email
customers-find = Search
customers-stage = Stage
customers-any-stage = Any stage
customers-filter = Filter by state
customers-name = Name
customers-by-login = Email
customers-by-codes_left = Codes left
customers-by-last_sign_in = Last sign-in
customers-actions = Actions for { $name }
customers-open = Open
customers-none = There are no customers yet.
customers-none-found = Nobody is like that. Look for less, or for all.
customers-none-so-far = Nobody like that was found so far.
customers-look-further = Look further
customers-no-more = There are no more.

tile-open = Recoveries open
tile-open-next = the next one ends at { $time } UTC
tile-awaiting = Waiting for approval
tile-awaiting-next = the next one ends at { $time } UTC
tile-none = none
tile-off = MFA is off
tile-off-required =
    { $count ->
        [0] all of them are in a recovery
        [one] 1 of them needs a bypass to sign in
       *[other] { $count } of them need a bypass to sign in
    }
tile-off-required-many = those in no recovery need a bypass to sign in
tile-off-optional = they sign in with the password alone
tile-grants = Grants in 30 days
tile-completed =
    { $count ->
        [one] 1 ended with a new device
       *[other] { $count } ended with a new device
    }

chart-title = Grants in 30 days, by reason
chart-total = { $count } in all
chart-table = The same as a table
chart-caption = Grants by day (UTC) and reason; those without a reason are among the other ones
chart-day = Day

new-customer-title = Add a customer
new-customer-what = Their password comes from your login service, or from an invitation link that you make on their page.
new-customer-login-hint = What they sign in with, usually their email address. It cannot be changed later.
new-customer-do = Add the customer

## Disabling MFA.

grant-only = for this customer only
grant-open = A recovery is open for this customer
grant-replace = End the open recovery, and begin anew
grant-reason = Why
grant-other-note = say what in the note
grant-note = Note
grant-note-private = (private; erased with the customer)
grant-ticket = Ticket
grant-ticket-hint = Without spaces, such as INC-4711.
grant-check = How you checked who is asking
grant-call_back-note = to a number known before
grant-contract_contact-note = asked for it
grant-none-note = recorded as none
grant-lifetime = How long it stays open
grant-usual-note = as usual
grant-most-note = the most
grant-proof = What the customer shows to sign in
grant-issued-note = you tell it; shown once
grant-about = What this does
grant-does-title = What it does
grant-does = The customer may sign in once with their password, until the time is over, to turn MFA off and set up a new device.
grant-ask-does = It asks an approver. Once they say yes, the customer may sign in once with their password, to turn MFA off and set up a new device.
grant-does-not-title = What it does not
grant-does-not = Their MFA stays on until they turn it off themselves, nobody else’s changes, and you never learn their password.
grant-second-person = A second person must approve this before the customer can use it.
grant-now = The customer now

granted-open = { $name } can set up a new device
granted-awaiting = A second person must approve this for { $name }
granted-recovered = { $name } has set up a new device
granted-over = This recovery of { $name } has ended
granted-ended = Ended
granted-code = Code for the customer
granted-code-what = Read it to them on the phone. It works once, together with their password; after five wrong tries the permission ends.
granted-code-gone = The code was shown once, to whoever granted this.
granted-code-lost = If it is lost, undo this and grant it again.
granted-copy-code = Copy the code
granted-tell = What to tell the customer
granted-tell-sign-in = Go to { $address } and sign in with your password before
granted-tell-code = Type the code that I read to you.
granted-tell-steps = Then open My Account, press “Enable Multi-Factor Authentication”, turn it off, set up your new device, and save the new recovery codes.
granted-copy-message = Copy the message
granted-next = What comes next
granted-next-answer = You can approve or deny it under “Bypasses”.
granted-next-asked = An approver who is not you looks at it under “Bypasses”. You need do nothing until then.
granted-next-other = An approver looks at it under “Bypasses”.
granted-over-what = Nothing is left to do here.
granted-state = State
granted-ends-yours = Ends, your time
granted-ends-utc = Ends, UTC
granted-event = Event
granted-undo = Undo: revoke it now

## Bypasses.

bypasses-what = Every permission to sign in without the second factor: asked for, open, and over.
bypasses-awaiting = Waiting for approval
bypasses-none-awaiting = Nothing waits for approval.
bypasses-asked-by = Asked by
bypasses-ends-unanswered = Ends unanswered
bypasses-approve = Approve
bypasses-approve-for = Approve for { $name }
bypasses-approve-now = Yes, approve it
bypasses-choose = Choose
bypasses-deny = Deny
bypasses-deny-for = Deny for { $name }
bypasses-deny-what = The request ends, and nothing changes for the customer. It can be asked for again.
bypasses-deny-now = Yes, deny it
bypasses-own = You asked: somebody else approves.
bypasses-not-approver = An approver answers this.
bypasses-withdraw = Take back
bypasses-withdraw-for = Take back what was asked for { $name }
bypasses-withdraw-what = The request ends, and nobody can approve it any more.
bypasses-withdraw-now = Yes, take it back
bypasses-open = Open
bypasses-none-open = No bypass is open.
bypasses-granted-by = Granted by
bypasses-time-left-for = Time left for { $name }
bypasses-revoke = Revoke
bypasses-revoke-for = Revoke the bypass of { $name }
bypasses-revoke-what = It ends at once: nobody can sign in by it any more. What the customer has done already stays as it is.
bypasses-revoke-now = Yes, revoke it
bypasses-details = Details
bypasses-details-of = Details for { $name }
bypasses-over = Over
bypasses-none-over = None has ended yet.
bypasses-how-ended = How it ended
bypasses-ended = Ended
bypasses-completed = in { $time }
bypasses-completed-codes = in { $time }, without new codes
bypasses-withdrawn = by an admin
bypasses-by-customer = by the customer
bypasses-by-system = by the system
bypasses-superseded = a newer grant took its place
bypasses-too-many-attempts = too many wrong codes
bypasses-reported = “This wasn’t me”
bypasses-erased = the customer was erased
bypasses-unanswered = nobody answered
bypasses-unused = never used
bypasses-signed-in = signed in, changed nothing
bypasses-left-off = MFA off, no new device

terms-check = Identity check
terms-lifetime = Stays open for
terms-proof = To sign in takes
terms-uses = Uses, at most
terms-networks = Only from

## One customer.

customer-revoke = Revoke the bypass
customer-timeline = Timeline
customer-latest = Latest
customer-older = Older
customer-devices = Devices and codes
customer-app = Authenticator app
customer-last-code = last code
customer-no-device = none
customer-no-codes = none generated
customer-guards = Guards
customer-failures = Wrong codes in a row
customer-locked-until = until
customer-locked-for-good = until an admin unlocks it
customer-hold = Legal hold
customer-registered = Registered
customer-unlock = Unlock the account
customer-unlock-what = The customer may try codes again at once. Make sure that it was them who tried.
customer-unfreeze = Unfreeze the account
customer-unfreeze-what = Somebody said “this wasn’t me”. Lift the freeze only once you have spoken with the customer.
customer-unfreeze-note = What you found out
customer-place-hold = Place a legal hold
customer-place-hold-what = Nobody can erase the customer until the hold is lifted.
customer-lift-hold = Lift the legal hold
customer-lift-hold-what = The customer can be erased again.
customer-erase = Erase this customer
customer-erase-what = This destroys name, email, secrets and every private note for good. The events stay, without them, and can still be verified.
customer-erase-confirm = Type the customer’s email to confirm
customer-erase-not-confirmed = This is not the customer’s email. Nothing was erased.

machine-title = Where they stand
machine-as-of = as of event
machine-states = States of a recovery
machine-one-recovery = one recovery
machine-on = MFA on
machine-off = MFA off
machine-not-set-up = Not set up
machine-awaiting = Awaiting approval
machine-enrolled = Device set up
machine-at-not-set-up = MFA was never set up. Next: the customer signs in and sets up a device.
machine-at-on = MFA is on, and no recovery is open.
machine-at-awaiting = A bypass was asked for. Next: a second person approves or denies it. If nobody does, it ends by itself, and nothing changes.
machine-at-granted = A bypass is granted. Next: the customer signs in by it. If they do not, it ends by itself, and nothing changes.
machine-at-signed-in = The customer signed in by the bypass. Next: they turn MFA off. If they do not, it ends by itself, and the old device goes on working.
machine-at-off-open = MFA is off: the old devices and codes have ended. Next: the customer sets up a new device.
machine-at-off = MFA is off, and no recovery is open.
machine-at-enrolled = A new device is set up. Next: the customer generates new recovery codes.
machine-until = It ends:
machine-is = The customer
machine-is-now = is here
machine-is-past = was here

## Invitations.

invite-do = Create an invitation link
invite-about = By this link somebody sets the first password of the account. Send it to nobody but its owner. A new link voids the one before.
invite-link = Invitation link
invite-what = Whoever has this link can set the password of this account, once. Send it to its owner alone.
invite-ends = It ends:
invite-copy = Copy the link

## Admins.

admins-what = Who may do what in { $tenant }.
admins-add = Add an admin
admins-add-what = They set their password by an invitation link, which you make next, then their second factor.
admins-admin = Admin
admins-roles = Roles
admins-second-factor = Second factor
admins-last-code = Last shown
admins-change = Change
admins-save = Save the roles
admins-changed = These roles, or whether this admin is suspended, have changed since you opened the page. Look again, then save.
admins-suspended = Suspended
admins-suspend = Suspend
admins-suspend-what = They can do nothing until you save roles for them again. Their sessions end at once.
admins-unlock-what = The admin may try codes again at once. Make sure that it was them who tried.
admins-unfreeze-what = Somebody said “this wasn’t me”. Lift the freeze only once you have spoken with the admin.
admins-lift = Lift the suspension
admins-lift-hint = Saving the roles lifts the suspension.
admins-may-owner = all of it: customers, policy, admins
admins-may-recovery_admin = grant and revoke bypasses, unlock accounts
admins-may-approver = approve or deny what others ask for
admins-may-helpdesk = ask for a bypass, look at customers
admins-may-auditor = read, verify, export, sign off

## API keys.

keys-what = For programs that call Readmit in the name of { $tenant }.
keys-new = New key:
keys-copy = Copy the key
keys-none = There are no keys yet.
keys-label = Name
keys-label-hint = What it is for, such as: login service
keys-id = Key
keys-last-used = Last used
keys-until-revoked = when revoked
keys-revoke = Revoke
keys-revoke-label = Revoke { $label }
keys-make = Make a key
keys-service-what = check codes, redeem bypasses, set up devices for customers
keys-auditor-what = read, verify, export
keys-days = Ends after
keys-year = 1 year
keys-make-do = Make the key

## Policy.

policy-what = Each change is an event in the ledger. Owners change it; everybody here reads it.
policy-settings = All settings
policy-setting = Setting
policy-now = Now
policy-differs = (not as the strict profile)
policy-bold = Bold: not as strict.
policy-standard = Standard profile
policy-strict = Strict profile
policy-own = Own settings
policy-strict-meets = The strict profile meets
policy-change = Change the policy
policy-fill-standard = Fill in the standard profile
policy-fill-strict = Fill in the strict profile
policy-filled-in = The form holds the values of a profile. Nothing is changed until you save it.
policy-mfa = Multi-Factor Authentication
policy-mfa-required = Required
policy-mfa-optional = Optional
policy-second-person = Second person
policy-second-for-admins = For admins’ own accounts
policy-second-always = Always
policy-proof = Proof at sign-in by a bypass, at least
policy-lifetimes = How long a bypass stays open
policy-lifetime-default = Bypass stays open, usually
policy-lifetime-least = Bypass stays open, at least
policy-lifetime-most = Bypass stays open, at most
policy-lifetime-hint = From 5 minutes to 24 hours; at least ≤ usually ≤ at most.
policy-usually = Usually
policy-least = At least
policy-most = At most
policy-bounds = How often
policy-uses = Uses of one bypass, at most
policy-grants = Grants in 30 days without a second person
policy-bounds-hint = 1 to 5 uses; 1 to 30 grants.
policy-demands = A grant must name
policy-reason = Reason
policy-ticket = Ticket
policy-check = Identity check
policy-times = Times
policy-fresh = Own code of an admin, not older than
policy-enrolment = Time to set up a device
policy-request = A request waits for
policy-times-hint = Own code 1 to 60 minutes; set-up 2 to 60 minutes; a request 5 minutes to 7 days (10080).
policy-lockout = Wrong codes
policy-lockout-now =
    { $failures ->
        [one] 1 locks for { $time }
       *[other] { $failures } lock for { $time }
    }
policy-failures = Wrong codes in a row that lock
policy-first-lock = First lock
policy-hard-failures = Wrong codes that lock until unlocked
policy-lockout-hint = 3 to 20 wrong codes; first lock 1 minute to 24 hours, each further one twice as long; at most 100 until unlocked.
policy-minutes = (minutes)
policy-save = Save the policy
