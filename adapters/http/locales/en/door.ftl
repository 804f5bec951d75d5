### Where people sign in.

sign-in = Sign in
sign-in-lead = With the login that your provider gave you.
sign-in-lost = Lost your phone or authenticator app? Ask your provider. They check who you are, and open a short way back in.
sign-in-other = Sign in as someone else
company = Company
login = Login
password = Password

sign-in-already = You are signed in already.
sign-in-recovering = Your recovery is open, and signing in anew is not needed.
sign-in-go-on = Go on

notice-signed-out = You are signed out.
notice-recovered = All done. Sign in with your new device.
notice-password-set = Your password is set. Sign in with it.
notice-session-over = You were signed out, since nothing happened for a while or you signed out elsewhere. Sign in again.
notice-recovery-over = The time for your recovery is over. Sign in again: if your provider’s permission still stands, you go on with it. If not, ask them to open it again.
notice-not-reported = Nothing was reported: your session had ended. Sign in and press the button again, or call your provider now.
notice-reported = Thank you. The account is frozen, and nobody gets in until your provider has looked at it. Call them now.

code-title = Confirm that it is you
code-so-far = Signed in so far:
code-from-app = Code from your authenticator app
code-hint = Six digits, new every 30 seconds.
code-use-recovery = Use a recovery code instead
recovery-code = Recovery code
recovery-code-hint = One of the ten that you saved. Each works once; dashes and capitals do not matter.
recovery-code-use = Use this code

bypass-title = Set up a new device
bypass-heading = You may set up a new device until
bypass-by = granted by { $tenant }
bypass-what = Your provider opened this because you cannot use your old device. It lets you do one thing: turn MFA off, set up a new device, and save new recovery codes.
bypass-has-device = I have my device after all: use its code
issued-code = Code that you were told
issued-code-hint = Eight characters. Your provider told you this code.
not-me = Did not ask for this?
not-me-what = If you did not ask your provider for help, somebody else may have your password. This ends the permission and freezes the account at once. Then call your provider: only they open it again.
not-me-do = This wasn’t me

invitation-title = Welcome
invitation-welcome = Welcome to { $tenant }
invitation-choose = Choose the password of
invitation-save = Save and continue
invitation-ends = This invitation works once, and ends
problem-invitation_over = This invitation was used already, or its time is over. Ask your provider for another.
