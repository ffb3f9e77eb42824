"""Findings of users' telephones that set themselves up."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.source import Path
from provisioner.targets.provisioning.models import ASKS_BY_MAC, MODELS

from .devices import Device, DeviceKind, PhoneKey
from .model import User

U113 = Rule(
    code="U113",
    title="Telephone without the address by which it asks for its settings",
    why="Telephones of this maker put their hardware address into the name of the file that they ask for.",
    remedy="Write the address that stands on the telephone's label.",
    bad="desk: {kind: desk, model: yealink-t54w}",
    good='desk: {kind: desk, model: yealink-t54w, mac: "80:5E:C0:12:34:56"}',
    source="U14",
)
U114 = Rule(
    code="U114",
    title="Settings for a telephone that does not set itself up",
    why="Nothing would read them: only telephones with a model ask for a file, and apps have none of these.",
    remedy="Name the telephone's model (`generic` for one that is not listed), or leave the line out.",
    bad='desk: {kind: desk, mac: "00:04:13:2A:45:6B"}',
    good='desk: {kind: desk, model: snom-d785, mac: "00:04:13:2A:45:6B"}',
    severity=Severity.WARNING,
    source="U14",
)
U115 = Rule(
    code="U115",
    title="Key that calls nothing, or two things",
    why="A key dials one thing.",
    remedy="Say either `to` or `code`.",
    bad="keys: [{label: Bo}]",
    good="keys: [{to: user:bo}]",
    source="U14",
)
U116 = Rule(
    code="U116",
    title="Key that calls what has no extension",
    why="A key dials digits, and there are none that lead there.",
    remedy="Give it an extension, or let the key call something else.",
    bad="keys: [{to: queue:sales}]   # a queue without extension",
    good="keys: [{to: queue:sales}]\n# and in queues:\nsales: {extension: 900}",
    source="U14",
)
U117 = Rule(
    code="U117",
    title="Hardware address of two telephones",
    why="A telephone asks by its address for one file, and would become one of the two.",
    remedy="Read the address on each telephone's label.",
    bad='anna: {devices: {desk: {mac: "00:04:13:2A:45:6B", …}}}\nbo: {devices: {desk: {mac: "00:04:13:2A:45:6B", …}}}',
    good='anna: {devices: {desk: {mac: "00:04:13:2A:45:6B", …}}}\nbo: {devices: {desk: {mac: "00:04:13:2A:45:6C", …}}}',
    source="U14",
)
U118 = Rule(
    code="U118",
    title="Mobile telephone without a number, or a number of what is none",
    why="A mobile telephone is called by its number; all others log in, and have none.",
    remedy="Write the number of the mobile telephone, or leave it out.",
    bad="mobile: {kind: mobile}",
    good='mobile: {kind: mobile, number: "+46701740605"}',
    source="N5",
)
U119 = Rule(
    code="U119",
    title="Handset of a base that is said by halves",
    why="A base sets its handsets up by their numbers, and the settings of a handset are those of its base.",
    remedy="Say `base` and `handset` of a telephone of kind dect, and the model and hardware address of the base.",
    bad="cordless: {kind: dect, base: store}",
    good="cordless: {kind: dect, base: store, handset: 1}",
    source="N5",
)
U120 = Rule(
    code="U120",
    title="Telephone that is to ring later, and never does or rings at once",
    why="After `ring_time` nobody's telephone rings any more, and only a mobile telephone can be kept waiting.",
    remedy="Let it ring earlier or the others longer, or leave `after` out.",
    bad='anna: {ring_time: 20s, devices: {pocket: {kind: mobile, number: "+46701740605", after: 20s}}}',
    good='anna: {ring_time: 30s, devices: {pocket: {kind: mobile, number: "+46701740605", after: 10s}}}',
    source="U9",
)
RULES = (U113, U114, U115, U116, U117, U118, U119, U120)


def check(name: str, user: User, scope: Scope, owners: dict[str, str]) -> Iterator[Finding]:
    """`owners` gathers whose each hardware address is, user by user."""
    for device, what in user.devices.items():
        path, own = ("users", name, "devices", device), f"{name}'s {device}"
        yield from _settings(path, what)
        yield from _handset(path, what)
        if (what.kind is DeviceKind.MOBILE) != (what.number is not None):
            found = "a mobile telephone without number" if what.number is None else f"a {what.kind} with a number"
            yield U118.at(path, found, expected="kind: mobile with number, or neither", on_key=True)
        if what.after and what.kind is not DeviceKind.MOBILE:
            found = f"a {what.kind} rings after {what.after} s"
            yield U120.at((*path, "after"), found, expected="kind: mobile, or no such line", on_key=True)
        elif what.after and what.after >= user.ring_time:
            found = f"it rings after {what.after} s, and nobody's telephone for longer than {user.ring_time} s"
            yield U120.at((*path, "after"), found, expected=f"less than {user.ring_time} s, or a longer ring_time")
        if what.mac and (other := owners.setdefault(what.mac, own)) != own:
            yield U117.at((*path, "mac"), f"{what.mac} is {other} already", expected="an address of its own")
        for index, key in enumerate(what.keys):
            yield from _key((*path, "keys", index), key, scope)


def _handset(path: Path, what: Device) -> Iterator[Finding]:
    if not (what.base or what.handset):
        return
    if what.kind is not DeviceKind.DECT:
        key = "base" if what.base else "handset"
        yield U119.at((*path, key), f"a {what.kind} is no handset of a base", expected="kind: dect", on_key=True)
    elif what.base is None or what.handset is None:
        found = f"no handset's number at {what.base.name}" if what.base else f"handset {what.handset} of no base"
        yield U119.at(path, found, expected="base: name, and handset: number", on_key=True)
    for key in (key for key in ("model", "mac", "keys") if getattr(what, key)):
        yield U119.at((*path, key), f"a handset of a base has {key}", expected="no such line", on_key=True)


def _settings(path: Path, what: Device) -> Iterator[Finding]:
    if what.base or what.handset:
        return
    reads = what.model is not None and what.kind in (DeviceKind.DESK, DeviceKind.DECT)
    if reads and what.model and MODELS[what.model] in ASKS_BY_MAC and not what.mac:
        found = f"{what.model} has no mac"
        yield U113.at((*path, "model"), found, expected="mac: twelve hexadecimal digits, beside the model")
    said = {"model": what.model, "mac": what.mac, "keys": what.keys}
    for key in (key for key, value in said.items() if value and not reads):
        alone = what.kind not in (DeviceKind.DESK, DeviceKind.DECT)
        expected = "no such line" if alone else "a model beside it"
        yield U114.at((*path, key), f"a {what.kind} without a model has {key}", expected=expected, on_key=True)


def _key(path: Path, key: PhoneKey, scope: Scope) -> Iterator[Finding]:
    if (key.to is None) == (key.code is None):
        found = "a key with neither to nor code" if key.to is None else "a key with to and code"
        yield U115.at(path, found, expected="to: kind:name, or code: digits")
    elif key.to and key.to not in scope.extensions.values() and key.to.name in scope.names.get(key.to.kind, ()):
        yield U116.at((*path, "to"), f"{key.to} has no extension", expected="something that is dialled by digits")
