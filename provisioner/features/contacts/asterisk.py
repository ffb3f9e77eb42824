"""Contacts in Asterisk: `<slug>.contacts` knows whose a public number is, and gives a call from outside her name.

The platform asks it as the call comes in (`targets/asterisk/platform.py`), unless the caller withholds her number. The
steps that all have in common stand once, as in the users' room.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.numbering import plan_of
from provisioner.targets.asterisk import naming, people
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Step
from provisioner.targets.asterisk.text import literal

from .model import Contact

SOURCE = ("contacts",)


def _book(scope: Scope) -> people.Book:
    plan = plan_of(scope.country)
    if plan is None:
        return people.Book(scope.name, source=SOURCE)
    return people.Book(scope.name, plan.calling_code, plan.national_prefix, plan.international_prefix, SOURCE)


def lower(contacts: dict[str, Contact] | None, scope: Scope) -> Iterator[AsteriskObject]:
    if contacts is None:
        return
    yield _book(scope)
    context = naming.context(scope.slug, naming.CONTACTS)
    for name, contact in contacts.items():
        path = (*SOURCE, name)
        named = Step("Set", f"CALLERID(name)={literal(contact.shown)}", source=path)
        yield from (Route(context, number, (named,), path) for number in contact.numbers)
        yield people.Contact(
            name,
            contact.name,
            company=contact.company or "",
            numbers=tuple(contact.numbers),
            email=contact.email or "",
            note=contact.note or "",
            source=path,
        )
    if contacts:
        yield Route(context, "_+X!", (Step("Return"),), SOURCE, first=2)
