"""The link step: a tenant's rows agree with each other before any of them is rendered.

Only what one tenant's rows can tell: that a number or domain is another tenant's too is found by the pipeline's rules,
and refused by the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.core.findings import Finding, Rule, nearest

from .objects import Domain, Object, Subscriber
from .rows import key_of, row_of

LONGEST_ACCOUNT = 64
"""Characters of a user name or domain in Kamailio's tables."""

K201 = Rule(
    code="K201",
    title="Two devices, numbers or lights with one name at the edge",
    why="Only one of them could register, be called or be watched.",
    remedy="Rename one of the two; `anna` with device `a-b` and `anna-a` with device `b` are both `anna-a-b`.",
    bad="users: {anna: {devices: [a-b]}, anna-a: {devices: [b]}}",
    good="users: {anna: {devices: [desk]}, anna-a: {devices: [desk]}}",
    source="Kamailio: auth_db, table subscriber",
)
K202 = Rule(
    code="K202",
    title="Device in a domain that the tenant does not have",
    why="Its registration would be refused.",
    remedy="Register devices in the tenant's own domain.",
    bad="domain: klinik.example, device in klinikk.example",
    good="domain: klinik.example, device in klinik.example",
    source="RFC 3261 10.3",
)
K203 = Rule(
    code="K203",
    title="Name too long for the edge",
    why="The database would refuse the row, and nothing of the tenant would be applied.",
    remedy="Choose shorter names for the user, the device or the domain.",
    bad="a device whose account has 65 characters",
    good="a device whose account has at most 64 characters",
    source="Kamailio: table subscriber, version 7",
)
RULES = (K201, K202, K203)


def check(objects: Iterable[Object]) -> Iterator[Finding]:
    everything = tuple(objects)
    yield from _clashes(everything)
    domains = {each.name for each in everything if isinstance(each, Domain)}
    for each in everything:
        if isinstance(each, Subscriber):
            if each.domain not in domains:
                message = f"device {each.username} is in domain {each.domain}"
                near = nearest(each.domain, domains)
                expected = f"one of {', '.join(sorted(domains))}" if domains else "a domain of the tenant"
                yield K202.at(each.source or (), message, expected=expected, nearest=near)
            yield from _too_long(each)


def _too_long(each: Subscriber) -> Iterator[Finding]:
    for kind, name in (("account", each.username), ("domain", each.domain)):
        if len(name) > LONGEST_ACCOUNT:
            message = f"{kind} {name} has {len(name)} characters"
            yield K203.at(each.source or (), message, expected=f"at most {LONGEST_ACCOUNT}")


def _clashes(objects: tuple[Object, ...]) -> Iterator[Finding]:
    known: dict[tuple[str, tuple[str, ...]], Object] = {}
    for each in objects:
        table, key = key_of(each)
        first = known.setdefault((table, key), each)
        if first is not each and row_of(first) != row_of(each):
            message = f"{'@'.join(key)} of {table} is made twice, also by {_place(first)}"
            yield K201.at(each.source or (), message)


def _place(each: Object) -> str:
    return ".".join(str(step) for step in each.source or ()) or "another object"
