"""Findings of contacts alone."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.callers import nobody
from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule

from .model import Contact

M101 = Rule(
    code="M101",
    title="Number of two contacts",
    why="A call from it bears one name; whoever answers greets somebody else.",
    remedy="Leave it with one of them; a switchboard's number is the company's.",
    bad='ek: {name: Lars Ek, numbers: ["+46850100200"]}\nfrakt: {name: Nordisk Frakt, numbers: ["+46850100200"]}',
    good='ek: {name: Lars Ek, numbers: ["+46701740605"]}\nfrakt: {name: Nordisk Frakt, numbers: ["+46850100200"]}',
    source="U11",
)
M102 = Rule(
    code="M102",
    title="Contact with a number of the tenant's own",
    why="Calls from it are colleagues' calls, which bear their names already.",
    remedy="Take it away: colleagues are in the contact book by themselves.",
    bad='numbers: {"+46850100101": …}\ncontacts: {bo: {name: Bo Ek, numbers: ["+46850100101"]}}',
    good='contacts: {ek: {name: Lars Ek, numbers: ["+46701740605"]}}',
    source="U11",
)
M103 = Rule(
    code="M103",
    title="Contact's number that nobody can have",
    why="Nobody calls from it, and nobody is reached there.",
    remedy="Write it in international form, as it is dialled from abroad.",
    bad='numbers: ["+460701740605"]',
    good='numbers: ["+46701740605"]',
    source="ITU-T E.164",
)
RULES = (M101, M102, M103)


def check(contacts: dict[str, Contact] | None, scope: Scope) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for name, contact in (contacts or {}).items():
        for index, number in enumerate(contact.numbers):
            path = ("contacts", name, "numbers", index)
            if number in owners:
                yield M101.at(
                    path, f"{number} is a number of {owners[number]} too", expected="a number that is hers alone"
                )
            owners.setdefault(number, name)
            if number in scope.tenant_numbers:
                yield M102.at(path, f"{number} is the tenant's", expected="a number of somebody outside")
            elif why := nobody(number):
                yield M103.at(path, f"{number} {why}", expected="a number such as +46701740605")
