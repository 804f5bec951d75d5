#!/usr/bin/env python3
"""A customer loses their phone and gets back in, by the standard library of Python alone.

The same story as story.sh, with the same settings in the environment: BASE, API_KEY, ADMIN_LOGIN,
ADMIN_PASSWORD, ADMIN_TOTP_SECRET. Prints each step, and ends with 1 at the first that goes
otherwise. What a service in Python needs of it are `Api` and `totp`.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

STEP_SECONDS = 30


class Otherwise(Exception):
    """The story goes another way."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def code(self) -> str | None:
        """What went wrong, as the table at /problems names it."""
        return self.body.get("code") if self.status >= 400 else None

    def holds(self, **expected: object) -> Answer:
        found = {name: self.body.get(name) for name in expected}
        if found != expected:
            raise Otherwise(f"expected {expected}, not {found}")
        return self


@dataclass(frozen=True)
class Api:
    """The REST API, for whoever bears this token."""

    base: str
    token: str = ""

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        request = urllib.request.Request(f"{self.base}/api/v1{path}", method=method)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        if method == "POST":
            # Sent again under the same key, it is carried out once.
            request.add_header("Idempotency-Key", str(uuid.uuid4()))
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, json.loads(answer.read() or b"{}"))
        except urllib.error.HTTPError as problem:
            return Answer(problem.code, json.loads(problem.read()))

    def step(
        self, title: str, expected: int, method: str, path: str, body: dict[str, Any] | None = None
    ) -> Answer:
        """One step of the story, and the status that it is answered with."""
        answer = self.ask(method, path, body)
        if answer.status != expected:
            raise Otherwise(f"{title}: {answer.status} {answer.body}")
        print(f"{title:<58} {answer.status} {answer.code or ''}".rstrip())
        return answer


def totp(secret: str, ahead: int = 0) -> dict[str, Any]:
    """A body with the code that an app with this secret shows (RFC 6238), now or steps ahead.

    The code one step ahead is good already, and saves waiting for it: no code is good twice.
    """
    step = int(time.time()) // STEP_SECONDS + ahead
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return {"totp": f"{number % 1_000_000:06}"}


def set_up_mfa(service: Api, alice: str) -> tuple[str, list[str]]:
    """Answers what stands in her phone, and her recovery codes."""
    title = "She gets a secret for her phone"
    started = service.step(title, 201, "POST", f"{alice}/devices", {}).body
    confirm = f"{alice}/devices/{started['device']}/confirm"
    first = totp(started["secret"])
    confirmed = service.step("She types its first code", 200, "POST", confirm, first).body
    shown = {"second_factor_at": confirmed["checked_at"]}
    saved = service.step("She saves recovery codes", 201, "POST", f"{alice}/codes", shown).body
    return started["secret"], saved["codes"]


def sign_in_admin(base: str, login: str, password: str, secret: str) -> Api:
    """An admin, who has shown both factors."""
    body = {"login": login, "password": password}
    begun = Api(base).step("An admin signs in with their password", 201, "POST", "/sessions", body)
    admin = Api(base, begun.body["token"])
    path = "/sessions/current/second-factor"
    answer = admin.ask("POST", path, totp(secret, ahead=1))
    # Their app may have shown this code to somebody else a moment ago: then another is due.
    deadline = time.monotonic() + 2 * STEP_SECONDS
    while answer.code == "code_replayed" and time.monotonic() < deadline:
        time.sleep(5)
        answer = admin.ask("POST", path, totp(secret, ahead=1))
    if answer.status != 200:
        raise Otherwise(f"the admin's code: {answer.status} {answer.body}")
    print(f"{'They show the code of their own phone':<58} {answer.status}")
    return Api(base, answer.body["token"])


def recover(service: Api, alice: str, old_phone: str, drawer: str) -> tuple[str, str]:
    """Answers what stands in her new phone, and which recovery that completed."""
    check = f"{alice}/second-factor"
    redeem = f"{alice}/bypass-redemptions"
    origin = {"origin": {"ip": "192.0.2.7"}}
    redeemed = service.step("She uses the bypass instead of a code", 201, "POST", redeem, origin)
    spent = service.step("Somebody redeems it a second time", 409, "POST", redeem, {})
    spent.holds(code="spent")
    session = Api(service.base, redeemed.body["token"])
    told = session.step("My Account: what comes next is told", 200, "GET", "/recovery")
    told.holds(next="mfa_off")
    session.step("She turns MFA off", 204, "POST", "/recovery/mfa-off")
    finder = "The finder of the lost phone tries its code"
    service.step(finder, 409, "POST", check, totp(old_phone)).holds(code="mfa_not_on")
    title = "She gets a secret for her new phone"
    started = session.step(title, 201, "POST", "/recovery/devices").body
    confirm = f"/recovery/devices/{started['device']}/confirm"
    session.step("She types its first code", 200, "POST", confirm, totp(started["secret"]))
    finder = "The finder again, now that a new phone is there"
    service.step(finder, 422, "POST", check, totp(old_phone)).holds(code="code_wrong")
    finder = "The finder with a recovery code from her drawer"
    service.step(finder, 422, "POST", check, {"recovery_code": drawer}).holds(code="code_wrong")
    done = session.step("She saves new recovery codes, and is done", 201, "POST", "/recovery/codes")
    dead = session.step("The recovery session does nothing more", 401, "POST", "/recovery/mfa-off")
    dead.holds(code="session_not_live")
    return started["secret"], done.body["completed"]


def story(base: str, key: str, login: str, password: str, secret: str) -> None:
    service = Api(base, key)
    registered = service.step(
        "The login service registers Alice",
        201,
        "POST",
        "/customers",
        {"login": f"alice-{uuid.uuid4()}@example.com"},
    )
    alice = f"/customers/{registered.body['customer']}"
    worth = service.step("Her password lets her set up MFA alone", 200, "GET", f"{alice}/sign-in")
    worth.holds(answer="enrolment_only")
    old_phone, drawer = set_up_mfa(service, alice)
    check, code = f"{alice}/second-factor", totp(old_phone, ahead=1)
    service.step("She signs in: password and code", 200, "POST", check, code)
    replayed = service.step("Somebody replays the code they saw", 422, "POST", check, code)
    replayed.holds(code="code_replayed")

    lost = "The phone is lost: the password is not enough"
    service.step(lost, 200, "GET", f"{alice}/sign-in").holds(answer="second_factor")
    admin = sign_in_admin(base, login, password, secret)
    terms = {"reason": "lost_device", "ticket": "INC-4711", "lifetime_seconds": 3600}
    grant = "They grant Alice, and nobody else, a bypass for 1 h"
    granted = admin.step(grant, 201, "POST", f"{alice}/bypasses", terms).holds(state="open")
    recovery = granted.body["recovery"]

    worth = service.step("Alice signs in: name and password", 200, "GET", f"{alice}/sign-in")
    worth.holds(answer="bypass")
    new_phone, completed = recover(service, alice, old_phone, drawer[0])
    if completed != recovery:
        raise Otherwise(f"{completed} was completed, not {recovery}")
    again = totp(new_phone, ahead=1)
    service.step("She signs in with her new phone", 200, "POST", check, again)

    title = "The admin looks at the case, event by event"
    case = admin.step(title, 200, "GET", f"/recoveries/{recovery}").holds(open=False)
    events = " ".join(event["event"] for event in case.body["events"])
    if events != (
        "BypassGranted BypassUsed MfaDisabled EnrolmentStarted DeviceEnrolled CodesRegenerated "
        "RecoveryCompleted"
    ):
        raise Otherwise(f"the events are {events}")
    admin.step("They sign out", 204, "DELETE", "/sessions/current")
    admin.step("Their session is dead", 401, "GET", "/customers")
    print("Every step went as told.")


def main() -> int:
    names = ("API_KEY", "ADMIN_LOGIN", "ADMIN_PASSWORD", "ADMIN_TOTP_SECRET")
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        print(f"not set: {', '.join(missing)}", file=sys.stderr)
        return 2
    key, login, password, secret = (os.environ[name] for name in names)
    try:
        story(os.environ.get("BASE", "http://127.0.0.1:8470"), key, login, password, secret)
    except Otherwise as otherwise:
        print(f"OTHERWISE: {otherwise}", file=sys.stderr)
        return 1
    except OSError as unreachable:
        print(f"the service cannot be reached: {unreachable}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
