### One's own account.

chip-on = An
chip-off = Aus
chip-unset = Nicht eingerichtet
chip-open = Wiederherstellung offen

reason =
    { $reason ->
        [lost_device] Gerät verloren
        [stolen_device] Gerät gestohlen
        [broken_device] Gerät defekt
        [replaced_device] Gerät ersetzt
       *[other] Ein anderer Grund
    }

back = Zurück
back-to-account = Zurück zu „Mein Konto“

portal-title = Ihr Konto
portal-mfa = Ihr zweiter Faktor
portal-devices = Geräte
portal-devices-count =
    { $count ->
        [0] Keine
        [one] Eine Authenticator-App
       *[other] { $count } Authenticator-Apps
    }
portal-codes = Wiederherstellungscodes
portal-codes-left =
    { $count ->
        [0] Es ist keiner übrig.
        [one] Es ist 1 übrig.
       *[other] Es sind { $count } übrig.
    }
portal-codes-none = Sie haben noch keine.
portal-security = Geräte, Codes und Passwort
portal-open = Sie können jetzt ein neues Gerät einrichten
portal-open-what = Ihr Dienstleister hat es freigegeben. „Mein Konto“ führt Sie hindurch: vier kurze Schritte.
portal-open-go = Zu „Mein Konto“
portal-elsewhere = Jemand kann für Ihr Konto ein neues Gerät einrichten
portal-elsewhere-what = Ihr Dienstleister hat das freigegeben. Wenn Sie nicht darum gebeten haben, sagen Sie es sofort.
portal-first = Richten Sie Ihren zweiten Faktor ein
portal-first-what = Neben dem Passwort melden Sie sich mit einem Code aus einer App auf Ihrem Telefon an. Richten Sie sie jetzt ein: Es dauert etwa eine Minute.

rail = Schritte Ihrer Wiederherstellung
step-off = MFA ausschalten
step-device = Gerät einrichten
step-confirm = Mit einem Code bestätigen
step-codes = Codes speichern
step-done = Erledigt:
ends-at = endet um

account-lead = Sie können Ihr altes Gerät nicht benutzen. Vier kurze Schritte, und Sie sind zurück.
account-first = Eines fehlt noch: Ihr zweiter Faktor.
account-recovery = Ihre Wiederherstellung
account-begin = Schalten Sie zuerst MFA aus. In diesem Augenblick funktionieren Ihr altes Gerät und Ihre alten Wiederherstellungscodes nicht mehr, weder für Sie noch für jemanden, der sie vielleicht hat.
account-about = Was gerade geschieht
account-granted = Freigegeben von
account-reason = Grund
account-stop = Wenn Sie hier aufhören
account-stop-what = Nichts ändert sich: Ihr altes Gerät und Ihre Codes funktionieren weiter.
enable-mfa = Multi-Faktor-Authentifizierung aktivieren

closed-title = „Mein Konto“ ist gerade nicht offen
closed-lead = Es ist nur da, solange die Freigabe Ihres Dienstleisters gilt.
closed-revoked = Ihre wurde widerrufen.
closed-denied = Der Antrag auf Ihre wurde abgelehnt.
closed-completed = Ihre endete, als Sie Ihr neues Gerät eingerichtet hatten.
closed-expired = Die Zeit Ihrer Freigabe ist um.
closed-elsewhere = Sie haben anderswo damit weitergemacht, oder ihre Minuten sind um. Falls sie noch gilt, melden Sie sich wieder an.
closed-awaiting = Eine wurde beantragt, und Ihr Dienstleister hat noch nicht geantwortet.
closed-not-begun = Es gibt eine für Sie, aber ihre Zeit hat noch nicht begonnen.
closed-in-use = Gerade wird eine für Ihr Konto benutzt. Wenn Sie das nicht sind, sagen Sie es unten.
closed-not-used = Es gibt eine für Sie: Melden Sie sich ab, melden Sie sich mit Ihrem Passwort an und wählen Sie sie dort.
closed-never = Sie haben keine.
closed-ended = Beendet
closed-device = Ihr Gerät
closed-device-works = funktioniert wie zuvor
closed-device-none = Es gibt keines.
closed-help = Sie können Ihr Gerät nicht benutzen? Bitten Sie { $tenant } um eine Freigabe.
closed-again = Wieder anmelden

mfa-title = Multi-Faktor-Authentifizierung
mfa-lead = Neben dem Passwort ein zweiter Beleg dafür, dass Sie es sind.
mfa-modes = MFA-Modi
mfa-app = Authenticator-App
mfa-old =
    { $count ->
        [one] An, mit einem Gerät.
       *[other] An, mit { $count } Geräten.
    } Mit dem Ausschalten werden Ihr altes Gerät und Ihre alten Wiederherstellungscodes für immer ungültig.
mfa-off = Aus. Ihr altes Gerät funktioniert nicht mehr.
mfa-unset = Noch nicht eingerichtet.
mfa-new = An, mit Ihrem neuen Gerät.
mfa-set-up = Jetzt einrichten
mfa-set-up-hint = Dauert etwa eine Minute. Halten Sie Ihr Telefon bereit.
mfa-options = MFA-Wiederherstellungsoptionen
mfa-generate = Neue Codes erzeugen
mfa-codes-old = Schalten Sie zuerst MFA aus.
mfa-codes-none = Keine. Richten Sie zuerst ein Gerät ein, und speichern Sie dann zehn Codes für den Tag, an dem Sie es verlieren.
mfa-codes-new = Der letzte Schritt: zehn Codes für den Tag, an dem Sie Ihr Gerät verlieren.

device-title = Ein Gerät einrichten
device-scan = 1. Scannen Sie dies mit Ihrer Authenticator-App
device-qr = QR-Code für Ihre Authenticator-App
device-here = Ist die App auf diesem Telefon?
device-open = Dort öffnen
device-type = Scannen geht nicht? Tippen Sie dieses Geheimnis ein
device-copy = Geheimnis kopieren
device-confirm = 2. Geben Sie den Code ein, den sie zeigt
device-code = Sechsstelliger Code
device-clock = Codes hängen von der Zeit ab. Wird ein richtiger Code abgelehnt, lassen Sie Ihr Telefon seine Uhr selbst stellen.
device-confirm-do = Bestätigen
device-gone = Im Augenblick wird nichts eingerichtet, oder die Zeit dafür ist um. Beginnen Sie, um einen QR-Code zu sehen; ein Eintrag, den Ihre App schon von einem früheren Versuch hat, kann gelöscht werden.

codes-title = Speichern Sie Ihre Wiederherstellungscodes
codes-once =
    { $count ->
        [one] Ein Code: Er gilt einmal
       *[other] { $count } Codes: Jeder gilt einmal
    }
codes-only-now = nur jetzt zu sehen
codes-file =
    Wiederherstellungscodes: Jeder gilt einmal
    Konto     { $account }
    Anbieter  { $issuer }
    Erzeugt   { $day } { $time } UTC
codes-where = Bewahren Sie sie dort auf, wo Sie sie ohne Ihr Telefon finden: in einem Passwortmanager oder auf Papier in einer Schublade. Nicht in derselben Tasche wie das Telefon.
codes-saved = Sie sind an einem sicheren Ort
codes-saved-do = Ich habe sie gespeichert
codes-gone = Codes werden einmal gezeigt, wenn sie entstehen, und diese können nicht noch einmal gezeigt werden. Falls Sie sie nicht gespeichert haben, erzeugen Sie unter „Sicherheit“ neue, sobald Sie angemeldet sind.

finished-title = Sie sind zurück
finished-lead = Ihre Wiederherstellung ist beendet. Ab jetzt melden Sie sich mit Ihrem Passwort und Ihrem neuen Gerät an.
finished-what = Was geschehen ist
finished-off = Sie haben MFA ausgeschaltet. Ihr altes Gerät und seine Codes sind für immer ungültig.
finished-device = Sie haben ein neues Gerät eingerichtet.
finished-codes = Sie haben neue Wiederherstellungscodes erzeugt.
finished-over = Die Freigabe von { $tenant } ist beendet, und mit ihr jede andere Sitzung von Ihnen.
finished-done = Mit dem neuen Gerät anmelden

security-since = eingerichtet am
security-remove = Entfernen
security-remove-what = Seine Codes gelten sofort nicht mehr.
security-add = Ein weiteres Gerät einrichten
security-codes-void = Neue machen die alten ungültig.
security-no-codes = Sie haben keine Wiederherstellungscodes
security-no-codes-what = Ohne sie brauchen Sie die Hilfe Ihres Dienstleisters, wenn Sie Ihr Gerät verlieren. Erzeugen Sie jetzt welche.

password-others = Hier bleiben Sie angemeldet; überall sonst werden Sie abgemeldet.
password-current = Bisheriges Passwort
password-new = Neues Passwort
password-again = Noch einmal dasselbe
password-hint = Mindestens 8 Zeichen. Ein paar Wörter kann man sich am leichtesten merken.

problem-password_wrong = Das ist nicht Ihr bisheriges Passwort.
problem-password_differs = Die beiden neuen Passwörter sind nicht gleich.
