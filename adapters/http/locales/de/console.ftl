### Die Verwaltung.

## Wörter, die mehrere Seiten teilen.

console-mfa = MFA
console-customer = Kunde
console-reason = Grund
console-ends = Endet
console-actions = Aktionen
console-never = nie
console-yes = ja
console-no = nein
console-optional = (freiwillig)
console-pages = Seiten
console-first-page = Erste Seite
console-next-page = Nächste Seite
console-shown-now = wird nur jetzt gezeigt
console-of = { $count } von { $most }
console-grants-in-30-days = Freigaben in 30 Tagen
console-erased-customer = Gelöschte Person
console-disable = Multi-Faktor-Authentifizierung abschalten
console-ask = Abschalten der Multi-Faktor-Authentifizierung beantragen
console-own-code = Ihr eigener Code
console-own-code-hint = Aus Ihrer Authenticator-App: Er zeigt, dass Sie es sind.

console-days =
    { $count ->
        [one] 1 Tag
       *[other] { $count } Tage
    }
console-hours =
    { $count ->
        [one] 1 Stunde
       *[other] { $count } Stunden
    }
console-minutes =
    { $count ->
        [one] 1 Minute
       *[other] { $count } Minuten
    }
console-seconds =
    { $count ->
        [one] 1 Sekunde
       *[other] { $count } Sekunden
    }

console-status-all = Alle
console-status-on = An
console-status-off = Aus
console-status-not_set_up = Nicht eingerichtet
console-status-locked = Gesperrt
console-status-frozen = Eingefroren
console-status-erased = Gelöscht

console-recovery-open = Wiederherstellung offen
console-stage-awaiting_approval = Wartet auf Zustimmung
console-stage-granted = Freigegeben
console-stage-signed_in = Angemeldet
console-stage-mfa_disabled = MFA abgeschaltet
console-stage-device_enrolled = Gerät eingerichtet
console-ended-completed = Abgeschlossen
console-ended-denied = Abgelehnt
console-ended-revoked = Widerrufen
console-ended-expired = Abgelaufen

console-reason-lost_device = Gerät verloren
console-reason-stolen_device = Gerät gestohlen
console-reason-broken_device = Gerät defekt
console-reason-replaced_device = Gerät ersetzt
console-reason-other = Anderer
console-reason-none = Kein Grund genannt

console-check-call_back = Rückruf
console-check-video = Video
console-check-in_person = Persönlich
console-check-contract_contact = Vertragskontakt
console-check-none = Nicht geprüft

console-proof-password = Passwort
console-proof-password_and_issued_code = Passwort und ein Code

console-role-owner = Inhaber
console-role-recovery_admin = Wiederherstellung
console-role-approver = Zweite Person
console-role-helpdesk = Helpdesk
console-role-auditor = Revision
console-role-service = Dienst

console-not-now-erased = jetzt nicht, die Person wurde gelöscht.
console-not-now-frozen = jetzt nicht, das Konto ist eingefroren.
console-not-now-not-set-up = jetzt nicht, MFA wurde nie eingerichtet.
console-not-now-off = jetzt nicht, MFA ist aus und wird von Ihren Regeln nicht verlangt.

## Kunden.

customers-title = Kunden
customers-add = Kunden anlegen
customers-all = Alle Kunden
customers-search = Name oder E-Mail
customers-find = Suchen
customers-stage = Schritt
customers-any-stage = Jeder Schritt
customers-filter = Nach Zustand filtern
customers-name = Name
customers-by-login = E-Mail
customers-by-codes_left = Codes übrig
customers-by-last_sign_in = Letzte Anmeldung
customers-actions = Aktionen für { $name }
customers-open = Öffnen
customers-none = Es gibt noch keine Kunden.
customers-none-found = Niemand ist so. Suchen Sie nach weniger, oder nach allen.
customers-none-so-far = Bisher wurde niemand gefunden.
customers-look-further = Weiter suchen
customers-no-more = Mehr gibt es nicht.

tile-open = Offene Wiederherstellungen
tile-open-next = die nächste endet um { $time } UTC
tile-awaiting = Warten auf Zustimmung
tile-awaiting-next = der nächste Antrag endet um { $time } UTC
tile-none = keine
tile-off = MFA ist aus
tile-off-required =
    { $count ->
        [0] für alle ist eine Wiederherstellung offen
        [one] 1 davon braucht eine Freigabe zur Anmeldung
       *[other] { $count } davon brauchen eine Freigabe zur Anmeldung
    }
tile-off-required-many = ohne offene Wiederherstellung ist eine Freigabe nötig
tile-off-optional = Anmeldung mit dem Passwort allein
tile-grants = Freigaben in 30 Tagen
tile-completed =
    { $count ->
        [one] 1 endete mit einem neuen Gerät
       *[other] { $count } endeten mit einem neuen Gerät
    }

chart-title = Freigaben in 30 Tagen, nach Grund
chart-total = insgesamt { $count }
chart-table = Dasselbe als Tabelle
chart-caption = Freigaben nach Tag (UTC) und Grund; ohne Grund zählt als anderer
chart-day = Tag

new-customer-title = Kunden anlegen
new-customer-what = Das Passwort kommt aus Ihrem Anmeldedienst oder über einen Einladungslink, den Sie auf der Seite der Person erstellen.
new-customer-login-hint = Womit sich die Person anmeldet, meist ihre E-Mail-Adresse. Das lässt sich später nicht ändern.
new-customer-do = Kunden anlegen

## MFA abschalten.

grant-only = nur für diese Person
grant-open = Für diese Person ist eine Wiederherstellung offen
grant-replace = Die offene Wiederherstellung beenden und neu beginnen
grant-reason = Warum
grant-other-note = in der Notiz nennen
grant-note = Notiz
grant-note-private = (vertraulich; wird mit der Person gelöscht)
grant-ticket = Ticket
grant-ticket-hint = Ohne Leerzeichen, etwa INC-4711.
grant-check = Wie Sie geprüft haben, wer fragt
grant-call_back-note = unter einer schon bekannten Nummer
grant-contract_contact-note = hat darum gebeten
grant-none-note = wird so vermerkt
grant-lifetime = Wie lange sie offen bleibt
grant-usual-note = wie üblich
grant-most-note = das Längste
grant-proof = Was bei der Anmeldung verlangt wird
grant-issued-note = Sie sagen ihn; wird einmal gezeigt
grant-about = Was das bewirkt
grant-does-title = Was es bewirkt
grant-does = Die Person darf sich, bis die Zeit um ist, einmal mit ihrem Passwort anmelden, um MFA abzuschalten und ein neues Gerät einzurichten.
grant-ask-does = Es fragt eine zweite Person. Sagt diese ja, darf sich der Kunde oder die Kundin einmal mit dem Passwort anmelden, um MFA abzuschalten und ein neues Gerät einzurichten.
grant-does-not-title = Was es nicht bewirkt
grant-does-not = MFA bleibt an, bis die Person sie selbst abschaltet; bei niemand anderem ändert sich etwas, und Sie erfahren nie ein Passwort.
grant-second-person = Eine zweite Person muss zustimmen, bevor die Freigabe gilt.
grant-now = Die Person jetzt

granted-open = { $name } kann ein neues Gerät einrichten
granted-awaiting = Eine zweite Person muss für { $name } zustimmen
granted-recovered = { $name } hat ein neues Gerät eingerichtet
granted-over = Diese Wiederherstellung von { $name } ist beendet
granted-ended = Beendet
granted-code = Code für die Person
granted-code-what = Lesen Sie ihn am Telefon vor. Er gilt einmal, zusammen mit dem Passwort; nach fünf falschen Versuchen endet die Freigabe.
granted-code-gone = Der Code wurde einmal gezeigt, und zwar der Person, die freigegeben hat.
granted-code-lost = Ist er verloren, machen Sie die Freigabe rückgängig und geben Sie neu frei.
granted-copy-code = Code kopieren
granted-tell = Was Sie der Person sagen
granted-tell-sign-in = Öffnen Sie { $address } und melden Sie sich mit Ihrem Passwort an, spätestens bis
granted-tell-code = Geben Sie den Code ein, den ich Ihnen vorgelesen habe.
granted-tell-steps = Öffnen Sie dann „Mein Konto“, wählen Sie „Multi-Faktor-Authentifizierung einrichten“, schalten Sie sie aus, richten Sie Ihr neues Gerät ein und sichern Sie die neuen Wiederherstellungscodes.
granted-copy-message = Nachricht kopieren
granted-next = Wie es weitergeht
granted-next-answer = Sie können unter „Freigaben“ zustimmen oder ablehnen.
granted-next-asked = Eine zweite Person sieht den Antrag unter „Freigaben“. Bis dahin ist nichts zu tun.
granted-next-other = Eine zweite Person entscheidet darüber unter „Freigaben“.
granted-over-what = Hier ist nichts mehr zu tun.
granted-state = Zustand
granted-ends-yours = Endet, Ihre Zeit
granted-ends-utc = Endet, UTC
granted-event = Ereignis
granted-undo = Rückgängig: jetzt widerrufen

## Freigaben.

bypasses-what = Jede Erlaubnis, sich ohne zweiten Faktor anzumelden: beantragt, offen und vorbei.
bypasses-awaiting = Warten auf Zustimmung
bypasses-none-awaiting = Nichts wartet auf Zustimmung.
bypasses-asked-by = Beantragt von
bypasses-ends-unanswered = Endet ohne Antwort
bypasses-approve = Zustimmen
bypasses-approve-for = Für { $name } zustimmen
bypasses-approve-now = Ja, zustimmen
bypasses-choose = Bitte wählen
bypasses-deny = Ablehnen
bypasses-deny-for = Für { $name } ablehnen
bypasses-deny-what = Der Antrag endet, und für die Person ändert sich nichts. Er kann neu gestellt werden.
bypasses-deny-now = Ja, ablehnen
bypasses-own = Ihr Antrag: Jemand anderes stimmt zu.
bypasses-not-approver = Darüber entscheidet eine zweite Person.
bypasses-withdraw = Zurückziehen
bypasses-withdraw-for = Antrag für { $name } zurückziehen
bypasses-withdraw-what = Der Antrag endet, und niemand kann ihm mehr zustimmen.
bypasses-withdraw-now = Ja, zurückziehen
bypasses-open = Offen
bypasses-none-open = Keine Freigabe ist offen.
bypasses-granted-by = Freigegeben von
bypasses-time-left-for = Verbleibende Zeit für { $name }
bypasses-revoke = Widerrufen
bypasses-revoke-for = Freigabe für { $name } widerrufen
bypasses-revoke-what = Sie endet sofort: Niemand kann sich mehr damit anmelden. Was die Person schon getan hat, bleibt, wie es ist.
bypasses-revoke-now = Ja, widerrufen
bypasses-details = Einzelheiten
bypasses-details-of = Einzelheiten zu { $name }
bypasses-over = Vorbei
bypasses-none-over = Noch keine ist vorbei.
bypasses-how-ended = Wie sie endete
bypasses-ended = Beendet
bypasses-completed = in { $time }
bypasses-completed-codes = in { $time }, ohne neue Codes
bypasses-withdrawn = durch einen Admin
bypasses-by-customer = durch die Person selbst
bypasses-by-system = durch das System
bypasses-superseded = durch eine neue Freigabe ersetzt
bypasses-too-many-attempts = zu viele falsche Codes
bypasses-reported = „Das war ich nicht“
bypasses-erased = die Person wurde gelöscht
bypasses-unanswered = niemand hat geantwortet
bypasses-unused = nie benutzt
bypasses-signed-in = angemeldet, nichts geändert
bypasses-left-off = MFA aus, kein neues Gerät

terms-check = Prüfung der Identität
terms-lifetime = Bleibt offen
terms-proof = Zur Anmeldung nötig
terms-uses = Nutzungen, höchstens
terms-networks = Nur aus

## Eine Person.

customer-revoke = Freigabe widerrufen
customer-timeline = Verlauf
customer-latest = Neueste
customer-older = Ältere
customer-devices = Geräte und Codes
customer-app = Authenticator-App
customer-last-code = letzter Code
customer-no-device = keine
customer-no-codes = keine erzeugt
customer-guards = Sicherungen
customer-failures = Falsche Codes in Folge
customer-locked-until = bis
customer-locked-for-good = bis ein Admin entsperrt
customer-hold = Löschsperre
customer-registered = Angelegt
customer-unlock = Konto entsperren
customer-unlock-what = Die Person kann sofort wieder Codes eingeben. Vergewissern Sie sich, dass sie selbst es war.
customer-unfreeze = Konto auftauen
customer-unfreeze-what = Jemand hat „Das war ich nicht“ gemeldet. Heben Sie das erst auf, wenn Sie mit der Person gesprochen haben.
customer-unfreeze-note = Was Sie herausgefunden haben
customer-place-hold = Löschsperre setzen
customer-place-hold-what = Niemand kann die Person löschen, bis die Sperre aufgehoben ist.
customer-lift-hold = Löschsperre aufheben
customer-lift-hold-what = Die Person kann danach wieder gelöscht werden.
customer-erase = Diese Person löschen
customer-erase-what = Das vernichtet Name, E-Mail, Geheimnisse und alle vertraulichen Notizen für immer. Die Ereignisse bleiben ohne sie erhalten und prüfbar.
customer-erase-confirm = Zur Bestätigung die E-Mail der Person eingeben
customer-erase-not-confirmed = Das ist nicht die E-Mail der Person. Nichts wurde gelöscht.

machine-title = Wie es steht
machine-as-of = nach Ereignis
machine-states = Zustände einer Wiederherstellung
machine-one-recovery = eine Wiederherstellung
machine-on = MFA an
machine-off = MFA aus
machine-not-set-up = Noch ohne MFA
machine-awaiting = Beantragt
machine-enrolled = Neues Gerät
machine-at-not-set-up = MFA wurde nie eingerichtet. Als Nächstes meldet sich die Person an und richtet ein Gerät ein.
machine-at-on = MFA ist an, keine Wiederherstellung ist offen.
machine-at-awaiting = Eine Freigabe ist beantragt. Als Nächstes stimmt eine zweite Person zu oder lehnt ab. Tut es niemand, endet der Antrag von selbst, und nichts ändert sich.
machine-at-granted = Eine Freigabe ist erteilt. Als Nächstes meldet sich die Person damit an. Tut sie es nicht, endet die Freigabe von selbst, und nichts ändert sich.
machine-at-signed-in = Die Person hat sich mit der Freigabe angemeldet. Als Nächstes schaltet sie MFA ab. Tut sie es nicht, endet die Freigabe von selbst, und das alte Gerät gilt weiter.
machine-at-off-open = MFA ist aus: Die alten Geräte und Codes gelten nicht mehr. Als Nächstes richtet die Person ein neues Gerät ein.
machine-at-off = MFA ist aus, keine Wiederherstellung ist offen.
machine-at-enrolled = Ein neues Gerät ist eingerichtet. Als Nächstes erzeugt die Person neue Wiederherstellungscodes.
machine-until = Ende:
machine-is = Die Person
machine-is-now = ist hier
machine-is-past = war hier

## Einladungen.

invite-do = Einladungslink erstellen
invite-about = Über diesen Link wird das erste Passwort des Kontos gesetzt. Schicken Sie ihn nur der Person, der das Konto gehört. Ein neuer Link macht den vorigen ungültig.
invite-link = Einladungslink
invite-what = Wer diesen Link hat, kann das Passwort dieses Kontos setzen, einmal. Schicken Sie ihn nur der Person, der es gehört.
invite-ends = Er endet:
invite-copy = Link kopieren

## Admins.

admins-what = Wer bei { $tenant } was darf.
admins-add = Admin hinzufügen
admins-add-what = Das Passwort setzt der Admin über einen Einladungslink, den Sie gleich danach erstellen; dann den zweiten Faktor.
admins-admin = Admin
admins-roles = Rollen
admins-second-factor = Zweiter Faktor
admins-last-code = Zuletzt gezeigt
admins-change = Ändern
admins-save = Rollen speichern
admins-changed = Die Rollen dieses Admins, oder ob er ausgesetzt ist, haben sich geändert, seit Sie die Seite geöffnet haben. Sehen Sie noch einmal nach und speichern Sie dann.
admins-suspended = Ausgesetzt
admins-suspend = Aussetzen
admins-suspend-what = Nichts geht mehr, bis Sie wieder Rollen speichern. Alle Sitzungen enden sofort.
admins-unlock-what = Der Admin kann sofort wieder Codes eingeben. Vergewissern Sie sich, dass er selbst es war.
admins-unfreeze-what = Jemand hat „Das war ich nicht“ gemeldet. Heben Sie das erst auf, wenn Sie mit dem Admin gesprochen haben.
admins-lift = Wieder zulassen
admins-lift-hint = Wer die Rollen speichert, lässt den Admin wieder zu.
admins-may-owner = alles: Kunden, Regeln, Admins
admins-may-recovery_admin = Freigaben erteilen und widerrufen, Konten entsperren
admins-may-approver = zustimmen oder ablehnen, was andere beantragen
admins-may-helpdesk = Freigaben beantragen, Kunden ansehen
admins-may-auditor = lesen, prüfen, ausleiten, abzeichnen

## API-Schlüssel.

keys-what = Für Programme, die Readmit im Namen von { $tenant } aufrufen.
keys-new = Neuer Schlüssel:
keys-copy = Schlüssel kopieren
keys-none = Es gibt noch keine Schlüssel.
keys-label = Name
keys-label-hint = Wofür er ist, etwa: Anmeldedienst
keys-id = Schlüssel
keys-last-used = Zuletzt benutzt
keys-until-revoked = mit dem Widerruf
keys-revoke = Widerrufen
keys-revoke-label = { $label } widerrufen
keys-make = Schlüssel erstellen
keys-service-what = Codes prüfen, Freigaben einlösen, Geräte für Kunden einrichten
keys-auditor-what = lesen, prüfen, ausleiten
keys-days = Endet nach
keys-year = 1 Jahr
keys-make-do = Schlüssel erstellen

## Regeln.

policy-what = Jede Änderung ist ein Ereignis im Ereignisbuch. Inhaber ändern sie; alle hier lesen sie.
policy-settings = Alle Einstellungen
policy-setting = Einstellung
policy-now = Jetzt
policy-differs = (nicht wie das strenge Profil)
policy-bold = Fett: nicht so streng.
policy-standard = Standardprofil
policy-strict = Strenges Profil
policy-own = Eigene Einstellungen
policy-strict-meets = Das strenge Profil erfüllt
policy-change = Regeln ändern
policy-fill-standard = Mit dem Standardprofil füllen
policy-fill-strict = Mit dem strengen Profil füllen
policy-filled-in = Das Formular enthält die Werte eines Profils. Nichts ist geändert, bis Sie speichern.
policy-mfa = Multi-Faktor-Authentifizierung
policy-mfa-required = Pflicht
policy-mfa-optional = Freiwillig
policy-second-person = Zweite Person
policy-second-for-admins = Für Konten von Admins
policy-second-always = Immer
policy-proof = Nachweis bei der Anmeldung mit Freigabe, mindestens
policy-lifetimes = Wie lange eine Freigabe offen bleibt
policy-lifetime-default = Freigabe bleibt offen, üblich
policy-lifetime-least = Freigabe bleibt offen, mindestens
policy-lifetime-most = Freigabe bleibt offen, höchstens
policy-lifetime-hint = Von 5 Minuten bis 24 Stunden; mindestens ≤ üblich ≤ höchstens.
policy-usually = Üblich
policy-least = Mindestens
policy-most = Höchstens
policy-bounds = Wie oft
policy-uses = Nutzungen einer Freigabe, höchstens
policy-grants = Freigaben in 30 Tagen ohne zweite Person
policy-bounds-hint = 1 bis 5 Nutzungen; 1 bis 30 Freigaben.
policy-demands = Eine Freigabe muss nennen
policy-reason = Grund
policy-ticket = Ticket
policy-check = Prüfung der Identität
policy-times = Zeiten
policy-fresh = Eigener Code eines Admins, nicht älter als
policy-enrolment = Zeit, ein Gerät einzurichten
policy-request = Ein Antrag wartet
policy-times-hint = Eigener Code 1 bis 60 Minuten; Einrichten 2 bis 60 Minuten; ein Antrag 5 Minuten bis 7 Tage (10080).
policy-lockout = Falsche Codes
policy-lockout-now =
    { $failures ->
        [one] 1 sperrt für { $time }
       *[other] { $failures } sperren für { $time }
    }
policy-failures = Falsche Codes in Folge, die sperren
policy-first-lock = Erste Sperre
policy-hard-failures = Falsche Codes, die bis zum Entsperren sperren
policy-lockout-hint = 3 bis 20 falsche Codes; erste Sperre 1 Minute bis 24 Stunden, jede weitere doppelt so lang; höchstens 100 bis zum Entsperren.
policy-minutes = (Minuten)
policy-save = Regeln speichern
