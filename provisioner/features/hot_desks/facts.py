"""What other rooms may know of hot desks: whose PIN is needed, who has a telephone there at times, and the code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioner.core.codes import Claim, Service
from provisioner.core.feature import Files, Scope
from provisioner.core.refs import Ref

from .model import HotDesks

SERVICE = Service("desk", "*34", "logs out at a shared telephone; with the own extension behind it, logs in there")


def contribute(section: HotDesks | None, scope: Scope, _: Files) -> Scope:
    if section is None:
        return scope
    names = frozenset(each.name for each in section.users)
    return replace(scope, pin_users=scope.pin_users | names, desk_users=names)


def codes(section: HotDesks | None, scope: Scope) -> Iterator[Claim]:
    if section:
        own = {ref: extension for extension, ref in scope.extensions.items()}
        users = dict.fromkeys(Ref("user", each.name) for each in section.users)
        tails = ("", *(own[user] for user in users if user in own))
        yield Claim(scope.code(SERVICE.name), SERVICE.title, ("hot_desks",), SERVICE.name, tails=tails)
