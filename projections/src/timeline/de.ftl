### The history in sentences, in German: the messages of `en.ftl` under the same names, which can
### say the same.
###
### A bypass is a "Freigabe", which is granted ("erteilt") and revoked ("widerrufen"); a recovery is a
### "Wiederherstellung". Of a person there is their account, or "die Person".

## Parts

reason =
    { $reason ->
        [lost_device] Gerät verloren
        [stolen_device] Gerät gestohlen
        [broken_device] Gerät defekt
        [replaced_device] Gerät ersetzt
       *[other] anderer Grund
    }
grounds =
    { $grounds ->
        [reason] {" "}({ reason })
        [ticket] {" "}(Ticket { $ticket })
        [reason_and_ticket] {" "}({ reason }, Ticket { $ticket })
       *[none] {""}
    }
tries-left =
    { $attempts_left ->
        [one] { $attempts_left } Versuch bleibt
       *[other] { $attempts_left } Versuche bleiben
    }

## Accounts

CustomerRegistered = Das Konto wurde angelegt.
BypassRequested = Eine Freigabe für { $lifetime } wurde angefragt{ grounds }; sie wartet bis { $until } auf eine zweite Person.
BypassGranted =
    Eine Freigabe wurde erteilt{ grounds }: { $proof ->
        [password_and_issued_code] mit dem Passwort und dem ausgegebenen Code
       *[password] allein mit dem Passwort
    }, { $uses } Mal bis { $until }.
BypassDenied = Der Antrag wurde abgelehnt.
BypassRevoked =
    Die Freigabe wurde widerrufen: { $cause ->
        [withdrawn] durch die Administration
        [by_customer] durch die Person selbst
        [by_system] durch das System
        [superseded] eine neuere ersetzt sie
        [too_many_attempts] zu viele falsche Codes
        [reported] die Person hat sie nicht erkannt
        [erased] die persönlichen Daten wurden gelöscht
       *[other] aus einem anderen Grund
    }.
BypassUsed = Anmeldung mit der Freigabe (Nutzung { $use }); die Sitzung zur Wiederherstellung dauert bis { $until }.
BypassCodeRejected = Ein falscher ausgegebener Code wurde eingegeben; { tries-left }.
BypassExpired =
    Die Freigabe ist von selbst abgelaufen: { $stage ->
        [awaiting_approval] niemand hatte sie genehmigt
        [signed_in] MFA blieb, wie sie war
        [mfa_disabled] MFA ist ausgeschaltet, und kein Gerät ist eingerichtet
        [device_enrolled] ein neues Gerät ist eingerichtet
       *[granted] sie wurde nie genutzt
    }.
RecoveryCompleted =
    Die Wiederherstellung ist abgeschlossen{ $codes ->
        [renewed] {""}
       *[kept] , ohne neue Wiederherstellungscodes
    }.
MfaDisabled =
    MFA wurde ausgeschaltet; auf Dauer ungültig: { $devices ->
        [one] { $devices } Gerät
       *[other] { $devices } Geräte
    }{ $codes ->
        [voided] {" "}und die Wiederherstellungscodes
       *[none] {""}
    }.
EnrolmentStarted = Ein neues Gerät wird eingerichtet; es muss bis { $until } bestätigt werden.
EnrolmentCodeRejected = Beim Einrichten eines Geräts wurde ein falscher Code eingegeben; { tries-left }.
DeviceEnrolled = Das Gerät { $device } wurde eingerichtet und ist aktiv.
DeviceRemoved = Das Gerät { $device } wurde entfernt.
CodesRegenerated =
    { $count ->
        [one] { $count } neuer Wiederherstellungscode wurde erzeugt
       *[other] { $count } neue Wiederherstellungscodes wurden erzeugt
    }; ältere sind ungültig.
SecondFactorVerified = Ein Code der Authenticator-App wurde angenommen.
RecoveryCodeUsed =
    Ein Wiederherstellungscode wurde verwendet; { $left ->
        [one] { $left } bleibt
       *[other] { $left } bleiben
    }.
SecondFactorRejected =
    Ein falscher { $method ->
        [recovery_code] Wiederherstellungscode
       *[totp] Code der Authenticator-App
    } wurde eingegeben, Nummer { $failures } in Folge.
AccountLocked =
    Das Konto wurde gesperrt, bis { $end ->
        [moment] { $until }
       *[unlocked] die Administration es entsperrt
    }.
AccountUnlocked = Das Konto wurde entsperrt.
AccountFrozen = Die Person meldete „Das war ich nicht“: Das Konto ist eingefroren.
AccountUnfrozen = Das Konto ist nicht mehr eingefroren.
CustomerErased = Persönliche Daten, Geheimnisse und Schlüssel wurden vernichtet.

## Tenants

TenantCreated = Der Mandant { $tenant } wurde angelegt.
PolicyChanged = Die Richtlinie wurde geändert.
AdminAuthorised =
    Das Administrationskonto { $admin } hat die { $roles ->
        [one] Rolle
       *[other] Rollen
    } { $names }.
AdminSuspended = Das Administrationskonto { $admin } wurde stillgelegt.
ApiKeyIssued = Der API-Schlüssel { $key } wurde für { $label } ausgestellt.
ApiKeyRevoked = Der API-Schlüssel { $key } wurde widerrufen.
SigningKeyRotated = Checkpoints werden mit einem neuen Schlüssel signiert.
AuditAccessed =
    { $what ->
        [timeline] Der Verlauf eines Kontos
        [register] Das Verzeichnis der Wiederherstellungen
        [case] Eine Wiederherstellung
        [report] Ein Bericht
        [export] Ein Export des Ereignisbuchs
        [verification] Eine Prüfung des Ereignisbuchs
       *[other] Der Verlauf
    } wurde eingesehen.
ReviewSignedOff =
    Die Wiederherstellung { $recovery } wurde geprüft und { $verdict ->
        [questioned] beanstandet
       *[accepted] für in Ordnung befunden
    }.
LegalHoldPlaced = Für { $customer } gilt eine Aufbewahrungspflicht.
LegalHoldLifted = Die Aufbewahrungspflicht für { $customer } ist aufgehoben.

## Alerts

far_above_peers =
    { $grants ->
        [one] { $grants } Freigabe wurde
       *[other] { $grants } Freigaben wurden
    } in { $days ->
        [one] { $days } Tag
       *[other] { $days } Tagen
    } erteilt; der Median von { $peers ->
        [one] { $peers } anderen Person
       *[other] { $peers } anderen Personen
    } liegt bei { $median }, der eigene übliche Wert bei { $usual }.
off_hours =
    { $grants ->
        [one] { $grants } Freigabe wurde
       *[other] { $grants } Freigaben wurden
    } innerhalb von { $days ->
        [one] { $days } Tag
       *[other] { $days } Tagen
    } zu Zeiten wie { $hour } UTC erteilt, um die herum an { $habit } von { $known ->
        [one] { $known } Tag
       *[other] { $known } Tagen
    } gearbeitet wurde.
same_pair_again =
    Dieselbe Person hat dasselbe Konto { $grants } Mal innerhalb von { $days ->
        [one] { $days } Tag
       *[other] { $days } Tagen
    } freigegeben.
granted_after_freeze =
    Eine Freigabe wurde erteilt, { $minutes } min nachdem { $same_admin ->
        [1] dieselbe Person
       *[0] jemand anderes
    } das Einfrieren aufgehoben hatte.
mfa_off_without_case =
    MFA wurde außerhalb einer Wiederherstellung ausgeschaltet: { $devices ->
        [one] { $devices } Gerät ist ungültig
       *[other] { $devices } Geräte sind ungültig
    }.
unused_grants =
    Von den letzten { $ended } beendeten Freigaben dieser Person { $unused ->
        [one] wurde { $unused }
       *[other] wurden { $unused }
    } nie genutzt.
codes_running_out =
    { $left ->
        [one] { $left } Wiederherstellungscode bleibt
       *[other] { $left } Wiederherstellungscodes bleiben
    }.
