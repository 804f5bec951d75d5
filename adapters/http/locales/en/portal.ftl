### One's own account.

chip-on = On
chip-off = Off
chip-unset = Not set up
chip-open = Recovery open

reason =
    { $reason ->
        [lost_device] Lost device
        [stolen_device] Stolen device
        [broken_device] Broken device
        [replaced_device] Replaced device
       *[other] Another reason
    }

back = Back
back-to-account = Back to My Account

portal-title = Your account
portal-mfa = Your second factor
portal-devices = Devices
portal-devices-count =
    { $count ->
        [0] None
        [one] One authenticator app
       *[other] { $count } authenticator apps
    }
portal-codes = Recovery codes
portal-codes-left =
    { $count ->
        [0] None is left.
        [one] 1 is left.
       *[other] { $count } are left.
    }
portal-codes-none = You have none yet.
portal-security = Devices, codes and password
portal-open = You can set up a new device now
portal-open-what = Your provider gave you permission. My Account leads you through it: four short steps.
portal-open-go = Go to My Account
portal-elsewhere = Somebody may set up a new device for your account
portal-elsewhere-what = Your provider gave this permission. If you did not ask for it, say so at once.
portal-first = Set up your second factor
portal-first-what = Beside your password, you sign in with a code from an app on your phone. Set it up now: it takes about a minute.

rail = Steps of your recovery
step-off = Turn MFA off
step-device = Set up a device
step-confirm = Confirm with a code
step-codes = Save recovery codes
step-done = Done:
ends-at = ends at

account-lead = You cannot use your old device. Four short steps, and you are back.
account-first = One thing is missing: your second factor.
account-recovery = Your recovery
account-begin = Begin by turning MFA off. Your old device and your old recovery codes stop working at that moment, for you and for whoever may hold them.
account-about = What is happening
account-granted = Granted by
account-reason = Reason
account-stop = If you stop here
account-stop-what = Nothing changes: your old device and codes go on working.
enable-mfa = Enable Multi-Factor Authentication

closed-title = My Account is not open now
closed-lead = It is there only while your provider’s permission stands.
closed-revoked = Yours was taken back.
closed-denied = The request for yours was denied.
closed-completed = Yours ended when you set up your new device.
closed-expired = The time of yours is over.
closed-elsewhere = You have gone on with it elsewhere, or its minutes are over. If it still stands, sign in again.
closed-awaiting = One was asked for, and your provider has not answered yet.
closed-not-begun = One stands for you, but its time has not begun yet.
closed-not-used = One stands for you: sign out, sign in with your password, and choose it there.
closed-in-use = One is being used for your account right now. If that is not you, say so below.
closed-never = You have none.
closed-ended = Ended
closed-device = Your device
closed-device-works = works as before
closed-device-none = There is none.
closed-help = Cannot use your device? Ask { $tenant } for a permission.
closed-again = Sign in again

mfa-title = Multi-Factor Authentication
mfa-lead = A second proof that it is you, beside your password.
mfa-modes = MFA Modes
mfa-app = Authenticator app
mfa-old =
    { $count ->
        [one] On, with one device.
       *[other] On, with { $count } devices.
    } Turning it off ends your old device and your old recovery codes for good.
mfa-off = Off. Your old device does not work any more.
mfa-unset = Not set up yet.
mfa-new = On, with your new device.
mfa-set-up = Set up Now
mfa-set-up-hint = Takes about a minute. Have your phone at hand.
mfa-options = MFA Recovery Options
mfa-generate = Generate New Codes
mfa-codes-old = Turn MFA off first.
mfa-codes-none = None. Set up a device first, then save ten codes for the day when you lose it.
mfa-codes-new = The last step: ten codes for the day when you lose your device.

device-title = Set up a device
device-scan = 1. Scan this with your authenticator app
device-qr = QR code for your authenticator app
device-here = Is the app on this phone?
device-open = Open it there
device-type = Cannot scan? Type this secret
device-copy = Copy the secret
device-confirm = 2. Type the code that it shows
device-code = Six-digit code
device-clock = Codes depend on the time. If a right code is refused, let your phone set its clock by itself.
device-confirm-do = Confirm
device-gone = Nothing is being set up at the moment, or its time is over. Begin to see a QR code; an entry that your app already has from an earlier attempt can be deleted.

codes-title = Save your recovery codes
codes-once =
    { $count ->
        [one] One code: it works once
       *[other] { $count } codes: each works once
    }
codes-only-now = shown only now
codes-file =
    Recovery codes: each works once
    Account   { $account }
    Issuer    { $issuer }
    Generated { $day } { $time } UTC
codes-where = Keep them where you will find them without your phone: in a password manager, or on paper in a drawer. Not in the same bag as the phone.
codes-saved = They are in a safe place
codes-saved-do = I saved them
codes-gone = Codes are shown once, when they are made, and these cannot be shown again. If you did not save them, generate new ones under Security once you are signed in.

finished-title = You are back
finished-lead = Your recovery is over. From now on you sign in with your password and your new device.
finished-what = What happened
finished-off = You turned MFA off. Your old device and its codes ended for good.
finished-device = You set up a new device.
finished-codes = You generated new recovery codes.
finished-over = The permission from { $tenant } ended, and so did every other session of yours.
finished-done = Sign in with the new device

security-since = set up
security-remove = Remove
security-remove-what = Its codes stop working at once.
security-add = Set up another device
security-codes-void = New ones void the old ones.
security-no-codes = You have no recovery codes
security-no-codes-what = Without them, you need your provider’s help when you lose your device. Generate them now.

password-others = You stay signed in here; everywhere else you are signed out.
password-current = Password so far
password-new = New password
password-again = The same again
password-hint = At least 8 characters. A few words are easiest to keep in mind.

problem-password_wrong = That is not your password so far.
problem-password_differs = The two new passwords are not the same.
