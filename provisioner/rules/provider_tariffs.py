"""Prices of answered calls that nobody could put on an invoice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.capabilities import Capability
from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.features.plans import tariffs
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


UNPRICED = Rule(
    code="X113",
    title="Calls that no tariff prices",
    why="They would be answered, and nobody would pay for them.",
    remedy="Let the last tariff say nothing but its price, or say the hours, mediation or length that is missing.",
    bad='tariffs: {day: {price: 14.50, weekly: {mon-fri: "08:00-17:00"}}}',
    good='tariffs: {day: {price: 14.50, weekly: {mon-fri: "08:00-17:00"}}, other: {price: 21.50}}',
    source="T2",
)
UNUSED = Rule(
    code="X114",
    title="Tariff that no call costs by",
    why="The first tariff that fits a call is its price, and those before this one fit all of its calls.",
    remedy="Put the narrower tariff first, or take this one out.",
    bad="tariffs: {usual: {price: 14.50}, connected: {price: 18.50, mediation: connected}}",
    good="tariffs: {connected: {price: 18.50, mediation: connected}, usual: {price: 14.50}}",
    severity=Severity.WARNING,
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


def check_unpriced(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    for name, offer in _answering(provider):
        if offer.answered and (call := tariffs.unpriced(offer.answered)):
            path = ("catalogue", "add_ons", name, "answered", "tariffs")
            yield "", UNPRICED.at(path, f"a call costs nothing: {call}", expected="a tariff that fits it", on_key=True)


def check_unused(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    for name, offer in _answering(provider):
        for tariff in tariffs.unused(offer.answered) if offer.answered else ():
            path = ("catalogue", "add_ons", name, "answered", "tariffs", tariff)
            found = f"those before {tariff} fit all of its calls"
            yield "", UNUSED.at(path, found, expected="a place before them", on_key=True)


def _answering(provider: Provider | None) -> Iterator[tuple[str, Extra]]:
    catalogue = provider.catalogue if provider else Catalogue()
    return ((name, offer) for name, offer in catalogue.add_ons.items() if offer.answered)
