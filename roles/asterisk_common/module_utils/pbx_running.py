"""What the running daemon says of tenants' bundles: whether it would take them, reads them again, and runs them.

Each bundle's dialplan ends with a mark that names its content, so that the daemon tells in its own words what it runs.
Not for the files themselves: `pbx_core_bundle` lays them down.
"""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path

from ansible.module_utils.pbx_asterisk import PBX, Refused, ask, ask_at_once, check

TENANTS = PBX / "tenants"
MODULES = ["res_musiconhold", "pbx_config", "app_voicemail", "app_queue", "format_wav"]
MARKS = "pbx.bundles"

RELOADS = {
    "musiconhold.conf": "moh reload",
    "queues.conf": "queue reload all",
    # Last, so that a call never meets a queue that is not there yet.
    "extensions.conf": "dialplan reload",
}

CHECKED = (*RELOADS, "voicemail.conf")
"""Mailboxes are checked only: their lines go into the table of mailboxes (`pbx_mailboxes`)."""

AT_A_TIME = 100
"""Tenants that one scratch instance reads: it compares each mailbox with all others."""


def extension(slug: str) -> str:
    # Asterisk reads over hyphens in extensions, and no slug holds an underscore.
    return slug.replace("-", "_")


def mark(slug: str, content: str) -> str:
    """The end of a tenant's dialplan, by which the daemon says what it runs."""
    return f"[{MARKS}]\nexten => {extension(slug)},1,NoOp({content})\n"


def let_asterisk_check(staged: dict[str, Path]) -> None:
    waiting = iter(staged.items())
    while some := dict(itertools.islice(waiting, AT_A_TIME)):
        includes = {
            name: "[general]\n"
            + "".join(f'#include "{home}/{name}"\n' for home in some.values() if (home / name).exists())
            for name in CHECKED
        }
        said = check(includes, MODULES, {f"{home}/": f"{slug}/" for slug, home in some.items()})
        if said:
            raise Refused("asterisk refuses the files, nothing was changed: " + " · ".join(said[:20]))


def reload(changed: set[str]) -> list[str]:
    commands = [command for name, command in RELOADS.items() if name in changed]
    for command in commands:
        ask(command)
    if "extensions.conf" in changed:
        # The old dialplan is freed after the new one is read; without this the daemon keeps the room of both.
        ask("malloc trim")
    return commands


def marks() -> dict[str, str]:
    """extension of each tenant → the content that the daemon runs, in its own words."""
    found: dict[str, str] = {}
    for line in ask(f"dialplan show {MARKS}").splitlines():
        name, arrow, step = line.strip().partition("' =>")
        if arrow and "NoOp(" in step:
            found[name.lstrip("'")] = step.partition("NoOp(")[2].partition(")")[0]
    return found


def seen_live(wanted: dict[str, str | None], queues: set[str]) -> None:
    running = marks()
    for slug, content in wanted.items():
        if running.get(extension(slug)) != content:
            raise Refused(f"after the reload asterisk does not run the dialplan of {slug} that was laid down")
    if queues:
        known = {line.partition(" has ")[0] for line in ask("queue show").splitlines() if " has " in line}
        if missing := sorted(queues - known):
            raise Refused(f"after the reload asterisk does not know the queue {missing[0]}")


def queue_names(home: Path) -> set[str]:
    path = home / "queues.conf"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {line[1:-1] for line in lines if line.startswith("[")}


def bring_in_line(slugs: list[str]) -> None:
    """Lets members of queues and groups follow the new file; who logged in or out stays so. The dialplan does it.

    All tenants are begun together and waited for by one question a kind, whatever their number.
    """
    waited = {f"/pbx/{slug}/in-line/{kind}": (slug, kind) for slug in slugs for kind in kinds(slug)}
    begin = [
        command
        for slug, kind in waited.values()
        for command in (
            f"database put pbx/{slug} in-line/{kind} begun",
            f"channel originate Local/{kind}@{slug}.agents/n application NoOp",
        )
    ]
    if begin:
        ask_at_once(begin)
    questions = [f"database showkey in-line/{kind}" for kind in sorted({kind for _, kind in waited.values()})]
    ends = time.monotonic() + 30
    while left := [waited[key] for key in begun(ask_at_once(questions)) if key in waited] if waited else []:
        if time.monotonic() > ends:
            raise Refused(f"the members of {left[0][0]} did not take their places within 30 s ({left[0][1]})")
        time.sleep(0.05)


def kinds(slug: str) -> list[str]:
    """Of what a tenant has members: queues, ring groups."""
    home = TENANTS / slug / "figures.json"
    return sorted({each["kind"] for each in json.loads(home.read_bytes())}) if home.exists() else []


def begun(shown: str) -> list[str]:
    """Keys that still say so, of what `database showkey` tells: a key, a colon, a value."""
    lines = (line.partition(":") for line in shown.splitlines())
    return [key.strip() for key, _, value in lines if value.strip() == "begun"]
