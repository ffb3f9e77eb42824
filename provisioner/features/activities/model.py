"""What a tenant file says of an activity, and what holds where it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from provisioner.core.artifacts import Recipe, Speech
from provisioner.core.feature import Scope
from provisioner.core.languages import best
from provisioner.core.model import Model, Text
from provisioner.core.refs import Destination, PromptName, Ref

from .usual import USUAL

ANY = ""
"""The language of a text that serves all of them."""


def _for_any_language(value: object) -> object:
    return {ANY: value} if isinstance(value, str) else value


Texts = Annotated[
    dict[Annotated[str, Field(pattern=r"^([a-z]{2}(-[A-Z]{2})?)?$")], Text],
    BeforeValidator(_for_any_language),
    WithJsonSchema({"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}),
]
"""A text for each language, or one text in the tenant's language."""


class Fields(Model):
    """Something that users may be doing; what is not given of a usual activity is as usual."""

    number: int | None = Field(default=None, ge=0, le=99)
    """What users dial behind the code: `*24*3` for 3."""
    title: Texts | None = None
    """What colleagues see, and what she hears who sets it."""
    said: Texts | None = None
    """What callers hear."""
    prompt: PromptName | None = None
    """What callers hear, instead of `said`."""
    rings: bool | None = None
    """Whether telephones ring all the same; then callers hear nothing of it."""
    tells_end: bool = True
    """Whether callers hear when somebody is back, where she said it."""
    destination: Destination | None = None
    """Where calls go; where it is not given they go on as if nobody answered."""
    off: bool = False
    """Whether a usual activity is not there for this tenant."""


def _off(value: object) -> object:
    return {"off": "yes"} if value == "off" else value


Activity = Annotated[
    Fields, BeforeValidator(_off, json_schema_input_type=Annotated[str, Field(pattern="^off$")] | Fields)
]
"""The keys of an activity, or `off` for a usual one that the tenant does not want."""


@dataclass(frozen=True, slots=True)
class Known:
    """An activity as it holds for a tenant."""

    number: int | None
    title: Mapping[str, str]
    said: Mapping[str, str]
    prompt: Ref | None
    rings: bool
    tells_end: bool
    destination: Ref | None

    def titles(self, language: str) -> Mapping[str, Recipe]:
        return _spoken(self.title, language)

    def words(self, scope: Scope) -> Mapping[str, Recipe]:
        """Language → what callers hear."""
        return scope.sounds[self.prompt.name] if self.prompt else _spoken(self.said, scope.language)

    def title_in(self, language: str) -> str:
        """What it is called for somebody who reads a language."""
        tag = best(self.title, language)
        return self.title[min(self.title) if tag is None else tag]


def _spoken(texts: Mapping[str, str], language: str) -> dict[str, Recipe]:
    return {tag: Speech(" ".join(text.split()), tag or language) for tag, text in texts.items()}


def known(section: Mapping[str, Fields] | None) -> dict[str, Known]:
    """Every activity of a tenant, the usual ones first; none where it does not write the section."""
    if section is None:
        return {}
    names = (*USUAL, *(name for name in section if name not in USUAL))
    return {name: _known(name, section.get(name, Fields())) for name in names if not _is_off(name, section)}


def _is_off(name: str, section: Mapping[str, Fields]) -> bool:
    return name in section and section[name].off


def _known(name: str, own: Fields) -> Known:
    usual = USUAL.get(name)
    title: Mapping[str, str] = own.title or ({"sv": usual.sv, "en": usual.en} if usual else {ANY: name})
    said: Mapping[str, str] = own.said or ({"sv": usual.said_sv, "en": usual.said_en} if usual else {})
    rings = own.rings if own.rings is not None else bool(usual and usual.rings and not own.destination)
    number = own.number if own.number is not None else usual.number if usual else None
    return Known(number, title, said, own.prompt, rings, own.tells_end, own.destination)
