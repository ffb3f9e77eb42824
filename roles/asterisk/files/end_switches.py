#!/usr/bin/python3
"""Every half minute: lets schedules decide again that were switched by hand until a time that is over, and forgets
activities of users that are over.

Calls know the time themselves; this puts the lights of the keys right, and forgets what is over. It holds to the keys
of `provisioner/targets/asterisk/switches.py` and `activities.py`, and to the lights of `provisioner/core/lights.py`. A
tenant's clock may be moved in a test environment.
"""

import hashlib
import subprocess
import time

import astdb


def over(now: float) -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
    """Tenant and schedule of each switch whose time is over; tenant, user and entry of each activity."""
    rows = astdb.written("/pbx/*") or {}  # the next run is half a minute away
    until = {key: value for key, value in rows.items() if key.split("/", 3)[-1].startswith("until-")}
    doing = {key: value for key, value in rows.items() if key.split("/", 3)[-1].startswith("activity-")}
    offsets = {key: value for key, value in rows.items() if key.endswith("/clock-offset")}

    def past(tenant: str, value: str) -> bool:
        offset = offsets.get(f"/pbx/{tenant}/clock-offset", "0")
        return value.isdigit() and 0 < int(value) <= now + int(offset)

    switched, done = [], []
    for key, value in until.items():
        _, _, tenant, name = key.split("/", 3)
        if past(tenant, value):
            switched.append((tenant, name.removeprefix("until-")))
    for key, value in doing.items():
        _, _, tenant, name = key.split("/", 3)
        if past(tenant, (*value.split(":"), "")[1]):
            done.append((tenant, name.removeprefix("activity-"), value))
    return switched, done


def ask(command: str) -> str:
    done = subprocess.run(["asterisk", "-rx", command], check=True, capture_output=True, text=True, timeout=20)
    return done.stdout


def forget(tenant: str, user: str, entry: str) -> None:
    """What she has set meanwhile stays."""
    if f"Value: {entry}\n" in ask(f"database get pbx/{tenant} activity-{user}"):
        ask(f"database del pbx/{tenant} activity-{user}")


def light(tenant: str, kind: str, name: str) -> str:
    """As `provisioner/core/lights.py` names it."""
    whole = f"{tenant}.{kind}.{name}".replace("-", "_")
    if len(whole) <= 79:
        return whole
    return f"{tenant}.{kind}._{hashlib.sha256(whole.encode()).hexdigest()[:23]}".replace("-", "_")


def end(tenant: str, name: str) -> None:
    commands = [f"devstate change Custom:{light(tenant, kind, name)} NOT_INUSE"
                for kind in ("switch", "switch-open", "switch-closed")]  # fmt: skip
    # The time last: whatever cuts this off, the next run does all of it again.
    for command in (
        *commands,
        f"database put pbx/{tenant} switch-{name} auto",
        f"database del pbx/{tenant} until-{name}",
    ):
        ask(command)


if __name__ == "__main__":
    switches, activities = over(time.time())
    for each in switches:
        end(*each)
    for one in activities:
        forget(*one)
