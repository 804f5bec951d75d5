### Der Prüfplatz.
###
### A ledger is an "Ereignisbuch", a checkpoint a "Prüfpunkt", a proof a "Beweis".

## What its pages share.

desk-customer = Konto
desk-began = Beginn
desk-by = Durch
desk-reason-head = Grund
desk-reason-and-ticket = Grund, Ticket
desk-identity-head = Identitätsprüfung
desk-state-head = Stand oder Ende
desk-profile-head = Erfülltes Profil
desk-from = Von
desk-to = Bis
desk-show = Zeigen
desk-pages = Seiten
desk-first-page = Erste Seite
desk-next-page = Nächste Seite
desk-as-table = Dasselbe als Tabelle
desk-signed-off =
    { $verdict ->
        [questioned] Abgezeichnet: beanstandet
       *[accepted] Abgezeichnet: in Ordnung
    }
desk-missed = Es fehlte: { $what }
desk-reason =
    { $reason ->
        [lost_device] Gerät verloren
        [stolen_device] Gerät gestohlen
        [broken_device] Gerät defekt
        [replaced_device] Gerät ersetzt
        [other] Anderer Grund
       *[none] Nicht angegeben
    }
desk-identity =
    { $check ->
        [call_back] Rückruf unter bekannter Nummer
        [video] Video
        [in_person] Persönlich
        [contract_contact] Kontakt laut Vertrag
       *[none] Keine
    }
desk-state =
    { $state ->
        [open] Offen
        [awaiting_approval] Wartet auf Genehmigung
        [granted] Erteilt
        [signed_in] Angemeldet
        [mfa_disabled] MFA aus
        [device_enrolled] Gerät eingerichtet
        [completed] Abgeschlossen
        [completed_without_codes] Abgeschlossen ohne Codes
        [denied] Abgelehnt
        [revoked] Widerrufen
        [expired] Abgelaufen
       *[other] Anderes
    }
desk-profile =
    { $profile ->
        [strict] Streng
        [standard] Standard
       *[none] Keines
    }
desk-proof =
    { $proof ->
        [password_and_issued_code] Passwort und ausgegebener Code
       *[password] Allein das Passwort
    }
desk-shortfall =
    { $what ->
        [reason] Grund
        [ticket] Ticket
        [identity_check] Identitätsprüfung
        [proof] stärkerer Nachweis
        [lifetime] zulässige Dauer
        [uses] weniger Nutzungen
        [second_person] zweite Person
        [fresh_second_factor] frischer zweiter Faktor
       *[other] mehr, als diese Version kennt
    }

## Ledger: verification, alerts, pictures.

audit-title = Ereignisbuch
audit-heading = Ereignisbuch von
audit-lead = Hier steht die Geschichte, die niemand aus der Administration ändern kann. Dass Sie sie lesen, ist selbst ein Ereignis.
audit-good =
    { $events ->
        [one] Geprüft: { $events } Ereignis, Wurzel
       *[other] Geprüft: { $events } Ereignisse, Wurzel
    }
audit-checked = vor { $ago } geprüft
audit-signed-all =
    { $events ->
        [one] Das Ereignis ist durch einen signierten Prüfpunkt gedeckt.
       *[other] Alle { $events } Ereignisse sind durch einen signierten Prüfpunkt gedeckt.
    }
audit-signed-some =
    Signiert sind die ersten { $events }; { $unsigned ->
        [one] das letzte ist es noch nicht: Dass es nicht geändert wurde
       *[other] die letzten { $unsigned } sind es noch nicht: Dass sie nicht geändert wurden
    }, sagt keine Signatur. Was geschieht, wird etwa eine Sekunde später signiert.
audit-good-what = Jedes Ereignis wurde neu gehasht, und der Baum der Hashes hat die Wurzel jedes Prüfpunkts, den diese Installation signiert hat. Also wurde seither keines der signierten Ereignisse geändert, entfernt oder eingeschoben. Nicht bewiesen ist, dass ein Ereignis wahr war, als es geschrieben wurde; dafür steht dabei, wer es geschrieben hat.
audit-limit = Was kein Blick allein in diese Datenbank zeigt: dass ihr Ende samt den Prüfpunkten dazu abgeschnitten wurde. Dafür braucht es einen Prüfpunkt, der anderswo aufbewahrt wurde.
audit-unsigned =
    { $events ->
        [one] Nicht signiert: { $events } Ereignis wurde geprüft, Wurzel
       *[other] Nicht signiert: { $events } Ereignisse wurden geprüft, Wurzel
    }
audit-unsigned-what = Jedes Ereignis wurde neu gehasht, und sie passen zueinander. Die Datenbank enthält aber keinen signierten Prüfpunkt dazu, so dass jemand sie alle neu geschrieben haben kann. Ein Ereignisbuch wird etwa eine Sekunde nach seinem ersten Ereignis signiert: Prüfen Sie noch einmal, und wenn dann nichts signiert ist, fragen Sie nach dem Grund.
audit-bad = Nicht in Ordnung. Das Erste, was nicht stimmt: Ereignis
audit-bad-what = Was gespeichert ist, stimmt ab Ereignis { $position } nicht mehr mit dem überein, was signiert wurde. Jemand hat die Datenbank hinter Readmit geändert, oder der Datenträger ist defekt. Bewahren Sie eine Kopie der Datenbank auf, wie sie ist, und vergleichen Sie sie mit einem früheren Export.
audit-bad-looked = Was geprüft wurde
audit-bad-expected = Erwartet
audit-bad-found = Gefunden
audit-failed = Nicht geprüft: Das Ereignisbuch war nicht lesbar
audit-checking = Das Ereignisbuch wird geprüft
audit-checking-what = Jedes Ereignis wird neu gehasht, etwa eine Million in der Sekunde. Laden Sie die Seite gleich noch einmal, oder prüfen Sie jetzt und warten Sie.
audit-check-now = Jetzt prüfen
audit-checkpoint = Prüfpunkt
audit-vkey = Prüfschlüssel
audit-bundle = Ganzes Ereignisbuch
audit-bundle-what = Bewahren Sie einen Prüfpunkt dort auf, wo niemand schreiben kann, der die Datenbank schreiben kann. Dem ganzen Ereignisbuch liegt eine Seite bei, wie es mit fremden Werkzeugen geprüft wird.
compare-heading = Mit einem aufbewahrten Prüfpunkt vergleichen
compare-what = Das Ereignisbuch muss mit genau den Ereignissen eines Prüfpunkts beginnen, der ihm früher entnommen wurde. Wer nur die Datenbank schreiben kann, kann das nach einer Änderung nicht mehr herstellen.
compare-checkpoint = Prüfpunkt
compare-hint = Alle Zeilen der Datei, die Sie aufbewahrt haben, samt Signaturen.
compare-button = Prüfen und vergleichen
compare-unreadable = Das ist kein signierter Prüfpunkt: Fehlen Zeilen, oder fehlt am Ende die Signatur?
compare-agrees =
    { $events ->
        [one] Es stimmt überein: Das { $events } Ereignis Ihres Prüfpunkts ist der Anfang dieses Ereignisbuchs.
       *[other] Es stimmt überein: Die { $events } Ereignisse Ihres Prüfpunkts sind der Anfang dieses Ereignisbuchs. Keines von ihnen wurde seither geändert, entfernt oder abgeschnitten.
    }
compare-differs = Es stimmt nicht überein.
compare-other-ledger = Kein Schlüssel dieses Ereignisbuchs hat Ihren Prüfpunkt signiert: Er gehört zu einem anderen, oder jemand hat ihn erfunden.
compare-cut-off = Das Ereignisbuch ist kürzer als Ihr Prüfpunkt: Sein Ende wurde abgeschnitten, oder eine ältere Kopie wurde an seine Stelle gesetzt.
compare-other-history = Das Ereignisbuch beginnt nicht mit den Ereignissen Ihres Prüfpunkts: Seine Geschichte wurde neu geschrieben.
compare-unknown = Ob es übereinstimmt, lässt sich nicht sagen, da das Ereignisbuch selbst nicht geprüft wurde: Siehe oben, und versuchen Sie es danach noch einmal.
audit-period = Zeitraum
audit-days = { $days } Tage
audit-alerts = Einen Blick wert
audit-alerts-none = In diesem Zeitraum hat keine Regel etwas gefunden.
audit-alerts-what = Ein Hinweis ist ein Grund hinzusehen und kein Urteil: Auch wer ehrlich ist, kann einen seltsamen Monat haben.
audit-alerts-pages = Seiten dessen, was einen Blick wert ist
audit-alerts-more =
    { $alerts ->
        [one] { $alerts } weiterer
       *[other] { $alerts } weitere
    }
audit-rule-head = Regel
audit-who = Wer
audit-found = Was gefunden wurde
audit-when = Wann
audit-evidence = Beleg
audit-case = Fall
audit-rule =
    { $rule ->
        [far_above_peers] Weit über den anderen
        [off_hours] Außer der Zeit
        [same_pair_again] Dieselben zwei
        [granted_after_freeze] Nach Einfrieren
        [mfa_off_without_case] MFA aus, kein Fall
        [unused_grants] Ungenutzte Freigaben
        [codes_running_out] Wenige Codes
       *[other] Hinweis
    }
audit-heat = Freigaben nach Stunde und Wochentag, UTC
audit-heat-none = keine
audit-heat-few = wenige
audit-heat-most = die meisten ({ $count })
audit-day-head = Tag
audit-day =
    { $day ->
        [0] Mo
        [1] Di
        [2] Mi
        [3] Do
        [4] Fr
        [5] Sa
       *[6] So
    }
audit-cell = { audit-day } { $hour } Uhr: { $count }
audit-admins = Freigaben je Admin
audit-admins-none = In diesem Zeitraum hat niemand eine Freigabe erteilt.
audit-admin = Admin
audit-granted = Erteilt
audit-completed = Abgeschlossen
audit-expired = Abgelaufen
audit-revoked = Widerrufen

## Register.

register-title = Wiederherstellungen
register-lead = Das Verzeichnis der Ausnahmen: jedes Mal, dass jemand ohne zweiten Faktor eingelassen wurde.
register-report = Bericht
register-sample = Stichprobe ziehen
register-all = Alle
register-by-end = Nach ihrem Ende
register-by-review = Was bei der Prüfung gesagt wurde
register-review =
    { $review ->
        [none] Nicht abgezeichnet
        [questioned] Beanstandet
       *[accepted] In Ordnung
    }
register-wrong = So lässt sich das Verzeichnis nicht filtern. Wählen Sie noch einmal.
register-none = In diesem Zeitraum begann keine Wiederherstellung.

## Periods.

period-no-day = Geben Sie einen Tag an, etwa 2026-11-24.
period-empty = Zwischen diesen Tagen liegt nichts: Der erste muss vor dem letzten kommen.
period-too-long = Höchstens ein Jahr, 366 Tage. Wählen Sie einen späteren ersten oder einen früheren letzten Tag.

## One case.

case-title = Fall von { $account }
case-heading = Fall von
case-replay = Verlauf
case-replay-what =
    { $events ->
        [one] { $events } Ereignis
       *[other] { $events } Ereignisse
    }, { $took }; je eine Spalte
case-lanes = Bahnen
case-lanes-what = Die Ereignisse des Falls in drei Bahnen; darunter stehen sie als Liste
case-lane-admin = Admin
case-lane-customer = Person
case-lane-system = System
case-window = Freigabe offen
case-previous = Zurück
case-next = Weiter
case-step = Ereignis des Falls
case-step-of = { $step } von { $steps }
case-state = Das Konto nach diesem Ereignis
case-was = vorher
case-event = Das Ereignis
case-event-name = Name
case-event-who = Durch
case-event-at = Gespeichert
case-event-leaf = Hash des Blatts
case-proof = Beweis dieses Ereignisses
case-proof-of = Beweis des Ereignisses { $position }
case-events = Alle Ereignisse
case-mfa = MFA
case-devices = Geräte
case-enrolment = Gerät in Einrichtung
case-codes = Übrige Codes
case-recovery = Wiederherstellung
case-failures = Falsche Codes in Folge
case-lock = Gesperrt
case-frozen = Eingefroren
case-sessions = Wie oft alle Sitzungen endeten
case-erased = Gelöscht
case-not-set-up = Nicht eingerichtet
case-on = An
case-off = Aus
case-nothing = keine
case-yes = ja
case-no = nein
case-until = bis { $time } UTC
case-until-unlocked = bis die Administration es entsperrt
case-terms = Bedingungen
case-requested = Angefragt
case-granted = Erteilt
case-open = Offen
case-terms-note = Notiz
case-proof-asked = Nötig zur Nutzung
case-uses = Nutzungen
case-id = Wiederherstellung
case-nothing-missing = Der Fall erfüllte das strengste Profil; nichts fehlt.
case-missing =
    { $profile ->
        [standard] Zum strengen Profil fehlte: { $what }.
       *[none] Zum Standardprofil fehlte: { $what }.
    }
case-review = Abzeichnen
case-verdict =
    { $verdict ->
        [questioned] Beanstandet
       *[accepted] In Ordnung
    }
case-reviews-earlier =
    { $reviews ->
        [one] { $reviews } früheres steht im Ereignisbuch.
       *[other] { $reviews } frühere stehen im Ereignisbuch.
    }
case-own = Sie haben diese Freigabe selbst erteilt: Lassen Sie den Fall von jemand anderem abzeichnen.
case-your-verdict = Ihr Urteil
case-verdict-missing = Wählen Sie eines von beiden.
case-note = Anmerkung
case-note-optional = (nötig für eine Beanstandung)
case-note-hint = Sie wird versiegelt neben dem Ereignisbuch aufbewahrt.
case-sign-off = Diesen Fall abzeichnen
case-not-ended = Der Fall kann abgezeichnet werden, sobald er beendet ist.

## Report.

report-title = Bericht über Wiederherstellungen
report-made = erstellt am
report-made-for = für
report-from-ledger = Dieser Bericht ist allein aus dem Ereignisbuch gemacht.
report-sum = Kurz gefasst
report-cases = Wiederherstellungen
report-cases-what = { $cases }: { $completed } abgeschlossen, { $expired } abgelaufen, { $revoked } widerrufen, { $denied } abgelehnt, { $open } offen
report-median = Die Hälfte dauerte höchstens
report-median-what = { $time } von der Freigabe bis zum neuen Gerät
report-profiles = { $strict } streng, { $standard } Standard, { $none } keines
report-reviewed = Abgezeichnet
report-of = { $some } von { $all }
report-register = Verzeichnis der Ausnahmen
report-register-what = Jede Wiederherstellung, die im Zeitraum begann (PCI DSS 8.5.1), die älteste zuerst.
report-more =
    { $more ->
        [one] Das sind die ersten { $listed }; { $more } weitere steht in der Datei.
       *[other] Das sind die ersten { $listed }; { $more } weitere stehen in der Datei.
    }
report-access = Zugriff
report-access-what = Wer zu irgendeinem Zeitpunkt des Zeitraums welche Rollen hatte.
report-who = Wer
report-key = (API-Schlüssel)
report-roles = Rollen
report-given-by = Vergeben durch
report-until = Bis
report-ended = Wie es endete
report-ending =
    { $ending ->
        [replaced] Andere Rollen
        [suspended] Stillgelegt
        [revoked] Widerrufen
        [expires] Eigenes Ende
       *[none] Gilt noch
    }
report-duties = Trennung der Aufgaben
report-duties-what =
    { $cases ->
        [one] { $cases } Fall wurde
       *[other] { $cases } Fälle wurden
    } betrachtet: { $approved } angefragt und dann genehmigt, { $enrolled } mit einem nach der Freigabe eingerichteten Gerät.
report-duties-good = Niemand hat allein getan, wozu es zwei braucht.
report-duties-bad =
    { $places ->
        [one] An { $places } Stelle waren die Aufgaben nicht getrennt:
       *[other] An { $places } Stellen waren die Aufgaben nicht getrennt:
    }
report-reviewed-own =
    { $cases ->
        [one] { $cases } Fall wurde zuletzt von derselben Person abgezeichnet, die ihn freigegeben hatte: Lassen Sie jemand anderen hinsehen.
       *[other] { $cases } Fälle wurden zuletzt von derselben Person abgezeichnet, die sie freigegeben hatte: Lassen Sie jemand anderen hinsehen.
    }
report-breach =
    { $duty ->
        [approved_own_request] genehmigte den eigenen Antrag.
        [granted_to_themselves] gab das eigene Konto frei.
       *[enrolled_after_own_grant] gab frei und richtete das Gerät ein.
    }
report-signature = Unterschrift
report-sign = Geprüft von ______________________ am ______________

## Sample.

sample-title = Stichprobe ziehen
sample-lead = Derselbe Startwert, dieselbe Anzahl und derselbe Zeitraum ziehen dieselben Fälle, für Sie und für alle, die Sie prüfen.
sample-seed = Startwert
sample-count = Fälle
sample-draw = Ziehen
sample-seed-hint = Legen Sie erst mit einem Prüfpunkt fest, woraus gezogen wird, und wählen Sie dann den Startwert, etwa mit Würfeln: So kann ihn vorher niemand gekannt haben.
sample-count-wrong = Ziehen Sie zwischen 1 und 1000 Fälle.
sample-seed-wrong = Der Startwert ist zu lang: 200 Zeichen sind das Höchste.
sample-drawn = { $some } von { $all } Fällen
sample-period = Begonnen vom ersten Zeitpunkt an, vor dem zweiten:
sample-again = Noch einmal ziehen
sample-again-what = Gezogen sind die Fälle mit dem kleinsten SHA-256 aus Startwert, Zeilenvorschub und Kennung der Wiederherstellung. Für jede Wiederherstellung des Zeitraums:
sample-command = Oder auf der Kommandozeile, mit allen Beweisen:
sample-checkpoint = Aus diesem Prüfpunkt gezogen
sample-checkpoint-what =
    { $events ->
        [one] { $events } Ereignis, Wurzel
       *[other] { $events } Ereignisse, Wurzel
    }
