#!/usr/bin/env bash
# A customer loses their phone and gets back in, by curl against a running `readmit serve`.
#
#   BASE=http://127.0.0.1:8470            where it answers
#   API_KEY                               a service's key: readmit admin key add portal
#   ADMIN_LOGIN, ADMIN_PASSWORD           an admin who may grant bypasses
#   ADMIN_TOTP_SECRET                     what stands in their authenticator app, in base32
#
# Prints each step, and ends with 1 at the first that goes otherwise. Needs curl, jq and oathtool.
# What is secret goes through pipes, since whoever is on this machine can read the arguments of
# its programs.
set -euo pipefail
: "${BASE:=http://127.0.0.1:8470}" "${API_KEY:?}"
: "${ADMIN_LOGIN:?}" "${ADMIN_PASSWORD:?}" "${ADMIN_TOTP_SECRET:?}"

# The answer to the last request.
status='' body=''

say() { printf '%-58s %s\n' "$1" "$2"; }

otherwise() {
    printf 'OTHERWISE: %s\n' "$*" >&2
    exit 1
}

# Asks the API: method, path, token, and a body if there is one.
ask() {
    local options=(--silent --show-error --max-time 30 --request "$1" --write-out '\n%{http_code}')
    local answer
    if [ $# -ge 4 ]; then options+=(--header 'Content-Type: application/json' --data @-); fi
    answer=$(printf '%s' "${4-}" | curl "${options[@]}" \
        --header @<(printf 'Authorization: Bearer %s\n' "$3") "${BASE}/api/v1$2")
    status=${answer##*$'\n'} body=${answer%$'\n'*}
}

# One step of the story: what happens, the status that it is answered with, and a request.
step() {
    local title=$1 expected=$2
    shift 2
    ask "$@"
    if [ "${status}" != "${expected}" ]; then otherwise "${title}: ${status} ${body}"; fi
    say "${title}" "${status}$(jq --raw-output '.code // empty | " " + .' <<<"${body}")"
}

# A field of the last answer; empty if it is not there.
field() { jq --raw-output ".$1 // empty" <<<"${body}"; }

# The last answer has this in that field.
holds() {
    local found
    found=$(field "$1")
    if [ "${found}" != "$2" ]; then otherwise "$1 is ${found:-not there}, not $2: ${body}"; fi
}

# An object with one text in it.
object() { printf '%s' "$2" | jq --raw-input --slurp --arg name "$1" '{($name): .}'; }

# A body with the code that an app with this secret shows. The one that it shows next is good
# already, and saves waiting for it: no code is good twice.
totp() {
    local when=now
    if [ "${2-}" = next ]; then when='30 seconds'; fi
    object totp "$(printf '%s' "$1" | oathtool --totp --base32 --now "${when}" -)"
}

# The admin's app may have shown its code a moment ago to somebody else: then another is due.
show_admin_code() {
    local title=$1 patience=10
    while
        ask POST /sessions/current/second-factor "${admin}" "$(totp "${ADMIN_TOTP_SECRET}" next)"
        [ "$(field code)" = code_replayed ] && [ "${patience}" -gt 0 ]
    do
        patience=$((patience - 1))
        sleep 5
    done
    if [ "${status}" != 200 ]; then otherwise "${title}: ${status} ${body}"; fi
    say "${title}" "${status}"
}

# Another Alice each time.
login=$(object login "alice-$(date +%s)-$$@example.com")
step 'The login service registers Alice' 201 POST /customers "${API_KEY}" "${login}"
alice=/customers/$(field customer)
step 'Her password lets her set up MFA, and nothing else' 200 GET "${alice}/sign-in" "${API_KEY}"
holds answer enrolment_only
step 'She gets a secret for her phone' 201 POST "${alice}/devices" "${API_KEY}" '{}'
old_phone=$(field secret) device=$(field device)
step 'She types its first code' 200 \
    POST "${alice}/devices/${device}/confirm" "${API_KEY}" "$(totp "${old_phone}")"
step 'She saves recovery codes' 201 \
    POST "${alice}/codes" "${API_KEY}" "$(object second_factor_at "$(field checked_at)")"
holds 'codes | length' 10
drawer=$(object recovery_code "$(field 'codes[0]')")
code=$(totp "${old_phone}" next)
step 'She signs in: password and code' 200 POST "${alice}/second-factor" "${API_KEY}" "${code}"
step 'Somebody replays the code they saw' 422 POST "${alice}/second-factor" "${API_KEY}" "${code}"
holds code code_replayed

step 'The phone is lost: the password is not enough' 200 GET "${alice}/sign-in" "${API_KEY}"
holds answer second_factor
login=$(object login "${ADMIN_LOGIN}") password=$(object password "${ADMIN_PASSWORD}")
step 'An admin signs in with their password' 201 \
    POST /sessions '' "$(jq --slurp add <<<"${login} ${password}")"
admin=$(field token)
step 'That alone grants nothing' 401 POST "${alice}/bypasses" "${admin}" '{"reason": "lost_device"}'
show_admin_code 'They show the code of their own phone'
admin=$(field token)
step 'They grant Alice, and nobody else, a bypass for 1 h' 201 POST "${alice}/bypasses" "${admin}" \
    '{"reason": "lost_device", "ticket": "INC-4711", "lifetime_seconds": 3600}'
holds state open
recovery=$(field recovery)

step 'Alice signs in: name and password' 200 GET "${alice}/sign-in" "${API_KEY}"
holds answer bypass
step 'She uses the bypass instead of a code' 201 \
    POST "${alice}/bypass-redemptions" "${API_KEY}" '{"origin": {"ip": "192.0.2.7"}}'
session=$(field token)
step 'Somebody redeems it a second time' 409 POST "${alice}/bypass-redemptions" "${API_KEY}" '{}'
holds code spent
step 'My Account: what comes next is told' 200 GET /recovery "${session}"
holds next mfa_off
step 'She turns MFA off' 204 POST /recovery/mfa-off "${session}"
step 'The finder of the lost phone tries its code' 409 \
    POST "${alice}/second-factor" "${API_KEY}" "$(totp "${old_phone}")"
holds code mfa_not_on
step 'She gets a secret for her new phone' 201 POST /recovery/devices "${session}"
new_phone=$(field secret) device=$(field device)
step 'She types its first code' 200 \
    POST "/recovery/devices/${device}/confirm" "${session}" "$(totp "${new_phone}")"
step 'The finder again, now that a new phone is there' 422 \
    POST "${alice}/second-factor" "${API_KEY}" "$(totp "${old_phone}")"
step 'The finder with a recovery code from her drawer' 422 \
    POST "${alice}/second-factor" "${API_KEY}" "${drawer}"
holds code code_wrong
step 'She saves new recovery codes, and is done' 201 POST /recovery/codes "${session}"
holds completed "${recovery}"
step 'The recovery session does nothing more' 401 POST /recovery/mfa-off "${session}"
step 'She signs in with her new phone' 200 \
    POST "${alice}/second-factor" "${API_KEY}" "$(totp "${new_phone}" next)"

step 'The admin looks at the case, event by event' 200 GET "/recoveries/${recovery}" "${admin}"
holds ended.how completed
holds 'events | map(.event) | join(" ")' "BypassGranted BypassUsed MfaDisabled EnrolmentStarted \
DeviceEnrolled CodesRegenerated RecoveryCompleted"
step 'They sign out' 204 DELETE /sessions/current "${admin}"
step 'Their session is dead' 401 GET /customers "${admin}"
echo 'Every step went as told.'
