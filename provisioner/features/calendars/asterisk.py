"""Calendars on the core node: what `pbx-calendars` reads there. No line of dialplan: it sets activities as users do."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.targets.asterisk.calendars import Calendar, Meaning, Rhythm
from provisioner.targets.asterisk.objects import AsteriskObject

from .model import Calendars, sources


def lower(section: Calendars | None, scope: Scope) -> Iterator[AsteriskObject]:
    if section is None:
        return
    yield Rhythm(section.every, scope.time_zone, ("calendars",))
    mails = {user: mail for user, (mail, _) in scope.addresses.items()}
    for user, each in sources(section, scope.slug, mails):
        meanings = tuple(Meaning(tuple(rule.words), tuple(rule.states), rule.activity) for rule in each.rules)
        path = ("calendars", "users", user) if user in section.users else ("calendars",)
        yield Calendar(user, each.kind, each.address, each.login, each.secret, each.mail, meanings, path)
