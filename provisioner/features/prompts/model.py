"""What a tenant file says of a prompt."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from provisioner.core.model import Model, Text

ANY = ""
"""The language of a sound that serves all of them."""


def _for_any_language(value: object) -> object:
    return {ANY: value} if isinstance(value, str) else value


LanguageOrAny = Annotated[str, Field(pattern=r"^([a-z]{2}(-[A-Z]{2})?)?$")]
AudioPath = Annotated[str, Field(min_length=1, max_length=200)]

ByLanguage = WithJsonSchema(
    {"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
)


class Prompt(Model):
    """Something that callers hear: either `text` or `file`."""

    text: Annotated[dict[LanguageOrAny, Text], BeforeValidator(_for_any_language), ByLanguage] | None = None
    """What is spoken: a text for each language, or one text in the tenant's language."""
    file: Annotated[dict[LanguageOrAny, AudioPath], BeforeValidator(_for_any_language), ByLanguage] | None = None
    """An audio file (wav, flac, ogg, mp3) of the provider's folder: one for each language, or one for all."""
