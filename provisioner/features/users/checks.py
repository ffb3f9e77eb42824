"""Findings of users alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity, nearest
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from . import device_checks, list_checks
from .devices import SHOWN
from .model import User, account

U101 = Rule(
    code="U101",
    title="Direct or mobile number shown by a user who has none",
    why="Her calls would show nothing, or a number that is not hers.",
    remedy="Give her a number of kind `direct` or `mobile`, or show the main number.",
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
    remedy="Rename one of the devices, or take `account` out where the telephones of a renamed user may log in anew.",
    bad="anna: {devices: {desk-app: …}}\nanna-desk: {devices: {app: …}}",
    good="anna: {devices: {desk-soft: …}}\nanna-desk: {devices: {app: …}}",
    source="N5",
)
U111 = Rule(
    code="U111",
    title="Notice by text message without a mobile number",
    why="She believes that she is told of messages, and is not.",
    remedy="Give her a `mobile`, or leave `sms_notice` out.",
    bad="anna: {voicemail: {sms_notice: yes}}",
    good='anna: {mobile: "+46701740605", voicemail: {sms_notice: yes}}',
    source="U3",
)
U112 = Rule(
    code="U112",
    title="Message to be carried by a mail that is not sent",
    why="`audio` puts the message into the mail of `email_notice`; without that there is no mail.",
    remedy="Add `email_notice: yes`, or leave `audio` out.",
    bad="voicemail: {audio: yes}",
    good="voicemail: {email_notice: yes, audio: yes}",
    source="U3",
)
U131 = Rule(
    code="U131",
    title="Rule for an activity that does not exist",
    why="She believes that her calls go where the rule says, and it is never asked.",
    remedy="Use the name of an activity: a usual one, or one of the section `activities`.",
    bad="anna: {activities: {lunhc: {destination: user:bo}}}",
    good="activities: {}\n# and in users:\nanna: {activities: {lunch: {destination: user:bo}}}",
    source="U5",
)
U132 = Rule(
    code="U132",
    title="Rule for an activity that says nothing, or two things",
    why="Telephones that ring, and a destination or words before it, cannot both be meant.",
    remedy="Write `rings: yes`, or `destination`, `prompt` or both.",
    bad="lunch: {rings: yes, destination: user:bo}",
    good="lunch: {destination: user:bo}",
    source="U5",
)
U136 = Rule(
    code="U136",
    title="Call permission beyond what the user's plan allows",
    why="The plan says whom its users may call at most; she would call what nobody has sold her.",
    remedy="Move her to a plan that allows it, or let her call less.",
    bad="anna: {plan: shop, call_permission: international}   # shop: {call_permission: national}",
    good="anna: {plan: business, call_permission: international}",
    source="N8",
)
U137 = Rule(
    code="U137",
    title="Callers who would wait, and ring instead",
    why="With `call_waiting: yes` a second call rings, so nobody ever comes into her personal queue.",
    remedy="Leave one of the two out.",
    bad="anna: {call_waiting: yes, waiting: {}}",
    good="anna: {waiting: {}}",
    source="U6",
)
U138 = Rule(
    code="U138",
    title="Personal queue of a user whose telephones never ring",
    why="Nobody finds her on a call, so nobody ever waits.",
    remedy="Leave `waiting` out, or let her telephones ring.",
    bad="anna: {waiting: {}, forwarding: {always: user:bo}}",
    good="anna: {waiting: {}, forwarding: {busy: user:bo}}",
    severity=Severity.WARNING,
    source="U6",
)
U139 = Rule(
    code="U139",
    title="Key of a personal mailbox that leads back to it",
    why="Who presses it hears the greeting again, for ever.",
    remedy="Lead it to somebody who may answer.",
    bad='anna: {voicemail: {keys: {"0": voicemail:anna}}}',
    good='anna: {voicemail: {keys: {"0": user:bo}}}',
    source="U3",
)
RULES = (
    U101,
    U102,
    U103,
    U104,
    U105,
    U107,
    U108,
    U109,
    U110,
    U111,
    U112,
    *device_checks.RULES,
    U131,
    U132,
    *list_checks.RULES,
    U136,
    U137,
    U138,
    U139,
)


AVAILABLE = "available"
"""The activity in which there is nothing to rule."""


def check(users: dict[str, User], scope: Scope) -> Iterator[Finding]:
    sites = scope.names.get("site", frozenset())
    folded: dict[str, str] = {}
    accounts: dict[str, tuple[str, str]] = {}
    owners: dict[str, str] = {}
    for name, user in users.items():
        yield from _name(name, folded)
        yield from _accounts(name, user, accounts)
        yield from _shown(name, user, scope)
        yield from _calls(name, user, scope)
        yield from _activities(name, user, scope)
        yield from list_checks.check(name, user, scope)
        yield from _permission(name, user, scope)
        yield from _waiting(name, user, scope)
        yield from device_checks.check(name, user, scope, owners)
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
    for device in user.telephones:
        login = account(name, user, device)
        owner, other = accounts.setdefault(login, (name, device))
        if owner != name:
            found = f"{login} is the account of {owner}'s device {other} too"
            yield U110.at(("users", name, "devices", device), found, expected="an account of its own", on_key=True)


def _shown(name: str, user: User, scope: Scope) -> Iterator[Finding]:
    yield from _shows(("users", name, "caller_id"), name, user.caller_id, scope)
    for device, what in user.devices.items():
        if what.caller_id:
            yield from _shows(("users", name, "devices", device, "caller_id"), name, what.caller_id, scope)


def _shows(path: Path, name: str, shown: str, scope: Scope) -> Iterator[Finding]:
    if shown == "direct" and name not in scope.direct_numbers:
        expected = f"a number of kind direct with destination user:{name}, or caller_id: main"
        yield U101.at(path, f"{name} has no direct number", expected=expected)
    elif shown == "mobile" and name not in scope.mobile_numbers:
        expected = f"a number of kind mobile with destination user:{name}, or caller_id: main"
        yield U101.at(path, f"{name} has no mobile number", expected=expected)
    elif shown not in SHOWN and shown not in scope.tenant_numbers:
        near = nearest(shown, scope.tenant_numbers)
        listed = ", ".join(sorted(scope.tenant_numbers)[:8])
        yield U102.at(path, f"{shown} is no number of this tenant", expected=f"one of {listed}", nearest=near)


def _calls(name: str, user: User, scope: Scope) -> Iterator[Finding]:
    path, said = ("users", name), user.forwarding
    if not said.to_all("always"):
        if not user.devices and name not in scope.desk_users:
            expected = "at least one device, or forwarding: always"
            yield U103.at(path, f"{name} has no device", expected=expected, on_key=True)
        if not said.to_all("no_answer") and not user.voicemail:
            expected = "no_answer in forwarding, or a voicemail"
            yield U107.at(path, f"{name} has neither no_answer nor a mailbox", expected=expected, on_key=True)
    if user.voicemail and user.voicemail.email_notice and not user.email:
        where = (*path, "voicemail", "email_notice")
        yield U105.at(where, f"{name} has no email", expected="an email beside the name")
    if user.voicemail and user.voicemail.sms_notice and not user.mobile:
        where = (*path, "voicemail", "sms_notice")
        yield U111.at(where, f"{name} has no mobile", expected="a mobile number beside the name")
    for key, ref in (user.voicemail.keys if user.voicemail else {}).items():
        if ref == Ref("voicemail", name):
            found = f"{key} leads to {ref} itself"
            yield U139.at((*path, "voicemail", "keys", key), found, expected="another destination")
    if user.voicemail and user.voicemail.audio and not user.voicemail.email_notice:
        where = (*path, "voicemail", "audio")
        yield U112.at(where, f"no mail tells {name} of messages", expected="email_notice: yes beside it")


def _permission(name: str, user: User, scope: Scope) -> Iterator[Finding]:
    most = scope.plan_permissions.get(user.plan)
    if most and user.call_permission and user.call_permission.level > most.level:
        found = f"{name} may call {user.call_permission}, and the plan {user.plan} allows {most}"
        yield U136.at(("users", name, "call_permission"), found, expected=f"{most} or less", nearest=most.value)


def _waiting(name: str, user: User, scope: Scope) -> Iterator[Finding]:
    path = ("users", name)
    if user.waiting and user.call_waiting:
        yield U137.at((*path, "call_waiting"), f"a second call rings {name}", expected="no, or no `waiting`")
    if user.waiting and (user.forwarding.to_all("always") or not (user.devices or name in scope.desk_users)):
        found = f"{name} has no device" if not user.devices else f"all calls for {name} go elsewhere"
        yield U138.at((*path, "waiting"), found, expected="telephones that ring", on_key=True)


def _activities(name: str, user: User, scope: Scope) -> Iterator[Finding]:
    known = scope.names.get("activity", frozenset())
    for activity, rule in user.activities.items():
        path = ("users", name, "activities", activity)
        if activity not in known or activity == AVAILABLE:
            listed = sorted(known - {AVAILABLE})
            expected = "one of " + ", ".join(listed) if known else "a section `activities`, which `{}` begins"
            found = f"{activity!r} is no activity that anybody could be away in"
            yield U131.at(path, found, expected=expected, nearest=nearest(activity, listed), on_key=True)
        elif rule.rings == bool(rule.destination or rule.prompt):
            found = "rings, and something instead of it" if rule.rings else "neither destination, prompt nor rings"
            yield U132.at(path, found, expected="rings: yes, or destination, prompt or both", on_key=True)
