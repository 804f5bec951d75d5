### The phone of the demonstration.

demo-title = Demo: sign-ins and phones
demo-lead = This page stands in for the phones of everybody in this demonstration. It is not part of a real installation.
demo-how = Choose somebody, open the sign-in page, and type login, password and code. Use a private window for each person whom you want to be at the same time.
demo-name = Who
demo-password = Password
demo-code = Code now
demo-next = Next
demo-no-phone = no phone
demo-once = Each code is good once; if one was used already, take the next.
demo-again = Show the codes of now
demo-everybody = Everybody else
demo-new = A new phone
demo-new-what = When a page shows a QR code, copy the secret beside it into this phone.
demo-new-secret = Secret
demo-new-add = Add to this phone
demo-new-wrong = That is no secret of an authenticator app: it has 32 letters and digits.
demo-new-entry = Added { $number }
