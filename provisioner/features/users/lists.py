"""Lists of whoever calls or is called, as a user writes them: numbers, colleagues, contacts of the tenant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from provisioner.core.callers import PATTERN
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref

NUMBERS = "a number or its beginning such as +4670*"
LONGEST = 17
"""Characters of a pattern: a plus, fifteen digits, a star."""
KINDS = {"user": "a colleague: user:bo", "contact": "a contact: contact:frakt"}


def _entry(what: str, *kinds: str, numbers: bool = True) -> Callable[[Any], Any]:
    forms = [*([NUMBERS] if numbers else []), *(KINDS[kind] for kind in kinds)]
    expected = f"{', '.join(forms[:-1])}, or {forms[-1]}"

    def parse(value: Any) -> Any:
        if isinstance(value, Ref):
            return value
        if numbers and isinstance(value, str) and len(value) <= LONGEST and re.fullmatch(PATTERN, value):
            return value
        kind, colon, name = str(value).partition(":")
        if isinstance(value, str) and colon and kind in kinds and name:
            return Ref(kind, name)
        raise PydanticCustomError("caller", "{found} is no " + what, {"found": repr(value), "expected": expected})

    return parse


def _schema(*kinds: str, numbers: bool = True) -> WithJsonSchema:
    forms = [PATTERN] if numbers else []
    forms.append(f"^({'|'.join(kinds)}):.+$")
    return WithJsonSchema({"anyOf": [{"type": "string", "pattern": form} for form in forms]})


_AS_WRITTEN = PlainSerializer(str, return_type=str)

Caller = Annotated[
    Ref | str, PlainValidator(_entry("caller", "user", "contact")), _AS_WRITTEN, _schema("user", "contact")
]
"""Callers' numbers as a pattern such as `+4670*`, a colleague, `user:bo`, or a contact, `contact:frakt`."""

Stranger = Annotated[
    Ref | str, PlainValidator(_entry("caller from outside", "contact")), _AS_WRITTEN, _schema("contact")
]
"""Callers' numbers as a pattern, or a contact."""

Favourite = Annotated[
    Ref,
    PlainValidator(_entry("favourite", "user", "contact", numbers=False)),
    _AS_WRITTEN,
    _schema("user", "contact", numbers=False),
]
"""A colleague or a contact."""


def patterns(entries: Iterable[Ref | str], scope: Scope) -> list[str]:
    """The numbers of a list: those that it says, and those of its contacts. Colleagues are told by other means."""
    found: list[str] = []
    for each in entries:
        if not isinstance(each, Ref):
            found.append(each)
        elif each.kind == "contact":
            found.extend(scope.contact_numbers.get(each.name, ()))
    return found
