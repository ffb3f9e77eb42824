"""Users, queues, mailboxes and their names: what is known of a company before its dialplan is followed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from provisioner.core.model import EMAIL_PATTERN
from provisioner.pipeline.importing.company import Company, Entry, Person, slug

from .conf import Section
from .dialplan import At, Dialplan, split

MOST_BOXES = 100_000
"""Mailboxes times contexts with patterns that are looked through."""
EXTENSION = re.compile(r"[0-9]{2,6}")
DEVICE = re.compile(r"(?:pjsip|sip|iax2|dahdi|sccp|skinny)/([^/@]+)$", re.IGNORECASE)
WITHOUT_EFFECT = frozenset(
    {
        "answer",
        "noop",
        "verbose",
        "log",
        "progress",
        "ringing",
        "wait",
        "proceeding",
        "resetcdr",
        "dumpchan",
        "celgenuserevent",
    }
)
"""What changes nothing of who hears the telephone."""
STRATEGIES = {
    "ringall": "all", "linear": "linear", "rrmemory": "round_robin", "rrordered": "round_robin",
    "roundrobin": "round_robin", "leastrecent": "least_recent", "fewestcalls": "fewest_calls", "random": "random",
}  # fmt: skip
QUIET = frozenset(
    {"retry", "autofill", "ringinuse", "eventwhencalled", "reportholdtime", "memberdelay", "setinterfacevar"}
)
"""Settings of a queue that callers do not notice."""


@dataclass(slots=True)
class Names:
    """Fit names, each once for its kind."""

    taken: dict[str, list[str]] = field(default_factory=dict)

    def new(self, kind: str, wanted: str) -> str:
        used = self.taken.setdefault(kind, [])
        used.append(slug(wanted, used, kind.replace("_", "-")))
        return used[-1]


@dataclass(slots=True)
class Staff:
    """Who is who: devices, extensions and mailboxes of users."""

    people: dict[str, Person] = field(default_factory=dict)
    """user → what is known of her."""
    own: dict[str, At] = field(default_factory=dict)
    """user → the step of the dialplan that rings her at her own extension."""
    devices: dict[str, str] = field(default_factory=dict)
    """device in small letters → user."""
    extensions: dict[str, str] = field(default_factory=dict)
    """extension → user."""

    def of_device(self, device: str) -> str:
        """Whose device it is; empty where it is nobody's, or not one of the usual kinds."""
        found = DEVICE.match(device.strip())
        return self.devices.get(found[1].lower(), "") if found else ""

    def of_extension(self, extension: str) -> str:
        return self.extensions.get(extension, "")


def boxes(sections: dict[str, Section]) -> dict[str, tuple[str, str, str]]:
    """mailbox → place, name and mail address: `101 => 4711,Anna Berg,anna@acme.example` of `voicemail.conf`."""
    made = {}
    for section in sections.values():
        if section.name not in ("general", "zonemessages", ""):
            for line in section.lines:
                parts = [*split(line.value), "", "", ""]
                made[line.key] = (line.place, parts[1], parts[2] if re.match(EMAIL_PATTERN, parts[2]) else "")
    return made


def staff(plan: Dialplan, held: dict[str, tuple[str, str, str]], made: Company, bought: str, names: Names) -> Staff:
    """Everybody whose extension rings one device before it does anything else; `bought` is their plan."""
    found = Staff()
    candidates = [
        (name, digits) for name, each in plan.contexts.items() for digits in each.extens if EXTENSION.fullmatch(digits)
    ]
    # A mailbox may be that of somebody for whom only a pattern stands.
    wide = [name for name, each in plan.contexts.items() if each.patterns]
    candidates += [(name, box) for name in wide for box in held if EXTENSION.fullmatch(box)][:MOST_BOXES]
    for context, digits in candidates:
        at = _first_ring(plan, At(context, digits))
        step = plan.step(at) if at else None
        if at is None or step is None or found.of_extension(digits):
            continue
        device = DEVICE.match(split(step.args)[0].replace("${EXTEN}", digits))
        if not device or not re.fullmatch(r"[\w.+-]+", device[1]) or re.fullmatch(r"\+?[0-9]{7,}", device[1]):
            continue
        _, name, email = held.get(digits, ("", "", ""))
        user = names.new("user", name or device[1])
        person = Person(user, name or f"{device[1]}", digits, step.place, email=email, plan=bought)
        person.voicemail = digits in held
        found.people[user], found.own[user] = person, at
        found.extensions[digits] = user
        found.devices.setdefault(device[1].lower(), user)
        made.people.append(person)
    return found


def _first_ring(plan: Dialplan, at: At) -> At | None:
    """The Dial that an extension begins with."""
    for priority in range(at.priority, at.priority + 30):
        here = At(at.context, at.digits, priority)
        step = plan.step(here)
        if step is None or step.app == "dial":
            return here if step else None
        if step.app not in WITHOUT_EFFECT:
            return None
    return None


def queue(section: Section, who: Staff, left: list[str]) -> dict[str, Any]:
    """A queue of `queues.conf` without its ways out; no members where it has none that are known."""
    fields: dict[str, Any] = {"strategy": STRATEGIES.get(section.get("strategy", "ringall"), "random"), "members": []}
    seconds = {
        "timeout": ("ring_time", 5, 120),
        "wrapuptime": ("wrap_up", 0, 1800),
        "servicelevel": ("service_level", 1, 3600),
    }
    for line in section.lines:
        number = int(line.value) if re.fullmatch(r"[0-9]{1,6}", line.value) else None
        if line.key == "member":
            fields["members"] += _member(line.place, line.value, who, left)
        elif line.key in seconds and number is not None:
            name, least, most = seconds[line.key]
            if number or not least:
                fields[name] = f"{min(max(number, least), most)}s"
        elif line.key == "maxlen" and number:
            fields["max_waiting"] = number
        elif line.key == "weight" and number is not None and number <= 100:
            fields["weight"] = number
        elif line.key == "announce-position" and line.value.lower() in ("yes", "true"):
            every = section.get("announce-frequency")
            fields["announce"] = (
                {"every": f"{min(max(int(every), 10), 600)}s"} if every.isdecimal() and len(every) < 6 else {}
            )
            fields["announce"]["position"] = True
        elif line.key not in QUIET | {"strategy", "announce-frequency", "joinempty"}:
            left.append(f"{line.place}: {line.key} = {line.value} of queue {section.name}")
    return fields


def _member(place: str, value: str, who: Staff, left: list[str]) -> list[dict[str, Any] | str]:
    parts = split(value)
    local = re.match(r"local/([0-9]{2,6})@", parts[0], re.IGNORECASE)
    user = who.of_extension(local[1]) if local else who.of_device(parts[0])
    if not user:
        left.append(f"{place}: {parts[0]} is no user's, so the member was left out")
        return []
    penalty = parts[1] if len(parts) > 1 else ""
    if penalty.isdecimal() and 0 < int(penalty[:4]) <= 100:
        return [{"member": f"user:{user}", "penalty": int(penalty)}]
    return [f"user:{user}"]


def entry(place: str, **fields: Any) -> Entry:
    """An entry of a section: what is None or empty is not written."""
    return Entry(place, {key: value for key, value in fields.items() if value not in (None, "", {}, [])})
