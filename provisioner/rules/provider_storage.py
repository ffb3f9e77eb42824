"""Files in chat: where the provider keeps them, and whether it keeps what it sells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Claims
from provisioner.core.findings import Finding, Rule, Severity
from provisioner.core.storage import EUROPE
from provisioner.provider import Provider

OUTSIDE = Rule(
    code="X118",
    title="Files kept outside Europe",
    why="Tenants were promised that what their users send lies in Europe.",
    remedy="Keep them on a disk there, or say `within: anywhere` where contracts allow it.",
    bad="chat: {files: {country: US}}",
    good="chat: {files: {country: SE}}",
    source="C3",
)
SOLD = Rule(
    code="X119",
    title="Storage sold that nobody keeps",
    why="Users of the plan have paid for files that they cannot send.",
    remedy="Say under `chat` where files lie, or take `storage` out of the plan.",
    bad="chat: {node: edge}\ncatalogue: {plans: {business: {storage: 10, …}}}",
    good="chat: {node: edge, files: {country: SE}}\ncatalogue: {plans: {business: {storage: 10, …}}}",
    severity=Severity.WARNING,
    source="C3",
)


def check_place(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    files = provider.chat.files if provider and provider.chat else None
    if files and files.within == "europe" and files.country not in EUROPE:
        found = f"{files.country} is outside Europe"
        expected = "a country of the EEA, CH or GB, or within: anywhere"
        yield "", OUTSIDE.at(("chat", "files", "country"), found, expected=expected)


def check_sold(provider: Provider | None, _: Mapping[str, Claims]) -> Iterator[tuple[str, Finding]]:
    if provider is None or provider.chat is None or provider.chat.files:
        return  # where nobody carries chat, nobody has it
    for name, plan in provider.catalogue.plans.items():
        if plan.storage:
            found = f"{name} has {plan.storage} GB of files in chat, and no machine keeps any"
            path = ("catalogue", "plans", name, "storage")
            yield "", SOLD.at(path, found, expected="chat: {files: {country: …}}")
