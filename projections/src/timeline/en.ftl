### The history in sentences, in English.
###
### One message for each event, under its stored name, and one for each rule of the alerts, under
### its own; what a message can say is made in `sentence.rs` and in `alerts/alert.rs`. Messages under
### "Parts" are parts of others. No sentence names a person.
###
### `de.ftl` and every language after it has the same messages, which can say the same.

## Parts

reason =
    { $reason ->
        [lost_device] lost device
        [stolen_device] stolen device
        [broken_device] broken device
        [replaced_device] replaced device
       *[other] other
    }
grounds =
    { $grounds ->
        [reason] {" "}({ reason })
        [ticket] {" "}(ticket { $ticket })
        [reason_and_ticket] {" "}({ reason }, ticket { $ticket })
       *[none] {""}
    }
tries-left =
    { $attempts_left ->
        [one] { $attempts_left } try remains
       *[other] { $attempts_left } tries remain
    }

## Accounts

CustomerRegistered = The customer was registered.
BypassRequested = A bypass for { $lifetime } was asked for{ grounds }; it awaits a second person until { $until }.
BypassGranted =
    A bypass was granted{ grounds }: with the password { $proof ->
        [password_and_issued_code] and the issued code
       *[password] alone
    }, { $uses ->
        [one] { $uses } time
       *[other] { $uses } times
    } until { $until }.
BypassDenied = The request was denied.
BypassRevoked =
    The bypass was taken back { $cause ->
        [withdrawn] by an admin
        [by_customer] by the customer
        [by_system] by the system
        [superseded] since a newer grant replaces it
        [too_many_attempts] after too many wrong codes
        [reported] since the customer did not recognise it
        [erased] since the customer was erased
       *[other] for another reason
    }.
BypassUsed = Signed in with the bypass (use { $use }); the recovery session lasts until { $until }.
BypassCodeRejected = A wrong issued code was entered; { tries-left }.
BypassExpired =
    The bypass ended by itself: { $stage ->
        [awaiting_approval] nobody had approved it
        [signed_in] MFA was left as it was
        [mfa_disabled] MFA is off and no device is set up
        [device_enrolled] a new device is set up
       *[granted] it was never used
    }.
RecoveryCompleted =
    The recovery is complete{ $codes ->
        [renewed] {""}
       *[kept] , without new recovery codes
    }.
MfaDisabled =
    MFA was turned off: { $devices ->
        [one] { $devices } device
       *[other] { $devices } devices
    } ended for good{ $codes ->
        [voided] , and the recovery codes
       *[none] {""}
    }.
EnrolmentStarted = Setting up a new device; it must be confirmed by { $until }.
EnrolmentCodeRejected = A wrong code was entered while setting up a device; { tries-left }.
DeviceEnrolled = The device { $device } was set up and is active.
DeviceRemoved = The device { $device } was removed.
CodesRegenerated =
    { $count ->
        [one] { $count } new recovery code was generated
       *[other] { $count } new recovery codes were generated
    }; older ones are void.
SecondFactorVerified = A code of the authenticator app was accepted.
RecoveryCodeUsed =
    A recovery code was used; { $left ->
        [one] { $left } remains
       *[other] { $left } remain
    }.
SecondFactorRejected =
    A wrong { $method ->
        [recovery_code] recovery code
       *[totp] code of the authenticator app
    } was entered, number { $failures } in a row.
AccountLocked =
    The account was locked until { $end ->
        [moment] { $until }
       *[unlocked] an admin unlocks it
    }.
AccountUnlocked = The account was unlocked.
AccountFrozen = The customer said "this wasn't me": the account is frozen.
AccountUnfrozen = The freeze was lifted.
CustomerErased = Personal data, secrets and keys were destroyed.

## Tenants

TenantCreated = The tenant { $tenant } was created.
PolicyChanged = The policy was changed.
AdminAuthorised =
    The admin { $admin } holds the { $roles ->
        [one] role
       *[other] roles
    } { $names }.
AdminSuspended = The admin { $admin } was suspended.
ApiKeyIssued = The API key { $key } was issued for { $label }.
ApiKeyRevoked = The API key { $key } was revoked.
SigningKeyRotated = Checkpoints are signed by a new key.
AuditAccessed =
    { $what ->
        [timeline] The history of a customer
        [register] The register of recoveries
        [case] A recovery
        [report] A report
        [export] An export of the ledger
        [verification] A verification of the ledger
       *[other] History
    } was looked at.
ReviewSignedOff =
    The recovery { $recovery } was reviewed and { $verdict ->
        [questioned] questioned
       *[accepted] accepted
    }.
LegalHoldPlaced = A legal hold was placed on { $customer }.
LegalHoldLifted = The legal hold on { $customer } was lifted.

## Alerts

far_above_peers =
    Granted { $grants ->
        [one] { $grants } bypass
       *[other] { $grants } bypasses
    } in { $days ->
        [one] { $days } day
       *[other] { $days } days
    }; the median of { $peers ->
        [one] { $peers } peer
       *[other] { $peers } peers
    } is { $median }, and the admin's own usual is { $usual }.
off_hours =
    Granted { $grants ->
        [one] { $grants } bypass
       *[other] { $grants } bypasses
    } within { $days ->
        [one] { $days } day
       *[other] { $days } days
    } at hours such as { $hour } UTC, around which the admin was at work on { $habit } of { $known ->
        [one] { $known } day
       *[other] { $known } days
    }.
same_pair_again =
    The same admin let the same account in { $grants ->
        [one] { $grants } time
       *[other] { $grants } times
    } within { $days ->
        [one] { $days } day
       *[other] { $days } days
    }.
granted_after_freeze =
    A bypass was granted { $minutes } min after a freeze was lifted by { $same_admin ->
        [1] the same admin
       *[0] somebody else
    }.
mfa_off_without_case =
    MFA was turned off outside any recovery: { $devices ->
        [one] { $devices } device
       *[other] { $devices } devices
    } ended.
unused_grants =
    Of the admin's latest { $ended ->
        [one] { $ended } grant
       *[other] { $ended } grants
    } that ended, { $unused } { $unused ->
        [one] was
       *[other] were
    } never used.
codes_running_out =
    { $left ->
        [one] { $left } recovery code remains
       *[other] { $left } recovery codes remain
    }.
