### What all pages share.

skip = Zum Inhalt springen
nav-main = Hauptmenü
profile = Profil:
my-account = Mein Konto
security = Sicherheit
change-password = Passwort ändern
sign-out = Abmelden
sign-out-everywhere = Überall abmelden
language = Sprache
theme = Darstellung
theme-auto = Auto
theme-light = Hell
theme-dark = Dunkel
continue = Weiter
cancel = Abbrechen
until = bis { $time } UTC
time-left = Verbleibende Zeit
copied = Kopiert
copy = Kopieren
print = Drucken
download = Herunterladen

surface-door = Anmelden
surface-portal = Meine Sicherheit
surface-console = Verwaltung
surface-desk = Prüfplatz

nav-customers = Kunden
nav-bypasses = Freigaben
nav-admins = Admins
nav-keys = API-Schlüssel
nav-policy = Richtlinie
nav-audit = Ereignisbuch
nav-recoveries = Wiederherstellungen

who-customer = die Kundin, der Kunde
who-service = der Anmeldedienst
who-system = das System

## Read by the script, which puts the numbers in.

countdown-hours = noch {"{h}"} h {"{m}"} min
countdown-minutes = noch {"{m}"} min {"{s}"} s
countdown-seconds = noch {"{s}"} s
countdown-over = Die Zeit ist um
announce-minutes = noch {"{m}"} Minuten
announce-minute = noch 1 Minute
replay-play = Abspielen
replay-pause = Anhalten

## What is refused, or failed.

problem-title = Nein
problem-heading =
    { $status ->
        [403] Das können Sie nicht tun
        [404] Hier ist nichts
        [429] Bitte warten Sie ein wenig
        [503] Im Augenblick ist zu viel los
       *[other] Das hat nicht geklappt
    }
problem-again = Es wurde nichts getan. Versuchen Sie es gleich noch einmal.
problem-home = Zur ersten Seite

problem-internal = Bei uns ist etwas fehlgeschlagen. Es steht in unserem Protokoll.
problem-unavailable = Die Datenbank antwortet nicht.
problem-busy = Im Augenblick ist zu viel los.
problem-overloaded = Im Augenblick ist zu viel los.
problem-timed_out = Es hat zu lange gedauert.
problem-outcome_unknown = Ob das getan wurde, ist nicht bekannt. Laden Sie die Seite neu und sehen Sie nach.
problem-clock_behind = Die Uhr des Servers geht falsch. Bis sie stimmt, kommt niemand mit einer Freigabe hinein.
problem-rate_limited =
    { $until ->
        [none] Das war zu oft. Warten Sie ein wenig und versuchen Sie es dann noch einmal.
       *[other] Es gab zu viele falsche Passwörter. Warten Sie bis { $until } und versuchen Sie es dann noch einmal.
    }
problem-no_such_route = Diese Seite gibt es nicht, oder sie ist nicht für Sie bestimmt.
problem-not_found = Das gibt es nicht, oder es gehört zu einer anderen Firma als Ihrer.
problem-method_not_allowed = So lässt sich diese Seite nicht benutzen.
problem-cross_site = Dieses Formular kam von einer anderen Website. Öffnen Sie die Seite hier und senden Sie es von dort.
problem-invalid_body = Im Formular fehlt etwas, oder etwas ist nicht, wie es sein muss.
problem-invalid_query = Die Adresse dieser Seite stimmt nicht.
problem-invalid_cursor = Die Liste hat sich geändert. Beginnen Sie wieder bei ihrer ersten Seite.
problem-too_large = Das Formular enthält zu viel.
problem-unauthorised = Ihre Sitzung ist zu Ende. Melden Sie sich wieder an.
problem-in_progress = Genau das wird gerade schon getan.
problem-changed = Jemand anders hat dies geändert, seit Sie es geöffnet haben. Sehen Sie noch einmal nach und entscheiden Sie dann.

problem-not_permitted = Keine Ihrer Rollen erlaubt das.
problem-own_account = Niemand darf das für das eigene Konto tun: Fragen Sie jemanden aus Ihrem Team.
problem-owner_required = Das ist das Konto eines Admins: Nur die Rolle „Inhaber“ darf das tun.
problem-own_request = Eigene Anträge darf niemand selbst genehmigen oder ablehnen: Fragen Sie jemanden aus Ihrem Team.
problem-second_factor_not_fresh = Zeigen Sie zuerst einen Code aus Ihrer Authenticator-App.
problem-already_done = Das wurde bereits getan.
problem-unchanged = Es ist schon so.
problem-command_reused = Dieses Formular wurde schon für etwas anderes gesendet. Öffnen Sie die Seite neu.

problem-sign_in_refused = Anmeldename oder Passwort ist falsch.
problem-frozen = Dieses Konto ist eingefroren, weil jemand „Das war nicht ich“ gesagt hat. Ihr Dienstleister muss zuerst nachsehen.
problem-not_frozen = Das Konto ist nicht eingefroren.
problem-erased = Diese Kundendaten wurden gelöscht.
problem-locked =
    Es gab zu viele falsche Codes. { $until ->
        [none] Ihr Dienstleister muss das Konto entsperren.
       *[other] Das Konto ist bis { $until } gesperrt.
    }
problem-not_locked = Das Konto ist nicht gesperrt.
problem-setup_overdue = MFA ist aus, und die Freigabe zum Einrichten ist abgelaufen. Bitten Sie Ihren Dienstleister um eine neue.
problem-mfa_not_on = Es gibt keinen zweiten Faktor.
problem-mfa_required = Ihr Dienstleister verlangt MFA. Richten Sie zuerst ein anderes Gerät ein.
problem-session_not_live = Ihre Wiederherstellung ist vorbei, oder Sie haben sich seither anderswo angemeldet. Melden Sie sich wieder an.
problem-no_right_to_enrol = Zeigen Sie zuerst einen Code, oder schalten Sie MFA in einer Wiederherstellung aus.

problem-code_malformed = So sieht kein Code aus: Fehlt ein Zeichen, oder ist eines falsch?
problem-code_wrong =
    Der Code ist falsch. { $failures ->
        [one] Das war 1 falscher Code in Folge.
       *[other] Das waren { $failures } falsche Codes in Folge.
    } Zu viele sperren das Konto.
problem-code_replayed = Dieser Code wurde schon benutzt. Warten Sie auf den nächsten.
problem-code_used = Dieser Wiederherstellungscode wurde schon benutzt. Nehmen Sie einen anderen.
problem-issued_code_missing = Geben Sie den Code ein, den Ihnen Ihr Dienstleister genannt hat.
problem-issued_code_wrong =
    Der Code ist falsch. { $attempts_left ->
        [0] Die Freigabe ist damit beendet: Bitten Sie Ihren Dienstleister um eine neue.
        [one] Es bleibt 1 Versuch.
       *[other] Es bleiben { $attempts_left } Versuche.
    }
problem-enrolment_code_wrong =
    Der Code ist falsch. { $attempts_left ->
        [0] Dieses Einrichten ist damit beendet: Beginnen Sie noch einmal.
        [one] Es bleibt 1 Versuch.
       *[other] Es bleiben { $attempts_left } Versuche.
    } Geht die Uhr Ihres Telefons richtig?
problem-enrolment_superseded = Dieses Einrichten ist beendet. Beginnen Sie noch einmal.
problem-enrolment_over = Die Zeit, dieses Gerät einzurichten, ist um. Beginnen Sie noch einmal.
problem-too_many_devices = Sie haben so viele Geräte, wie Sie haben dürfen. Entfernen Sie zuerst eines.
problem-last_device = Das ist Ihr letztes Gerät, und Ihr Dienstleister verlangt MFA. Richten Sie zuerst ein anderes ein.

problem-not_started = Die Freigabe hat noch nicht begonnen.
problem-expired = Die Freigabe ist abgelaufen. Bitten Sie Ihren Dienstleister um eine neue.
problem-spent = Die Freigabe wurde schon benutzt. Bitten Sie Ihren Dienstleister um eine neue.
problem-wrong_network = Die Freigabe gilt nicht in dem Netz, in dem Sie sind.

problem-login_taken = Jemand anders hat diesen Anmeldenamen.
problem-case_open = Für dieses Konto ist bereits eine Wiederherstellung offen.
problem-no_open_case = Diese Wiederherstellung ist beendet, oder eine andere hat ihren Platz eingenommen.
problem-nothing_to_bypass = Dieses Konto hat keinen zweiten Faktor, den man umgehen könnte.
problem-not_awaiting = Das wurde schon beantwortet.
problem-request_too_old = Dieser Antrag hat zu lange gewartet: Stellen Sie ihn neu.
problem-too_late_to_revoke = Ein neues Gerät ist schon eingerichtet: Es gibt nichts mehr zu widerrufen.
problem-legal_hold = Eine Aufbewahrungspflicht verbietet das.
problem-lifetime_outside_policy = Ihre Richtlinie erlaubt diese Dauer nicht.
problem-uses_outside_policy = Ihre Richtlinie erlaubt nicht so viele Benutzungen.
problem-too_many_networks = Eine Freigabe darf höchstens 8 Netze nennen.
problem-impossible_window = Eine Freigabe kann weder in der Vergangenheit beginnen noch enden, bevor sie beginnt.
problem-proof_too_weak = Ihre Richtlinie verlangt neben dem Passwort einen ausgegebenen Code.
problem-ticket_missing = Ihre Richtlinie verlangt ein Ticket.
problem-reason_missing = Ihre Richtlinie verlangt einen Grund.
problem-note_missing = Sagen Sie in einer Notiz, was der Grund ist.
problem-identity_check_missing = Ihre Richtlinie verlangt die Angabe, wie Sie geprüft haben, wer anruft.
problem-invalid_text = Dieser Text ist zu lang, oder er enthält etwas, das er nicht darf.
problem-policy_invalid = Eine Einstellung liegt außerhalb des Möglichen.
problem-roles_invalid = Wählen Sie mindestens eine Rolle.
problem-last_owner = Eine Firma muss mindestens einen Inhaber behalten.
problem-already_past = Das Ende liegt in der Vergangenheit.
problem-not_ended = Diese Wiederherstellung ist noch nicht beendet.
problem-not_due = Ihre Zeit ist noch nicht um.

problem-password_too_short = Ein Passwort hat mindestens 8 Zeichen. Am leichtesten sind ein paar Wörter.
problem-password_too_long = Dieses Passwort ist zu lang.
problem-password_common = Dieses Passwort gehört zu denen, die zuerst versucht werden. Ein paar Wörter sind besser.
problem-password_holds_name = Ein Passwort darf weder Ihren Namen noch den Ihrer Firma enthalten.
