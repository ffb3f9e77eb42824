"""Numbers that leave a tenant, as a plan tells of them: are they to rest, and who gets them at once?

The provider's file remembers which numbers rest (`resting_numbers`), because the file of the tenant who left does not
hold them any more. A plan knows both sides of a change, so it says where that memory lacks something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.provider import Provider

from .describe import Sentence

Document = Mapping[str, Any] | None
"""A tenant file as written; None where the tenant is not there."""


def told(changes: Mapping[str, tuple[Document, Document]], provider: Provider) -> Iterator[tuple[str, Sentence]]:
    """Sentences beside the slug of the tenant that each is about; `changes` holds every file before and after."""
    came = {number: slug for slug, (old, new) in changes.items() for number in _numbers(new) - _numbers(old)}
    for slug, (old, new) in changes.items():
        for number in sorted(_numbers(old) - _numbers(new)):
            if heir := came.get(number):
                text = f"{number} was {slug}'s until now: people who call {slug} reach {heir}, for it has not rested"
                yield heir, Sentence("+", f"numbers.{number}", text, dangerous=True)
            elif number not in provider.resting_numbers and provider.number_rest:
                text = f"{number} is to rest for {provider.number_rest} days: note it in provider.yaml, resting_numbers"
                yield slug, Sentence("-", f"numbers.{number}", text)


def _numbers(document: Document) -> frozenset[str]:
    numbers = document.get("numbers") if document else None
    return frozenset(numbers) if isinstance(numbers, Mapping) else frozenset()
