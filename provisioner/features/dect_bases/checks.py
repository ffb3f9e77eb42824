"""Findings of DECT bases and of what users' handsets ask of them."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import HandsetPlace, Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.targets.provisioning.models import BASES

from .model import DectBase

U201 = Rule(
    code="U201",
    title="Two handsets with one number",
    why="A base knows its handsets by number, and would give one of them the account of the other.",
    remedy="Give each handset of a base a number of its own.",
    bad="anna: {devices: {cordless: {kind: dect, base: store, handset: 1}}}\n"
    "bo: {devices: {cordless: {kind: dect, base: store, handset: 1}}}",
    good="anna: {devices: {cordless: {kind: dect, base: store, handset: 1}}}\n"
    "bo: {devices: {cordless: {kind: dect, base: store, handset: 2}}}",
    source="N5",
)
U202 = Rule(
    code="U202",
    title="More handsets than the base takes",
    why="No handset can be registered at the base under such a number.",
    remedy="Number handsets from 1 on, and put those that are too many at another base.",
    bad="# a yealink-w60b takes 8\ncordless: {kind: dect, base: store, handset: 9}",
    good="cordless: {kind: dect, base: yard, handset: 1}",
    source="N5",
)
U203 = Rule(
    code="U203",
    title="Hardware address of a base that something else has",
    why="Bases and telephones ask by their address for one file, and would become one of the two.",
    remedy="Read the address on the label of each.",
    bad='dect_bases: {store: {mac: "80:5E:C0:AA:00:01", …}, yard: {mac: "80:5E:C0:AA:00:01", …}}',
    good='dect_bases: {store: {mac: "80:5E:C0:AA:00:01", …}, yard: {mac: "80:5E:C0:AA:00:02", …}}',
    source="U14",
)
U204 = Rule(
    code="U204",
    title="Base without handsets",
    why="Nobody can telephone by it.",
    remedy="Let telephones of kind dect name it, or leave it out.",
    bad="dect_bases: {store: {…}}   # and no device says base: store",
    good="cordless: {kind: dect, base: store, handset: 1}",
    severity=Severity.WARNING,
    source="N5",
)
RULES = (U201, U202, U203, U204)


def check(bases: dict[str, DectBase], scope: Scope) -> Iterator[Finding]:
    owners: dict[tuple[str, int], str] = {}
    for handset in scope.handsets:
        first = owners.setdefault((handset.base, handset.number), handset.whose)
        if first != handset.whose:
            found = f"handset {handset.number} of {handset.base} is {first} already"
            yield U201.at(handset.path, found, expected="a number of its own")
        if handset.base in bases:
            yield from _fits(handset, bases[handset.base])
    used = {each.base for each in scope.handsets}
    for name, base in bases.items():
        path = ("dect_bases", name)
        owner = scope.macs[base.mac]
        if owner != (*path, "mac"):
            whose = ".".join(str(part) for part in owner[:-1])
            yield U203.at((*path, "mac"), f"{base.mac} is that of {whose} already", expected="an address of its own")
        if scope.whole and name not in used:
            yield U204.at(path, f"no telephone is a handset of {name}", expected=f"base: {name}", on_key=True)


def _fits(handset: HandsetPlace, base: DectBase) -> Iterator[Finding]:
    takes = BASES[base.model][1]
    if handset.number > takes:
        found = f"handset {handset.number}, and a {base.model} takes {takes}"
        yield U202.at(handset.path, found, expected=f"1 to {takes}")
