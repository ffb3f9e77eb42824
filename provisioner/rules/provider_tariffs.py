"""Prices of answered calls that nobody could put on an invoice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule
from provisioner.features.plans.model import Catalogue, Extra
from provisioner.provider import Provider

NOBODY = Rule(
    code="X111",
    title="Price of answered calls where nobody answers",
    why="Only attendants of another company answer for a tenant: no call would ever be invoiced by these tariffs.",
    remedy="Let the add-on cover `external_attendant`, or take `answered` out of it.",
    bad="fax: {price: 79, features: [fax], answered: {tariffs: {day: {price: 14.50}}}}",
    good="attendants: {price: 350, features: [external_attendant], answered: {tariffs: {day: {price: 14.50}}}}",
    source="T2",
)
ALIKE = Rule(
    code="X112",
    title="Tariffs that nobody can tell apart",
    why="The invoice would name two prices by the same words, and nobody could say which calls belong to which.",
    remedy="Give each tariff a title of its own.",
    bad="tariffs: {day: {title: Answered, price: 14.50}, night: {title: Answered, price: 21.50}}",
    good="tariffs: {day: {title: By day, price: 14.50}, night: {title: By night, price: 21.50}}",
    source="T2",
)


def check_nobody(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    for name, offer in _answering(provider):
        if Capability.EXTERNAL_ATTENDANT not in offer.features:
            found = f"{name} has prices of answered calls and covers no attendants"
            path = ("catalogue", "add_ons", name, "answered")
            yield "", NOBODY.at(path, found, expected=f"features: [{Capability.EXTERNAL_ATTENDANT}], or no prices")


def check_alike(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    for name, offer in _answering(provider):
        first: dict[str, str] = {}
        for tariff, what in offer.answered.tariffs.items() if offer.answered else ():
            title = (what.title or tariff).strip().casefold()
            if (other := first.setdefault(title, tariff)) != tariff:
                found = f"{tariff} is called {what.title or tariff!r}, as {other} is"
                path = ("catalogue", "add_ons", name, "answered", "tariffs", tariff)
                yield "", ALIKE.at(path, found, expected="a title of its own")


def _answering(provider: Provider | None) -> Iterator[tuple[str, Extra]]:
    catalogue = provider.catalogue if provider else Catalogue()
    return ((name, offer) for name, offer in catalogue.add_ons.items() if offer.answered)
