"""Findings of users alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity, nearest

from .model import SHOWN, User

U101 = Rule(
    code="U101",
    title="Direct number shown by a user who has none",
    why="Her calls would show nothing, or a number that is not hers.",
    remedy="Give her a number of kind `direct`, or show the main number.",
    bad="bo: {caller_id: direct}",
    good='bo: {caller_id: direct}\n# and in numbers:\n"+46850100102": {kind: direct, destination: "user:bo"}',
    source="U1",
)
U102 = Rule(
    code="U102",
    title="Caller ID that is not the tenant's",
    why="Carriers refuse or replace a number that the caller does not hold, and whoever calls back reaches a stranger.",
    remedy="Show one of the tenant's own numbers.",
    bad='caller_id: "+46700000000"',
    good='caller_id: "+46850100101"',
    source="U1",
)
U103 = Rule(
    code="U103",
    title="User without a telephone",
    why="Nothing rings for her calls; they go on to `unreachable` at once.",
    remedy="Add a device, or forward her calls with `always`.",
    bad="anna: {devices: {}}",
    good="anna: {devices: {desk: {kind: desk}}}",
    severity=Severity.WARNING,
    source="N5",
)
U104 = Rule(
    code="U104",
    title="User at no site, though the tenant has several",
    why="When she calls for help, rescuers would be sent to the wrong house.",
    remedy="Say at which site she sits.",
    bad="anna: {extension: 101}   # sites: malmo, goteborg",
    good="anna: {extension: 101, site: malmo}",
    source="Directive (EU) 2018/1972, article 109",
)
U105 = Rule(
    code="U105",
    title="Notice by mail without a mail address",
    why="She believes that she is told of messages, and is not.",
    remedy="Give her an `email`, or leave `email_notice` out.",
    bad="anna: {voicemail: {email_notice: yes}}",
    good="anna: {email: anna@example.com, voicemail: {email_notice: yes}}",
    source="U3",
)
U107 = Rule(
    code="U107",
    title="Nothing said for calls that nobody answers",
    why="After her telephones have rung, the caller is cut off without a word.",
    remedy="Say where such calls go with `no_answer`, be it `hangup:unavailable`, or give her a mailbox.",
    bad="anna: {devices: {desk: {kind: desk}}}",
    good="anna: {forwarding: {no_answer: ring_group:reception}}",
    severity=Severity.WARNING,
    source="U4",
)
U108 = Rule(
    code="U108",
    title="User name of one letter",
    why="Some single letters are commands to Asterisk: a user `h` would ring at the end of every call.",
    remedy="Choose a longer name.",
    bad="h: {name: Hugo Ek}",
    good="hugo: {name: Hugo Ek}",
    source="Asterisk: standard extensions",
)
U109 = Rule(
    code="U109",
    title="User names that differ only by hyphens",
    why="Asterisk reads over hyphens, so the calls of one would ring at the other.",
    remedy="Rename one of the two.",
    bad="anna-lisa: {…}\nannalisa: {…}",
    good="anna-lisa: {…}\nannalisa-b: {…}",
    source="Asterisk: pattern matching",
)
U110 = Rule(
    code="U110",
    title="Two telephones with one account",
    why="Telephones log in as <user>-<device>; whichever of the two logged in last would get the calls of both.",
    remedy="Rename one of the devices.",
    bad="anna: {devices: {desk-app: …}}\nanna-desk: {devices: {app: …}}",
    good="anna: {devices: {desk-soft: …}}\nanna-desk: {devices: {app: …}}",
    source="N5",
)
RULES = (U101, U102, U103, U104, U105, U107, U108, U109, U110)


def check(users: dict[str, User], scope: Scope) -> Iterator[Finding]:
    sites = scope.names.get("site", frozenset())
    folded: dict[str, str] = {}
    accounts: dict[str, tuple[str, str]] = {}
    for name, user in users.items():
        yield from _name(name, folded)
        yield from _accounts(name, user, accounts)
        yield from _shown(name, user, scope)
        yield from _calls(name, user)
        if user.site is None and len(sites) > 1:
            expected = "site: one of " + ", ".join(sorted(sites))
            yield U104.at(("users", name), f"{name} is at none of {len(sites)} sites", expected=expected, on_key=True)


def _name(name: str, folded: dict[str, str]) -> Iterator[Finding]:
    plain = name.replace("-", "")
    if len(plain) < 2:
        yield U108.at(("users", name), f"{name!r} has one letter", expected="two or more", on_key=True)
    if (other := folded.setdefault(plain, name)) != name:
        found = f"{name} and {other} are one name to Asterisk"
        yield U109.at(("users", name), found, expected="names that differ in letters or digits", on_key=True)


def _accounts(name: str, user: User, accounts: dict[str, tuple[str, str]]) -> Iterator[Finding]:
    for device in user.devices:
        owner, other = accounts.setdefault(f"{name}-{device}", (name, device))
        if owner != name:
            found = f"{name}-{device} is the account of {owner}'s device {other} too"
            yield U110.at(("users", name, "devices", device), found, expected="an account of its own", on_key=True)


def _shown(name: str, user: User, scope: Scope) -> Iterator[Finding]:
    path, shown = ("users", name, "caller_id"), user.caller_id
    if shown == "direct" and name not in scope.direct_numbers:
        expected = f"a number of kind direct with destination user:{name}, or caller_id: main"
        yield U101.at(path, f"{name} has no direct number", expected=expected)
    elif shown not in SHOWN and shown not in scope.tenant_numbers:
        near = nearest(shown, scope.tenant_numbers)
        listed = ", ".join(sorted(scope.tenant_numbers)[:8])
        yield U102.at(path, f"{shown} is no number of this tenant", expected=f"one of {listed}", nearest=near)


def _calls(name: str, user: User) -> Iterator[Finding]:
    path, said = ("users", name), user.forwarding
    if not said.always:
        if not user.devices:
            expected = "at least one device, or forwarding: always"
            yield U103.at(path, f"{name} has no device", expected=expected, on_key=True)
        if not said.no_answer and not user.voicemail:
            expected = "no_answer in forwarding, or a voicemail"
            yield U107.at(path, f"{name} has neither no_answer nor a mailbox", expected=expected, on_key=True)
    if user.voicemail and user.voicemail.email_notice and not user.email:
        where = (*path, "voicemail", "email_notice")
        yield U105.at(where, f"{name} has no email", expected="an email beside the name")
