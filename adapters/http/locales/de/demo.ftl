### The phone of the demonstration.

demo-title = Demo: Anmeldungen und Telefone
demo-lead = Diese Seite vertritt die Telefone aller, die in dieser Vorführung vorkommen. In einer echten Installation gibt es sie nicht.
demo-how = Wählen Sie eine Person, öffnen Sie die Anmeldeseite und geben Sie Anmeldenamen, Passwort und Code ein. Nehmen Sie für jede Person, die Sie gleichzeitig sein wollen, ein privates Fenster.
demo-name = Wer
demo-password = Passwort
demo-code = Code jetzt
demo-next = Nächster
demo-no-phone = kein Telefon
demo-once = Jeder Code gilt einmal; wurde einer schon benutzt, nehmen Sie den nächsten.
demo-again = Die Codes von jetzt zeigen
demo-everybody = Alle anderen
demo-new = Ein neues Telefon
demo-new-what = Wenn eine Seite einen QR-Code zeigt, kopieren Sie das Geheimnis daneben in dieses Telefon.
demo-new-secret = Geheimnis
demo-new-add = Zu diesem Telefon hinzufügen
demo-new-wrong = Das ist kein Geheimnis einer Authenticator-App: Es hat 32 Buchstaben und Ziffern.
demo-new-entry = Hinzugefügt: { $number }
