"""Findings of calendars."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity, nearest
from provisioner.core.source import Path

from .model import Calendar, Calendars, sources
from .model import Rule as Meaning

L101 = Rule(
    code="L101",
    title="Calendar that sets an activity that does not exist",
    why="Her telephones would ring through the event.",
    remedy="Use the name of an activity: a usual one, or one of the section `activities`.",
    bad="rules: [{words: lunch, activity: lunhc}]",
    good="rules: [{words: lunch, activity: lunch}]",
    source="A5",
)
L102 = Rule(
    code="L102",
    title="Calendar at an address that is none",
    why="Nothing can be read there, or everybody on the way could read along.",
    remedy="Write a whole address that begins with https://; http:// is for machines of a lab (`.lab`).",
    bad="caldav: dav.example/anna",
    good="caldav: https://dav.example/anna/work/",
    source="A5",
)
L103 = Rule(
    code="L103",
    title="Password in the address of a calendar",
    why="Whoever reads the tenant's file, its history or a plan could read the calendar too.",
    remedy="Write `login` and `secret`, the handle of the password.",
    bad="caldav: https://anna:hemligt@dav.example/anna/",
    good="{caldav: https://dav.example/anna/, login: anna, secret: anna-calendar}",
    source="A5",
)
L104 = Rule(
    code="L104",
    title="Log-in to a calendar that is not whole",
    why="The calendar's server would refuse to tell anything.",
    remedy="Write `login` and `secret` beside the address, or `secret` for the `{secret}` that stands in it.",
    bad="{caldav: https://dav.example/anna/, login: anna}",
    good="{caldav: https://dav.example/anna/, login: anna, secret: anna-calendar}",
    source="A5",
)
L105 = Rule(
    code="L105",
    title="Two calendars for one user",
    why="Only one is read, and nobody could say which.",
    remedy="Write one of `caldav`, `ical` and `microsoft`.",
    bad="{caldav: https://dav.example/anna/, ical: https://cal.example/anna.ics}",
    good="{caldav: https://dav.example/anna/}",
    source="A5",
)
L106 = Rule(
    code="L106",
    title="Rule that no event can reach",
    why="The activity that it names is never set.",
    remedy="Move it before the rule that takes its events, or write words that can stand in a title.",
    bad="rules: [{activity: busy}, {words: lunch, activity: lunch}]",
    good="rules: [{words: lunch, activity: lunch}, {activity: busy}]",
    source="A5",
)
L107 = Rule(
    code="L107",
    title="Calendars that set nothing",
    why="People believe that their calendar tells callers where they are, and it does not.",
    remedy="Write an address, for everybody or for users, and rules.",
    bad="calendars: {caldav: https://dav.example/{user}/}",
    good="calendars: {caldav: https://dav.example/{user}/, rules: [{activity: busy}]}",
    source="A5",
)
L108 = Rule(
    code="L108",
    title="Calendar of somebody who is no user",
    why="It sets nobody's activity.",
    remedy="Use the name of a user.",
    bad="users: {ana: {ical: https://cal.example/anna.ics}}",
    good="users: {anna: {ical: https://cal.example/anna.ics}}",
    source="A5",
)
L109 = Rule(
    code="L109",
    title="Calendar by a mail address that the user does not have",
    why="Nobody knows which calendar is hers.",
    remedy="Give her an `email`, a calendar of her own, or `off`.",
    bad="calendars: {caldav: https://dav.example/{email}/}   # bo has no email",
    good="bo: {email: bo@acme.example}",
    source="A5",
)
L110 = Rule(
    code="L110",
    title="One calendar for everybody",
    why="Whatever stands in it, nobody's telephone rings.",
    remedy="Write `{user}` or `{email}` where the users' calendars differ.",
    bad="calendars: {ical: https://cal.example/anna.ics}",
    good="calendars: {ical: https://cal.example/{user}.ics}",
    severity=Severity.WARNING,
    source="A5",
)
RULES = (L101, L102, L103, L104, L105, L106, L107, L108, L109, L110)

PLACES = ("{user}", "{email}", "{secret}")
LETTER = re.compile(r"\w")
MAILBOX = re.compile(r"\{email\}|(\{user\}|[^@\s{}/]+)@[^@\s{}/]+")


def check(section: Calendars | None, scope: Scope) -> Iterator[Finding]:
    if section is None:
        return
    top: Path = ("calendars",)
    yield from _calendar(top, section, scope)
    if section.addresses and not any(place in where for where in section.addresses.values() for place in PLACES[:2]):
        (kind, where), *_ = section.addresses.items()
        yield L110.at((*top, kind), f"{where} is one for {len(scope.addresses)} users", expected="{user} or {email}")
    for user, own in section.users.items():
        path: Path = (*top, "users", user)
        yield from _calendar(path, own, scope)
        if user not in scope.names.get("user", ()):
            users = sorted(scope.names.get("user", ()))
            expected = "one of " + ", ".join(users[:8])
            yield L108.at(path, f"{user!r} is no user", expected=expected, nearest=nearest(user, users), on_key=True)
        elif own.off and (own.addresses or own.rules):
            yield L107.at(path, f"{user} has a calendar that is off", expected="off, or a calendar", on_key=True)
    yield from _used(section, scope)


def _used(section: Calendars, scope: Scope) -> Iterator[Finding]:
    mails = {user: mail for user, (mail, _) in scope.addresses.items()}
    read = dict(sources(section, scope.slug, mails))
    if not read and not section.users:
        yield L107.at(("calendars",), "nobody has a calendar", expected="caldav, ical, microsoft or users", on_key=True)
    for user, each in read.items():
        path: Path = ("calendars", "users", user) if each.own else ("calendars",)
        if not each.rules:
            yield L107.at(path, f"no rule says what events of {user} mean", expected="rules", on_key=True)
        where = section.users[user] if each.own else section
        if not each.mail and any("{email}" in text for text in (*where.addresses.values(), where.login or "")):
            yield L109.at(path, f"{user} has no email", expected="an email of hers, or {user}", on_key=True)


def _calendar(path: Path, calendar: Calendar, scope: Scope) -> Iterator[Finding]:
    for kind, address in calendar.addresses.items():
        yield from _mailbox((*path, kind), address) if kind == "microsoft" else _address((*path, kind), address)
    first, *more = calendar.addresses or [""]
    for kind in more:
        yield L105.at((*path, kind), f"both {first} and {kind} are given", expected="one of the two", on_key=True)
    yield from _login(path, calendar)
    yield from _rules((*path, "rules"), calendar.rules, scope)


def _address(path: Path, address: str) -> Iterator[Finding]:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = None, ""
    if parts and "@" in parts.netloc:
        yield L103.at(path, "a log-in stands in the address", expected="login and secret beside it")
        return
    if parts is None or not host or "{" in host or re.search(r"\s", address) or parts.scheme not in ("http", "https"):
        yield L102.at(path, f"{address!r} is no address", expected="for example https://dav.example/anna/work/")
    elif parts.scheme == "http" and not host.endswith(".lab"):
        yield L102.at(path, f"{address} is not encrypted", expected=f"https:{address.partition(':')[2]}")
    elif unknown := [each for each in re.findall(r"\{[^}]*\}?", address) if each not in PLACES]:
        yield L102.at(path, f"nothing is known to stand for {unknown[0]}", expected="one of " + ", ".join(PLACES))


def _mailbox(path: Path, mailbox: str) -> Iterator[Finding]:
    if not MAILBOX.fullmatch(mailbox):
        yield L102.at(path, f"{mailbox!r} is no mailbox", expected="a mail address, or {email}")


def _login(path: Path, calendar: Calendar) -> Iterator[Finding]:
    placed = any("{secret}" in each for each in calendar.addresses.values())
    if bool(calendar.microsoft) != bool(calendar.directory):
        found = "microsoft and directory belong together"
        key = "microsoft" if calendar.microsoft else "directory"
        yield L104.at((*path, key), found, expected="both, with login and secret", on_key=True)
    elif calendar.microsoft and not calendar.login:
        expected = "login: the application's id, and secret"
        yield L104.at((*path, "microsoft"), "nobody logs in at Microsoft", expected=expected, on_key=True)
    if placed and not calendar.secret:
        yield L104.at(path, "no secret is named for {secret}", expected="secret: its handle", on_key=True)
    elif placed and calendar.login:
        found = "the one secret is asked for in the address and as a password"
        yield L104.at((*path, "login"), found, expected="login, or {secret} in the address", on_key=True)
    elif calendar.login and not calendar.secret:
        yield L104.at((*path, "login"), "a login without secret", expected="secret: the password's handle", on_key=True)
    elif calendar.secret and not placed and not calendar.login:
        expected = "login beside it, or {secret} in the address"
        yield L104.at((*path, "secret"), "a secret that nobody asks for", expected=expected, on_key=True)
    elif calendar.login and not calendar.addresses:
        found = "a login to no calendar: that of all users is not told to her server"
        yield L104.at((*path, "login"), found, expected="an address beside it", on_key=True)


def _rules(path: Path, rules: Sequence[Meaning], scope: Scope) -> Iterator[Finding]:
    known = scope.names.get("activity", frozenset())
    for index, rule in enumerate(rules):
        if rule.activity not in known:
            expected = "one of " + ", ".join(sorted(known)) if known else "a section `activities`, which `{}` begins"
            found = f"{rule.activity!r} is no activity"
            near = nearest(rule.activity, known)
            yield L101.at((*path, index, "activity"), found, expected=expected, nearest=near)
        for number, word in enumerate(rule.words):
            if not LETTER.search(word):
                expected = "a word with a letter or digit"
                yield L106.at((*path, index, "words", number), f"{word!r} is no word", expected=expected)
        before = next((number for number in range(index) if _takes_all(rules[number], rule)), None)
        if before is not None:
            found = f"every event of it is taken by rule {before + 1}"
            yield L106.at((*path, index), found, expected=f"this rule before rule {before + 1}, or none")


def _takes_all(first: Meaning, later: Meaning) -> bool:
    """Whether the first rule fits wherever the later one does."""
    if not set(later.states) <= set(first.states):
        return False
    words = {_plain(each) for each in first.words}
    return not words or (bool(later.words) and all(_plain(each) in words for each in later.words))


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())
