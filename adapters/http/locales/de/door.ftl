### Where people sign in.

sign-in = Anmelden
sign-in-lead = Mit dem Anmeldenamen, den Ihnen Ihr Dienstleister gegeben hat.
sign-in-lost = Telefon oder Authenticator-App verloren? Fragen Sie Ihren Dienstleister. Er prüft, wer Sie sind, und öffnet Ihnen für kurze Zeit einen Weg zurück.
sign-in-other = Als jemand anders anmelden
company = Firma
login = Anmeldename
password = Passwort

sign-in-already = Sie sind schon angemeldet.
sign-in-recovering = Ihre Wiederherstellung ist offen; Sie müssen sich nicht neu anmelden.
sign-in-go-on = Weiter

notice-signed-out = Sie sind abgemeldet.
notice-recovered = Alles erledigt. Melden Sie sich mit Ihrem neuen Gerät an.
notice-password-set = Ihr Passwort ist gesetzt. Melden Sie sich damit an.
notice-session-over = Sie wurden abgemeldet: Eine Weile ist nichts geschehen, oder Sie haben sich anderswo abgemeldet. Melden Sie sich neu an.
notice-recovery-over = Die Zeit für Ihre Wiederherstellung ist um. Melden Sie sich neu an: Gilt die Freigabe Ihres Dienstleisters noch, geht es weiter. Wenn nicht, bitten Sie um eine neue.
notice-not-reported = Es wurde nichts gemeldet: Ihre Sitzung war zu Ende. Melden Sie sich an und drücken Sie noch einmal, oder rufen Sie Ihren Dienstleister jetzt an.
notice-reported = Danke. Das Konto ist eingefroren, und niemand kommt hinein, bis Ihr Dienstleister es sich angesehen hat. Rufen Sie ihn jetzt an.

code-title = Bestätigen Sie, dass Sie es sind
code-so-far = Bisher angemeldet:
code-from-app = Code aus Ihrer Authenticator-App
code-hint = Sechs Ziffern, alle 30 Sekunden neue.
code-use-recovery = Stattdessen einen Wiederherstellungscode benutzen
recovery-code = Wiederherstellungscode
recovery-code-hint = Einer der zehn, die Sie gespeichert haben. Jeder gilt einmal; Striche und Großbuchstaben sind egal.
recovery-code-use = Diesen Code benutzen

bypass-title = Ein neues Gerät einrichten
bypass-heading = Sie können ein neues Gerät einrichten, und zwar bis
bypass-by = freigegeben von { $tenant }
bypass-what = Ihr Dienstleister hat dies geöffnet, weil Sie Ihr altes Gerät nicht benutzen können. Es erlaubt Ihnen genau eines: MFA auszuschalten, ein neues Gerät einzurichten und neue Wiederherstellungscodes zu speichern.
bypass-has-device = Ich habe mein Gerät doch: seinen Code benutzen
issued-code = Code, der Ihnen genannt wurde
issued-code-hint = Acht Zeichen. Ihr Dienstleister hat Ihnen diesen Code genannt.
not-me = Sie haben darum nicht gebeten?
not-me-what = Wenn Sie Ihren Dienstleister nicht um Hilfe gebeten haben, hat vielleicht jemand anders Ihr Passwort. Dies beendet die Freigabe und friert das Konto sofort ein. Rufen Sie dann Ihren Dienstleister an: Nur er öffnet es wieder.
not-me-do = Das war nicht ich

invitation-title = Willkommen
invitation-welcome = Willkommen bei { $tenant }
invitation-choose = Wählen Sie das Passwort von
invitation-save = Speichern und weiter
invitation-ends = Diese Einladung gilt einmal und endet am
problem-invitation_over = Diese Einladung wurde schon benutzt, oder ihre Zeit ist um. Bitten Sie Ihren Dienstleister um eine neue.
